"""What one tick's queries led to, and what else was bought, in arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
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
class OwnRouterFlow:
    """The own routers that one segment's buyers run this tick.

    Attributes
    ----------
    routers, buyers
        How many of them do, and how many there are.
    cost
        US dollars of fixed cost.
    """

    routers: float
    buyers: float
    cost: float

    def __add__(self, other: "OwnRouterFlow") -> "OwnRouterFlow":
        """Both."""
        return OwnRouterFlow(
            self.routers + other.routers, self.buyers + other.buyers, self.cost + other.cost
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
    own_routers
        What buyers run themselves; None where they cannot.
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
    own_routers: OwnRouterFlow | None = None

    @classmethod
    def total(cls, flows: Sequence["SegmentFlow"]) -> "SegmentFlow":
        """Add up flows, at least one."""
        if len(flows) == 1:
            return flows[0]
        names = (f.name for f in fields(cls) if f.name not in ("checked", "own_routers"))
        sums = {name: sum(getattr(flow, name) for flow in flows) for name in names}
        known = [flow.checked for flow in flows if flow.checked is not None]
        own = [flow.own_routers for flow in flows if flow.own_routers is not None]
        return cls(
            **sums,
            checked=reduce(add, known) if known else None,
            own_routers=reduce(add, own) if own else None,
        )

    def with_own_routers(self, by_who: FloatArray, buyers: int, fixed_cost: float) -> "SegmentFlow":
        """The same, where some of the buyers pay for a router of their own.

        Parameters
        ----------
        by_who
            [W] how many do, by class of buyers.
        buyers
            How many buyers there are.
        fixed_cost
            US dollars that each of these pays in the tick.
        """
        routers = float(by_who.sum())
        return replace(
            self,
            surplus=self.surplus - fixed_cost * routers,
            surplus_by_who=self.surplus_by_who - fixed_cost * by_who,
            own_routers=OwnRouterFlow(routers, float(buyers), fixed_cost * routers),
        )


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
    """What arbitrageurs, and buyers, bought this tick that no query asked for.

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
    own_fitting
        [R, K] US dollars for attempts at random problems, by buyers who may route for themselves.
    """

    fitting: FloatArray
    tokens: FloatArray
    training: FloatArray
    cost: FloatArray
    own_fitting: FloatArray

    @classmethod
    def none(cls, arbitrageurs: int, providers: int, own_routers: int = 0) -> "Outlays":
        """Nothing bought."""
        fitting, tokens = np.zeros((2, arbitrageurs, providers))
        own = np.zeros((own_routers, providers))
        return cls(fitting, tokens, np.zeros(arbitrageurs), np.zeros(providers), own)

    def __add__(self, other: "Outlays") -> "Outlays":
        """Both."""
        sums = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        return Outlays(**sums)
