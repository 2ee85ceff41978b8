"""What attempts cost, and how many of them a budget buys."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.frontier.verifier import Checked
from market.population.population import Population

Remainder = Literal["spent", "kept"]
REMAINDERS: tuple[Remainder, ...] = ("spent", "kept")

# A budget that is a whole multiple of the cost buys that many attempts, rounding notwithstanding.
_ROUNDING = 1 + 1e-12


@dataclass(frozen=True)
class AttemptCosts:
    """What attempts of one model cost, at n problems (or broadcast to the budgets asked about).

    Attributes
    ----------
    failed, solved
        US dollars at list price of a failed and of a successful attempt.
    remainder
        Whether what is left of a budget is spent or kept.
    most
        Attempts that are made at most, whatever the budget: who knows that a repeat comes out the
        same makes none, and then a failure costs what its attempts cost.
    """

    failed: FloatArray
    solved: FloatArray
    remainder: Remainder
    most: float = math.inf

    @classmethod
    def of(
        cls,
        population: Population,
        model: int,
        remainder: Remainder,
        checked: Checked | None = None,
    ) -> "AttemptCosts":
        """Those of a model at the n problems of a population, as columns [n, 1].

        Where answers are `checked` by a verifier that errs, rejected and accepted attempts take the
        place of failed and successful ones.
        """
        if checked is not None:
            rejected, accepted = checked.rejected_cost, checked.accepted_cost
            most = most_attempts(population)
            return cls(rejected[:, model, None], accepted[:, model, None], remainder, most)
        return cls(
            population.cost_of_failure[:, model, None],
            population.cost_of_success[:, model, None],
            remainder,
            most_attempts(population),
        )

    def rows(self, rows: slice) -> "AttemptCosts":
        """Those of some problems."""
        return AttemptCosts(self.failed[rows], self.solved[rows], self.remainder, self.most)

    def take(self, at: IntArray) -> "AttemptCosts":
        """Those at some places of flat arrays."""
        return AttemptCosts(self.failed.take(at), self.solved.take(at), self.remainder, self.most)

    @property
    def first(self) -> FloatArray:
        """The least budget that one attempt can succeed within."""
        if self.remainder == "spent":
            return self.solved
        dearer: FloatArray = np.maximum(self.failed, self.solved)
        return dearer

    def attempts(self, budget: FloatArray | float) -> FloatArray:
        """K, the attempts that may succeed within a budget, as whole floats.

        `spent`: the last is reached with at least c_s left, K = ⌊(x − c_s) / c_f⌋ + 1 from x = c_s
        on. `kept`: it fits, whether it succeeds or fails.
        """
        room = (np.asarray(budget) * _ROUNDING - self.first) / self.failed
        whole: FloatArray = np.maximum(np.floor(room) + 1, 0.0)
        return whole if self.most == math.inf else np.minimum(whole, self.most)

    def all_whole(self, budget: FloatArray | float, attempts: FloatArray) -> FloatArray:
        """How many of K `attempts`, all failed, came to their end within a budget: K, or K − 1.

        The last may be cut off where a failed attempt costs more than a successful one. Of none of
        them anything is known but that they failed: an attempt that is cut off is not checked.
        """
        fits = attempts * self.failed <= np.asarray(budget) * _ROUNDING
        return np.where(fits, attempts, np.maximum(attempts - 1, 0.0))

    def spend(
        self, needed: FloatArray, attempts: FloatArray, budget: FloatArray | float
    ) -> FloatArray:
        """List dollars that go when the attempt `needed` is the first to succeed, of K within."""
        won = needed <= attempts
        lost = np.where(won, needed - 1, 0.0) * self.failed
        return np.where(won, lost + self.solved, self.exhausted(budget, attempts))

    def exhausted(self, budget: FloatArray | float, attempts: FloatArray) -> FloatArray:
        """List dollars that are gone when all of the K `attempts` within a budget have failed."""
        if self.remainder == "kept":
            return attempts * self.failed
        whole: FloatArray = np.broadcast_to(
            np.asarray(budget, dtype=np.float64), np.shape(attempts)
        )
        return whole if self.most == math.inf else np.minimum(whole, self.most * self.failed)


def most_attempts(population: Population) -> float:
    """Attempts at a problem that a stage makes at most; infinite where nothing limits them."""
    return math.inf if population.most_attempts is None else float(population.most_attempts)
