"""What one tick's queries led to, and what else was bought, in arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import reduce
from operator import add

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class CheckedFlow:
    """What verifiers made of one segment's queries, where one errs or costs.

    Attributes
    ----------
    accepted
        [S, B] queries with an answer that was accepted, right or wrong, by seller and tier.
    checks
        [S, B] US dollars of checks: the buyers' own in a provider's row, else the arbitrageur's.
    harm
        US dollars that wrong answers which were accepted cost the buyers.
    """

    accepted: FloatArray
    checks: FloatArray
    harm: float

    def __add__(self, other: "CheckedFlow") -> "CheckedFlow":
        """Both."""
        return CheckedFlow(
            self.accepted + other.accepted, self.checks + other.checks, self.harm + other.harm
        )


@dataclass(frozen=True)
class SegmentFlow:
    """What one segment's queries led to.

    Attributes
    ----------
    sent
        Queries sent, served or not.
    served, solved, paid
        [S, B] queries served and solved, and US dollars paid, by seller and reporting tier.
    list_spend
        [S, B, M] list dollars spent on attempts.
    spend_by_need
        [S, D, M] the same by bin of the buyers' base need.
    attempts
        [S, M] attempts made, by seller.
    promised
        Σ solve rate bought, over queries served.
    beyond
        Queries served at a solve rate that nobody sold in the base market.
    surplus
        Σ over queries of what they are worth above what was paid, tastes included, US dollars.
    payments
        US dollars paid, summed query by query.
    sent_by_who, served_by_who, paid_by_who, surplus_by_who
        [W] queries, and US dollars, by whom buyers know and by their need, as the roster has it.
    checked
        What verifiers made of them; None where success is told at once, free and without error.
    """

    sent: int
    served: FloatArray
    solved: FloatArray
    paid: FloatArray
    list_spend: FloatArray
    spend_by_need: FloatArray
    attempts: IntArray
    promised: float
    beyond: int
    surplus: float
    payments: float
    sent_by_who: FloatArray
    served_by_who: FloatArray
    paid_by_who: FloatArray
    surplus_by_who: FloatArray
    checked: CheckedFlow | None = None

    @classmethod
    def total(cls, flows: Sequence["SegmentFlow"]) -> "SegmentFlow":
        """Add up flows, at least one."""
        names = (f.name for f in fields(cls) if f.name != "checked")
        sums = {name: sum(getattr(flow, name) for flow in flows) for name in names}
        known = [flow.checked for flow in flows if flow.checked is not None]
        return cls(**sums, checked=reduce(add, known) if known else None)


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
    quality
        [Q] solve rate bought; NaN where the query was not served.
    solved
        [Q] whether it was solved.
    paid
        [Q] US dollars.
    accepted
        [Q] whether an answer was accepted, right or wrong; None where that is whether it was
        solved.
    """

    segment: str
    buyer: IntArray
    problem: IntArray
    seller: IntArray
    quality: FloatArray
    solved: BoolArray
    paid: FloatArray
    accepted: BoolArray | None = None

    @classmethod
    def join(cls, logs: Sequence["QueryLog"]) -> "QueryLog":
        """Put logs of one segment, at least one, one after the other."""
        columns = [f.name for f in fields(cls) if getattr(logs[0], f.name) is not None]
        columns.remove("segment")
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
