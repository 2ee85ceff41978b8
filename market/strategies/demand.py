"""Demand rules: what a buyer wants, and what it would take from a seller's menu.

Demand is quasi-linear in money: a buyer's utility is in US dollars, what a service is worth to it
less what it pays. Which seller it then takes, tastes included, is in
:mod:`market.strategies.choice`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Literal, Protocol, TypeGuard

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray, blocks
from market.foundation.config import DOLLARS, Part
from market.foundation.memory import remember
from market.strategies.distributions import Distribution, draw
from market.strategies.menu import Menus, between, find

_MENUS_KEPT = 16  # of which it is remembered where buyers' needs lie on them
_TOGETHER = 131_072  # buyers up to which it is remembered what they would take
_AT_ONCE = 16_384  # of more, those that are worked out at once: all of it stays in the cache


def parts(size: int) -> Iterable[slice]:
    """Buyers that are worked out at once: all, or a part after the other of very many.

    What very many would take of each menu would fill more memory than all that is known of them.
    """
    return [slice(0, size)] if size <= _TOGETHER else blocks(size, _AT_ONCE)


@dataclass(frozen=True)
class Needs:
    """What each of J buyers wants.

    Attributes
    ----------
    quality
        [J] least solve rate that is good enough; 0 where any is.
    worth
        [J] US dollars: of a query served well enough, or of a solution, as the rule has it.
    """

    quality: FloatArray
    worth: FloatArray
    _found: dict[bytes, tuple[IntArray, FloatArray, BoolArray]] = field(
        default_factory=dict, repr=False
    )

    def part(self, span: slice) -> "Needs":
        """What some of them want; of all, the very same."""
        if span == slice(0, len(self.worth)):
            return self
        return Needs(self.quality[span], self.worth[span])

    def found(self, quality: FloatArray) -> tuple[IntArray, FloatArray, BoolArray]:
        """Where the needed solve rates lie on a menu [G]: prices move more often than its rates.

        [J] the point that is good enough, the chance of it, and whether the menu has any such.
        """
        key = quality.tobytes()
        found = self._found.get(key)
        if found is None:
            at, share = find(quality, self.quality)
            reached = at < len(quality)
            found = np.minimum(at, len(quality) - 1), share, reached
            if len(at) <= _TOGETHER:
                remember(self._found, key, found, _MENUS_KEPT)
        return found

    def price_at(self, quality: FloatArray, price: FloatArray) -> FloatArray:
        """[J] what the needed solve rates cost on a menu [G]; infinite out of reach."""
        at, share, reached = self.found(quality)
        cost = between(price, at, share)
        return np.asarray(np.where(reached & ~np.isnan(cost), cost, np.inf), dtype=np.float64)


@dataclass(frozen=True)
class Purchase:
    """What J buyers would take from one menu, at one or several lists of its prices.

    Attributes
    ----------
    gain
        [..., J] US dollars per query that it is worth above its price; −∞ where it has nothing.
    at, share
        [J] or [..., J] point of the menu, and the chance of it; else the point before it serves.
    """

    gain: FloatArray
    at: IntArray
    share: FloatArray

    def mean(self, values: FloatArray) -> FloatArray:
        """[..., J] what values [..., G] of the menu's points are in the mean for each buyer."""
        return between(values, self.at, self.share)


@dataclass(frozen=True)
class Basket:
    """What J buyers would take in the base market, at list prices and without tastes.

    Attributes
    ----------
    quality
        [J] solve rate.
    price
        [J] US dollars per query, P⁰; infinite where nobody sells it.
    stake
        [J] US dollars that tastes are measured in: over β they are the scale of tastes.
    """

    quality: FloatArray
    price: FloatArray
    stake: FloatArray


class DemandRule(Protocol):
    """What the market asks of a demand rule."""

    def needs(
        self, size: int, quality_rng: np.random.Generator, worth_rng: np.random.Generator
    ) -> Needs:
        """Deal needs to `size` buyers, with one generator for each thing drawn."""
        ...

    def purchase(self, needs: Needs, quality: FloatArray, price: FloatArray) -> Purchase:
        """What J buyers would take from a menu.

        Parameters
        ----------
        needs
            Of J buyers, or of groups of like ones.
        quality
            [G] solve rates, rising.
        price
            [..., G] US dollars per query, one list or several; infinite where not sold.
        """
        ...

    def basket(self, needs: Needs, menus: Menus) -> Basket:
        """What J buyers would take from the menus [O, G] of the base market."""
        ...


class TakesTheSame(DemandRule, Protocol):
    """A rule by which a buyer takes the same of a menu whatever its prices, if it buys at all.

    What it gains is what it is worth less the price; −∞ where the menu has no such point.
    """

    def taken(self, needs: Needs, quality: FloatArray) -> tuple[IntArray, FloatArray, BoolArray]:
        """[J] what it takes from a menu of solve rates [G].

        The point of the menu, the chance of it (else the point before it serves), and whether the
        menu has any such.
        """
        ...


def takes_the_same(rule: DemandRule) -> TypeGuard[TakesTheSame]:
    """Whether a rule is a :class:`TakesTheSame`."""
    return hasattr(rule, "taken")


