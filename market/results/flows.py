"""Who is in the market, and what one tick's queries led to, in arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Roster:
    """Who is in the market; the axes of all arrays.

    Attributes
    ----------
    providers, arbitrageurs, groups, segments, models
        Names: K providers, A arbitrageurs and the group of each, C segments, M models. Sellers are
        the providers, then the arbitrageurs: S = K + A.
    mixes
        X names of the mixes of problems: of the market as a whole, then of segments that differ.
    mix_of
        [C] index of each segment's mix.
    owner
        [M] index of each model's provider; −1 for a student.
    student_of
        [M] index of the arbitrageur that owns a student; −1 for a provider's model.
    cost_ratio
        [M] marginal cost over list price.
    quality
        [G] promised solve rate by tier.
    base_price
        [X, G] market price at list without arbitrage, P⁰.
    base_demand
        [X, G] queries per tick demanded at P⁰, by tier.
    """

    providers: tuple[str, ...]
    arbitrageurs: tuple[str, ...]
    groups: tuple[str, ...]
    segments: tuple[str, ...]
    models: tuple[str, ...]
    mixes: tuple[str, ...]
    mix_of: tuple[int, ...]
    owner: IntArray
    student_of: IntArray
    cost_ratio: FloatArray
    quality: FloatArray
    base_price: FloatArray
    base_demand: FloatArray

    @property
    def sellers(self) -> tuple[str, ...]:
        """Providers, then arbitrageurs."""
        return self.providers + self.arbitrageurs

    def with_costs(self, by_provider: Sequence[float]) -> "Roster":
        """The same, at these marginal costs over list price by provider; of a student, 1."""
        ratio = np.append(np.asarray(by_provider, dtype=np.float64), 1.0)[self.owner]
        return replace(self, cost_ratio=ratio)

    def by_provider(self, by_model: FloatArray) -> FloatArray:
        """Sum the last axis, M models, into K providers."""
        total: FloatArray = by_model @ self._owned
        return total

    def by_arbitrageur(self, by_model: FloatArray) -> FloatArray:
        """Sum the last axis, M models, into the students of A arbitrageurs."""
        total: FloatArray = by_model @ self._students
        return total

    @cached_property
    def _owned(self) -> FloatArray:
        """[M, K] 1 where the provider owns the model, else 0."""
        return np.equal.outer(self.owner, np.arange(len(self.providers))).astype(np.float64)

    @cached_property
    def _students(self) -> FloatArray:
        """[M, A] 1 where the arbitrageur owns the student, else 0."""
        own = np.equal.outer(self.student_of, np.arange(len(self.arbitrageurs)))
        return own.astype(np.float64)


@dataclass(frozen=True)
class SegmentFlow:
    """What one segment's queries led to.

    Attributes
    ----------
    sent
        Queries sent, served or not.
    served, solved, paid
        [S, G] queries served and solved, and US dollars paid, by seller and tier.
    list_spend
        [S, G, M] list dollars spent on attempts.
    attempts
        [M] attempts made.
    surplus
        Σ reservation price − paid over served queries, US dollars.
    payments
        US dollars paid, summed query by query.
    """

    sent: int
    served: FloatArray
    solved: FloatArray
    paid: FloatArray
    list_spend: FloatArray
    attempts: IntArray
    surplus: float
    payments: float

    @classmethod
    def total(cls, flows: Sequence["SegmentFlow"]) -> "SegmentFlow":
        """Add up flows, at least one."""
        return cls(**{f.name: sum(getattr(flow, f.name) for flow in flows) for f in fields(cls)})


@dataclass(frozen=True)
class QueryLog:
    """One row per query sent: who sent it, who served it, and how it ended.

    Attributes
    ----------
    segment
        Name.
    buyer, problem
        [Q] indices.
    seller
        [Q] index; −1 where the query was not served.
    tier
        [Q] index; −1 where the query was not served.
    solved
        [Q] whether it was solved.
    paid
        [Q] US dollars.
    """

    segment: str
    buyer: IntArray
    problem: IntArray
    seller: IntArray
    tier: IntArray
    solved: BoolArray
    paid: FloatArray

    @classmethod
    def join(cls, logs: Sequence["QueryLog"]) -> "QueryLog":
        """Put logs of one segment, at least one, one after the other."""
        columns = (f.name for f in fields(cls) if f.name != "segment")
        return cls(
            logs[0].segment,
            **{c: np.concatenate([getattr(log, c) for log in logs]) for c in columns},
        )


@dataclass(frozen=True)
class Outlays:
    """What arbitrageurs bought this tick that no query asked for.

    Attributes
    ----------
    fitting
        [A, K] US dollars for attempts at random problems.
    tokens
        [A, K] US dollars for a teacher's output.
    training
        [A] US dollars for compute outside the market.
    cost
        [K] marginal cost to the providers of what they sold so.
    """

    fitting: FloatArray
    tokens: FloatArray
    training: FloatArray
    cost: FloatArray

    @classmethod
    def none(cls, arbitrageurs: int, providers: int) -> "Outlays":
        """Nothing bought."""
        fitting, tokens = np.zeros((2, arbitrageurs, providers))
        return cls(fitting, tokens, np.zeros(arbitrageurs), np.zeros(providers))

    def __add__(self, other: "Outlays") -> "Outlays":
        """Both."""
        sums = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        return Outlays(**sums)

    @property
    def total(self) -> FloatArray:
        """[A] US dollars that each arbitrageur paid."""
        paid: FloatArray = self.fitting.sum(axis=1) + self.tokens.sum(axis=1) + self.training
        return paid

    @property
    def to_providers(self) -> FloatArray:
        """[K] US dollars that each provider received."""
        received: FloatArray = (self.fitting + self.tokens).sum(axis=0)
        return received
