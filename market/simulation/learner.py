"""What an arbitrageur that learns has learned, and how it routes by it."""

from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.memory import remember
from market.frontier.cascade import Cascade
from market.frontier.cascade_steps import true_steps
from market.frontier.cascade_tree import cascade_tree
from market.frontier.cost_schedule import CostSchedule
from market.frontier.fitting_sample import FittingSample
from market.frontier.query_signal import RoutingPolicy, SignalMixture, signal_of
from market.frontier.tree_trials import LevelDraws, Trials
from market.population.problem_types import type_places
from market.simulation.cost_cache import CostCache, Policies
from market.strategies.cascade_beliefs import CascadeView, ViewBySteps
from market.strategies.learned_schedule import (
    SupportedPolicies,
    as_believed,
    learned_schedule,
    supported_policies,
)
from market.strategies.learning_knowledge import Learns
from market.strategies.routing import Learnable
from market.strategies.step_beliefs import PublicCurves

if TYPE_CHECKING:
    from market.simulation.queries import Queries

_KEPT = 64  # price lists for which schedules are remembered within a tick


class Learner:
    """Beliefs of one arbitrageur, and the policies that follow from them.

    Parameters
    ----------
    costs
        Of the market.
    knowledge, routing
        How it learns, and what it sees.

    Attributes
    ----------
    signal
        What it sees of a query.
    beliefs
        About its cascades.
    fitted
        Whether its fitting budget is spent.
    """

    def __init__(self, costs: CostCache, knowledge: Learns, routing: Learnable) -> None:
        tables = costs.whole.tables
        most = routing.most_stages
        stages = knowledge.stages if most is None else min(knowledge.stages, most)
        self.made_of = self.needs(knowledge, routing)
        self._costs = costs
        self.tree = cascade_tree(tables, stages, knowledge.levels)
        label = costs.types_of(routing.types)
        self.signal = signal_of(tables.population, label, routing.accuracy)
        place = type_places(tables.population, label, len(self.signal.share))
        self.beliefs = knowledge.beliefs(self.tree, place, PublicCurves.of(self.tree, tables))
        self.fitted = False
        self._end: dict[Cascade, int] = {}
        self._schedules: dict[bytes, CostSchedule | None] = {}
        self._truth: dict[int, ViewBySteps] = {}
        self._best: dict[tuple[int, bytes], SupportedPolicies] = {}
        self._expected: CascadeView = self.beliefs.expected()
        self._chosen = self._expected

    @staticmethod
    def needs(knowledge: Learns, routing: Learnable) -> tuple[object, ...]:
        """What a learner is made of: where it changes, what was learned is of no use."""
        return knowledge.levels, knowledge.stages, knowledge.strength, routing

    def begin(self, rng: np.random.Generator) -> None:
        """Begin a tick with what it believes by now; what its rule draws is drawn once."""
        self._expected = self.beliefs.expected()
        self._chosen = self.beliefs.chosen_by(rng)
        self._schedules.clear()

    def schedule(self, price: FloatArray) -> CostSchedule | None:
        """What each solve rate costs at prices [M], as it believes today; None if nothing is."""
        key = price.tobytes()
        if key not in self._schedules:
            points, share = self._costs.points, self.signal.share
            found = supported_policies(self.tree, self._chosen, share, price, points)
            believed = as_believed(found, self._expected, share, price)
            made = learned_schedule(self.tree, believed, self.signal, points)
            remember(self._schedules, key, made, _KEPT)
        return self._schedules[key]

    def least_cost(self, mix: int, price: FloatArray, rate: FloatArray) -> FloatArray:
        """What solve rates of a query mix would cost one who sees as much and knows the truth."""
        key = (mix, price.tobytes())
        if key not in self._best:
            share = self._joint(mix).sum(axis=1)
            best = supported_policies(self.tree, self.truth(mix), share, price, self._costs.points)
            remember(self._best, key, best, _KEPT)
        return self._best[key].cost(rate)

    def truth(self, mix: int) -> ViewBySteps:
        """What cascades do in truth, at a query mix."""
        if mix not in self._truth:
            tables = self._costs.mixes[mix].tables
            steps = true_steps(self.tree, tables, self._joint(mix))
            self._truth[mix] = ViewBySteps(self.tree, steps)
        return self._truth[mix]

    def _joint(self, mix: int) -> FloatArray:
        """[Z, n] weights of problems jointly with each type seen."""
        return self.signal.joint(self._costs.mixes[mix].tables.population.weight)

    def observe(
        self,
        policies: Policies,
        place: IntArray,
        high: IntArray,
        queries: "Queries",
        needed: FloatArray,
    ) -> Trials:
        """Learn from queries that went down its policies.

        Parameters
        ----------
        policies
            G of its menu.
        place, high
            [Q] which of them each query went down, and whether its higher cascade.
        queries
            Those Q queries.
        needed
            [Q, M] attempts until solved, of each model.
        """
        kinds, tables = len(self.signal.share), self._costs.tables
        kind = self.signal.seen(queries.problem, queries.signal_draw)
        ends = np.array([self._ends(policy) for policy in policies]).reshape(-1)
        row = (place * 2 + high) * kinds + kind
        used, row = np.unique(row, return_inverse=True)
        draws = LevelDraws.of(
            self.tree, tables.population, queries.problem, needed, tables.remainder
        )
        path = self.tree.paths(ends[used])
        trials = Trials.serve(self.tree, path, row, kind, draws)
        self.beliefs.count(trials)
        return trials

    def _ends(self, policy: RoutingPolicy | None) -> list[list[int]]:
        """[2, Z] ends of the low and the high cascades of a policy, by type seen."""
        kinds = len(self.signal.share)
        if policy is None:
            return [[0] * kinds] * 2
        if isinstance(policy, SignalMixture):
            return [[self._end_of(c) for c in side] for side in (policy.low, policy.high)]
        return [[self._end_of(c)] * kinds for c in (policy.low, policy.high)]

    def _end_of(self, cascade: Cascade) -> int:
        if cascade not in self._end:
            self._end[cascade] = self.tree.end(cascade)
        return self._end[cascade]

    def observe_sample(self, sample: FittingSample, seen: FloatArray, price: FloatArray) -> None:
        """Learn from problems at which every model sold was tried; `seen` [k] uniform draws."""
        tables = self._costs.tables
        draws = LevelDraws.of(
            self.tree, tables.population, sample.problem, sample.needed, tables.remainder
        )
        kind = self.signal.seen(sample.problem, seen)
        self.beliefs.count_sample(kind, draws, np.isfinite(price))
