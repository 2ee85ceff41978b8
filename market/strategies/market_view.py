"""What a strategy may see of the market: frozen, and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeGuard, runtime_checkable

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.moved import warn_of_old_name


@dataclass(frozen=True)
class Quote:
    """A seller's posted menu.

    Attributes
    ----------
    seller
        Its name.
    price
        [G] US dollars per query by quality tier; infinite where it does not sell the tier.
    """

    seller: str
    price: FloatArray

    def less(self, beside: FloatArray) -> "Quote":
        """The same menu, an amount [G] taken off its prices, down to 0."""
        return Quote(self.seller, np.maximum(self.price - beside, 0.0))


class ExpectedProfit(Protocol):
    """What a seller expects of prices that it has not posted."""

    def profit(self, alternatives: FloatArray) -> FloatArray:
        """[K] expected US dollars of profit per tick.

        Parameters
        ----------
        alternatives
            Of a provider, [K] price multipliers; of an arbitrageur, [K, G] menus.
        """
        ...


@dataclass(frozen=True)
class PriceMarks:
    """Prices that matter to buyers, for each of the T prices that a seller decides on.

    Of a provider T is 1 and prices are multipliers; of an arbitrageur T is the number of tiers and
    prices are fees.

    Attributes
    ----------
    highest
        [T] price from which on no buyer gains, tastes aside; 0 where nobody would buy at all.
    rivals
        T rising arrays: prices at which buyers without tastes find a rival as good.
    limits
        T rising arrays: prices at which buyers without tastes find not buying as good.
    smooth
        Whether demand moves between these prices, too; if not, the best price is at one of them.
    """

    highest: FloatArray
    rivals: tuple[FloatArray, ...]
    limits: tuple[FloatArray, ...]
    smooth: bool = True


@runtime_checkable
class KnowsBuyers(Protocol):
    """An expectation that also says which prices matter to buyers; rules must do without it."""

    def marks(self) -> PriceMarks:
        """Prices that matter to buyers."""
        ...


def knows_buyers(expected: ExpectedProfit) -> TypeGuard[KnowsBuyers]:
    """Whether an expectation is a :class:`KnowsBuyers`; sooner told than by `isinstance`."""
    return hasattr(expected, "marks")


def marks_of(expected: ExpectedProfit, prices: int) -> PriceMarks:
    """Marks of an expectation for so many prices; none where it knows nothing of buyers."""
    if knows_buyers(expected):
        return expected.marks()
    nothing = (np.empty(0),) * prices
    return PriceMarks(np.zeros(prices), nothing, nothing)


def rest_unknown() -> float:
    """No price at rest is known."""
    return float("nan")


def no_rival_prices() -> Mapping[str, float]:
    """No rival's price over list is known."""
    return {}


class NothingExpected:
    """Nothing is expected of any price."""

    def profit(self, alternatives: FloatArray) -> FloatArray:
        """[K] zeros."""
        return np.zeros(len(alternatives))


@dataclass(frozen=True)
class MarketView:
    """The market as one seller sees it when it decides.

    Attributes
    ----------
    tick
        From 0.
    quality
        [G] solve rates, rising: of an arbitrageur, those that it can promise.
    rivals
        The menus that all other sellers have posted, read at these solve rates.
    expected
        What it expects of other prices, worked out when asked.
    own
        [G] the menu that it has posted itself; None where it has posted none.
    """

    tick: int
    quality: FloatArray
    rivals: Sequence[Quote]
    expected: ExpectedProfit = field(default_factory=NothingExpected)
    own: FloatArray | None = None

    @property
    def prospects(self) -> ExpectedProfit:
        """Old name of `expected`."""
        warn_of_old_name("view.prospects", "view.expected")
        return self.expected

    def cheapest_rival(self) -> FloatArray:
        """[G] least posted price of the rivals; infinite where none sells the tier."""
        least = np.full(len(self.quality), np.inf)
        for quote in self.rivals:
            np.minimum(least, quote.price, out=least)
        return least


@dataclass(frozen=True)
class Turn:
    """A past tick of one provider.

    Attributes
    ----------
    multiplier
        Price over list price.
    profit
        US dollars.
    """

    multiplier: float
    profit: float


@dataclass(frozen=True)
class ProviderView(MarketView):
    """The market as one provider sees it.

    Attributes
    ----------
    cost_ratio
        Its marginal cost over list price: of an attempt of each of its models.
    cost_ratio_by_model
        The same of each, where they may differ; empty where none is told apart.
    past
        Its last two turns, or fewer at the beginning.
    uniform_draw
        Uniform in [0, 1), drawn anew each tick, for rules that mix.
    alone
        Whether its owner decides on no other price; else profit is that of all.
    resting_price
        Solves for the price over list at which it would be at rest, together with all whose rules
        ask for that, the others' prices held; NaN where that is not known.
    rival_prices
        Gives the prices over list that the other owners' providers have posted, by name, in the
        order of the roster; of a provider whose models are priced apart, `provider/model`.
    """

    cost_ratio: float = 0.0
    past: tuple[Turn, ...] = ()
    uniform_draw: float = 0.0
    cost_ratio_by_model: tuple[float, ...] = ()
    alone: bool = True
    resting_price: Callable[[], float] = rest_unknown
    rival_prices: Callable[[], Mapping[str, float]] = no_rival_prices

    @property
    def least_cost_ratio(self) -> float:
        """Marginal cost over list price of the model that is cheapest to run for its price."""
        return min(self.cost_ratio_by_model, default=self.cost_ratio)

    @property
    def one_cost_ratio(self) -> bool:
        """Whether marginal cost is the same share of list price for all its models."""
        return len(set(self.cost_ratio_by_model)) <= 1

    @property
    def lot(self) -> float:
        """Old name of `uniform_draw`."""
        warn_of_old_name("view.lot", "view.uniform_draw")
        return self.uniform_draw
