"""Provider pricing rules: one small class, one decision each.

A rule answers with a price multiplier: 1 is list price.
"""

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, Protocol, Self, TypeGuard, runtime_checkable

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from market.foundation.config import NOT_FITTED, Part
from market.strategies.market_view import ProviderView, marks_of
from market.strategies.price_search import (
    FREE,
    UNDERCUT,
    PriceRange,
    Undercutting,
    best_price,
    words_for_bound,
)

PriceUnit = Literal["provider", "model"]


class ProviderPricingRule(Protocol):
    """What the market asks of a provider's pricing rule.

    A rule with a field `per` (:func:`price_unit`) is asked for a price for each model, or for one
    for all of a provider's.
    """

    def multiplier(self, view: ProviderView) -> float:
        """Price over list price."""
        ...


def price_unit(rule: ProviderPricingRule) -> PriceUnit:
    """What each of a rule's prices is for: all models of a provider, unless the rule says so."""
    return "model" if getattr(rule, "per", "provider") == "model" else "provider"


def constant_price(rule: ProviderPricingRule) -> float | None:
    """A rule's price over list price where it hangs on nothing that a view shows; else None.

    A rule tells it by an attribute `constant`; no view is made for it then.
    """
    price: float | None = getattr(rule, "constant", None)
    return price


@runtime_checkable
class LearnsPrices(ProviderPricingRule, Protocol):
    """A rule that learns in the run.

    What it begins for each price that it decides on, in the first tick in which it does, is asked
    in its place from then on, until the rule is another, and may keep what it has seen.
    """

    def begin(self, view: ProviderView) -> ProviderPricingRule:
        """A price that has learned nothing yet."""
        ...


@runtime_checkable
class MayNotFinish(Protocol):
    """What may not have come to what it is for by the end of a run."""

    def unfinished(self) -> str | None:
        """What is missing, in words, and the way out; None if nothing is."""
        ...


def plays_equilibrium(rule: ProviderPricingRule) -> bool:
    """Whether a rule's prices are solved together with those of others that ask for it.

    A rule asks by a class attribute `at_rest = True`, and is told by `view.resting_price()`.
    """
    return bool(getattr(rule, "at_rest", False))


def searched_prices(
    view: ProviderView, highest: float, low: float | None, high: float | None
) -> tuple[float, float]:
    """The lowest and the highest price over list that are looked at.

    Parameters
    ----------
    view
        The market.
    highest
        Price over list from which on no buyer gains; 0 where that is not known.
    low, high
        Bounds that are given. If not, it is from marginal cost on, as high as buyers pay.
    """
    lowest = low or view.least_cost_ratio or FREE * (highest or 1.0)
    most = high or max(highest or 1.0, 2 * lowest)
    return lowest if lowest < most else most / 2, most  # a highest price below marginal cost


@dataclass(frozen=True)
class PriceReply:
    """An answer to what the others have posted.

    Attributes
    ----------
    multiplier
        Price over list price.
    bound
        The bound that it lies at, in words, where a price beyond may pay better; else None.
    """

    multiplier: float
    bound: str | None = None


@runtime_checkable
class ConsidersPrices(Protocol):
    """A rule that searches the price of the highest expected profit.

    What a provider would gain by it is then measured, and a bound that it lies at is told.
    """

    def best_reply(self, view: ProviderView) -> PriceReply:
        """The best price on what the view expects."""
        ...


def considers_prices(rule: ProviderPricingRule) -> TypeGuard[ConsidersPrices]:
    """Whether a rule is a :class:`ConsidersPrices`; sooner told than by `isinstance`."""
    return hasattr(rule, "best_reply")


class ListPrice(Part):
    """Sell at list price, or a multiple of it, whatever the others do."""

    kind: Literal["list"] = "list"
    factor: Annotated[float, Field(gt=0), NOT_FITTED] = 1.0
    """Price over list price."""

    @property
    def constant(self) -> float:
        """Price over list price, whatever is seen: the factor."""
        return self.factor

    def multiplier(self, view: ProviderView) -> float:
        """Price over list price: the factor."""
        return self.factor


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

    Who decides on several prices counts the profit of all
    (:mod:`market.strategies.owner_prices`).

    Myopic best reply on expected demand: buyers choose anew by logit probability, and arbitrageurs
    route anew at their present markups. Prices of several such providers may settle or cycle
    (Greenwald, Kephart and Tesauro 1999).
    """

    kind: Literal["best_response"] = "best_response"
    low: Annotated[float, Field(gt=0)] | None = None
    """Lowest price over list price that is considered; if not given, from marginal cost on."""
    high: Annotated[float, Field(gt=0)] | None = None
    """Highest price over list price that is considered; if not given, as high as buyers pay."""
    count: Annotated[int, Field(ge=2, le=10_000)] = 21
    """Number of prices that the optimum is first looked for at; it is then searched between."""
    undercut: Undercutting = UNDERCUT
    """Least share by which a rival is undercut, where buyers have no tastes."""
    per: PriceUnit = "provider"
    """Whether all models of a provider have one price over list, or each `model` its own."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise PydanticCustomError("order", "low {low} must be below high {high}", dict(self))
        return self

    def multiplier(self, view: ProviderView) -> float:
        """Price over list price: the best, in a tie the nearest to its own."""
        return self.best_reply(view).multiplier

    def best_reply(self, view: ProviderView) -> PriceReply:
        """The best price on what the view expects."""
        marks = marks_of(view.expected, 1)
        own = view.past[-1].multiplier if view.past else 1.0
        highest = float(marks.highest[0])
        low, high = searched_prices(view, highest, self.low, self.high)
        within = PriceRange(
            low=low,
            high=high,
            low_given=self.low is not None,
            high_given=self.high is not None,
            count=self.count,
            undercut=self.undercut,
            rivals=marks.rivals[0],
            limits=marks.limits[0],
            smooth=marks.smooth,
            own=(own,),
            cost=view.cost_ratio if view.one_cost_ratio and view.alone else None,
        )
        best = best_price(view.expected.profit, within)
        given = {"low": self.low, "high": self.high}
        # where all it sells is resold, expected demand says nothing of prices far away
        end = best.bound if highest > 0 or (best.bound and given[best.bound]) else None
        return PriceReply(best.price, words_for_bound(end, given))


class AtEquilibrium(Part):
    """Post the price from which nobody with this rule gains by moving alone (Nash 1951).

    Solved by :mod:`market.strategies.equilibrium_solver`, arbitrageurs at rest, the prices of
    providers with other rules held. All models of a provider have one price over list. Where there
    is no such price, as routers turn from model to model in steps, it is the one at which slopes
    over a fifth up and down balance.
    """

    at_rest: ClassVar[bool] = True

    kind: Literal["equilibrium"] = "equilibrium"
    hold: bool = False
    """Solve anew whenever rules or others' prices change; if not, the first price is kept."""

    def multiplier(self, view: ProviderView) -> float:
        """Price over list price: at rest; list price where that is not known."""
        if view.past and not self.hold:
            return view.past[-1].multiplier
        price = view.resting_price()
        if math.isfinite(price):
            return price
        return view.past[-1].multiplier if view.past else 1.0


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
    value: Annotated[float, Field(gt=0), NOT_FITTED]
    """v: what buyers pay at most, over list price."""

    def multiplier(self, view: ProviderView) -> float:
        """Price over list price: the quantile of F at this tick's uniform draw."""
        rest = (1 - view.uniform_draw) ** (self.sellers - 1)
        loyal, shared = 1 - self.shoppers, rest * self.shoppers * self.sellers
        return (self.value * loyal + shared * view.cost_ratio) / (loyal + shared)