class FixedQuality(Part):
    """A buyer needs one solve rate q, which is worth B to it.

    From a seller it takes q, at a gain of B − P(q). Its tastes are measured in the lesser of B and
    the market price of q at list; in B where nobody reaches q.
    """

    kind: Literal["fixed_quality"] = "fixed_quality"
    quality: Distribution
    """Solve rate that a buyer needs."""
    budget: Annotated[Distribution, DOLLARS]
    """What a query served so well is worth, US dollars."""

    def needs(
        self, size: int, quality_rng: np.random.Generator, worth_rng: np.random.Generator
    ) -> Needs:
        """Deal needs to `size` buyers."""
        return Needs(draw(self.quality, quality_rng, size), draw(self.budget, worth_rng, size))

    def taken(self, needs: Needs, quality: FloatArray) -> tuple[IntArray, FloatArray, BoolArray]:
        """The solve rate that each buyer needs."""
        return needs.found(quality)

    def purchase(self, needs: Needs, quality: FloatArray, price: FloatArray) -> Purchase:
        """The solve rate that each buyer needs, wherever the menu has it."""
        at, share, reached = self.taken(needs, quality)
        cost = between(price, at, share)
        gain = np.where(reached & np.isfinite(cost), needs.worth - cost, -np.inf)
        return Purchase(gain, at, share)

    def basket(self, needs: Needs, menus: Menus) -> Basket:
        """The solve rate that each buyer needs, at the least price that it is sold at."""
        price = np.full(len(needs.worth), np.inf)
        for span in parts(len(price)):
            for offer in menus.sold():
                asked = menus.price_at(offer, needs.quality[span])
                np.minimum(price[span], asked, out=price[span])
        return Basket(needs.quality, price, np.minimum(price, needs.worth))


class ValueDemand(Part):
    """A solution is worth v to a buyer, which decides how much quality to buy.

    From a seller it takes the solve rate u of the highest surplus v·u − P(u), among those from
    argmin P(u)/u on: below it a taste for the seller would come almost free, and no surplus above 0
    is lost. (Vertical differentiation as in Mussa and Rosen 1978.) Its tastes are measured in P⁰,
    the price of what it would take at list prices; of argmin P(u)/u where it gains by nothing.
    """

    kind: Literal["value"] = "value"
    value: Annotated[Distribution, DOLLARS]
    """What a solution is worth, US dollars."""

    def needs(
        self, size: int, quality_rng: np.random.Generator, worth_rng: np.random.Generator
    ) -> Needs:
        """Deal values to `size` buyers; any solve rate is good enough for them."""
        return Needs(np.zeros(size), draw(self.value, worth_rng, size))

    def purchase(self, needs: Needs, quality: FloatArray, price: FloatArray) -> Purchase:
        """The solve rate of the highest surplus, for each buyer and list of prices."""
        lists = price.reshape(-1, price.shape[-1])
        at = np.stack([best_point(needs.worth, quality, prices) for prices in lists])
        paid = np.take_along_axis(lists, at, axis=-1)
        gain = np.where(np.isfinite(paid), needs.worth * quality[at] - paid, -np.inf)
        shape = (*price.shape[:-1], len(needs.worth))
        at = at.reshape(shape)
        return Purchase(gain.reshape(shape), at, np.ones(shape))

    def basket(self, needs: Needs, menus: Menus) -> Basket:
        """What each buyer would take of all that is sold at list prices."""
        size = len(needs.worth)
        quality, price = np.zeros(size), np.full(size, np.inf)
        for span in parts(size):
            self._fill(needs.part(span), menus, quality[span], price[span])
        return Basket(quality, price, price)

    def _fill(self, needs: Needs, menus: Menus, quality: FloatArray, price: FloatArray) -> None:
        """Write down what each buyer would take, of those who have not chosen yet."""
        best, least = np.zeros(len(price)), np.inf  # gains; price per solution
        offers = menus.sold()
        for offer in offers:
            rates, prices = menus.quality[offer], menus.price[offer]
            first = _cheapest_solution(rates, prices)
            if prices[first] / rates[first] < least:  # for those that gain by nothing
                least = prices[first] / rates[first]
                quality[best <= 0], price[best <= 0] = rates[first], prices[first]
            found = self.purchase(needs, rates, prices)
            better = found.gain > best
            np.copyto(best, found.gain, where=better)
            np.copyto(quality, rates[found.at], where=better)
            np.copyto(price, prices[found.at], where=better)


def _cheapest_solution(quality: FloatArray, price: FloatArray) -> int:
    """The point of the least price per solution, P/u."""
    per_solution = np.divide(price, quality, out=np.full(len(price), np.inf), where=quality > 0)
    return int(np.argmin(per_solution))


def best_point(value: FloatArray, quality: FloatArray, price: FloatArray) -> IntArray:
    """[J] point of the highest v·u − P from argmin P/u on, the lower one in a draw.

    A buyer of value v takes the point where the lower convex hull of (u, P) passes the slope v.

    Parameters
    ----------
    value
        [J] v, US dollars per solution.
    quality, price
        [G] solve rate, rising, and price.
    """
    if not np.isfinite(price).any():
        return np.zeros(len(value), dtype=np.int64)
    first = _cheapest_solution(quality, price)
    hull: list[int] = [first]
    enters: list[float] = []  # the value above which the point beats those before it
    rates, prices = quality.tolist(), price.tolist()
    for g in range(first + 1, len(prices)):
        if not np.isfinite(prices[g]) or rates[g] <= rates[hull[-1]]:
            continue
        while True:
            slope = (prices[g] - prices[hull[-1]]) / (rates[g] - rates[hull[-1]])
            if len(hull) > 1 and slope <= enters[-1]:
                hull.pop()
                enters.pop()
                continue
            break
        enters.append(slope)
        hull.append(g)
    at = np.searchsorted(np.array(enters), value, side="left")
    return np.array(hull, dtype=np.int64)[at]
