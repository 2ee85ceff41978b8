"""Arbitrageur pricing rules: one small class, one decision each.

A rule answers with a menu, given what each tier costs.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, Protocol, Self, TypeGuard, runtime_checkable

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.config import Part
from market.strategies.market_view import ExpectedProfit, MarketView, marks_of
from market.strategies.price_search import (
    FINE,
    FREE,
    UNDERCUT,
    End,
    PriceRange,
    Profit,
    Undercutting,
    best_price,
    words_for_bound,
)


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


@dataclass(frozen=True)
class MenuReply:
    """An answer to what the others have posted.

    Attributes
    ----------
    menu
        [G] fee per query; infinite where a tier is not sold.
    bound
        The bound that a fee lies at, in words, where one beyond may pay better; else None.
    """

    menu: FloatArray
    bound: str | None = None


@runtime_checkable
class ConsidersMenus(Protocol):
    """A rule that searches the menu of the highest expected profit; a bound it lies at is told."""

    def best_menu(self, view: MarketView, cost: FloatArray) -> MenuReply:
        """The best menu on what the view expects, at the cost [G] of each tier."""
        ...


def considers_menus(rule: ArbitrageurPricingRule) -> TypeGuard[ConsidersMenus]:
    """Whether a rule is a :class:`ConsidersMenus`; sooner told than by `isinstance`."""
    return hasattr(rule, "best_menu")


class BestResponseMenu(Part):
    """Post the menu of the highest expected profit, rivals' menus held.

    The menu is cost plus a markup that is chosen at some solve rates, and interpolated between
    them. It begins with the better of its own menu and the best common markup. Then it takes the
    best fee at each of these solve rates in turn, the lowest first, the others' markups held; in
    its first menu until nothing improves.
    """

    kind: Literal["best_response"] = "best_response"
    min_margin: Annotated[float, Field(ge=0)] = 0.02
    """Lowest markup over expected cost that is considered."""
    max_margin: Annotated[float, Field(gt=0)] | None = None
    """Highest markup over expected cost that is considered; if not given, as high as buyers pay."""
    count: Annotated[int, Field(ge=2, le=10_000)] = 15
    """Number of fees that the optimum is first looked for at; it is then searched between."""
    anchors: Annotated[int, Field(ge=1, le=10_000)] = 12
    """Number of solve rates at which a markup is chosen."""
    undercut: Undercutting = UNDERCUT
    """Least share by which a rival is undercut, where buyers have no tastes."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.max_margin is not None and self.min_margin >= self.max_margin:
            raise PydanticCustomError(
                "order", "min_margin {min_margin} must be below max_margin {max_margin}", dict(self)
            )
        return self

    def menu(self, view: MarketView, cost: FloatArray) -> FloatArray:
        """[G] fee per query; infinite where the cost K [G] is."""
        return self.best_menu(view, cost).menu

    def best_menu(self, view: MarketView, cost: FloatArray) -> MenuReply:
        """The best menu on what the view expects."""
        sold = np.flatnonzero(np.isfinite(cost))
        if not len(sold):
            return MenuReply(cost.copy())
        marks = marks_of(view.expected, len(cost))
        low = np.where(cost > 0, (1 + self.min_margin) * cost, FREE * marks.highest)
        high = np.maximum(marks.highest, 2 * low)
        if self.max_margin is not None:
            high = np.where(cost > 0, (1 + self.max_margin) * cost, high)
        shape = _Shape.over(low, sold, self.anchors)
        menu, expected = self._start(view, low, high)
        bounds: set[End | None] = set()
        for _ in shape.anchors if view.own is None else shape.anchors[:1]:  # later it goes on
            before, bounds = expected, set()
            for a, g in enumerate(shape.anchors.tolist()):
                if not low[g] > 0:
                    continue
                own = menu if view.own is None or np.isinf(view.own[g]) else view.own
                near = shape.around(a)
                within = PriceRange(
                    low=float(low[g]),
                    high=float(high[g]),
                    low_given=bool(cost[g] > 0),
                    high_given=self.max_margin is not None,
                    count=self.count,
                    undercut=self.undercut,
                    rivals=marks.rivals[g],
                    limits=np.unique(np.concatenate([marks.limits[k] for k in near])),
                    smooth=marks.smooth,
                    own=(float(own[g]), float(menu[g])),
                )
                best = best_price(_at_anchor(view.expected, shape, menu, a), within)
                menu, expected = shape.moved(menu, a, np.array([best.price]))[0], best.profit
                bounds.add(best.bound)
            if expected <= before + FINE * abs(before):
                break
        if self.min_margin == 0:
            bounds.discard("low")  # nobody sells below cost: that is no bound of anybody's choice
        bound: End | None = "high" if "high" in bounds else "low" if "low" in bounds else None
        given = {"min_margin": self.min_margin, "max_margin": self.max_margin}
        return MenuReply(menu, words_for_bound(bound, given))

    def _start(
        self, view: MarketView, low: FloatArray, high: FloatArray
    ) -> tuple[FloatArray, float]:
        """The better of its own menu and the best common markup, and the profit expected of it."""
        sold = np.isfinite(low)
        base = np.where(sold & (low > 0), low, 1.0)
        top = np.divide(high, base, out=np.ones_like(base), where=sold & (low > 0)).max()
        tries = np.geomspace(1.0, top, self.count)[:, None] * base
        if view.own is not None and np.isfinite(view.own[sold]).all():
            tries = np.vstack([np.maximum(view.own, low), tries])  # first: it wins a tie
        tries = np.where(sold, tries, np.inf)
        profit = view.expected.profit(tries)
        best = int(np.argmax(profit))
        return tries[best].copy(), float(profit[best])


