"""What happened in one tick: the source of every table and measure."""

from dataclasses import dataclass, field
from functools import cached_property
from math import fsum

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray
from market.measures.arc_elasticity import Counterfactuals
from market.measures.formulas import (
    hhi,
    price_dispersion,
    price_index,
    ratio,
    segmentation,
    small_provider_share,
)
from market.results.flows import QueryLog, SegmentFlow
from market.results.payments import Payments, by_mix
from market.results.roster import Roster


@dataclass(frozen=True)
class TickOutcome:
    """One tick of the market.

    Attributes
    ----------
    tick
        From 0.
    roster
        Names and axes.
    wholesale_price
        [S, M] US dollars that each seller pays per list dollar of attempts, consumers' price in
        the rows of providers; infinite where it cannot buy.
    menus
        [X, S, G] posted prices by query mix, seller and tier.
    flows
        By segment, in the roster's order.
    payments
        Who paid whom for what.
    active
        [S] whether each seller was in the market.
    expected_revenue
        [K] US dollars that each provider would earn from one more query sent to the market,
        expected over buyers; NaN in ticks where it is not measured.
    counterfactuals
        What other prices and better models would do; None in ticks where it is not measured.
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
    wholesale_price: FloatArray
    menus: FloatArray
    flows: tuple[SegmentFlow, ...]
    payments: Payments
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
    def price(self) -> FloatArray:
        """[M] what consumers pay over list price; infinite where a model is not on sale to them."""
        price: FloatArray = self.wholesale_price[0]
        return price

    def measures(self) -> dict[str, float]:
        """Compute the market's measures of this tick, by their names in docs and tables."""
        roster, providers = self.roster, len(self.roster.providers)
        flow, paid_out = self.flow, self.payments
        sent, surplus = float(flow.sent), flow.surplus
        # exact sums: sellers that are not there yet, rows of zeros, must not move the last digit
        served, solved, paid = (fsum(x.flat) for x in (flow.served, flow.solved, flow.paid))
        revenue, fees = paid_out.provider_revenue, fsum(paid_out.fees)
        profit = float(revenue.sum() - paid_out.provider_cost.sum())
        arbitrage, tax = fsum(paid_out.arbitrage_profit), fsum(paid_out.tax)
        concentration = hhi(revenue)
        welfare = surplus + profit + arbitrage + tax
        return {
            "price_index": self._price_index(),
            "price_per_query": ratio(paid, served),
            "price_per_solution": ratio(paid, solved),
            "solve_rate": ratio(solved, served),
            "mean_tier": ratio(float(flow.served.sum(axis=0) @ roster.quality), served),
            "served_share": ratio(served, sent),
            "marginal_revenue_per_query": float(self.expected_revenue.sum()),
            "provider_revenue": float(revenue.sum()),
            "provider_profit": profit,
            "arbitrage_profit": arbitrage,
            "arbitrage_margin": ratio(arbitrage, fees),
            "arbitrage_share": ratio(float(flow.served[providers:].sum()), served),
            "tax_revenue": tax,
            "segmentation": segmentation(paid_out.to_provider.sum(axis=0)),
            "hhi": concentration,
            "effective_providers": ratio(1.0, concentration),
            "small_provider_share": small_provider_share(revenue),
            "price_dispersion": price_dispersion(self._posted(), flow.served),
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
        """[X, S, G] a quantity of the flows, by query mix."""
        return by_mix(self.roster, [getattr(flow, quantity) for flow in self.flows])

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
