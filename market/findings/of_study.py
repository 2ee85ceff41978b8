"""The verdict of a sweep: what each parameter does to the main measures."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from market.findings.moves import Move, moved, noun, unclear
from market.findings.verdict import Verdict, listed, sentence, verdict
from market.foundation.arrays import BoolArray
from market.measures.labels import parameter

if TYPE_CHECKING:
    import pandas as pd

MAIN = ("price_index", "arbitrage_profit", "consumer_surplus", "provider_profit", "welfare")
MOST_PARAMETERS = 3  # that the verdict tells of
_STRENGTH = {"sobol": "ST", "morris": "mu_star"}
_RANK = {"sobol": "by its share of the variance", "morris": "by the size of its effects"}


def of_study(
    summary: "pd.DataFrame",
    differences: "pd.DataFrame",
    sensitivity: "pd.DataFrame",
    parameters: Sequence[str],
    *,
    question: str = "",
    replicates: int,
    population: str = "",
    assumed: Sequence[str] = (),
) -> Verdict:
    """Say what varying the parameters does.

    Parameters
    ----------
    summary, differences, sensitivity
        Frames of a study: means by design point, paired differences to the baseline, and indices.
    parameters
        Dotted paths of what varies.
    question
        That of the scenario.
    replicates
        Runs of each design point.
    population
        What problems it rests on, in words (:func:`market.findings.verdict.population_words`).
    assumed
        Sentences on models that are assumed.
    """
    baseline = _baseline(summary, differences, parameters)
    if len(sensitivity):
        found = _ranked(sensitivity)
    elif baseline is None:
        found = ["There is one design point alone, so that nothing is compared."]
    else:
        found = []
        for path in parameters[:MOST_PARAMETERS]:
            found += _effect(summary, differences, parameters, baseline, path)
        if len(parameters) > MOST_PARAMETERS:
            found.append(f"{len(parameters) - MOST_PARAMETERS} more parameters are in the tables.")
    if not found:
        found = ["No point differs from the baseline in one parameter alone: see the tables."]
    return verdict(question, [*found, _rests(replicates, population), *assumed])


def _baseline(
    summary: "pd.DataFrame", differences: "pd.DataFrame", parameters: Sequence[str]
) -> dict[str, Any] | None:
    """Values of the point that the others are compared with: the one that has no differences."""

    def points(frame: "pd.DataFrame") -> dict[str, tuple[Any, ...]]:
        rows = frame[list(parameters)].itertuples(index=False, name=None)
        return {str(row): row for row in rows}

    compared = points(differences)
    if not compared:
        return None
    for key, point in points(summary).items():
        if key not in compared:
            return dict(zip(parameters, point, strict=True))
    return None


def _are(column: "pd.Series[Any]", value: Any) -> BoolArray:
    """Where a column has a value; tables and lists are compared as they are written."""
    return np.array([str(item) == str(value) for item in column], dtype=bool)


def _rests(replicates: int, population: str) -> str:
    based = f"{population} and " if population else ""
    if replicates == 1:
        return f"This rests on {based}one seed, so that nothing says how sure it is."
    return (
        f"This rests on {based}{replicates} seeds, the same at every point; intervals (95%) are "
        "over seeds, on this sample of problems."
    )


def _effect(
    summary: "pd.DataFrame",
    differences: "pd.DataFrame",
    parameters: Sequence[str],
    baseline: Mapping[str, Any],
    path: str,
) -> list[str]:
    """Sentences on one parameter, the others at their baseline."""
    alone = np.ones(len(differences), dtype=bool)
    for other in parameters:
        if other != path:
            alone &= _are(differences[other], baseline[other])
    rows = differences[alone & ~_are(differences[path], baseline[path])]
    if rows.empty:
        return []
    levels = list(dict.fromkeys(rows[path]))
    ordered = all(isinstance(level, int | float | np.number) for level in levels)
    last = max(levels) if ordered else levels[-1]
    start = summary
    for other in parameters:
        start = start[_are(start[other], baseline[other])]
    base = dict(zip(start["measure"], start["mean"], strict=True))
    moves = {
        name: {
            row[path]: _move(row, base) for row in rows[rows["measure"] == name].to_dict("records")
        }
        for name in MAIN
    }
    at_last = {name: of[last] for name, of in moves.items() if last in of}
    sure = [moved(name, move) for name, move in at_last.items()]
    opened = unclear((noun(name).words, name, move) for name, move in at_last.items())
    told = f"from {_short(baseline[path])} to {_short(last)} in {parameter(path)}, "
    said = [
        sentence([told + (", ".join(filter(None, sure)) or "nothing surely moves")]),
        sentence([opened]),
    ]
    turning = [turn for name, of in moves.items() if (turn := _turn(name, of, last))]
    peaks = [peak for name, of in moves.items() if ordered and (peak := _peak(name, of, last))]
    return [
        line for line in (*said, sentence([listed(turning)]), sentence([listed(peaks)])) if line
    ]


def _move(row: Mapping[Any, Any], base: Mapping[str, float]) -> Move:
    difference, low, high = (float(row[name]) for name in ("difference", "low", "high"))
    return Move(difference, low, high, float(base.get(str(row["measure"]), np.nan)))


def _turn(name: str, moves: Mapping[Any, Move], last: Any) -> str:
    """A clause where a measure surely is on the other side of its start at another level."""
    end = moves[last].sign if last in moves else 0
    other = [level for level, move in moves.items() if move.sign == -end and end != 0]
    if not other:
        return ""
    direction = "above" if end < 0 else "below"
    verb = noun(name).verb("is", "are")
    levels = listed([_short(level) for level in other])
    return f"at {levels}, {noun(name).words} {verb} {direction} the start"


def _peak(name: str, moves: Mapping[Any, Move], last: Any) -> str:
    """A clause where a measure surely goes further at a level between than at both ends.

    Surely: its interval is apart from that of the last level and from zero, the start.
    """
    if last not in moves or not moves[last].known:
        return ""
    end = moves[last]
    high = max(
        (level for level in moves if moves[level].known), key=lambda level: moves[level].difference
    )
    low = min(
        (level for level in moves if moves[level].known), key=lambda level: moves[level].difference
    )
    words, are = noun(name).words, noun(name).verb("is", "are")
    found = []
    if moves[high].low > max(end.high, 0.0):
        found.append(("highest", high))
    if moves[low].high < min(end.low, 0.0):
        found.append(("lowest", low))
    return listed(
        [
            f"of the levels tried, {words} {are} {which} at {_short(level)}, "
            f"{moves[level].size(name)} {'above' if moves[level].sign > 0 else 'below'} the start"
            for which, level in found
        ]
    )


def _ranked(sensitivity: "pd.DataFrame") -> list[str]:
    """What the main measures depend on most, by the indices of the design."""
    method = str(sensitivity["method"].iloc[0])
    rows = sensitivity[sensitivity["index"] == _STRENGTH.get(method, "")]
    found = []
    for name in MAIN:
        of = rows[rows["measure"] == name].dropna(subset="value")
        if of.empty or float(of["value"].max()) <= 0:
            continue
        of = of.sort_values("value", ascending=False, kind="stable")
        first, *rest = of.to_dict("records")
        clause = f"{noun(name).words} {noun(name).verb('depends', 'depend')} most on "
        clause += parameter(str(first["parameter"]))
        if rest and not float(first["low"]) > float(rest[0]["high"]):
            clause += f", not surely more than on {parameter(str(rest[0]['parameter']))}"
        found.append(clause)
    return [sentence([*found, f"ranked {_RANK[method]}"])] if found else []


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
