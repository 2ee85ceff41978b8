"""What happened in one tick: the source of every table and measure."""

from dataclasses import dataclass, field
from functools import cached_property
from math import fsum

import numpy as np

from market.results.flows import Outlays, QueryLog, Roster, SegmentFlow
from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.measures.arc_elasticity import Counterfactuals
from market.measures.formulas import (
    hhi,
    price_dispersion,
    price_index,
    ratio,
    segmentation,
    small_provider_share,
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
        [M] what consumers pay over list price; infinite where a model is not on sale to them.
    wholesale_price
        [S, M] US dollars that each seller's attempts cost per list dollar; 0 where it has none.
    menus
        [X, S, G] posted prices by mix of problems, seller and tier.
    flows
        By segment, in the roster's order.
    outlays
        What arbitrageurs bought besides.
    tax
        [A] US dollars of tax on each arbitrageur's fees.
    fixed_cost
        [K] US dollars that it cost each provider to be in the market.
    active
        [S] whether each seller was in the market.
    expected_revenue
        [K] US dollars that each provider would earn from one more query sent to the market,
        expected over buyers; NaN in ticks where it is not measured.
    counterfactuals
        What perturbed prices and capabilities would do; None in ticks where it is not measured.
    planned
        US dollars of surplus that a planner would make of this tick's queries; NaN if not measured.
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
    wholesale_price: FloatArray
    menus: FloatArray
    flows: tuple[SegmentFlow, ...]
    outlays: Outlays
    tax: FloatArray
    fixed_cost: FloatArray
    active: BoolArray
    expected_revenue: FloatArray
    counterfactuals: Counterfactuals | None
    planned: float
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
    def attempt_bills(self) -> FloatArray:
        """[S, G, M] US dollars that the attempts cost the seller that had them made."""
        return self.list_spend * self.wholesale_price[:, None, :]

    @cached_property
    def to_provider(self) -> FloatArray:
        """[S, G, K] provider revenue from queries, by the seller and tier through whom it came."""
        return self.roster.by_provider(self.attempt_bills)

    @cached_property
    def revenue_by_seller(self) -> FloatArray:
        """[S, K] provider revenue from queries, by the seller through whom it came."""
        total: FloatArray = self.to_provider.sum(axis=1)
        return total

    @cached_property
    def provider_revenue(self) -> FloatArray:
        """[K] US dollars for attempts, for fitting samples and for tokens."""
        total: FloatArray = self.revenue_by_seller.sum(axis=0) + self.outlays.to_providers
        return total

    @cached_property
    def provider_cost(self) -> FloatArray:
        """[K] marginal cost of what was sold, and the cost of being in the market."""
        list_spend: FloatArray = self.list_spend.sum(axis=(0, 1))
        marginal = self.roster.by_provider(list_spend * self.roster.cost_ratio)
        return marginal + self.outlays.cost + self.fixed_cost

    @cached_property
    def arbitrage_spend(self) -> FloatArray:
        """[A] US dollars that attempts cost each arbitrageur, its student's compute included."""
        first = len(self.roster.providers)
        bought: FloatArray = self.attempt_bills[first:].sum(axis=(1, 2))
        own = self.roster.by_arbitrageur(self.list_spend.sum(axis=1))[first:]  # [A, A]
        others: FloatArray = own.sum(axis=0) - np.diagonal(own)
        return bought + others  # compute of attempts that others had its student make

    @cached_property
    def student_sales(self) -> FloatArray:
        """[A] US dollars that other arbitrageurs paid for attempts of each one's student."""
        first = len(self.roster.providers)
        bills = self.roster.by_arbitrageur(self.attempt_bills.sum(axis=1))[first:]
        sales: FloatArray = bills.sum(axis=0) - np.diagonal(bills)
        return sales

    @cached_property
    def arbitrage_fees(self) -> FloatArray:
        """[A] US dollars that each arbitrageur was paid by consumers."""
        total: FloatArray = self.paid[len(self.roster.providers) :].sum(axis=1)
        return total

    @cached_property
    def arbitrage_profit(self) -> FloatArray:
        """[A] fees and sales of a student less spend, tax and outlays."""
        return (
            self.arbitrage_fees
            + self.student_sales
            - self.arbitrage_spend
            - self.tax
            - self.outlays.total
        )

    def measures(self) -> dict[str, float]:
        """Compute the market's measures of this tick, by their names in docs and tables."""
        roster, providers = self.roster, len(self.roster.providers)
        sent, surplus = float(self.flow.sent), self.flow.surplus
        # exact sums: sellers that are not there yet, rows of zeros, must not move the last digit
        served, solved, paid = (fsum(x.flat) for x in (self.served, self.solved, self.paid))
        revenue, fees = self.provider_revenue, fsum(self.arbitrage_fees)
        profit = float(revenue.sum() - self.provider_cost.sum())
        arbitrage, tax = fsum(self.arbitrage_profit), fsum(self.tax)
        concentration = hhi(revenue)
        welfare = surplus + profit + arbitrage + tax
        return {
            "price_index": self._price_index(),
            "price_per_query": ratio(paid, served),
            "price_per_solution": ratio(paid, solved),
            "solve_rate": ratio(solved, served),
            "mean_tier": ratio(float(self.served.sum(axis=0) @ roster.quality), served),
            "served_share": ratio(served, sent),
            "marginal_revenue_per_query": float(self.expected_revenue.sum()),
            "provider_revenue": float(revenue.sum()),
            "provider_profit": profit,
            "arbitrage_profit": arbitrage,
            "arbitrage_margin": ratio(arbitrage, fees),
            "arbitrage_share": ratio(float(self.served[providers:].sum()), served),
            "tax_revenue": tax,
            "segmentation": segmentation(self.to_provider.sum(axis=0)),
            "hhi": concentration,
            "effective_providers": ratio(1.0, concentration),
            "small_provider_share": small_provider_share(revenue),
            "price_dispersion": price_dispersion(self._posted(), self.served),
            "consumer_surplus": surplus,
            "producer_surplus": profit,
            "arbitrageur_surplus": arbitrage,
            "welfare": welfare,
            "efficiency": ratio(welfare, self.planned),
            "queries_sent": sent,
            "queries_served": served,
            "consumer_payments": paid,
            "imbalance": self.imbalance,
        }

    def by_mix(self, quantity: str) -> FloatArray:
        """[X, S, G] a quantity of the flows, by mix of problems."""
        total: FloatArray = np.zeros_like(self.menus)
        for mix, flow in zip(self.roster.mix_of, self.flows, strict=True):
            total[mix] += getattr(flow, quantity)
        return total

    def _price_index(self) -> float:
        roster = self.roster
        return price_index(
            self.by_mix("paid").sum(axis=1).ravel(),
            self.by_mix("served").sum(axis=1).ravel(),
            self.menus.min(axis=1).ravel(),
            roster.base_price.ravel(),
            roster.base_demand.ravel(),
        )

    def _posted(self) -> FloatArray:
        """[S, G] posted price, over mixes by what was bought at each."""
        if len(self.menus) == 1:
            return np.asarray(self.menus[0], dtype=np.float64)
        served = self.by_mix("served")
        weight = np.where(np.isfinite(self.menus), served, 0.0)
        posted = np.where(np.isfinite(self.menus), self.menus, 0.0)
        with np.errstate(invalid="ignore"):
            mean: FloatArray = (weight * posted).sum(axis=0) / weight.sum(axis=0)
        return np.where(np.isfinite(mean), mean, np.inf)
