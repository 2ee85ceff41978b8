"""What one tick's queries led to, and what else was bought, in arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray


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
