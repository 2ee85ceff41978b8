"""What routers lose while they learn, rule by rule, over several streams of queries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError
from market.foundation.random_streams import Streams
from market.frontier.cascade_steps import true_steps
from market.frontier.cascade_tree import cascade_tree
from market.frontier.pass_curves import CurveTables
from market.frontier.query_signal import QuerySignal
from market.measures.intervals import estimate
from market.population.problem_types import type_places
from market.strategies.cascade_beliefs import ViewBySteps
from market.strategies.learned_schedule import SupportedPolicies, supported_policies
from market.strategies.learning_routers import BeliefRouter
from market.strategies.learning_rules import rules_of
from market.strategies.learning_stream import LearningCurve, World, learn_stream
from market.strategies.step_beliefs import PublicCurves

_STRENGTH = 16.0  # queries that what menus tell counts as, as in scenarios
_POLICIES = 512  # of the convex hull, between which the value of a solution is found


@dataclass(frozen=True, eq=False)
class RegretStudy:
    """Learning curves of rules that see the same of the same kind of queries.

    Attributes
    ----------
    value
        US dollars of a solution: at which one who knows the models solves `solve_rate` of queries.
    solve_rate, spend
        What one who knows the models solves and spends per query at that value.
    curves
        By rule, R streams each.
    """

    value: float
    solve_rate: float
    spend: float
    curves: Mapping[str, tuple[LearningCurve, ...]]

    @property
    def best(self) -> float:
        """US dollars per query that the best cascades are worth, net of spend."""
        return self.value * self.solve_rate - self.spend

    def to_json(self) -> dict[str, Any]:
        """What was lost, by rule and number of queries; charts are made of it."""
        return {
            "value": self.value,
            "solve_rate": self.solve_rate,
            "spend": self.spend,
            "best": self.best,
            "rules": [_rule_as_json(name, curves) for name, curves in self.curves.items()],
        }


def _rule_as_json(name: str, curves: Sequence[LearningCurve]) -> dict[str, Any]:
    served = curves[0].served
    # a dozen numbers of queries, evenly on a logarithmic axis
    at = np.unique(np.searchsorted(served, np.geomspace(served[0], served[-1], 12) * (1 - 1e-9)))
    lost = estimate(np.array([curve.cumulative[at] for curve in curves]).T)
    each = np.diff(lost.mean, prepend=0.0) / np.diff(served[at], prepend=0.0)
    after = np.array([curve.profitable_after for curve in curves])
    bounds = np.array([lost.low, lost.high])
    return {
        "name": name,
        "slope": estimate(np.array([curve.slope() for curve in curves])).to_json(),
        # where most streams come that far
        "profitable_after": None if np.isnan(after).mean() > 0.5 else float(np.nanmedian(after)),
        "points": [
            {
                "queries": int(served[k]),
                "regret": float(lost.mean[i]),
                "low": None if np.isnan(bounds[0, i]) else float(bounds[0, i]),
                "high": None if np.isnan(bounds[1, i]) else float(bounds[1, i]),
                "per_query": float(each[i]),
            }
            for i, k in enumerate(at.tolist())
        ],
    }


def study_regret(
    tables: CurveTables,
    query_signal: QuerySignal,
    price: FloatArray,
    solve_rate: float,
    rules: Sequence[str],
    *,
    queries: int,
    batches: int = 200,
    streams: int = 8,
    seed: int = 1,
    fitting: int = 0,
    explore: float = 0.0,
    stages: int = 2,
    levels: int = 6,
    progress: Callable[[int, int], None] | None = None,
) -> RegretStudy:
    """Let rules learn on the same kind of queries, several streams each.

    Parameters
    ----------
    tables, query_signal, price
        What is met: curves, what is seen of a query, and prices over list [M].
    solve_rate
        Share of queries that one who knows the models would solve; fixes what a solution is worth.
    rules
        Names, of :data:`market.strategies.learning_rules.RULES`.
    queries, batches
        In all, and how often what was seen is learned from.
    streams, seed
        R, and the seed of the first.
    fitting, explore
        Queries at which every model is tried before, and share of queries later.
    stages, levels
        Of the cascades.
    progress
        Told how many streams are done, and how many there are.

    Raises
    ------
    DataError
        A rule that is not known, or a solve rate that no cascade reaches.
    """
    learns = rules_of(rules)
    tree = cascade_tree(tables, stages, levels)
    joint = query_signal.joint(tables.population.weight)
    truth = ViewBySteps(tree, true_steps(tree, tables, joint))
    known = supported_policies(tree, truth, joint.sum(axis=1), price, _POLICIES)
    value, at = value_of(known, solve_rate)
    world, public = World(tables, query_signal, price, value), PublicCurves.of(tree, tables)
    place = type_places(tables.population, query_signal.label, len(query_signal.share))
    size = max(queries // batches, 1)
    found: dict[str, tuple[LearningCurve, ...]] = {}
    draws = Streams(seed)
    for done, name in enumerate(learns):
        curves = []
        for stream in range(streams):
            router = BeliefRouter(learns[name].make(tree, place, public, _STRENGTH))
            # all rules meet the same queries; what a rule draws moves none of them
            rng = draws.generator("regret queries", str(stream))
            own = draws.generator("regret rule", f"{name}/{stream}")
            met = [size] * min(batches, queries)
            curves.append(
                learn_stream(
                    tree, {0: world}, router, met, rng, own, fitting=fitting, explore=explore
                )
            )
            if progress is not None:
                progress(done * streams + stream + 1, len(learns) * streams)
        found[name] = tuple(curves)
    return RegretStudy(value, float(known.rate[at]), float(known.paid[at]), found)


def value_of(known: SupportedPolicies, solve_rate: float) -> tuple[float, int]:
    """US dollars of a solution at which a solve rate is worth its cost, and the best policy there.

    Raises
    ------
    DataError
        No policy reaches it.
    """
    if not 0 < solve_rate <= known.rate[-1]:
        raise DataError(
            f"solve rate {solve_rate:g}: cascades reach {known.rate[-1]:.4g}; give a rate above 0 "
            "and up to that, by --solve-rate or as the middle of quality_tiers"
        )
    above = max(int(np.searchsorted(known.rate, solve_rate)), 1)
    rise = float(known.rate[above] - known.rate[above - 1])
    value = float(known.paid[above] - known.paid[above - 1]) / rise
    net = value * known.rate - known.paid
    return value, int(np.argmax(net))
