"""What an import found, to be told before and after it is written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from market.importers.attempts import Attempt


@dataclass
class ModelSummary:
    """One model's attempts.

    Attributes
    ----------
    name
        Of the model.
    problems, attempts, between
        How many there are, and how many scores lie strictly between 0 and 1.
    solved
        Sum of scores.
    lowest, highest, paid
        Least and largest cost of an attempt, and all of them together, US dollars.
    with_tokens
        Attempts whose tokens are known.
    each
        Number of problems by number of attempts.
    basis
        Number of attempts by where their cost is from.
    """

    name: str
    problems: int = 0
    attempts: int = 0
    between: int = 0
    solved: float = 0.0
    lowest: float = float("inf")
    highest: float = 0.0
    paid: float = 0.0
    with_tokens: int = 0
    each: Counter[int] = field(default_factory=Counter)
    basis: Counter[str] = field(default_factory=Counter)

    def add(self, priced: Sequence[tuple[Attempt, float]], scores: Sequence[float]) -> None:
        """Count the attempts at one problem."""
        costs = [cost for _, cost in priced]
        self.problems += 1
        self.attempts += len(priced)
        self.between += sum(0 < attempt.score < 1 for attempt, _ in priced)
        self.solved += sum(scores)
        self.lowest = min(self.lowest, *costs)
        self.highest = max(self.highest, *costs)
        self.paid += sum(costs)
        self.with_tokens += sum(attempt.tokens is not None for attempt, _ in priced)
        self.each[len(priced)] += 1

    def to_json(self) -> dict[str, Any]:
        """Counts and dollars."""
        return {
            "name": self.name,
            "problems": self.problems,
            "attempts": self.attempts,
            "attempts_per_problem": {str(n): k for n, k in sorted(self.each.items())},
            "scores_between": self.between,
            "mean_score": self.solved / self.attempts,
            "cost": [self.lowest, self.paid / self.attempts, self.highest],
            "with_tokens": self.with_tokens,
            "priced_by": dict(self.basis),
        }


@dataclass
class ImportSummary:
    """What was found in a source.

    Attributes
    ----------
    reader
        Name of the format.
    models
        By name.
    left_out
        Rows that are left out, by reason.
    unread
        Files that are not of the format.
    repeated
        Rows that were there before: counted as other attempts, or left out.
    """

    reader: str
    models: list[ModelSummary]
    left_out: Counter[str]
    unread: list[str]
    repeated: int = 0

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "format": self.reader,
            "models": [model.to_json() for model in self.models],
            "left_out": dict(self.left_out),
            "unread": self.unread,
            "repeated": self.repeated,
        }
