"""What the command line prints of studies and comparisons, for people."""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from market.cli.terminal import change, interval, out, plain_table, short
from market.measures.labels import BUYERS, Measure, fitted
from market.measures.money_units import MISSING, MoneyUnit

if TYPE_CHECKING:
    import pandas as pd

    from market.studies.comparison import Comparison
    from market.studies.study import Study

Row = Mapping[Hashable, Any]  # of a comparison's frame
STUDY_COLUMNS = (
    "price_index",
    "revenue_per_query",
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
    "revenue_per_query",
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
WHO_GAINS = tuple(f"{kind}_{who}" for kind in ("price", "surplus") for who in BUYERS)
MEANS = "Means of the last quarter, ± half of the 95% interval"
NUMBERS = ("a", "b", "b − a", "change")
_ROWS = 24  # design points that are printed; all are in the folder


def print_study(study: "Study", measures: Sequence[str] = STUDY_COLUMNS) -> None:
    """Means by design point, paired differences to the baseline, and sensitivities."""
    from market.studies.design import readable

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
        known = _fitted(summary[summary["measure"].isin(shown)], "mean")
        _print_points(MEANS, summary, parameters, known, "mean")
        differences = study.differences()
        if not differences.empty:
            values = design.values(design.baseline).items()
            base = ", ".join(f"{path}={readable(value)}" for path, value in values)
            title = f"Paired differences from {base}"
            _print_points(title, differences, parameters, known, "difference")
    for line in design.scenario.assumed:
        out.print(line)
    if study.folder is not None:
        out.print(f"Study: {study.folder}")


def _fitted(frame: "pd.DataFrame", *columns: str) -> dict[str, Measure]:
    """Measures of a frame, with units of money that fit its columns."""
    rows = frame.groupby("measure", sort=False)[list(columns)]
    return fitted({str(name): found.to_numpy(dtype=float) for name, found in rows})


def _heading(name: str, known: Measure) -> str:
    """A column's: the name by which a measure is asked for, and the unit of money."""
    return f"{name}, {known.unit.name}" if known.money else name


def _print_points(
    title: str,
    frame: "pd.DataFrame",
    parameters: list[str],
    measures: "Mapping[str, Measure]",
    value: str,
) -> None:
    """A row per design point: its parameters, then each measure with its interval."""
    names = frame["measure"].unique().tolist()
    found = frame[[value, "low", "high"]].to_numpy(dtype=float).reshape(-1, len(names), 3)
    points = frame[parameters].iloc[:: len(names)].to_numpy(dtype=object)
    table = plain_table(title, parameters, [_heading(*item) for item in measures.items()])
    for point, estimates in zip(points[:_ROWS], found, strict=False):
        of_point = dict(zip(names, estimates.tolist(), strict=True))
        shown = []
        for name, known in measures.items():
            mean, low, high = of_point[name]
            shown.append(interval(mean, low, high, known.money))
        table.add_row(*map(_text, point), *shown)
    out.print(table)
    if len(points) > _ROWS:
        out.print(f"… and {len(points) - _ROWS} more design points")


def _print_sensitivity(frame: "pd.DataFrame", measures: Sequence[str]) -> None:
    method = frame["method"].iloc[0]
    names = {"sobol": ("S1", "ST"), "morris": ("mu_star", "sigma")}[method]
    frame = frame[frame["index"].isin(names) & frame["measure"].isin(measures)]
    # an elementary effect is so much of the measure; a share of its variance has no unit
    units = _fitted(frame, "value") if method == "morris" else {}
    table = plain_table(
        f"Sensitivity ({method}), ± half of the 95% interval",
        ["parameter", "index"],
        [_heading(name, units[name]) if name in units else name for name in measures],
    )
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for row in frame.to_dict("records"):
        of_index = rows.setdefault((row["parameter"], row["index"]), {})
        money = units[row["measure"]].money if units else None
        of_index[row["measure"]] = interval(row["value"], row["low"], row["high"], money)
    for (parameter, index), found in rows.items():
        table.add_row(parameter, index, *(found[name] for name in measures))
    out.print(table)


def print_comparison(found: "Comparison", names: tuple[str, str]) -> None:
    """What changes from a to b, and who gains and who loses."""
    out.print(f"a: {names[0]}\nb: {names[1]}\n{len(found.seeds)} replicates of each, same seeds")
    for line in found.assumed:
        out.print(line)
    measures = {row["measure"]: row for row in found.measures.to_dict("records")}
    sides = {name: [row["a"], row["b"]] for name, row in measures.items()}
    shown = fitted({name: sides[name] for name in COMPARED})
    sure = ["± seeds and sample"] if found.resampled else []
    table = plain_table(MEANS, ["measure"], [*NUMBERS, *sure])
    for name, known in shown.items():
        row = measures[name]
        sampled = []
        if sure:
            half = (row["sample_high"] - row["sample_low"]) / 2
            sampled = [f"± {short(half, known.money)}"]
        table.add_row(known.label, *_side_by_side(row, known.money), *sampled)
    out.print(table)
    if sure:
        out.print(
            "± is over seeds, on this sample of problems, and so are verdicts; the last column has "
            "the error of the sample, too: other problems might give so much more or less"
        )
    _print_buyers(measures, sides)
    title = f"Who gains and who loses, {shown['welfare'].unit.name}"
    asked = (found.agents, "profit"), (found.segments, "consumer_surplus")
    _print_members(title, asked, shown["welfare"].money)
    if any(group.invests for group in (*found.a.arbitrageurs, *found.b.arbitrageurs)):
        earned = found.agents[found.agents["measure"] == "net_profit"]
        money = MoneyUnit.fitting(earned[["a", "b"]])
        title = f"Earned since the start, outlays included, {money.name}"
        _print_members(title, [(earned, "net_profit")], money)


def _print_buyers(measures: Mapping[str, Row], sides: Mapping[str, list[float]]) -> None:
    """Price paid and surplus per query, by whom buyers know and by their need."""
    shown = fitted({name: sides[name] for name in WHO_GAINS})
    money = shown[WHO_GAINS[0]].money
    title = f"By buyers, {shown[WHO_GAINS[0]].unit.name}"
    table = plain_table(title, ["buyers", "what"], NUMBERS)
    for kind, what in (("price", "paid"), ("surplus", "surplus")):
        for who, words in BUYERS.items():
            table.add_row(words, what, *_side_by_side(measures[f"{kind}_{who}"], money))
    out.print(table)


def _print_members(
    title: str, asked: "Sequence[tuple[pd.DataFrame, str]]", money: MoneyUnit | None
) -> None:
    """Who gains and who loses by one measure of each frame."""
    several = len(asked) > 1
    table = plain_table(title, ["who", "role", *["what"] * several, "verdict"], NUMBERS)
    for frame, measure in asked:
        for row in frame[frame["measure"] == measure].to_dict("records"):
            words = (row["name"], row["role"], *[measure] * several)
            verdict = _verdict(row["low"], row["high"])
            table.add_row(*words, verdict, *_side_by_side(row, money))
    out.print(table)


def _side_by_side(row: Row, money: MoneyUnit | None) -> list[str]:
    a, difference = float(row["a"]), float(row["difference"])
    shown = interval(difference, float(row["low"]), float(row["high"]), money)
    return [short(a, money), short(float(row["b"]), money), shown, change(difference, a)]


def _verdict(low: float, high: float) -> str:
    if low > 0:
        return "gains"
    return "loses" if high < 0 else "unclear" if math.isfinite(low + high) else MISSING


def _text(value: object) -> str:
    return short(value) if isinstance(value, float) else str(value)
