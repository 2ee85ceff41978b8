"""Providers that learn their prices in the run, and know little but what they earn.

They are asked every tick, and change their price every so many: each price has stood long enough
for arbitrageurs to answer to it. What a price has earned per tick, in the mean since it was posted,
teaches an algorithm, which names the next. Prices are those of a grid in equal relative steps.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, Protocol, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from market.foundation.arrays import FloatArray
from market.foundation.config import Part
from market.strategies.market_view import ProviderView, marks_of
from market.strategies.provider_pricing import PriceUnit, searched_prices

State = tuple[object, ...]
"""What prices a learner has last seen: the index of its own, and by name those of its rivals."""

_TRIED = 0.1  # share of prices at random in the end, above which that is told


class Learner(Protocol):
    """What learns which of m prices to ask."""

    def choose(self, state: State, draw: float) -> int:
        """The index of the next price, by a uniform draw."""
        ...

    def learn(self, state: State, chosen: int, earned: float, then: State) -> None:
        """Take note of what a price that was chosen in a state earned, and what followed."""
        ...

    def unfinished(self) -> str | None:
        """Why it has not learned a price, in words, and the way out; None if it may have."""
        ...


@dataclass
class SlowPrice:
    """A price that is changed every so many ticks, as a learner says.

    Attributes
    ----------
    prices
        [m] over list, rising.
    every
        Ticks between changes.
    remembers
        Whether the learner is told what prices were posted last.
    learner
        Who names the next.
    """

    prices: FloatArray
    every: int
    remembers: bool
    learner: Learner
    _chosen: int = -1
    _state: State = ()
    _earned: list[float] = field(default_factory=list)

    def multiplier(self, view: ProviderView) -> float:
        """Price over list price: as it stands, or the next."""
        if self._chosen >= 0:
            self._earned.append(view.past[-1].profit)
            if len(self._earned) < self.every:
                return float(self.prices[self._chosen])
        state = self._seen(view)
        if self._chosen >= 0:
            mean = math.fsum(self._earned) / len(self._earned)
            self.learner.learn(self._state, self._chosen, mean, state)
        self._state, self._earned = state, []
        self._chosen = self.learner.choose(state, view.uniform_draw)
        return float(self.prices[self._chosen])

    def unfinished(self) -> str | None:
        """Why no price has been learned, in words, and the way out; None if one may have been."""
        return self.learner.unfinished()

    def _seen(self, view: ProviderView) -> State:
        if not self.remembers:
            return ()
        own = self._chosen
        if own < 0:
            own = self._nearest(view.past[-1].multiplier if view.past else 1.0)
        return (own, *((name, self._nearest(p)) for name, p in view.rival_prices().items()))

    def _nearest(self, price: float) -> int:
        """Index of the price of its own that is nearest to one, in relative terms."""
        between = np.sqrt(self.prices[1:] * self.prices[:-1])
        return int(np.searchsorted(between, price))


class PriceGrid(Part):
    """What rules that learn a price have in common: which prices, and how often."""

    low: Annotated[float, Field(gt=0)] | None = None
    """Lowest price over list price that is asked; if not given, marginal cost."""
    high: Annotated[float, Field(gt=0)] | None = None
    """Highest price over list price that is asked; if not given, what buyers pay at most when it
    begins."""
    count: Annotated[int, Field(ge=2, le=100)] = 15
    """Number of prices, in equal relative steps; 15 in the paper."""
    every: Annotated[int, Field(ge=1, le=1_000_000)] = 10
    """Ticks between price changes. In ten, arbitrageurs that undercut by 7% halve their fees."""
    per: PriceUnit = "provider"
    """Whether all models of a provider have one price over list, or each `model` its own, which it
    learns by the provider's whole profit."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise PydanticCustomError("order", "low {low} must be below high {high}", dict(self))
        return self

    def prices(self, view: ProviderView) -> FloatArray:
        """[m] prices over list, rising."""
        highest = float(marks_of(view.expected, 1).highest[0])
        low, high = searched_prices(view, highest, self.low, self.high)
        grid: FloatArray = np.geomspace(low, high, self.count)
        grid[[0, -1]] = low, high  # to the last digit
        return grid


class QLearningPrice(PriceGrid):
    """Learn the price by Q-learning, as firms do in Calvano et al. (AER 2020).

    Each price is held to be worth something in each state, the prices last posted. It asks the
    price of the highest value, or with chance e^(−βt) any, t being the number of prices asked
    before. What it earned moves the value of what it asked: Q ← (1 − α)·Q + α·(π + δ·max Q').
    Rivals' prices are known to the nearest of its own.
    """

    kind: Literal["q_learning"] = "q_learning"
    rate: Annotated[float, Field(gt=0, le=1)] = 0.15
    """α, the weight of what is new."""
    discount: Annotated[float, Field(ge=0, lt=1)] = 0.95
    """δ, what profit one price change later is worth."""
    decay: Annotated[float, Field(gt=0, le=1)] = 0.005
    """β: a price is drawn at random with chance e^(−βt). In all 1/β are, each of 15 prices 13 times
    at 0.005; with 4e-6, the paper's, learning takes millions of changes."""
    memory: Annotated[int, Field(ge=0, le=1)] = 1
    """Last prices that it knows, its own and its rivals': 1, or 0, so that no price is a threat."""
    start: Literal["expected", "highest", "zero"] = "expected"
    """What prices are held to be worth at first: what each is `expected` to earn for ever beside
    what rivals post then, all the `highest` of that, or nothing (`zero`)."""

    def begin(self, view: ProviderView) -> SlowPrice:
        """A price that begins to learn."""
        prices = self.prices(view)
        first = np.zeros(len(prices))
        if self.start != "zero":
            first = view.expected.profit(prices) / (1 - self.discount)
        if self.start == "highest":
            first[:] = first.max()
        return SlowPrice(prices, self.every, self.memory > 0, QValues(self, first))

    def multiplier(self, view: ProviderView) -> float:
        """The first price that is asked."""
        return self.begin(view).multiplier(view)


