"""What the command line prints of studies and comparisons, for people."""

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from market.cli.print_run import err, out

if TYPE_CHECKING:
    import pandas as pd

    from market.studies.comparison import Comparison
    from market.studies.run_sweep import Tally
    from market.studies.study import Study

STUDY_COLUMNS = (
    "price_index",
    "marginal_revenue_per_query",
    "segmentation",
    "small_provider_share",
    "arbitrage_profit",
    "welfare",
)
COMPARED = (
    "price_index",
    "price_per_query",
    "solve_rate",
    "mean_tier",
    "served_share",
    "marginal_revenue_per_query",
    "provider_revenue",
    "segmentation",
    "small_provider_share",
    "consumer_surplus",
    "producer_surplus",
    "arbitrageur_surplus",
    "tax_revenue",
    "welfare",
    "efficiency",
)
_ROWS = 24  # design points that are printed; all are in the folder


class _Rate(ProgressColumn):
    """Runs per second, lately."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.2f} runs/s")


@contextmanager
def run_progress(title: str) -> Iterator["Callable[[Tally], None]"]:
    """Bar on standard error with rate and time left; yields the function that takes a tally."""
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    ) as bar:

        def tell(tally: "Tally") -> None:
            words = f"{title}, {tally.failed} failed" if tally.failed else title
            if not bar.task_ids:  # runs made before count as done, but not as speed
                bar.add_task(words, total=tally.total, completed=tally.ended)
            else:
                bar.update(bar.task_ids[0], description=words, completed=tally.ended)

        yield tell


def print_study(study: "Study", measures: Sequence[str] = STUDY_COLUMNS) -> None:
    """Means by design point, paired differences to the baseline, and sensitivities."""
    design, counts = study.design, study.counts
    out.print(
        f"{design.scenario.name} · {design.sweep.design} of {len(design.points)} design points × "
        f"{len(design.seeds)} replicates · runs: "
        + ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    )
    summary, parameters = study.summary(), list(design.parameters)
    shown = [name for name in measures if name in set(summary["measure"])]
    sensitivity = study.sensitivity()
    if not sensitivity.empty:
        _print_sensitivity(sensitivity, shown)
    elif shown:
        title = "Means of the last quarter, ± half of the 95% interval"
        _print_points(title, summary, parameters, shown, "mean")
        differences = study.differences()
        if not differences.empty:
            base = ", ".join(f"{path}={value}" for path, value in _base(study).items())
            title = f"Paired differences to {base}"
            _print_points(title, differences, parameters, shown, "difference")
    if study.folder is not None:
        out.print(f"Study: {study.folder}")


def _base(study: "Study") -> dict[str, object]:
    from market.studies.design import readable

    values = study.design.values(study.design.baseline)
    return {path: readable(value) for path, value in values.items()}


def _print_points(
    title: str, frame: "pd.DataFrame", parameters: list[str], measures: Sequence[str], value: str
) -> None:
    """A row per design point: its parameters, then each measure with its interval."""
    names = frame["measure"].unique().tolist()
    found = frame[[value, "low", "high"]].to_numpy(dtype=float).reshape(-1, len(names), 3)
    points = frame[parameters].iloc[:: len(names)].to_numpy(dtype=object)
    table = _table(title, parameters, measures)
    for point, cells in zip(points[:_ROWS], found, strict=False):
        shown = (_interval(*cells[names.index(name)]) for name in measures)
        table.add_row(*map(_text, point), *shown)
    out.print(table)
    if len(points) > _ROWS:
        out.print(f"… and {len(points) - _ROWS} more design points")


def _print_sensitivity(frame: "pd.DataFrame", measures: Sequence[str]) -> None:
    method = frame["method"].iloc[0]
    names = {"sobol": ("S1", "ST"), "morris": ("mu_star", "sigma")}[method]
    table = _table(
        f"Sensitivity ({method}), ± half of the 95% interval", ["parameter", "index"], measures
    )
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for row in frame[frame["index"].isin(names)].to_dict("records"):
        of_index = cells.setdefault((row["parameter"], row["index"]), {})
        of_index[row["measure"]] = _interval(row["value"], row["low"], row["high"])
    for (parameter, index), found in cells.items():
        table.add_row(parameter, index, *(found[name] for name in measures))
    out.print(table)


def print_comparison(found: "Comparison", names: tuple[str, str]) -> None:
    """What changes from a to b, and who gains and who loses."""
    out.print(f"a: {names[0]}\nb: {names[1]}\n{len(found.seeds)} replicates of each, same seeds")
    numbers = ["a", "b", "b less a", "change"]
    table = _table("Means of the last quarter, ± half of the 95% interval", ["measure"], numbers)
    measures = {row["measure"]: row for row in found.measures.to_dict("records")}
    for name in COMPARED:
        table.add_row(name, *_side_by_side(measures[name]))
    out.print(table)
    table = _table(
        "Who gains and who loses, USD per tick",
        ["who", "role", "what", "verdict"],
        numbers,
    )
    for frame, measure in ((found.agents, "profit"), (found.segments, "consumer_surplus")):
        for row in frame[frame["measure"] == measure].to_dict("records"):
            words = (row["name"], row["role"], measure, _verdict(row["low"], row["high"]))
            table.add_row(*words, *_side_by_side(row))
    out.print(table)


def _side_by_side(row: "Mapping[Hashable, Any]") -> list[str]:
    a, difference = float(row["a"]), float(row["difference"])
    change = f"{100 * difference / abs(a):+.1f}%" if a and math.isfinite(difference / a) else "–"
    return [
        _text(a),
        _text(float(row["b"])),
        _interval(difference, float(row["low"]), float(row["high"])),
        change,
    ]


def _verdict(low: float, high: float) -> str:
    if low > 0:
        return "gains"
    return "loses" if high < 0 else "unclear" if math.isfinite(low + high) else "–"


def _interval(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return "–"
    half = (high - low) / 2
    return f"{value:.4g} ± {half:.2g}" if math.isfinite(half) else f"{value:.4g}"


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}" if math.isfinite(value) else "–"
    return str(value)


def _table(title: str, left: Sequence[str], right: Sequence[str]) -> Table:
    """Plain table: columns of words, then columns of numbers."""
    table = Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False
    )
    for heading in left:
        table.add_column(heading, overflow="fold")
    for heading in right:
        table.add_column(heading, justify="right", overflow="fold")
    return table
