"""Routing policies worked out over a population, as tables ready to serve."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.frontier.attempt_costs import AttemptCosts, Remainder, most_attempts
from market.frontier.cascade import Cascade, Mixture
from market.frontier.query_signal import QuerySignal, RoutingPolicy, SignalMixture
from market.population.population import Population
from market.simulation.cost_cache import CostCache, Policies
from market.simulation.queries import Queries


@dataclass(frozen=True)
class PolicyTable:
    """P policies over a population as tables, ready to serve; :func:`bind` makes it.

    A policy has two rows, its low and its high cascade, or two for each type that it sees; D is the
    longest cascade's length.

    Attributes
    ----------
    share
        [P] chance of the high cascade.
    first
        [P] first row of each policy, R rows in all.
    signals
        Query signals, each with the policies [P] that use it.
    length
        [R] number of stages.
    model
        [D, R] model index by stage; 0 where the row has no such stage.
    budget
        [D, R] list dollars by stage; 0 where the row has no such stage.
    patience
        [M, n] attempts per unit of effort: 0 where p = 1, infinite where p = 0.
    costs
        Of the attempts, [M·n] list dollars, model by model.
    """

    share: FloatArray
    first: IntArray
    signals: tuple[tuple[QuerySignal, BoolArray], ...]
    length: IntArray
    model: IntArray
    budget: FloatArray
    patience: FloatArray
    costs: AttemptCosts

    def rows(self, policy: IntArray, draw: FloatArray, queries: Queries) -> IntArray:
        """[Q] the row that each query goes down, by its signal and a uniform draw [Q]."""
        row = self.first.take(policy) + (draw < self.share.take(policy))
        for signal, uses in self.signals:
            at = np.flatnonzero(uses.take(policy) & (policy >= 0))
            row[at] += 2 * signal.seen(queries.problem.take(at), queries.signal_draw.take(at))
        return row


def bind(
    policies: Sequence[RoutingPolicy | None], population: Population, remainder: Remainder = "spent"
) -> PolicyTable:
    """Work policies out over a population; None serves nothing.

    Parameters
    ----------
    policies
        P policies.
    population
        n problems, M models; stages name models of it.
    remainder
        As the curves have it that the policies were chosen by.
    """
    nothing = Mixture(Cascade(()), Cascade(()), 1.0)
    cascades = [_cascades(policy or nothing) for policy in policies]
    rows = [row.stages for of_policy in cascades for row in of_policy]
    count = np.array([len(of_policy) for of_policy in cascades], dtype=np.int64)
    length = np.array([len(row) for row in rows])
    model = np.zeros((length.max(initial=0), len(rows)), dtype=np.int64)
    budget = np.zeros(model.shape)
    column = {name: m for m, name in enumerate(population.models)}
    for r, row in enumerate(rows):
        for depth, stage in enumerate(row):
            model[depth, r] = column[stage.model]
            budget[depth, r] = stage.budget
    uses: dict[QuerySignal, BoolArray] = {}
    for p, policy in enumerate(policies):
        if isinstance(policy, SignalMixture):
            uses.setdefault(policy.query_signal, np.zeros(len(policies), dtype=bool))[p] = True
    with np.errstate(divide="ignore"):
        patience = -1 / np.log1p(-population.solve_prob)
    return PolicyTable(
        share=np.array([(policy or nothing).share for policy in policies]),
        first=np.cumsum(count) - count,
        signals=tuple(uses.items()),
        length=length,
        model=model,
        budget=budget,
        patience=np.ascontiguousarray(patience.T),
        costs=AttemptCosts(
            population.cost_of_failure.T.ravel(),
            population.cost_of_success.T.ravel(),
            remainder,
            most_attempts(population),
        ),
    )


def _cascades(policy: RoutingPolicy) -> list[Cascade]:
    """Rows of a policy: low and high, for each type that it sees."""
    if isinstance(policy, Mixture):
        return [policy.low, policy.high]
    pairs = zip(policy.low, policy.high, strict=True)
    return [cascade for pair in pairs for cascade in pair]


class PolicyTables:
    """The policies of all offers by query mix as tables, made again only when one changes.

    Parameters
    ----------
    costs
        Of the market.
    """

    def __init__(self, costs: CostCache) -> None:
        self._costs = costs
        self._held: dict[int, tuple[tuple[object, ...], PolicyTable, FloatArray]] = {}

    def of(self, mix: int, by_offer: Sequence[Policies]) -> tuple[PolicyTable, FloatArray]:
        """Policies of O offers as a table, and [O, G, M] expected list dollars per query."""
        held = self._held.get(mix)
        if held is None or any(new is not old for new, old in zip(by_offer, held[0], strict=True)):
            policies = [policy for of_offer in by_offer for policy in of_offer]
            tables = self._costs.tables
            spend = np.array([self._costs.mixes[mix].list_spend(of) for of in by_offer])
            table = bind(policies, tables.population, tables.remainder)
            held = self._held[mix] = (tuple(by_offer), table, spend)
        return held[1], held[2]