class UpperConfidencePrice(PriceGrid):
    """Learn the price as a bandit by upper confidence bounds: UCB1 of Auer et al. (2002).

    It asks every price once, in an order that is drawn, and then that of the highest mean profit
    plus r·√(w·ln t / n): n times asked, of t, r being the range of what it has earned so far. It
    knows no price but its own.
    """

    kind: Literal["ucb"] = "ucb"
    width: Annotated[float, Field(gt=0, le=1000)] = 2.0
    """w; 2 in the paper, less tries less."""

    def begin(self, view: ProviderView) -> SlowPrice:
        """A price that begins to learn."""
        prices = self.prices(view)
        return SlowPrice(prices, self.every, False, Bandit(len(prices), self.width))

    def multiplier(self, view: ProviderView) -> float:
        """The first price that is asked."""
        return self.begin(view).multiplier(view)


class QValues:
    """What one firm holds prices to be worth, by state.

    Parameters
    ----------
    rule
        How it learns.
    first
        [m] what prices are worth in a state that it has not seen.
    """

    def __init__(self, rule: QLearningPrice, first: FloatArray) -> None:
        self.rule, self.first = rule, first
        self.chosen = 0
        self._value: dict[State, FloatArray] = {}
        self._greedy: dict[State, int] = {}

    @property
    def values(self) -> Mapping[State, FloatArray]:
        """[m] by state that was seen."""
        return self._value

    def greedy(self, state: State) -> int:
        """The price of the highest value in a state, the first of several."""
        if state not in self._greedy:
            self._value[state] = self.first.copy()
            self._greedy[state] = int(self.first.argmax())
        return self._greedy[state]

    def choose(self, state: State, draw: float) -> int:
        """The next price: one draw says whether it is at random, and which."""
        explore, count = math.exp(-self.rule.decay * self.chosen), len(self.first)
        self.chosen += 1
        best = self.greedy(state)
        return min(int(draw / explore * count), count - 1) if draw < explore else best

    def learn(self, state: State, chosen: int, earned: float, then: State) -> None:
        """Move the value of what was chosen."""
        from market.strategies.q_learning_loop import learned  # which brings a compiler

        best = self.greedy(then)
        target = earned + self.rule.discount * float(self._value[then][best])
        self._greedy[state] = learned(
            self._value[state], self.greedy(state), chosen, target, self.rule.rate
        )

    def unfinished(self) -> str | None:
        """How many prices are still drawn at random, if many are."""
        chance = math.exp(-self.rule.decay * self.chosen)
        if chance <= _TRIED:
            return None
        return (
            f"after {self.chosen:,} price changes {100 * chance:.0f}% of prices are still drawn at "
            "random; for prices that were learned give more ticks, fewer between changes (every), "
            "or a greater decay"
        )


class Bandit:
    """What one firm earned by price.

    Parameters
    ----------
    count
        m, prices.
    width
        w, of the bounds.
    """

    def __init__(self, count: int, width: float) -> None:
        self.width = width
        self.total, self.count = np.zeros(count), np.zeros(count)
        self.least, self.most = math.inf, -math.inf

    def choose(self, state: State, draw: float) -> int:
        """The next price: one that it has not tried, by the draw, or that of the highest bound."""
        from market.strategies.upper_confidence_loop import upper_bound  # which brings a compiler

        untried = np.flatnonzero(self.count == 0)
        if len(untried):
            return int(untried[int(draw * len(untried))])
        period = 1 + self.count.sum()
        width = self.width * math.log(period) * (self.most - self.least) ** 2
        mean = self.total / self.count
        bounds = [upper_bound(m, n, width) for m, n in zip(mean, self.count, strict=True)]
        return int(np.argmax(bounds))

    def learn(self, state: State, chosen: int, earned: float, then: State) -> None:
        """Count what was earned."""
        self.total[chosen] += earned
        self.count[chosen] += 1
        self.least, self.most = min(self.least, earned), max(self.most, earned)

    def unfinished(self) -> str | None:
        """Whether some price has not been tried."""
        untried = int((self.count == 0).sum())
        if not untried:
            return None
        return (
            f"{untried} of {len(self.count)} prices have not been tried; for a price that was "
            "learned give more ticks, fewer between changes (every), or a lower count"
        )
