"""Query signals, and the routing policies that choose a cascade by them.

Problems fall into types z. A router sees ẑ = z with chance ρ, else a type drawn by weight, so
P(ẑ | z) = ρ·1[ẑ = z] + (1 − ρ)·w_ẑ. Each query has one uniform draw for this, which all routers
share: where a router of low accuracy sees the true type, one of high accuracy does too.
"""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.errors import DataError
from market.frontier.cascade import Cascade, Mixture, PolicyValue, evaluate_mixture
from market.frontier.pass_curves import CurveTables
from market.population.population import Population


@dataclass(frozen=True, eq=False)
class QuerySignal:
    """A noisy signal of the type of a query.

    Attributes
    ----------
    label
        [n] type of each problem, 0 .. Z−1.
    share
        [Z] chance of each type when the signal is wrong; sums to 1.
    accuracy
        ρ, from 0 (sees nothing) to 1 (sees the type).
    """

    label: IntArray
    share: FloatArray
    accuracy: float

    def joint(self, weight: FloatArray) -> FloatArray:
        """[Z, n] w_i·P(ẑ | z_i): weight of each problem jointly with each type seen.

        Parameters
        ----------
        weight
            [n] problem weights.
        """
        right = np.equal.outer(np.arange(len(self.share)), self.label)
        chance = self.accuracy * right + (1 - self.accuracy) * self.share[:, None]
        return np.asarray(chance * weight, dtype=np.float64)

    def seen(self, problem: IntArray, uniform: FloatArray) -> IntArray:
        """[Q] type seen of each query.

        Parameters
        ----------
        problem
            [Q] index of each query's problem.
        uniform
            [Q] uniform in [0, 1).
        """
        right = uniform < self.accuracy
        # given that it is wrong, the rest of the draw is uniform again: it gives the type seen
        again = (uniform - self.accuracy) / max(1 - self.accuracy, np.finfo(np.float64).tiny)
        guess = np.searchsorted(np.cumsum(self.share), again, side="right")
        return np.where(right, self.label.take(problem), np.minimum(guess, len(self.share) - 1))


def signal_of(
    population: Population, label: IntArray, accuracy: float, types: int = 0
) -> QuerySignal:
    """Signal of the types of a population's problems, wrong types by their weight.

    Parameters
    ----------
    population
        n problems.
    label
        [n] type of each problem.
    accuracy
        ρ.
    types
        Z, if above the highest label plus 1.

    Raises
    ------
    DataError
        `accuracy` is not from 0 to 1.
    """
    if not 0 <= accuracy <= 1:
        raise DataError(f"signal accuracy: {accuracy!r} is not from 0 to 1")
    share = np.bincount(label, weights=population.weight, minlength=types)
    return QuerySignal(label, share.astype(np.float64), accuracy)


@dataclass(frozen=True, eq=False)
class SignalMixture:
    """One mixture of two cascades for each type seen; `high` with chance `share`, else `low`.

    Attributes
    ----------
    query_signal
        What is seen of a query.
    low, high
        Z cascades each, by the type seen.
    share
        Chance of `high`, in (0, 1].
    """

    query_signal: QuerySignal
    low: tuple[Cascade, ...]
    high: tuple[Cascade, ...]
    share: float

    def __str__(self) -> str:
        """Say what it is; the cascades are too many to list."""
        return f"{len(set(self.high))} cascades by what is seen"


RoutingPolicy = Mixture | SignalMixture


def evaluate_policy(
    policy: RoutingPolicy, tables: CurveTables, weight: FloatArray | None = None
) -> PolicyValue:
    """Solve rate and expected list spend of a policy over a population.

    Parameters
    ----------
    policy
        Its models must be in the population, its labels of the population's problems.
    tables
        Curves on the budget grid.
    weight
        [n] weights in place of the population's own.
    """
    if isinstance(policy, Mixture):
        return evaluate_mixture(policy, tables, weight)
    weights = tables.population.weight if weight is None else weight
    # types that are treated alike are one
    joint: dict[Mixture, FloatArray] = {}
    for low, high, weighed in zip(
        policy.low, policy.high, policy.query_signal.joint(weights), strict=True
    ):
        mixture = Mixture(low, high, policy.share)
        joint[mixture] = joint.get(mixture, 0.0) + weighed
    values = [evaluate_mixture(mixture, tables, held) for mixture, held in joint.items()]
    known = tables.checked is not None
    return PolicyValue(
        sum(value.solve_rate for value in values),
        np.sum([value.list_spend for value in values], axis=0),
        sum(value.accepted_rate for value in values) if known else None,
        sum(value.checks for value in values),
        sum(value.harm for value in values),
    )
