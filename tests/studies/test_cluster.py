"""The same sweep on a Dask cluster: a scheduler and two workers, started as the guide says."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import market

pytest.importorskip("distributed", reason="the extra cluster is not installed")

PATIENCE = 300  # seconds for what takes some
COUNT = "arbitrageurs.routers.count"


def dask(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


@pytest.fixture
def cluster(tmp_path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Address of the scheduler, and its two workers, all of them ready."""
    from distributed import Client

    file = tmp_path / "scheduler.json"
    where = ("--scheduler-file", str(file))
    started = [dask("scheduler", "--host", "tcp://127.0.0.1:0", "--no-dashboard", *where)]
    try:
        while not file.is_file():
            assert started[0].poll() is None
            time.sleep(0.01)
        address = json.loads(file.read_text())["address"]
        started += [
            dask(
                *("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"),
                *("--local-directory", str(tmp_path)),
            )
            for _ in range(2)
        ]
        with Client(address, timeout=PATIENCE, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=PATIENCE)
        yield address, started[1:]
    finally:
        for process in started:
            process.kill()
        for process in started:
            process.wait()


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_a_cluster_gives_the_same_study_though_one_of_its_workers_is_killed(
    cluster, short, tmp_path
):
    address, workers = cluster

    def kill_one(tally) -> None:
        if tally.ended == 3:
            workers[0].kill()

    vary = {COUNT: range(3)}
    market.sweep(short, vary, replicates=4, jobs=1, out=tmp_path / "alone")
    there = market.sweep(
        short, vary, replicates=4, dask=address, out=tmp_path / "there", progress=kill_one
    )
    assert there.counts == {"done": 12, "failed": 0, "waiting": 0}
    assert files(tmp_path / "there") == files(tmp_path / "alone")
