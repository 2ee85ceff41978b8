"""Sweeps from Python: what they find, keep, and how they go on after any end."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import market
from market.foundation.errors import MarketError, RunError, ScenarioError
from market.studies import run_sweep, study_folder
from market.studies.run_task import RunOutcome
from market.studies.study_folder import StudyFolder

COUNT = "arbitrageurs.routers.count"


@pytest.fixture(scope="module")
def folder(short, tmp_path_factory) -> Path:
    """A study of three numbers of arbitrageurs, three replicates."""
    out = tmp_path_factory.mktemp("studies") / "study"
    market.sweep(short, {COUNT: range(3)}, replicates=3, jobs=1, out=out)
    return out


@pytest.fixture
def study(folder) -> market.Study:
    return market.Study.read(folder)


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_outcomes_are_the_summaries_of_the_runs(study, short):
    assert list(study.outcomes.columns[:5]) == ["run_id", "point", "replicate", "seed", COUNT]
    assert len(study.outcomes) == 9
    row = study.outcomes.set_index([COUNT, "seed"]).loc[(2, 3)]
    run = market.run(short.model_copy(update={"seed": 3, "arbitrageurs": group(short, 2)}))
    for name, value in run.summary.items():
        assert row[name] == pytest.approx(value, rel=0, abs=0, nan_ok=True)


def group(spec, count: int):
    return (spec.arbitrageurs[0].model_copy(update={"count": count}),)


def test_every_run_is_found_again(study):
    run_id = study.runs["run_id"].iloc[4]
    result = study.run(run_id)
    row = study.outcomes.set_index("run_id").loc[run_id]
    assert result.scenario == study.scenario(run_id)
    assert result.scenario.seed == row["seed"]
    assert result.summary["welfare"] == row["welfare"]
    assert Path(study.runs["folder"].iloc[4]).is_dir()


def test_the_summary_has_the_mean_and_interval_of_each_point(study):
    summary = study.summary()
    columns = [COUNT, "measure", "mean", "standard_error", "low", "high", "replicates"]
    assert list(summary.columns) == columns
    row = summary.set_index([COUNT, "measure"]).loc[(1, "welfare")]
    values = study.outcomes.loc[study.outcomes[COUNT] == 1, "welfare"]
    assert row["mean"] == pytest.approx(values.mean())
    assert row["standard_error"] == pytest.approx(values.sem())
    assert row["high"] - row["mean"] == pytest.approx(4.302653 * values.sem())  # t(2), 97.5%


def test_differences_are_paired_by_seed(study):
    differences = study.differences()
    assert list(differences.columns) == [
        *(COUNT, "measure", "difference", "standard_error", "low", "high"),
        *("relative", "replicates"),
    ]
    assert set(differences[COUNT]) == {1, 2}
    row = differences.set_index([COUNT, "measure"]).loc[(2, "price_index")]
    wide = study.outcomes.pivot(index="seed", columns=COUNT, values="price_index")
    assert row["difference"] == pytest.approx((wide[2] - wide[0]).mean())
    assert row["standard_error"] == pytest.approx((wide[2] - wide[0]).sem())
    assert row["relative"] == pytest.approx((wide[2] - wide[0]).mean() / wide[0].mean())


def test_a_measure_missing_in_some_runs_counts_those_that_have_it(study):
    found = study.summary().set_index([COUNT, "measure"])["replicates"]
    assert found.loc[(0, "arbitrage_margin")] == 0  # nobody there to earn one
    assert found.loc[(1, "arbitrage_margin")] == 3
    row = study.differences().set_index([COUNT, "measure"]).loc[(1, "arbitrage_margin")]
    assert row["replicates"] == 0
    assert math.isnan(row["difference"])


def test_elasticities_are_arcs_from_the_baseline(short):
    study = market.sweep(
        short, {"consumers.teams.queries_per_tick": [1.0, 3.0]}, replicates=4, jobs=1
    )
    found = study.elasticities().set_index("measure").loc["queries_sent"]
    means = study.outcomes.groupby("point")["queries_sent"].mean()
    assert found["elasticity"] == pytest.approx((means[1] - means[0]) / means.sum() * 4 / 2)
    assert found["low"] < 1 < found["high"]  # three times the queries, three times as many sent
    assert (found["parameter"], found["baseline"], found["value"]) == (
        "consumers.teams.queries_per_tick",
        1.0,
        3.0,
    )


def test_a_sampled_design_gives_sensitivities(short):
    vary = {"consumers.teams.queries_per_tick": (1.0, 3.0), COUNT: (0, 2)}
    ranges = {path: {"low": low, "high": high} for path, (low, high) in vary.items()}
    study = market.sweep(short, ranges, design="morris", samples=3, replicates=1, jobs=1)
    found = study.sensitivity()
    assert list(found.columns) == [
        *("measure", "parameter", "other", "index", "value", "low", "high", "method"),
    ]
    value = found.set_index(["measure", "parameter", "index"])["value"]
    assert value.loc["queries_sent", COUNT, "mu_star"] == 0
    assert value.loc["queries_sent", "consumers.teams.queries_per_tick", "mu_star"] > 60


def test_one_replicate_gives_means_without_intervals(short):
    study = market.sweep(short, {COUNT: [0, 1]}, replicates=1, jobs=1)
    summary = study.summary().set_index([COUNT, "measure"])
    assert math.isfinite(summary.loc[(1, "welfare"), "mean"])
    assert summary[["standard_error", "low", "high"]].isna().all(axis=None)


def test_points_that_are_the_same_scenario_run_once_and_count_for_each(short):
    told = []
    study = market.sweep(short, {COUNT: [1, 1]}, replicates=2, jobs=1, progress=told.append)
    assert told[-1].total == 2
    assert study.counts == {"done": 2, "failed": 0, "waiting": 0}
    assert len(study.outcomes) == 4
    assert (study.differences()["difference"].dropna() == 0).all()


def test_tables_that_are_varied_are_texts_on_every_row(short):
    prices = [{"kind": "list"}, {"kind": "list"}]
    study = market.sweep(
        short, {"providers.North.pricing": prices, COUNT: [0, 1]}, replicates=1, jobs=1
    )
    assert set(study.summary()["providers.North.pricing"]) == {'{kind = "list"}'}


def test_one_job_two_jobs_and_memory_give_the_same_study(short, folder, study, tmp_path):
    two = tmp_path / "two"
    market.sweep(short, {COUNT: range(3)}, replicates=3, jobs=2, out=two)
    assert files(two) == files(folder)
    memory = market.sweep(short, {COUNT: range(3)}, replicates=3, jobs=1)
    pd.testing.assert_frame_equal(memory.outcomes, study.outcomes)
    pd.testing.assert_frame_equal(memory.summary(), study.summary())
    assert memory.runs["folder"].isna().all()


def test_a_complete_study_reads_back_the_same(folder, study):
    for name, table in study.tables().items():
        pd.testing.assert_frame_equal(table, pd.read_parquet(folder / f"{name}.parquet"))
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["runs"] == {"done": 9, "failed": 0, "waiting": 0}
    assert not (folder / "journal.jsonl").exists()


def test_runs_without_tables_are_made_again_when_asked_for(short, study, tmp_path):
    out = tmp_path / "lean"
    lean = market.sweep(short, {COUNT: range(3)}, replicates=3, jobs=1, out=out, keep="summary")
    assert not (out / "runs").exists()
    run_id = lean.runs["run_id"].iloc[0]
    assert lean.run(run_id).trades.equals(study.run(run_id).trades)


class StoppedError(Exception):
    """Stands for whatever ends a sweep."""


def stop_after(count: int):
    def progress(tally) -> None:
        if tally.ended == count:
            raise StoppedError

    return progress


@pytest.mark.parametrize("ended", [0, 1, 8, 9])
def test_a_stopped_sweep_goes_on_and_ends_the_same(short, folder, tmp_path, ended):
    out = tmp_path / "study"
    with pytest.raises(StoppedError):
        market.sweep(
            short, {COUNT: range(3)}, replicates=3, jobs=1, out=out, progress=stop_after(ended)
        )
    so_far = market.Study.read(out)
    assert so_far.counts == {"done": ended, "failed": 0, "waiting": 9 - ended}
    assert len(so_far.summary()) == (0 if ended == 0 else 3 * (len(so_far.outcomes.columns) - 5))
    told = []
    market.resume(out, jobs=1, progress=told.append)
    assert told[0].ended == ended
    assert files(out) == files(folder)


@pytest.mark.parametrize(("ended", "of_points"), [(3, [1, 1, 1]), (4, [2, 1, 1]), (6, [2, 2, 2])])
def test_a_stopped_sweep_has_as_many_runs_at_each_point(short, tmp_path, ended, of_points):
    out = tmp_path / "study"
    with pytest.raises(StoppedError):
        market.sweep(
            short, {COUNT: range(3)}, replicates=3, jobs=1, out=out, progress=stop_after(ended)
        )
    runs = market.Study.read(out).runs
    done = runs[runs["status"] == "done"]
    assert done.groupby(COUNT).size().tolist() == of_points
    assert set(done["replicate"]) == set(range(max(of_points)))


def test_the_runs_of_points_that_are_not_held_are_the_same(short, study, monkeypatch):
    monkeypatch.setattr("market.studies.run_sweep._POINTS", 1)
    again = market.sweep(short, {COUNT: range(3)}, replicates=3, jobs=1)
    pd.testing.assert_frame_equal(again.outcomes, study.outcomes)


def test_what_a_kill_leaves_half_done_is_cleared(short, folder, tmp_path):
    out = tmp_path / "study"
    with pytest.raises(StoppedError):
        market.sweep(
            short, {COUNT: range(3)}, replicates=3, jobs=1, out=out, progress=stop_after(4)
        )
    waiting = market.Study.read(out).runs.query("status == 'waiting'")["run_id"].iloc[0]
    place = StudyFolder(out)
    made = place.run_folder(waiting)  # its tables are there, but the journal does not know
    made.mkdir(parents=True)
    (made / "market.parquet").write_bytes(b"anything")
    half = made.with_name(f".{waiting}.part")
    half.mkdir()
    (out / ".summary.parquet.part").write_bytes(b"half")
    with (out / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"run": "cut of')
    market.sweep(short, {COUNT: range(3)}, replicates=3, jobs=1, out=out)
    assert files(out) == files(folder)


def test_a_kill_before_the_study_began_is_no_obstacle(short, folder, tmp_path):
    out = tmp_path / "study"
    out.mkdir()
    (out / ".study.json.part").write_text("{")
    market.sweep(short, {COUNT: range(3)}, replicates=3, jobs=1, out=out)
    assert files(out) == files(folder)


def test_a_kill_between_manifest_and_journal_is_no_obstacle(folder, tmp_path):
    out = tmp_path / "study"
    out.mkdir()
    for name, content in files(folder).items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)
    (out / "journal.jsonl").write_text("")
    market.resume(out)
    assert files(out) == files(folder)


def test_a_complete_study_is_not_run_again(short, folder, monkeypatch):
    monkeypatch.setattr("market.studies.executors.run_task", None)
    again = market.sweep(short, {COUNT: range(3)}, replicates=3, jobs=1, out=folder)
    assert again.counts["done"] == 9


def test_a_full_disk_ends_the_sweep_with_the_way_to_go_on(short, tmp_path, monkeypatch):
    def full(*_) -> None:
        raise OSError(28, "No space left on device")

    out = tmp_path / "study"
    with pytest.raises(StoppedError):
        market.sweep(short, {COUNT: [0, 1]}, replicates=1, jobs=1, out=out, progress=stop_after(1))
    with monkeypatch.context() as patch:
        patch.setattr(study_folder, "write_run", full)
        with pytest.raises(RunError, match=r"No space left on device.*market sweep --resume"):
            market.resume(out, jobs=1)
    assert market.resume(out, jobs=1).counts["done"] == 2


def test_no_cluster_leaves_no_folder(short, tmp_path):
    with pytest.raises(MarketError, match="--dask"):
        market.sweep(short, {COUNT: [0]}, dask="nonsense://", out=tmp_path / "study")
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_fails_is_recorded_and_stops_no_other(short, tmp_path, monkeypatch):
    from market.studies import run_task

    simulate = run_task.run

    def run(spec, *, base=None):
        if spec.seed == 2:
            raise ValueError("seed 2 is bad")
        return simulate(spec)

    monkeypatch.setattr(run_task, "run", run)
    out = tmp_path / "study"
    study = market.sweep(short, {COUNT: [0, 1]}, replicates=3, jobs=1, out=out)
    assert study.counts == {"done": 4, "failed": 2, "waiting": 0}
    failed = market.Study.read(out).runs.query("status == 'failed'")
    assert failed["error"].str.startswith("ValueError: seed 2 is bad").all()
    assert set(study.summary().query("measure == 'welfare'")["replicates"]) == {2}
    with pytest.raises(ScenarioError, match="failed: ValueError: seed 2 is bad"):
        study.run(failed["run_id"].iloc[0])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"replicates": 4}, "what is varied and the seeds differ"),
        ({"vary": {COUNT: [0, 1]}}, "what is varied differs"),
        ({"keep": "summary"}, "what is kept of each run differs"),
    ],
)
def test_another_study_does_not_go_into_the_same_folder(short, folder, change, says):
    with pytest.raises(ScenarioError, match=f"{says}; .*--out, or replace it with --overwrite"):
        market.sweep(short, **{"vary": {COUNT: range(3)}, "replicates": 3, "out": folder, **change})


def test_another_state_of_the_code_does_not_go_on(folder, tmp_path, monkeypatch, short):
    out = tmp_path / "study"
    with pytest.raises(StoppedError):
        market.sweep(short, {COUNT: [0]}, replicates=2, jobs=1, out=out, progress=stop_after(1))
    monkeypatch.setattr(run_sweep, "code_digest", lambda: "newer")
    with pytest.raises(ScenarioError, match="the program's code differs"):
        market.resume(out)


def test_overwriting_replaces_a_study(short, tmp_path):
    out = tmp_path / "study"
    market.sweep(short, {COUNT: [0, 1]}, replicates=1, jobs=1, out=out)
    study = market.sweep(short, {COUNT: [2]}, replicates=1, jobs=1, out=out, overwrite=True)
    assert study.outcomes[COUNT].tolist() == [2]
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_a_folder_with_something_else_is_left_alone(short, tmp_path):
    (tmp_path / "notes").write_text("mine")
    with pytest.raises(ScenarioError, match="holds something other than a result"):
        market.sweep(short, {COUNT: [0]}, out=tmp_path, overwrite=True)
    assert (tmp_path / "notes").read_text() == "mine"


def test_two_sweeps_do_not_write_the_same_study(short, tmp_path):
    out = tmp_path / "study"

    def second(tally) -> None:
        with pytest.raises(ScenarioError, match="another sweep is running here"):
            market.sweep(short, {COUNT: [0]}, replicates=1, jobs=1, out=out)
        with pytest.raises(ScenarioError, match="another sweep is running here"):
            market.sweep(short, {COUNT: [1]}, replicates=1, jobs=1, out=out, overwrite=True)
        assert market.Study.read(out).counts["waiting"] == 1 - tally.ended

    study = market.sweep(short, {COUNT: [0]}, replicates=1, jobs=1, out=out, progress=second)
    assert study.counts["done"] == 1


def test_an_invalid_point_is_refused_before_any_run(short, tmp_path):
    with pytest.raises(ScenarioError, match=r"design point 2 .*: must be at least 0"):
        market.sweep(short, {COUNT: [0, -1]}, out=tmp_path / "study")
    assert list(tmp_path.iterdir()) == []


def test_models_without_prices_are_refused_before_any_run(short, tmp_path):
    vary = {"providers.North.models": [["spark"], ["sparkle"]]}
    with pytest.raises(ScenarioError, match=r"design point 2: .*'sparkle'; did you mean 'spark'"):
        market.sweep(short, vary, out=tmp_path / "study")
    assert list(tmp_path.iterdir()) == []


def test_what_is_given_stands_for_what_the_file_says(short):
    spec = short.model_copy(update={"sweep": None})
    with pytest.raises(ScenarioError, match="sweep: is missing"):
        market.sweep(spec)
    study = market.sweep(short, replicates=1, jobs=1)  # the file's own values
    assert study.design.parameters == ("population.heterogeneity",)
    assert study.design.seeds == (1,)


def test_csv_has_every_frame(study, tmp_path):
    target = study.to_csv(tmp_path / "csv")
    assert {file.stem for file in target.iterdir()} == set(study.tables())
    summary = pd.read_csv(target / "summary.csv")
    np.testing.assert_allclose(summary["mean"], study.summary()["mean"])


def test_an_unknown_run_is_named(study):
    with pytest.raises(ScenarioError, match="abc: the study has no such run"):
        study.run("abc")


def test_a_folder_without_a_study_is_not_read(tmp_path):
    with pytest.raises(ScenarioError, match="contains no study"):
        market.Study.read(tmp_path)


def test_outcomes_do_not_depend_on_the_order_of_ends(short, study):
    ended = [
        RunOutcome(row["run_id"], {"b": float(i), "a": 1.0})
        for i, row in enumerate(study.runs.to_dict("records"))
    ]
    one, other = (
        market.Study.of(study.design, study.header, runs) for runs in (ended, ended[::-1])
    )
    pd.testing.assert_frame_equal(one.outcomes, other.outcomes)


def test_a_run_that_is_computed_again_has_the_base_market_of_the_sweep(short):
    study = market.sweep(short, {"population.heterogeneity": [0.0, 1.0]}, replicates=1, jobs=1)
    row = study.outcomes.iloc[1]
    assert study.run(row["run_id"]).summary["price_index"] == row["price_index"]
