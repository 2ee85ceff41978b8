"""What each solve rate costs at given prices, computed once per price list.

Arbitrageurs who know the same and route alike share one cost schedule; it is worked out again only
when a price has changed. Searches are remembered by content for the whole process, so that the runs
of a study share them; what is remembered is a pure function of its key.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from operator import attrgetter
from typing import TypeVar, cast

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.memory import Remembered, remember
from market.frontier.cascade import PolicyValue
from market.frontier.cost_schedule import CostSchedule
from market.frontier.frontier import Frontier, solve_frontier
from market.frontier.least_spend import least_spend
from market.frontier.market_price import MarketPrice, market_price
from market.frontier.pass_curves import CurveTables
from market.frontier.policy_cloud import PolicyCloud
from market.frontier.query_signal import RoutingPolicy, evaluate_policy
from market.population.problem_types import problem_types
from market.strategies.menu import steps, turning_points
from market.strategies.routing import Known, RoutingRule

Policies = tuple[RoutingPolicy | None, ...]
Found = TypeVar("Found")

_DENSER = 16  # curves of single models are looked at so many times as densely as menus list them
_KEPT = 512  # price lists remembered; a price war of providers need not be searched twice
MOST_BYTES = 2**30  # of clouds for the next run of a study: some hundred MB each, of many models
_SCHEDULES: dict[tuple[object, ...], CostSchedule] = {}
_FRONTIERS: dict[tuple[object, ...], Frontier] = {}
_MARKETS: dict[tuple[object, ...], MarketPrice] = {}
_CLOUDS = Remembered[bytes, PolicyCloud](MOST_BYTES)
_COUNTERFACTUALS: dict[tuple[object, ...], object] = {}


def forget_searches() -> None:
    """Free what was found on populations that no other run has."""
    for kept in (_SCHEDULES, _FRONTIERS, _MARKETS, _CLOUDS, _COUNTERFACTUALS):
        kept.clear()


def found_once(key: tuple[object, ...], find: Callable[[], Found]) -> Found:
    """What is found on curves that are not the market's, for the next run of a study.

    Parameters
    ----------
    key
        Begins with what is found, so that no two things have one; says all that it depends on.
    find
        Finds it.
    """
    if key not in _COUNTERFACTUALS:
        remember(_COUNTERFACTUALS, key, find(), _KEPT)
    return cast("Found", _COUNTERFACTUALS[key])


class MixCosts:
    """Curves of one query mix, or of a sample, and what was worked out on them.

    Parameters
    ----------
    tables
        Curves of the models on sale, weighted as the mix has it.
    made_of
        What tells these curves from all others where they are made of known ones; if empty, their
        content does.
    """

    def __init__(self, tables: CurveTables, made_of: bytes = b"") -> None:
        self.tables = tables
        self._made_of = made_of
        self._values: dict[RoutingPolicy, PolicyValue] = {}
        # by identity: policies are long to hash, and held here as long as what is said of them
        self._lists: dict[int, tuple[Policies, PolicyValues]] = {}
        self._known: dict[int, tuple[RoutingPolicy, PolicyValue]] = {}

    @cached_property
    def digest(self) -> bytes:
        """Content of the curves: equal digests mean equal searches."""
        if self._made_of:
            return blake2b(self._made_of, digest_size=20).digest()
        population = self.tables.population
        said = (population.models, self.tables.remainder, population.most_attempts)
        told = blake2b(repr(said).encode(), digest_size=20)
        for array in (
            population.weight,
            population.solve_prob,
            population.cost_of_failure,
            population.cost_of_success,
            self.tables.budget,
        ):
            told.update(np.ascontiguousarray(array).tobytes())
        # of a sample, solved says more than the solve probabilities do
        if self.tables.made_of is not None:
            told.update(self.tables.made_of)
            return told.digest()
        told.update(np.ascontiguousarray(self.tables.solved).tobytes())
        for curves in (self.tables.accepted, self.tables.checks, self.tables.harm):
            if curves is not None:
                told.update(np.ascontiguousarray(curves).tobytes())
        return told.digest()

    @cached_property
    def cloud(self) -> PolicyCloud:
        """What searches over these curves have found."""
        found = _CLOUDS.get(self.digest)
        if found is None:
            found = PolicyCloud(self.tables)
            _CLOUDS.weigh(attrgetter("nbytes"))
            _CLOUDS.keep(self.digest, found, found.nbytes)
        return found

    def value(self, policy: RoutingPolicy) -> PolicyValue:
        """What a policy does on this mix, in expectation per query."""
        known = self._known.get(id(policy))
        if known is not None:
            return known[1]
        found = self._values.get(policy)
        if found is None:
            found = evaluate_policy(policy, self.tables)
            remember(self._values, policy, found, 64 * _KEPT)
        remember(self._known, id(policy), (policy, found), 64 * _KEPT)
        return found

    def delivered(self, policies: Policies) -> FloatArray:
        """[P] solve rate of each policy on this mix; 0 where there is none."""
        return self.values(policies).solve_rate

    def list_spend(self, policies: Policies) -> FloatArray:
        """[P, M] expected list dollars per query by model; 0 where there is no policy."""
        return self.values(policies).list_spend

    def values(self, policies: Policies) -> "PolicyValues":
        """What P policies do on this mix."""
        if id(policies) not in self._lists:
            found = PolicyValues.none(len(policies), len(self.tables.models))
            for p, policy in enumerate(policies):
                if policy is not None:
                    value = self.value(policy)
                    found.solve_rate[p], found.list_spend[p] = value.solve_rate, value.list_spend
                    found.checks[p], found.harm[p] = value.checks, value.harm
            remember(self._lists, id(policies), (policies, found), _KEPT)
        return self._lists[id(policies)][1]


@dataclass(frozen=True, eq=False)
class PolicyValues:
    """What P policies do in expectation per query; 0 where there is none.

    Attributes
    ----------
    solve_rate
        [P] chance of a right answer.
    list_spend
        [P, M] list dollars by model.
    checks, harm
        [P] US dollars of checks, and of wrong answers that are accepted.
    """

    solve_rate: FloatArray
    list_spend: FloatArray
    checks: FloatArray
    harm: FloatArray

    @classmethod
    def none(cls, policies: int, models: int) -> "PolicyValues":
        """Nothing done."""
        rest = (np.zeros(policies) for _ in range(3))
        solve_rate, checks, harm = rest
        return cls(solve_rate, np.zeros((policies, models)), checks, harm)


class CostCache:
    """Costs and policies by solve rate, over one mix of problems or several.

    Parameters
    ----------
    tables
        Curves of all models, over the whole population.
    points
        G: how many solve rates a menu lists.
    mixes
        X weights [n]: of the market as a whole, then of each segment that differs from it.
    direct
        X: curves of buyers who check attempts that they buy directly with a verifier of their own;
        None where it is the sellers'.

    Attributes
    ----------
    mixes
        Of those who resell.
    direct
        Of those who buy attempts directly.
    """

    def __init__(
        self,
        tables: CurveTables,
        points: int,
        mixes: Sequence[FloatArray],
        direct: Sequence[CurveTables | None] | None = None,
    ) -> None:
        self.tables = tables
        self.points = points
        self.mixes = tuple(MixCosts(tables.weighted(weight)) for weight in mixes)
        own = [None] * len(mixes) if direct is None else direct
        self.direct = tuple(
            resold if curves is None else MixCosts(curves.weighted(weight))
            for resold, curves, weight in zip(self.mixes, own, mixes, strict=True)
        )
        self.digest = MixCosts(tables).digest
        self._types: dict[int, IntArray] = {}

    @property
    def checked(self) -> bool:
        """Whether any verifier errs or costs."""
        return any(costs.tables.checked is not None for costs in (*self.mixes, *self.direct))

    @property
    def whole(self) -> MixCosts:
        """The mix of the market as a whole."""
        return self.mixes[0]

    def types_of(self, types: int) -> IntArray:
        """[n] types of the problems; each its own where there are no more problems."""
        if types not in self._types:
            population = self.tables.population
            self._types[types] = problem_types(population, min(types, population.size))
        return self._types[types]

    def route(
        self,
        routing: RoutingRule,
        price: FloatArray,
        mix_costs: MixCosts,
        problem: IntArray | None = None,
    ) -> CostSchedule:
        """Cost schedule of a routing rule.

        Parameters
        ----------
        routing
            The rule.
        price
            [M] what the router pays over list price; infinite where it cannot buy.
        mix_costs
            What it knows: one of the market's query mixes, or its own sample.
        problem
            [k] index in the market of each problem of a sample; None where it knows all.
        """
        own = np.arange(self.tables.population.size) if problem is None else problem
        # types are of the whole population, whatever the mix or sample
        key = (routing, mix_costs.digest, self.digest, self.points, own.tobytes(), price.tobytes())
        if key not in _SCHEDULES:
            known = Known(
                mix_costs.tables,
                self.promises(mix_costs, price),
                price,
                self.types_of,
                own,
                lambda: self.frontier(mix_costs, price),
            )
            remember(_SCHEDULES, key, routing.route(known), _KEPT)
        return _SCHEDULES[key]

    def promises(self, mix_costs: MixCosts, price: FloatArray) -> FloatArray:
        """[G] solve rates of a menu: up to the highest of any cascade of the models for sale."""
        highest = mix_costs.cloud.max_solve_rate(price) if np.isfinite(price).any() else 0.0
        return highest * steps(self.points)

    def frontier(self, mix_costs: MixCosts, price: FloatArray) -> Frontier:
        """Frontier of plain cascades at the multipliers `price` [M], up to its highest rate."""
        key = (mix_costs.digest, self.points, price.tobytes())
        if key not in _FRONTIERS:
            quality, cloud = self.promises(mix_costs, price), mix_costs.cloud
            found = solve_frontier(mix_costs.tables, quality, price, cloud=cloud, quick=True)
            remember(_FRONTIERS, key, found, _KEPT)
        return _FRONTIERS[key]

    def market(self, mix_costs: MixCosts, price: FloatArray) -> MarketPrice:
        """Each model alone at the multipliers `price` [M], up to the highest rate of one for sale.

        At the rates that tell the cheapest's curve best.
        """
        key = (mix_costs.digest, self.points, price.tobytes())
        if key not in _MARKETS:
            tables, quality = mix_costs.tables, np.zeros(self.points)
            curves = {m: tables.mean_curves(m) for m in np.flatnonzero(np.isfinite(price)).tolist()}
            reach = max((float(solved.max()) for solved, _ in curves.values()), default=0.0)
            dense = reach * steps(_DENSER * self.points)
            cost = np.full(len(dense), np.inf)
            for m, curve in curves.items():
                if tables.beside is None:
                    asked = price[m] * least_spend(*curve, dense).spend
                else:
                    asked = least_spend(*tables.mean_cost(m, price[m]), dense).spend
                cost = np.minimum(cost, asked)
            sold = np.isfinite(cost) & (dense > 0)  # rounding may put the very highest out of reach
            if sold.any():
                quality = dense[sold][turning_points(dense[sold], cost[sold], self.points)]
            remember(_MARKETS, key, market_price(tables, quality, price), _KEPT)
        return _MARKETS[key]