@dataclass(frozen=True)
class _Shape:
    """How a fee at one solve rate moves the fees around it.

    Attributes
    ----------
    low
        [G] lowest fees, which markups are relative to; infinite where nothing is sold.
    anchors
        [A] points where markups are chosen, rising.
    """

    low: FloatArray
    anchors: IntArray

    @classmethod
    def over(cls, low: FloatArray, sold: IntArray, anchors: int) -> "_Shape":
        """Spread anchors evenly over the points that are sold."""
        place = np.linspace(0, len(sold) - 1, min(anchors, len(sold))).round().astype(np.int64)
        if anchors == 1:
            place = np.array([len(sold) - 1])
        return cls(low, sold[np.unique(place)])

    def around(self, anchor: int) -> range:
        """Points whose fee an anchor moves."""
        first, last = max(anchor - 1, 0), min(anchor + 1, len(self.anchors) - 1)
        return range(int(self.anchors[first]), int(self.anchors[last]) + 1)

    def moved(self, menu: FloatArray, anchor: int, fee: FloatArray) -> FloatArray:
        """[K, G] menus with each of the K fees at one anchor of a menu [G].

        Better work would serve a lower need that is dearer, so fees rise: where need be, fees of
        lower solve rates fall with the fee, and those of higher ones rise.
        """
        g = int(self.anchors[anchor])
        tries = np.tile(menu, (len(fee), 1))
        weight = np.zeros(len(self.anchors))
        weight[anchor] = 1.0
        near = np.array(self.around(anchor))
        part = np.interp(near, self.anchors, weight)
        base = np.where(self.low[near] > 0, self.low[near], 1.0)
        step = (fee - menu[g]) / (self.low[g] if self.low[g] > 0 else 1.0)
        with np.errstate(invalid="ignore"):
            moved = menu[near] + step[:, None] * part * base
        tries[:, near] = np.where(np.isfinite(self.low[near]), moved, np.inf)
        tries[:, g] = fee
        below, above = slice(None, g), slice(g + 1, None)
        fees = fee[:, None]
        kept = np.isfinite(tries)
        tries[:, below] = np.minimum(tries[:, below], fees)
        tries[:, above] = np.maximum(tries[:, above], fees)
        tries = np.maximum(tries, np.where(np.isfinite(self.low), self.low, 0.0))
        return np.where(kept, tries, np.inf)


def _at_anchor(expected: ExpectedProfit, shape: _Shape, menu: FloatArray, anchor: int) -> Profit:
    """Expected profit by the fee at one anchor of a menu [G]."""
    return lambda fee: expected.profit(shape.moved(menu, anchor, fee))
