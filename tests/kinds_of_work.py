"""Work that lasts, and leaves files that it can go on from when it was stopped."""

from collections.abc import Callable
from pathlib import Path

import market
from market.foundation.atomic_files import write_whole
from market.foundation.on_disk import make_folder
from market.scenario.schema import Scenario
from market.studies.paired_runs import paired_runs

COUNT = "arbitrageurs.routers.count"

Work = Callable[[Scenario, Path], None]
"""Does it to a short scenario, and leaves its files in a folder."""


def study(short: Scenario, out: Path) -> None:
    market.sweep(short, {COUNT: [0, 1]}, replicates=1, jobs=1, out=out)


def sensitivity(short: Scenario, out: Path) -> None:
    vary = {"ticks": {"low": 1, "high": 3}}
    market.sweep(
        short, vary, design="sobol", samples=2, replicates=1, jobs=1, out=out, keep="summary"
    )


def claims(short: Scenario, out: Path) -> None:
    other = short.model_copy(update={"ticks": 3})
    paired_runs([short, other], [1, 2], jobs=1, folder=out)


def comparison(short: Scenario, out: Path) -> None:
    other = short.model_copy(update={"ticks": 3})
    make_folder(out)
    found = market.compare(short, other, replicates=2, jobs=1, folder=out / "runs")
    found.save(out / "result", overwrite=True)


def several_sides(short: Scenario, out: Path) -> None:
    others = [short.model_copy(update={"ticks": ticks}) for ticks in (3, 4)]
    make_folder(out)
    found = market.compare(short, *others, replicates=2, jobs=1, folder=out / "runs")
    found.save(out / "result", overwrite=True)


def page(short: Scenario, out: Path) -> None:
    make_folder(out)
    write_whole(out / "report.html", "first")
    write_whole(out / "report.html", "second")


KINDS = (study, sensitivity, claims, comparison, several_sides, page)
