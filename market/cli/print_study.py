"""What the command line prints of studies and comparisons, for people."""

import json
import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from market.cli.line_breaks import whole
from market.cli.print_verdict import print_verdict
from market.cli.tables import plain_table
from market.cli.terminal import change, half, interval, out, row_label, short
from market.measures.counted import counted
from market.measures.labels import BUYERS, Measure, fitted, measure
from market.measures.money_units import MISSING

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
NUMBERS = ("A", "B", "B − A", "change")
_INDICES = {
    "sobol": {"S1": "alone (S1)", "ST": "in all (ST)"},
    "morris": {"mu_star": "size of effect (μ*)", "sigma": "spread of effects (σ)"},
}
ROLES = {"segment": "buyers"}
_ROWS = 24  # design points that are printed; all are in the folder


def print_study(study: "Study", measures: Sequence[str] = STUDY_COLUMNS) -> None:
    """Means by design point, paired differences to the baseline, and sensitivities."""
    from market.findings.of_results import study_verdict
    from market.studies.design import readable

    if study.counts["done"]:
        print_verdict(study_verdict(study))
    design, counts = study.design, study.counts
    points = counted(len(design.points), "design point")
    out.print(
        f"{design.scenario.name} · {design.sweep.design} of {points} × "
        f"{counted(len(design.seeds), 'replicate')} · runs: "
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
            base = "; ".join(f"{path}={_text(readable(value))}" for path, value in values)
            title = f"Paired differences from {base}"
            moved = _fitted(differences[differences["measure"].isin(shown)], "difference")
            _print_points(title, differences, parameters, moved, "difference")
    for line in design.scenario.assumed:
        out.print(line)
    if study.folder is not None:
        out.print(f"Study: {study.folder}")


def _fitted(frame: "pd.DataFrame", *columns: str) -> dict[str, Measure]:
    """Measures of a frame, with units of money that fit its columns."""
    rows = frame.groupby("measure", sort=False)[list(columns)]
    return fitted({str(name): found.to_numpy(dtype=float) for name, found in rows})


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
    table = plain_table(
        title,
        parameters,
        [known.label for known in measures.values()],
        short=_short_paths(parameters),
        keys=len(parameters),
    )
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
    names = _INDICES[method]
    frame = frame[frame["index"].isin(names) & frame["measure"].isin(measures)]
    # an elementary effect is so much of the measure; a share of its variance has no unit
    units = _fitted(frame, "value") if method == "morris" else {}
    table = plain_table(
        f"Sensitivity ({method.title()}), ± half of the 95% interval",
        ["parameter", "index"],
        [units[name].label if name in units else measure(name).words for name in measures],
        keys=2,
    )
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for row in frame.to_dict("records"):
        of_index = rows.setdefault((row["parameter"], row["index"]), {})
        money = units[row["measure"]].money if units else None
        of_index[row["measure"]] = interval(row["value"], row["low"], row["high"], money)
    for (parameter, index), found in rows.items():
        table.add_row(parameter, names[index], *(found[name] for name in measures))
    out.print(table)


def print_comparison(found: "Comparison", names: tuple[str, str]) -> None:
    """What changes from A to B, and who gains and who loses."""
    from market.findings.of_results import comparison_verdict

    print_verdict(comparison_verdict(found, names))
    runs = counted(len(found.seeds), "replicate")
    out.print(f"A: {names[0]}\nB: {names[1]}\n{runs} of each, same seeds")
    for line in found.assumed:
        out.print(line)
    measures = {row["measure"]: row for row in found.measures.to_dict("records")}
    sides = {name: [row["a"], row["b"]] for name, row in measures.items()}
    shown = fitted({name: sides[name] for name in COMPARED})
    sure = ["± with sample"] if found.resampled else []
    table = plain_table(MEANS, ["measure"], [*NUMBERS, *sure])
    for name, known in shown.items():
        row = measures[name]
        sampled = [half(row["sample_low"], row["sample_high"], known.money)] if sure else []
        table.add_row(row_label(known), *_side_by_side(row, known), *sampled)
    out.print(table)
    if sure:
        out.print(
            "± is over seeds, on this sample of problems, and so are verdicts; the last column has "
            "the error of the sample, too: other problems might give so much more or less"
        )
    _print_buyers(measures, sides)
    asked = (found.agents, "profit"), (found.segments, "consumer_surplus")
    title = "Who gains and who loses: profit of sellers, surplus of buyers"
    _print_members(title, asked, shown["welfare"])
    if any(group.invests for group in (*found.a.arbitrageurs, *found.b.arbitrageurs)):
        earned = found.agents[found.agents["measure"] == "net_profit"]
        known = fitted({"net_profit": earned[["a", "b"]].to_numpy(dtype=float)})["net_profit"]
        _print_members("Earned since the start, outlays included", [(earned, "net_profit")], known)


def _print_buyers(measures: Mapping[str, Row], sides: Mapping[str, list[float]]) -> None:
    """Price paid and surplus per query, by whom buyers know and by their need."""
    shown = fitted({name: sides[name] for name in WHO_GAINS})
    title = f"By buyers, {shown[WHO_GAINS[0]].unit.name}"
    table = plain_table(title, ["buyers", "amount"], NUMBERS, keys=2)
    for kind, what in (("price", "paid"), ("surplus", "surplus")):
        for who, words in BUYERS.items():
            name = f"{kind}_{who}"
            table.add_row(words, what, *_side_by_side(measures[name], shown[name]))
    out.print(table)


def _print_members(title: str, asked: "Sequence[tuple[pd.DataFrame, str]]", known: Measure) -> None:
    """Who gains and who loses by one measure of each frame, written as the measure `known`."""
    table = plain_table(f"{title}, {known.unit.name}", ["who", "role", "outcome"], NUMBERS)
    for frame, name in asked:
        for row in frame[frame["measure"] == name].to_dict("records"):
            words = whole(row["name"]), ROLES.get(row["role"], row["role"])
            table.add_row(*words, outcome(row["low"], row["high"]), *_side_by_side(row, known))
    out.print(table)


def _side_by_side(row: Row, known: Measure) -> list[str]:
    a, difference = float(row["a"]), float(row["difference"])
    ends = float(row["low"]), float(row["high"])
    shown = interval(difference, *ends, known.money)
    return [known.text(a), known.text(float(row["b"])), shown, change(difference, a, *ends)]


def outcome(low: float, high: float) -> str:
    """What an interval says of a difference: gains, loses or unclear."""
    if low > 0:
        return "gains"
    if low == high == 0:
        return "unchanged"
    return "loses" if high < 0 else "unclear" if math.isfinite(low + high) else MISSING


def _short_paths(paths: Sequence[str]) -> dict[str, str]:
    """Of each dotted path as much of its end as tells it from the others."""
    found = {}
    for path in paths:
        parts = path.split(".")
        ends = (".".join(parts[-k:]) for k in range(1, len(parts) + 1))
        found[path] = next(
            (end for end in ends if not any(p != path and p.endswith(end) for p in paths)), path
        )
    return found


def _text(value: object) -> str:
    """A parameter's value; a list, which frames hold as JSON, as its names."""
    if isinstance(value, float):
        return short(value)
    text = str(value)
    try:
        names = json.loads(text) if text.startswith("[") else [text]
    except ValueError:  # a list of tables
        names = [text]
    return ", ".join(whole(str(name)) for name in names) or "none"
