"""Arbitrageur pricing rules: one small class, one decision each.

A rule answers with a menu, given what each tier costs.
"""

from typing import Annotated, Literal, Protocol, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from market.foundation.arrays import FloatArray
from market.foundation.config import Part
from market.strategies.market_view import MarketView


class ArbitrageurPricingRule(Protocol):
    """What the market asks of an arbitrageur's pricing rule."""

    def menu(self, view: MarketView, cost: FloatArray) -> FloatArray:
        """[G] fee per query, infinite where a tier is not sold.

        Parameters
        ----------
        view
            The market, with the rivals' menus.
        cost
            [G] the fee at which nothing is earned: expected US dollars of attempts, and the tax on
            the fee; infinite out of reach.
        """
        ...


class Undercut(Part):
    """Undercut the cheapest rival by a step, but not below cost and a least margin.

    After the price competition of arXiv:2603.22404 (step 0.07): two arbitrageurs in turn multiply
    the price by 0.93 until cost.
    """

    kind: Literal["undercut"] = "undercut"
    step: Annotated[float, Field(gt=0, lt=1)] = 0.07
    """Share by which the cheapest rival is undercut."""
    min_margin: Annotated[float, Field(ge=0)] = 0.02
    """Least margin over expected cost."""
    monopoly_markup: Annotated[float, Field(ge=0)] = 0.5
    """Markup over expected cost in a tier that no rival sells."""

    def menu(self, view: MarketView, cost: FloatArray) -> FloatArray:
        """[G] fee per query: max((1 + min_margin)·K, (1 − step)·cheapest rival).

        K(1 + monopoly_markup) where no rival sells the tier; infinite where K is.

        Parameters
        ----------
        view
            The market, with the rivals' menus.
        cost
            [G] what a query costs, K: expected US dollars of attempts, and the tax on the fee.
        """
        rival = view.cheapest_rival()
        floor = (1 + self.min_margin) * cost
        alone = np.maximum(floor, (1 + self.monopoly_markup) * cost)
        return np.where(np.isinf(rival), alone, np.maximum(floor, (1 - self.step) * rival))


class BestResponseMenu(Part):
    """Post the menu of the highest expected profit, rivals' menus held.

    Markups over cost on a grid: first the best common one, then the best of each tier in turn, the
    other tiers' held.
    """

    kind: Literal["best_response"] = "best_response"
    min_margin: Annotated[float, Field(ge=0)] = 0.02
    """Lowest markup over expected cost that is considered."""
    max_margin: Annotated[float, Field(gt=0)] = 1.5
    """Highest markup over expected cost that is considered."""
    count: Annotated[int, Field(ge=2, le=10_000)] = 25
    """Number of markups that are considered."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_margin >= self.max_margin:
            raise PydanticCustomError(
                "order", "min_margin {min_margin} must be below max_margin {max_margin}", dict(self)
            )
        return self

    def menu(self, view: MarketView, cost: FloatArray) -> FloatArray:
        """[G] fee per query; infinite where the cost K [G] is."""
        markups = np.geomspace(1 + self.min_margin, 1 + self.max_margin, self.count)
        common = markups[:, None] * cost
        menu: FloatArray = common[int(np.argmax(view.expected.profit(common)))].copy()
        for g in np.flatnonzero(np.isfinite(cost)).tolist():
            tries = np.tile(menu, (self.count + 1, 1))
            tries[:-1, g] = markups * cost[g]  # the last keeps what there is: it wins a draw
            profit = view.expected.profit(tries)
            best = int(np.argmax(profit))
            if profit[best] > profit[-1]:
                menu = tries[best]
        return menu
