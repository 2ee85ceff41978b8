"""Whoever makes the runs, the runs are the same."""

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Iterator

import pytest

from market.foundation.code_version import code_digest
from market.foundation.errors import DataError, MarketError
from market.simulation.model import MarketModel
from market.studies.executors import Executor, open_executor
from market.studies.run_task import Task, run_task
from market.studies.tasks_ahead import LOST

PATIENCE = 300  # seconds for what takes one or two


def tasks(spec, count: int, **more) -> list[Task]:
    return [
        Task(f"run-{i}", spec.model_copy(update={"seed": i}), code_digest(), **more)
        for i in range(count)
    ]


@pytest.fixture(scope="module")
def pair() -> Iterator[Executor]:
    """Two worker processes, for all tests here: their start takes seconds."""
    with open_executor(jobs=2) as executor:
        yield executor


def test_two_processes_make_the_same_runs_as_one(short, pair):
    with open_executor(jobs=1) as executor:
        alone = {run.run_id: run for run in executor.run_all(tasks(short, 6, tables=True))}
    together = {run.run_id: run for run in pair.run_all(tasks(short, 6, tables=True))}
    assert set(alone) == {f"run-{i}" for i in range(6)}
    for name, run in alone.items():
        assert run.error is None
        assert together[name].files == run.files
        assert together[name].measures == pytest.approx(run.measures, nan_ok=True, rel=0, abs=0)


def test_a_run_that_fails_becomes_its_error(short):
    broken = short.model_copy(update={"ticks": "many"})
    run = run_task(Task("x", broken, code_digest()))
    assert run.error is not None
    assert run.error.startswith("TypeError: ")
    assert "line" in run.error
    assert run.measures == {}


def test_models_do_not_pile_up_run_after_run(short):
    def models() -> int:
        gc.collect()
        return sum(type(found) is MarketModel for found in gc.get_objects())

    before = models()
    run_task(Task("x", short, code_digest()))
    assert models() == before


def test_a_run_for_other_code_is_refused(short):
    with pytest.raises(MarketError, match=r"a worker has the code .* the sweep other"):
        run_task(Task("x", short, "other"))


def test_what_is_wanted_of_members_is_their_last_quarter(short):
    run = run_task(Task("x", short, code_digest(), members=True))
    found = {(m.name, m.role, m.measure): m.value for m in run.members}
    profits = sum(
        v for (_, role, what), v in found.items() if what == "profit" and role == "provider"
    )
    assert profits == pytest.approx(run.measures["provider_profit"])
    surplus = found["teams", "segment", "consumer_surplus"]
    assert surplus == pytest.approx(run.measures["consumer_surplus"])


def test_the_run_that_kills_its_worker_is_lost_and_no_other(short, pair):
    class Deadly:
        """Ends the process that it is sent to, when it is unpacked there."""

        def __reduce__(self):
            return os._exit, (3,)

    deadly = Task("deadly", Deadly(), code_digest())
    runs = {run.run_id: run for run in pair.run_all([*tasks(short, 3), deadly])}
    assert runs.pop("deadly").error == LOST
    assert len(runs) == 3
    assert all(run.error is None for run in runs.values())


def test_a_worker_that_is_killed_costs_no_run(short, pair):
    results = pair.run_all(tasks(short, 8))
    runs = [next(results)]
    os.kill(multiprocessing.active_children()[0].pid, signal.SIGKILL)
    runs += results
    assert len({run.run_id for run in runs}) == 8
    assert all(run.error is None for run in runs)


def test_tasks_are_taken_only_as_workers_need_them(short, pair):
    taken = 0

    def counted():
        nonlocal taken
        for task in tasks(short, 40):
            taken += 1
            yield task

    results = pair.run_all(counted())
    next(results)
    assert taken <= 6
    assert len(list(results)) == 39


def test_a_warning_of_the_pool_is_no_error_whatever_filters_are_set(short, pair):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = pair.run_all(tasks(short, 3))
        next(results)
        # in a thread of the pool, which would end with it, and the study hang
        warnings.warn("A worker stopped while some jobs were given to the executor.", stacklevel=1)
        assert len(list(results)) == 2


def test_the_pool_still_has_the_limit_that_workers_lift():
    from joblib.externals.loky import process_executor

    # a private name: were it another, workers would be ended again for what they keep
    assert process_executor._MAX_MEMORY_LEAK_SIZE < 2**40


def test_no_jobs_are_refused():
    with pytest.raises(DataError, match="--jobs 0: must be at least 1"), open_executor(jobs=0):
        raise AssertionError("not reached")


def test_a_cluster_that_is_not_there_is_named(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("market.studies.dask_cluster.CLUSTER_PATIENCE", 0.2)
    with (
        pytest.raises(
            MarketError, match=r"--dask tcp://127[.]0[.]0[.]1:9: no cluster answers there"
        ),
        open_executor(dask="tcp://127.0.0.1:9"),
    ):
        raise AssertionError("not reached")


def test_without_dask_the_way_to_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MarketError, match="pip install"), open_executor(dask="tcp://127.0.0.1:9"):
        raise AssertionError("not reached")


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_workers_do_not_outlive_a_killed_parent():
    code = """
        import multiprocessing
        from market.scenario.files import load
        from market.studies.run_task import Task
        from market.foundation.code_version import code_digest
        from market.studies.executors import open_executor

        ticks = (1, 100_000, 100_000)
        tasks = [Task(str(n), load("synthetic", set={"ticks": n}), code_digest()) for n in ticks]
        with open_executor(jobs=2) as executor:
            runs = executor.run_all(tasks)
            next(runs)
            print(len(multiprocessing.active_children()), flush=True)
            next(runs)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "2\n"
    parent.kill()
    # workers inherit its standard output, which ends when the last of them is gone
    assert parent.communicate(timeout=PATIENCE) == ("", None)
