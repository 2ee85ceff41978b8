"""Routing rules: how an arbitrageur turns a promised solve rate into attempts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, Protocol, runtime_checkable

import numpy as np
from pydantic import Field

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.config import Part, PositiveMoney
from market.frontier.cost_schedule import CostSchedule, signal_schedule, single_models
from market.frontier.frontier import Frontier
from market.frontier.market_price import market_price
from market.frontier.oracle import solve_oracle, solve_single
from market.frontier.pass_curves import CurveTables
from market.frontier.query_signal import QuerySignal, signal_of
from market.frontier.signal_frontier import solve_signal
from market.strategies.query_mix import AllProblems, Problems

Accuracy = Annotated[float, Field(ge=0, le=1)]
Types = Annotated[int, Field(ge=1)]


@dataclass(frozen=True)
class Known:
    """What a router knows when it works out its cost schedule.

    Attributes
    ----------
    tables
        Curves of all models, over its k problems: all of them, or those of its sample.
    quality
        [G] solve rates to be promised.
    price
        [M] what it pays over list price; infinite where it cannot buy.
    types_of
        From a number of types Z to [n] the type of each problem of the market.
    problem
        [k] index in the market of each of its problems.
    without_signal
        Searches the frontier of plain cascades at these prices; found once for all who ask.
    """

    tables: CurveTables
    quality: FloatArray
    price: FloatArray
    types_of: Callable[[int], IntArray]
    problem: IntArray
    without_signal: Callable[[], Frontier]

    def blind(self) -> Frontier:
        """Least spend of a cascade that all queries go down."""
        return self.without_signal()

    def signal(self, types: int, accuracy: float) -> tuple[IntArray, QuerySignal]:
        """[k] types of its own problems, and its signal of the market's queries."""
        of_market = self.types_of(types)
        own = of_market[self.problem]
        at_own = signal_of(self.tables.population, own, accuracy, types=int(of_market.max()) + 1)
        return own, QuerySignal(of_market, at_own.share, accuracy)


class RoutingRule(Protocol):
    """What the market asks of a routing rule.

    Attributes
    ----------
    knows_every_problem
        Whether it routes by what no sample shows; a rule that does not say is taken not to.
    """

    knows_every_problem: ClassVar[bool]

    def route(self, known: Known) -> CostSchedule:
        """What each solve rate costs, and the routing policy that reaches it."""
        ...


@runtime_checkable
class Learnable(Protocol):
    """A routing rule that a router can learn: it chooses a cascade by the type that it sees.

    Attributes
    ----------
    accuracy
        Chance that the type is seen right.
    types
        Number of types.
    most_stages
        How many models a query is tried on at most; None for no limit of its own.
    """

    @property
    def accuracy(self) -> float:
        """Chance that the type is seen right."""
        ...

    @property
    def types(self) -> int:
        """Number of types."""
        ...

    most_stages: ClassVar[int | None]


class CascadeRouting(Part):
    """Send every query down the same cascade: the query-independent router of arXiv:2603.22404."""

    kind: Literal["cascade"] = "cascade"
    knows_every_problem: ClassVar[bool] = False
    accuracy: ClassVar[float] = 0.0
    types: ClassVar[int] = 1
    most_stages: ClassVar[int | None] = None

    def route(self, known: Known) -> CostSchedule:
        """Least expected spend, and the cascade that has it, at each solve rate."""
        return CostSchedule.of(known.blind())


class SignalRouting(Part):
    """See a query's type with some accuracy, and send each type down a cascade of its own.

    Types are k-means clusters of problems by the models' solve probabilities.
    """

    kind: Literal["signal"] = "signal"
    knows_every_problem: ClassVar[bool] = False
    most_stages: ClassVar[int | None] = None
    accuracy: Accuracy
    """Chance that the type is seen right; else one is seen at random."""
    types: Types = 8
    """Number of types."""

    def route(self, known: Known) -> CostSchedule:
        """Least expected spend over cascades by the type seen."""
        own, query_signal = known.signal(self.types, self.accuracy)
        blind = known.blind()
        if self.accuracy == 0:
            return CostSchedule.of(blind)
        at_own = QuerySignal(own, query_signal.share, self.accuracy)
        signal = solve_signal(known.tables, known.quality, at_own, known.price, blind)
        return signal_schedule(signal, query_signal, blind)


class SingleRouting(Part):
    """Pick one model for the type seen, the best per dollar, and never follow up with another.

    The usual router of the literature (RouteLLM, arXiv:2406.18665), here for any number of models.
    """

    kind: Literal["single"] = "single"
    knows_every_problem: ClassVar[bool] = False
    most_stages: ClassVar[int | None] = 1
    accuracy: Accuracy = 1.0
    """Chance that the type is seen right; else one is seen at random."""
    types: Types = 8
    """Number of types."""

    def route(self, known: Known) -> CostSchedule:
        """Least expected spend over one model by the type seen."""
        own, query_signal = known.signal(self.types, self.accuracy)
        at_own = QuerySignal(own, query_signal.share, self.accuracy)
        alone = single_models(market_price(known.tables, known.quality, known.price))
        signal = solve_single(known.tables, known.quality, at_own, known.price, alone)
        return signal_schedule(signal, query_signal, alone)


class OracleRouting(Part):
    """Know every problem: which model solves it at what chance and cost. The upper bound."""

    kind: Literal["oracle"] = "oracle"
    knows_every_problem: ClassVar[bool] = True

    def route(self, known: Known) -> CostSchedule:
        """Least expected spend over cascades by problem."""
        blind = known.blind()
        signal = solve_oracle(known.tables, known.quality, known.price, blind)
        everyone = np.arange(known.tables.population.size)
        # a problem that this mix does not have may still come from another
        share = np.full(len(everyone), 1 / len(everyone))
        return signal_schedule(signal, QuerySignal(everyone, share, 1.0), blind)


@runtime_checkable
class Fits(Protocol):
    """Knowledge of what a budget shows that is spent on attempts before anything is sold."""

    @property
    def budget(self) -> float:
        """US dollars."""
        ...

    @property
    def cap(self) -> float | None:
        """Most US dollars that one model costs at one problem; None for the usual."""
        ...

    @property
    def problems(self) -> Problems:
        """Where the random problems come from."""
        ...


class FullKnowledge(Part):
    """Know every model's curves."""

    kind: Literal["full"] = "full"
    from_sample: ClassVar[bool] = False


class FittedKnowledge(Part):
    """Know what a fitting budget shows: attempts bought at random problems before selling.

    Every model until it solves the problem or the cap is spent, until the budget is (after
    arXiv:2603.22404, section 5). Cost schedules rest on the sample, bills on the truth.
    """

    kind: Literal["fit"] = "fit"
    from_sample: ClassVar[bool] = True
    budget: PositiveMoney
    """US dollars spent on attempts, paid to the providers; the last problem is finished."""
    cap: PositiveMoney | None = None
    """Most US dollars that one model costs at one problem; what 20 attempts cost in the mean if not
    given."""
    problems: Problems = AllProblems()
    """Where the random problems come from."""


Knowledge = Annotated[FullKnowledge | FittedKnowledge, Field(discriminator="kind")]
