"""What a model did at a problem, and how records of it are read."""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

from market.foundation.errors import DataError

Repeats = Literal["refuse", "merge", "first"]


@dataclass(frozen=True)
class Reading:
    """How records are read, where there is a choice.

    Parameters
    ----------
    solved_at
        Score from which on an attempt counts as solved, above 0 up to 1.
    repeats
        What is done with a second line of the same problem: `refuse` it, `merge` its attempts with
        those of the first, or keep the `first`.

    Raises
    ------
    DataError
        `solved_at` is no such score.
    """

    solved_at: float = 1.0
    repeats: Repeats = "refuse"

    def __post_init__(self) -> None:
        """Check the threshold."""
        if not 0 < self.solved_at <= 1:
            raise DataError(f"solved_at: {self.solved_at:g} is not a score above 0 and up to 1")


STRICT = Reading()


class ProblemRecord(NamedTuple):
    """What one model did at one problem."""

    successes: int
    attempts: int
    mean_cost: float
    domain: str | None
    failed_cost: float = math.nan
    """Mean over failed attempts, where their costs are recorded and there are any."""
    solved_cost: float = math.nan
    """The same over successful attempts."""
    features: tuple[float, ...] | None = None
    """What a router may see of the problem, in numbers."""


def merged(first: ProblemRecord, second: ProblemRecord) -> ProblemRecord:
    """Both runs' attempts, costs weighted by how many attempts have them."""

    def mean(costs: tuple[float, float], counts: tuple[int, int]) -> float:
        known = [(cost, n) for cost, n in zip(costs, counts, strict=True) if cost == cost and n]
        return sum(c * n for c, n in known) / sum(n for _, n in known) if known else math.nan

    won, tried = (first.successes, second.successes), (first.attempts, second.attempts)
    return ProblemRecord(
        sum(won),
        sum(tried),
        mean((first.mean_cost, second.mean_cost), tried),
        first.domain or second.domain,
        mean(
            (first.failed_cost, second.failed_cost),
            (tried[0] - won[0], tried[1] - won[1]),
        ),
        mean((first.solved_cost, second.solved_cost), won),
        first.features or second.features,
    )
