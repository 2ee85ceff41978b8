"""A cascade in indices, and one model put anywhere in it at any budget of its grid."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.frontier.crossing import crossing, ways

GridCascade = tuple[tuple[int, int], ...]
"""Stages in the order in which they are tried: a model, and a budget of its grid, as indices."""


def without(grid_cascade: GridCascade, model: int) -> GridCascade:
    """Leave one model out."""
    return tuple(stage for stage in grid_cascade if stage[0] != model)


@dataclass(frozen=True, eq=False)
class Placement:
    """A model put before, between or after the stages of a cascade, at every budget of its grid.

    In which place it is tried does not change what is solved, only what is spent: the stages after
    it are reached less often. So L stages give L + 1 families of policies with one solve rate. Not
    so where a verifier errs: a wrong answer that is accepted early keeps a query from a stage that
    would have solved it. Then each place has solve rates of its own.

    Attributes
    ----------
    rest
        The L other stages.
    model
        Index of the model that is placed.
    solve_rate
        [X] of the whole cascade, by budget of the model; [L + 1, X], by place too, where answers
        are checked.
    due
        [L] list dollars by other stage, where the model is tried after it.
    saved
        [L, X] what a stage costs less where the model is tried before it.
    own
        [L + 1, X] list dollars spent on the model, by place.
    level
        [X] its budgets, as indices of its grid: all of them, or the coarse ones.
    beside
        [L + 1, X] US dollars of checks and of wrong answers, by place; None without a verifier.
    """

    rest: GridCascade
    model: int
    solve_rate: FloatArray
    due: FloatArray
    saved: FloatArray
    own: FloatArray
    level: IntArray
    beside: FloatArray | None = None

    def bill(self, price: FloatArray) -> FloatArray:
        """[L + 1, X] US dollars at the multipliers `price` [M], by place and budget."""
        bill: FloatArray = price[self.model] * self.own
        if self.rest:
            paid = price[[model for model, _ in self.rest]]
            saved = paid[:, None] * self.saved
            bill[:-1] -= saved[::-1].cumsum(axis=0)[::-1]  # on all the stages that come later
            bill += paid @ self.due
        return bill if self.beside is None else bill + self.beside

    def rates_at(self, place: int) -> FloatArray:
        """[X] solve rate of the whole cascade where the model is tried at one place."""
        return self.solve_rate if self.beside is None else self.solve_rate[place]

    def choices(self, bill: FloatArray) -> "Choices":
        """What the model may do, by its :meth:`bill`."""
        budgets = bill.shape[1]
        if self.beside is None:
            least, place = best_place(bill)
            return Choices(self.solve_rate, least, place, np.arange(budgets))
        place, at = np.divmod(np.arange(bill.size), budgets)
        return Choices(self.solve_rate.ravel(), bill.ravel(), place, at)

    def least(
        self, bill: FloatArray, target: FloatArray, others: float = 0.0
    ) -> tuple[FloatArray, IntArray, IntArray, IntArray, FloatArray]:
        """The cheapest way of it to solve rates [G].

        Parameters
        ----------
        bill
            [L + 1, X] as :meth:`bill` gives it.
        target
            [G] solve rates.
        others
            Share of all queries that is solved anyway.

        Returns
        -------
        least, place, low, high, share
            [G] each: US dollars, infinite out of reach; where the model is tried, and its two
            neighbouring budgets, the higher one with chance `share`.
        """
        if self.beside is None:
            low, high, share, reached = crossing(others + self.solve_rate, target)
            cost = bill[:, low] * (1 - share) + bill[:, high] * share
            place = cost.argmin(axis=0)
            least = np.where(reached, cost[place, np.arange(len(place))], np.inf)
            return least, place, low, high, share
        found = []
        for below, above, part, there in ways(others + self.solve_rate, target):
            row = np.arange(len(bill))[:, None]
            start = bill[row, below]
            cost = np.where(there, start + part * (bill[row, above] - start), np.inf)
            found.append((cost, below, above, part))
        every, lows, highs, shares = (np.concatenate(of) for of in zip(*found, strict=True))
        best, g = every.argmin(axis=0), np.arange(len(target))
        place = best % len(bill)
        return every[best, g], place, lows[best, g], highs[best, g], shares[best, g]

    def list_spend(self, place: int, budget: int, models: int) -> FloatArray:
        """[M] list dollars by model at one place and budget."""
        spend = np.zeros(models)
        for k, (model, _) in enumerate(self.rest):
            spend[model] = self.due[k] - (self.saved[k, budget] if k >= place else 0.0)
        spend[self.model] = self.own[place, budget]
        return spend

    def policy(self, place: int, budget: int) -> GridCascade:
        """The cascade with the model at one place and budget; a budget of 0 leaves it out."""
        stage = ((self.model, int(self.level[budget])),) if budget > 0 else ()
        return (*self.rest[:place], *stage, *self.rest[place:])


@dataclass(frozen=True, eq=False)
class Choices:
    """N things that a placed model may do.

    Attributes
    ----------
    solve_rate, bill
        [N] of the whole cascade, US dollars.
    place, budget
        [N] where it is tried, and with which of the placement's budgets.
    """

    solve_rate: FloatArray
    bill: FloatArray
    place: IntArray
    budget: IntArray


def best_place(bill: FloatArray) -> tuple[FloatArray, IntArray]:
    """[X] least bill over places, and [X] the place, of bills [L + 1, X]."""
    place = bill.argmin(axis=0)
    return bill[place, np.arange(bill.shape[1])], place
