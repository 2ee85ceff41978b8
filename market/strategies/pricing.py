"""Pricing rules: one small class, one decision each.

A provider's rule answers with a price multiplier (1 = list price); an arbitrageur's rule answers
with a menu, given what each tier costs it.
"""

from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from market.foundation.arrays import FloatArray
from market.foundation.config import Part
from market.foundation.plugins import with_plugins
from market.strategies.market_view import MarketView, ProviderView


class ListPrice(Part):
    """Sell at list price, whatever the others do."""

    kind: Literal["list"] = "list"

    def multiplier(self, view: ProviderView) -> float:
        """Price over list price: 1."""
        return 1.0


class CostPlus(Part):
    """Sell at marginal cost plus a fixed markup (Hall and Hitch 1939)."""

    kind: Literal["cost_plus"] = "cost_plus"
    markup: Annotated[float, Field(ge=0)]
    """Share of marginal cost that is added to it."""

    def multiplier(self, view: ProviderView) -> float:
        """Price over list price: cost_ratio · (1 + markup)."""
        return view.cost_ratio * (1 + self.markup)


class DerivativeFollower(Part):
    """Keep moving the price the way that paid; turn when profit falls.

    The myopic pricebot of Greenwald and Kephart (1999), which needs to know nothing but its own
    profit. It begins upwards, and never goes below marginal cost.
    """

    kind: Literal["derivative_follower"] = "derivative_follower"
    step: Annotated[float, Field(gt=0, lt=1)] = 0.05
    """How far the price moves each tick, as a share of list price."""

    def multiplier(self, view: ProviderView) -> float:
        """Price over list price: one step on, or back where the last one lowered profit."""
        direction = 1.0
        if len(view.past) > 1:
            before, last = view.past[-2:]
            direction = 1.0 if last.multiplier >= before.multiplier else -1.0
            if last.profit < before.profit:
                direction = -direction
        incumbent = view.past[-1].multiplier if view.past else 1.0
        return max(incumbent + direction * self.step, view.cost_ratio)


class BestResponse(Part):
    """Post the price of the highest expected profit, rivals' prices held (Bertrand 1883).

    Myopic best reply on a grid, on expected demand: buyers choose anew by logit probability, and
    arbitrageurs route anew at their present markups. Prices of several such providers may settle
    or cycle (Greenwald, Kephart and Tesauro 1999).
    """

    kind: Literal["best_response"] = "best_response"
    low: Annotated[float, Field(gt=0)] = 0.5
    """Lowest price over list price that is considered."""
    high: Annotated[float, Field(gt=0)] = 2.0
    """Highest price over list price that is considered."""
    count: Annotated[int, Field(ge=2, le=10_000)] = 31
    """Number of prices that are considered."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low >= self.high:
            raise PydanticCustomError("order", "low {low} must be below high {high}", dict(self))
        return self

    def grid(self) -> FloatArray:
        """[K] prices over list price that are considered, rising."""
        return np.linspace(self.low, self.high, self.count)

    def multiplier(self, view: ProviderView) -> float:
        """Price over list price: of those unbeaten on the grid, the nearest to its own."""
        grid = self.grid()
        profit = view.expected.profit(grid)
        best = grid[profit >= profit.max() - 1e-9 * abs(profit.max())]
        incumbent = view.past[-1].multiplier if view.past else 1.0
        return float(best[int(np.argmin(np.abs(best - incumbent)))])


class ModelOfSales(Part):
    """Draw the price from the mixed strategy of Varian's model of sales (1980).

    n sellers, a share of shoppers who know all of them, and loyals who know one. In equilibrium
    each draws from F(p) = 1 − [(v − p)(1 − s) / (s·n·(p − c))]^{1/(n−1)}, c being marginal cost.
    """

    kind: Literal["model_of_sales"] = "model_of_sales"
    sellers: Annotated[int, Field(ge=2)]
    """n: number of sellers that draw so."""
    shoppers: Annotated[float, Field(gt=0, lt=1)]
    """s: share of buyers who know all sellers."""
    value: Annotated[float, Field(gt=0)]
    """v: what buyers pay at most, over list price."""

    def multiplier(self, view: ProviderView) -> float:
        """Price over list price: the quantile of F at this tick's lot."""
        rest = (1 - view.uniform_draw) ** (self.sellers - 1)
        loyal, shared = 1 - self.shoppers, rest * self.shoppers * self.sellers
        return (self.value * loyal + shared * view.cost_ratio) / (loyal + shared)


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


if TYPE_CHECKING:
    ProviderPricing = ListPrice | CostPlus | DerivativeFollower | BestResponse | ModelOfSales
    ArbitrageurPricing = Undercut | BestResponseMenu
else:
    ProviderPricing = with_plugins(
        "market.provider_pricing",
        ListPrice,
        CostPlus,
        DerivativeFollower,
        BestResponse,
        ModelOfSales,
    )
    ArbitrageurPricing = with_plugins("market.arbitrageur_pricing", Undercut, BestResponseMenu)
