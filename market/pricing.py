"""Pricing rules: one small class, one decision each.

A provider's rule answers with a price multiplier (1 = list price); an arbitrageur's rule answers
with a menu, given what each tier costs it.
"""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from market.parts import Part
from market.population import FloatArray
from market.views import MarketView


class ListPrice(Part):
    """Sell at list price, whatever the others do."""

    kind: Literal["list"] = "list"

    def multiplier(self, view: MarketView, cost_ratio: float) -> float:
        """Price over list price: 1."""
        return 1.0


class CostPlus(Part):
    """Sell at marginal cost plus a fixed markup (Hall and Hitch 1939)."""

    kind: Literal["cost_plus"] = "cost_plus"
    markup: Annotated[float, Field(ge=0)]
    """Share of marginal cost that is added to it."""

    def multiplier(self, view: MarketView, cost_ratio: float) -> float:
        """Price over list price: cost_ratio · (1 + markup)."""
        return cost_ratio * (1 + self.markup)


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
            [G] expected US dollars per query, K.
        """
        rival = view.cheapest_rival()
        floor = (1 + self.min_margin) * cost
        alone = np.maximum(floor, (1 + self.monopoly_markup) * cost)
        return np.where(np.isinf(rival), alone, np.maximum(floor, (1 - self.step) * rival))


ProviderPricing = Annotated[ListPrice | CostPlus, Field(discriminator="kind")]
ArbitrageurPricing = Annotated[Undercut, Field(discriminator="kind")]
