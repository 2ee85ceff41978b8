"""One line of attempt records: what a model did at one problem, read strictly."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from market.foundation.errors import DataError

BEYOND = 1e100  # US dollars that numbers of double precision still add and multiply


@dataclass(frozen=True)
class ProblemRecord:
    """What one model did at one problem."""

    successes: int
    attempts: int
    mean_cost: float
    domain: str | None
    failed_cost: float = math.nan
    """Mean over failed attempts, where their costs are recorded and there are any."""
    solved_cost: float = math.nan
    """The same over successful attempts."""


def read_model(path: Path) -> dict[str, ProblemRecord]:
    """Read one model's records, by problem id.

    Raises
    ------
    DataError
        Naming file, line and the way out, for anything that is not in the format above.
    """
    records: dict[str, ProblemRecord] = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        identity, record = _parse(line, place)
        if identity in records:
            raise DataError(
                f"{place}: id {identity!r} appears twice; merge its attempts into one line"
            )
        records[identity] = record
    if not records:
        raise DataError(f"{path}: holds no records; remove the file or fill it")
    return records


def _parse(line: str, place: str) -> tuple[str, ProblemRecord]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{place}: not a JSON object ({error.msg} at column {error.colno})"
        ) from error
    if not isinstance(row, dict):
        raise DataError(f"{place}: not a JSON object but {type(row).__name__}")
    costs = row.get("costs")
    for key in ("id", "attempts") if costs is not None else ("id", "mean_cost", "attempts"):
        if key not in row:
            raise DataError(f"{place}: no {key!r}; it has: {', '.join(map(str, row)) or 'nothing'}")
    identity, attempts = row["id"], row["attempts"]
    if not isinstance(identity, str) or not identity:
        raise DataError(f"{place}: id is {identity!r}; it must be a text that is not empty")
    if not isinstance(attempts, list) or not attempts:
        raise DataError(f"{place}: attempts is {attempts!r}; it must be a list of at least one 0/1")
    if any(type(a) not in (int, bool) or a not in (0, 1) for a in attempts):
        bad = next(a for a in attempts if type(a) not in (int, bool) or a not in (0, 1))
        raise DataError(f"{place}: attempts holds {bad!r}; each must be 0, 1, true or false")
    domain = row.get("domain")
    if domain is not None and (not isinstance(domain, str) or not domain):
        raise DataError(f"{place}: domain is {domain!r}; it must be a text, or left out")
    if costs is None:
        mean = _dollars(row["mean_cost"], f"{place}: mean_cost")
        apart = [math.nan, math.nan]
    else:
        mean, *apart = _costs_of(costs, attempts, place)
        stated = _dollars(row.get("mean_cost", mean), f"{place}: mean_cost")
        if not math.isclose(stated, mean, rel_tol=1e-3):
            raise DataError(
                f"{place}: mean_cost is {stated:g}, but the mean of costs is {mean:g}; "
                "leave out one of them"
            )
    return identity, ProblemRecord(sum(attempts), len(attempts), mean, domain, *apart)


def _dollars(cost: object, place: str) -> float:
    if isinstance(cost, bool) or not isinstance(cost, int | float):
        raise DataError(f"{place} is {cost!r}; it must be a number of US dollars")
    try:
        dollars = float(cost)
    except OverflowError:
        dollars = math.inf
    if not (math.isfinite(dollars) and dollars > 0):
        raise DataError(
            f"{place} is {dollars:g}; it must be above 0 US dollars "
            "(leave out problems whose cost is not known)"
        )
    if not 1 / BEYOND < dollars < BEYOND:
        raise DataError(
            f"{place} is {dollars:g} US dollars; sums of such amounts cannot be worked out: "
            f"it must be from {1 / BEYOND:g} to {BEYOND:g}"
        )
    return dollars


def _costs_of(costs: object, attempts: list[int], place: str) -> tuple[float, float, float]:
    """Mean cost of all attempts, of the failed and of the successful ones; NaN of none."""
    if not isinstance(costs, list) or len(costs) != len(attempts):
        told = f"a list of {len(costs)}" if isinstance(costs, list) else repr(costs)
        raise DataError(
            f"{place}: costs is {told}; it must be a list of US dollars, "
            f"one for each of the {len(attempts)} attempts"
        )
    dollars = [_dollars(cost, f"{place}: costs[{k}]") for k, cost in enumerate(costs)]
    failed, solved = (
        [cost for cost, won in zip(dollars, attempts, strict=True) if won == wanted]
        for wanted in (0, 1)
    )
    of_kind = [fmean(part) if part else math.nan for part in (failed, solved)]
    return fmean(dollars), of_kind[0], of_kind[1]
