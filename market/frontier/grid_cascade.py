"""A cascade in indices, and one model put anywhere in it at any budget of its grid."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray

GridCascade = tuple[tuple[int, int], ...]
"""Stages in the order in which they are tried: a model, and a budget of its grid, as indices."""


def without(grid_cascade: GridCascade, model: int) -> GridCascade:
    """Leave one model out."""
    return tuple(stage for stage in grid_cascade if stage[0] != model)


@dataclass(frozen=True, eq=False)
class Placement:
    """A model put before, between or after the stages of a cascade, at every budget of its grid.

    In which place it is tried does not change what is solved, only what is spent: the stages after
    it are reached less often. So L stages give L + 1 families of policies with one solve rate.

    Attributes
    ----------
    rest
        The L other stages.
    model
        Index of the model that is placed.
    solve_rate
        [X] of the whole cascade, by budget of the model.
    due
        [L] list dollars by other stage, where the model is tried after it.
    saved
        [L, X] what a stage costs less where the model is tried before it.
    own
        [L + 1, X] list dollars spent on the model, by place.
    level
        [X] its budgets, as indices of its grid: all of them, or the coarse ones.
    """

    rest: GridCascade
    model: int
    solve_rate: FloatArray
    due: FloatArray
    saved: FloatArray
    own: FloatArray
    level: IntArray

    def bill(self, price: FloatArray) -> FloatArray:
        """[L + 1, X] US dollars at the multipliers `price` [M], by place and budget."""
        bill: FloatArray = price[self.model] * self.own
        if self.rest:
            paid = price[[model for model, _ in self.rest]]
            saved = paid[:, None] * self.saved
            bill[:-1] -= saved[::-1].cumsum(axis=0)[::-1]  # on all the stages that come later
            bill += paid @ self.due
        return bill

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


def best_place(bill: FloatArray) -> tuple[FloatArray, IntArray]:
    """[X] least bill over places, and [X] the place, of bills [L + 1, X]."""
    place = bill.argmin(axis=0)
    return bill[place, np.arange(bill.shape[1])], place
