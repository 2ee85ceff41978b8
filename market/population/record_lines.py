"""One file of attempt records: what a model did at each problem, read strictly."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from market.foundation.errors import DataError, shown
from market.foundation.names import unprintable
from market.foundation.text_files import RowError, json_object, lines_of
from market.population.problem_record import STRICT, ProblemRecord, Reading, Repeats, merged

BEYOND = 1e100  # US dollars that numbers of double precision still add and multiply
_DECIDED = frozenset((0, 1))  # 1.0 and true are 1


@dataclass(frozen=True)
class ModelRecords:
    """One model's records, by problem id, and what of its file did not count as it stands.

    Attributes
    ----------
    problems
        In the order of the file.
    without_attempts
        Lines that have no attempts, and are left out.
    between
        Scores strictly between 0 and 1.
    scores
        All of them.
    repeated
        Lines of a problem that had one before: merged with it, or left out.
    path
        The file.
    lines
        Line of each problem, the first if it has several.
    """

    problems: dict[str, ProblemRecord]
    without_attempts: list[int]
    between: int
    scores: int
    repeated: int
    path: Path
    lines: dict[str, int]


def read_model(path: Path, reading: Reading = STRICT) -> ModelRecords:
    """Read one model's records: JSON lines, gzipped if the file's name ends in .gz.

    Raises
    ------
    DataError
        Naming file, line and the way out, for anything that is not in the format of
        :mod:`market.population.records`.
    """
    records: dict[str, ProblemRecord] = {}
    line_of: dict[str, int] = {}
    empty: list[int] = []
    between = scores = repeated = 0
    for number, line in lines_of(path):
        try:
            row = json_object(line)
            identity, attempts = _identity(row), _attempts(row)
            if not attempts:
                empty.append(number)
                continue
            solved, fractional = _solved(attempts, reading.solved_at)
            record = _record(row, solved)
            between += fractional
            scores += len(attempts)
            before = records.get(identity)
            if before is not None:
                repeated += 1
                record = _met_again(identity, before, record, line_of[identity], reading.repeats)
        except RowError as error:
            raise DataError(f"{path}:{number}: {error}") from error
        records[identity] = record
        line_of.setdefault(identity, number)
    if not records:
        raise DataError(f"{path}: holds no records; remove the file or fill it")
    return ModelRecords(records, empty, between, scores, repeated, path, line_of)


def _identity(row: dict[str, Any]) -> str:
    if "id" not in row:
        raise RowError(f"no 'id'; it has: {_keys(row)}")
    identity = row["id"]
    if isinstance(identity, str) and identity:
        return identity
    if type(identity) is int:
        return str(identity)
    raise RowError(
        f"id is {shown(identity)}; it must be a text that is not empty, or a whole number"
    )


def _attempts(row: dict[str, Any]) -> list[Any]:
    if "attempts" not in row:
        raise RowError(f"no 'attempts'; it has: {_keys(row)}")
    attempts = row["attempts"]
    if not isinstance(attempts, list):
        raise RowError(f"attempts is {shown(attempts)}; it must be a list of 0/1, or of scores")
    return attempts


def _solved(attempts: list[Any], solved_at: float) -> tuple[Sequence[int], int]:
    """Each attempt as 0 or 1, and how many scores lie strictly between."""
    try:
        if _DECIDED.issuperset(attempts):
            return attempts, 0
    except TypeError:  # a list or an object among them
        pass
    between = 0
    for k, score in enumerate(attempts):
        if isinstance(score, bool):
            continue
        if not isinstance(score, int | float) or not 0 <= score <= 1:
            raise RowError(
                f"attempts[{k}] is {shown(score)}; each must be 0, 1, true, false, "
                "or a score from 0 to 1"
            )
        between += 0 < score < 1
    return [int(score >= solved_at) for score in attempts], between


def _record(row: dict[str, Any], solved: Sequence[int]) -> ProblemRecord:
    domain = row.get("domain")
    if domain is not None and (not isinstance(domain, str) or not domain):
        raise RowError(f"domain is {shown(domain)}; it must be a text, or left out")
    if domain is not None and (code := unprintable(domain)):
        raise RowError(
            f"domain is {shown(domain)}, with the character {code}, which cannot be seen; "
            "leave the character out"
        )
    costs, features = row.get("costs"), features_of(row.get("features"))
    won = int(sum(solved))
    if costs is None:
        if "mean_cost" not in row:
            raise RowError(
                f"no 'mean_cost'; it has: {_keys(row)} (or give costs, one for each attempt)"
            )
        mean = _dollars(row["mean_cost"], "mean_cost")
        return ProblemRecord(won, len(solved), mean, domain, features=features)
    mean, *apart = _costs_of(costs, solved)
    stated = _dollars(row.get("mean_cost", mean), "mean_cost")
    if not math.isclose(stated, mean, rel_tol=1e-3):
        raise RowError(
            f"mean_cost is {stated:g}, but the mean of costs is {mean:g}; leave out one of them"
        )
    failed, successful = apart
    return ProblemRecord(won, len(solved), mean, domain, failed, successful, features)


def features_of(values: object) -> tuple[float, ...] | None:
    """What a router may see of a problem: a list of finite numbers; None where there is none.

    Raises
    ------
    RowError
        It is no such list.
    """
    if values is None:
        return None
    if not isinstance(values, list) or not values:
        raise RowError(
            f"features is {shown(values)}; it must be a list of numbers, the same ones for every "
            "problem, or left out"
        )
    numbers = []
    for k, value in enumerate(values):
        try:
            number = math.nan if isinstance(value, str | bool) else float(value)
        except (TypeError, OverflowError):
            number = math.nan
        if not abs(number) < BEYOND:
            raise RowError(
                f"features[{k}] is {shown(value)}; it must be a finite number "
                "(turn texts and categories into numbers first)"
            )
        numbers.append(number)
    return tuple(numbers)


def _met_again(
    identity: str, first: ProblemRecord, second: ProblemRecord, line: int, repeats: Repeats
) -> ProblemRecord:
    """What stands for two lines of one problem."""
    if repeats == "first":
        return first
    place = f"id {shown(identity)} appears twice, in line {line} too"
    if first == second:
        raise RowError(
            f"{place}, with the same attempts and costs: one run, written twice; "
            "remove a line, or use --keep first"
        )
    if repeats == "refuse":
        raise RowError(
            f"{place}, with other attempts or costs; use --merge-runs if these are "
            "different attempts, else --keep first"
        )
    for field in ("domain", "features"):
        both = getattr(first, field), getattr(second, field)
        if None not in both and both[0] != both[1]:
            raise RowError(f"{place}, with another {field}; correct one of them")
    return merged(first, second)


def _dollars(cost: object, field: str) -> float:
    if isinstance(cost, bool) or not isinstance(cost, int | float):
        raise RowError(f"{field} is {shown(cost)}; it must be a number of US dollars")
    try:
        dollars = float(cost)
    except OverflowError:
        dollars = math.inf
    if dollars == 0:  # a free tier
        return 0.0
    if not (math.isfinite(dollars) and dollars > 0):
        raise RowError(
            f"{field} is {dollars:g}; it must be 0 or more US dollars "
            "(leave out problems whose cost is not known)"
        )
    if not 1 / BEYOND < dollars < BEYOND:
        raise RowError(
            f"{field} is {dollars:g} US dollars; sums of such amounts cannot be worked out: "
            f"it must be 0, or from {1 / BEYOND:g} to {BEYOND:g}"
        )
    return dollars


def _costs_of(costs: object, solved: Sequence[int]) -> tuple[float, float, float]:
    """Mean cost of all attempts, of the failed and of the successful ones; NaN of none."""
    if not isinstance(costs, list) or len(costs) != len(solved):
        told = f"a list of {len(costs)}" if isinstance(costs, list) else shown(costs)
        raise RowError(
            f"costs is {told}; it must be a list of US dollars, "
            f"one for each of the {len(solved)} attempts"
        )
    dollars = [_dollars(cost, f"costs[{k}]") for k, cost in enumerate(costs)]
    failed, won = (
        [cost for cost, success in zip(dollars, solved, strict=True) if success == wanted]
        for wanted in (0, 1)
    )
    of_kind = [fmean(part) if part else math.nan for part in (failed, won)]
    return fmean(dollars), of_kind[0], of_kind[1]


def _keys(row: dict[str, Any]) -> str:
    return shown(", ".join(row) or "nothing", quoted=False)
