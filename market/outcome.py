"""What happened in one tick, in arrays: the source of every table and measure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np
import numpy.typing as npt

from market.metrics import (
    hhi,
    price_dispersion,
    price_index,
    ratio,
    segmentation,
    small_provider_share,
)
from market.population import FloatArray, IntArray


@dataclass(frozen=True)
class Roster:
    """Who is in the market; the axes of all arrays.

    Attributes
    ----------
    providers, arbitrageurs, groups, segments, models
        Names: K providers, A arbitrageurs and the group of each, C segments, M models. Sellers are
        the providers, then the arbitrageurs: S = K + A.
    owner
        [M] index of each model's provider.
    cost_ratio
        [M] marginal cost over list price.
    quality
        [G] promised solve rate by tier.
    base_price
        [G] market price at list without arbitrage, P⁰.
    base_demand
        [G] queries per tick demanded at P⁰, by tier.
    """

    providers: tuple[str, ...]
    arbitrageurs: tuple[str, ...]
    groups: tuple[str, ...]
    segments: tuple[str, ...]
    models: tuple[str, ...]
    owner: IntArray
    cost_ratio: FloatArray
    quality: FloatArray
    base_price: FloatArray
    base_demand: FloatArray

    @property
    def sellers(self) -> tuple[str, ...]:
        """Providers, then arbitrageurs."""
        return self.providers + self.arbitrageurs

    def by_provider(self, by_model: FloatArray) -> FloatArray:
        """Sum the last axis, M models, into K providers."""
        total: FloatArray = by_model @ self._owned
        return total

    @cached_property
    def _owned(self) -> FloatArray:
        """[M, K] 1 where the provider owns the model, else 0."""
        return np.equal.outer(self.owner, np.arange(len(self.providers))).astype(np.float64)


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
    solved: npt.NDArray[np.bool_]
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
class TickOutcome:
    """One tick of the market.

    Attributes
    ----------
    tick
        From 0.
    roster
        Names and axes.
    price
        [M] price multipliers.
    menus
        [S, G] posted prices.
    flows
        By segment, in the roster's order.
    expected_revenue
        [K] US dollars that each provider would earn from one more query sent to the market,
        expected over buyers; NaN in ticks where it is not measured.
    imbalance
        Largest relative error of the money identities this tick.
    balances
        [A] US dollars that each arbitrageur has earned since the start.
    queries
        Per segment, where recorded.
    """

    tick: int
    roster: Roster
    price: FloatArray
    menus: FloatArray
    flows: tuple[SegmentFlow, ...]
    expected_revenue: FloatArray
    imbalance: float
    balances: FloatArray
    queries: tuple[QueryLog, ...] = field(default=())

    @cached_property
    def flow(self) -> SegmentFlow:
        """What all segments' queries led to."""
        return SegmentFlow.total(self.flows)

    @property
    def served(self) -> FloatArray:
        """[S, G] queries served."""
        return self.flow.served

    @property
    def solved(self) -> FloatArray:
        """[S, G] queries solved."""
        return self.flow.solved

    @property
    def paid(self) -> FloatArray:
        """[S, G] US dollars that consumers paid."""
        return self.flow.paid

    @property
    def list_spend(self) -> FloatArray:
        """[S, G, M] list dollars of the attempts made."""
        return self.flow.list_spend

    @property
    def attempts(self) -> IntArray:
        """[M] attempts made."""
        return self.flow.attempts

    @cached_property
    def to_provider(self) -> FloatArray:
        """[S, G, K] provider revenue, by the seller and tier through whom it came."""
        return self.roster.by_provider(self.list_spend * self.price)

    @cached_property
    def revenue_by_seller(self) -> FloatArray:
        """[S, K] provider revenue, by the seller through whom it came."""
        total: FloatArray = self.to_provider.sum(axis=1)
        return total

    @cached_property
    def provider_revenue(self) -> FloatArray:
        """[K] US dollars for attempts, bought by consumers and by arbitrageurs."""
        total: FloatArray = self.revenue_by_seller.sum(axis=0)
        return total

    @cached_property
    def provider_cost(self) -> FloatArray:
        """[K] marginal cost of the attempts made."""
        list_spend: FloatArray = self.list_spend.sum(axis=(0, 1))
        return self.roster.by_provider(list_spend * self.roster.cost_ratio)

    @cached_property
    def arbitrage_spend(self) -> FloatArray:
        """[A] US dollars that each arbitrageur paid to providers."""
        total: FloatArray = self.revenue_by_seller[len(self.roster.providers) :].sum(axis=1)
        return total

    @cached_property
    def arbitrage_fees(self) -> FloatArray:
        """[A] US dollars that each arbitrageur was paid."""
        total: FloatArray = self.paid[len(self.roster.providers) :].sum(axis=1)
        return total

    def measures(self) -> dict[str, float]:
        """Compute the market's measures of this tick, by their names in docs and tables."""
        roster, providers = self.roster, len(self.roster.providers)
        sent, surplus = float(self.flow.sent), self.flow.surplus
        served, solved, paid = (float(x.sum()) for x in (self.served, self.solved, self.paid))
        revenue, fees = self.provider_revenue, float(self.arbitrage_fees.sum())
        profit = float(revenue.sum() - self.provider_cost.sum())
        arbitrage = fees - float(self.arbitrage_spend.sum())
        concentration = hhi(revenue)
        return {
            "price_index": price_index(
                self.paid.sum(axis=0),
                self.served.sum(axis=0),
                self.menus.min(axis=0),
                roster.base_price,
                roster.base_demand,
            ),
            "price_per_query": ratio(paid, served),
            "price_per_solution": ratio(paid, solved),
            "solve_rate": ratio(solved, served),
            "served_share": ratio(served, sent),
            "marginal_revenue_per_query": float(self.expected_revenue.sum()),
            "provider_revenue": float(revenue.sum()),
            "provider_profit": profit,
            "arbitrage_profit": arbitrage,
            "arbitrage_margin": ratio(arbitrage, fees),
            "arbitrage_share": ratio(float(self.served[providers:].sum()), served),
            "segmentation": segmentation(self.to_provider.sum(axis=0)),
            "hhi": concentration,
            "effective_providers": ratio(1.0, concentration),
            "small_provider_share": small_provider_share(revenue),
            "price_dispersion": price_dispersion(self.menus, self.served),
            "consumer_surplus": surplus,
            "producer_surplus": profit,
            "arbitrageur_surplus": arbitrage,
            "welfare": surplus + profit + arbitrage,
            "queries_sent": sent,
            "queries_served": served,
            "consumer_payments": paid,
            "imbalance": self.imbalance,
        }
