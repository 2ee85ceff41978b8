"""What happened in one tick: the source of every table and measure."""

from dataclasses import dataclass, field
from functools import cached_property
from math import fsum

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray
from market.measures.elasticity import Counterfactuals
from market.measures.formulas import (
    hhi,
    price_dispersion,
    ratio,
    segmentation,
    small_provider_share,
)
from market.results.flows import QueryLog, SegmentFlow
from market.results.payments import Payments, by_mix
from market.results.price_index import PriceIndex
from market.results.roster import NEED_THIRDS, NEEDS, Roster

_CLASSES = ("not_aware", "aware", *(f"{need}_need" for need in NEEDS))  # of buyers


@dataclass(frozen=True)
class TickOutcome:
    """One tick of the market.

    Attributes
    ----------
    tick
        From 0.
    roster
        Names and axes.
    wholesale_price, host_share
        [S, L] US dollars that each seller pays per list dollar of attempts, consumers' price in
        the rows of providers, infinite where it cannot buy; and the part of its attempts at a model
        that it buys there.
    posted
        [X, S, B] least price posted by query mix, seller and reporting tier.
    index
        What baskets cost now, over the base market.
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
    efficiency
        Expected welfare over a planner's; NaN if not measured.
    imbalance
        Largest relative error of the money identities this tick.
    balances, provider_balances
        [A] and [K] US dollars that each has earned since the start.
    queries
        Per segment, where recorded.
    regret
        [A] US dollars that each arbitrageur that learns spends too much for want of knowledge, in
        expectation; NaN for others. None where nobody learns.
    """

    tick: int
    roster: Roster
    wholesale_price: FloatArray
    host_share: FloatArray
    posted: FloatArray
    index: PriceIndex
    flows: tuple[SegmentFlow, ...]
    payments: Payments
    active: BoolArray
    expected_revenue: FloatArray
    counterfactuals: Counterfactuals | None
    efficiency: float
    imbalance: float
    balances: FloatArray
    provider_balances: FloatArray
    queries: tuple[QueryLog, ...] = field(default=())
    regret: FloatArray | None = None

    @cached_property
    def flow(self) -> SegmentFlow:
        """What all segments' queries led to."""
        return SegmentFlow.total(self.flows)

    @property
    def price(self) -> FloatArray:
        """[L] what consumers pay over list price; infinite where it is not on sale to them."""
        price: FloatArray = self.wholesale_price[0]
        return price

    def measures(self) -> dict[str, float]:
        """Compute the market's measures of this tick, by their names in docs and tables."""
        flow, paid_out = self.flow, self.payments
        sent, surplus = float(flow.sent), flow.surplus - float(paid_out.own_fitting.sum())
        # exact sums: sellers that are not there yet, rows of zeros, must not move the last digit
        served, solved, paid = (
            fsum(x.ravel().tolist()) for x in (flow.served, flow.solved, flow.paid)
        )
        revenue, fees = paid_out.provider_revenue, fsum(paid_out.fees)
        by_model = self._by_alike(paid_out.bills_by_need.sum(axis=0))
        profit = float(revenue.sum() - paid_out.provider_cost.sum())
        arbitrage, tax = fsum(paid_out.arbitrage_profit), fsum(paid_out.tax)
        by_owner = self.roster.by_owner(revenue)
        concentration = hhi(by_owner)
        return {
            "price_index": self.index.index,
            "price_index_coverage": self.index.coverage,
            "price_index_paid": self.index.paid,
            "price_per_query": ratio(paid, served),
            "price_per_solution": ratio(paid, solved),
            "solve_rate": ratio(solved, served),
            "mean_tier": ratio(flow.promised, served),
            "served_share": ratio(served, sent),
            "beyond_share": ratio(flow.beyond, served),
            "revenue_per_query": float(self.expected_revenue.sum()),
            "revenue_elasticity": self._revenue_elasticity(revenue),
            "provider_revenue": float(revenue.sum()),
            "provider_profit": profit,
            "arbitrage_profit": arbitrage,
            "arbitrage_net_profit": fsum(self.balances),
            "arbitrage_margin": ratio(arbitrage, fees),
            "arbitrage_share": ratio(float(flow.served[self.roster.resale].sum()), served),
            "tax_revenue": tax,
            "segmentation": segmentation(by_model),
            "segmentation_by_owner": segmentation(
                self.roster.by_owner(self.roster.by_provider(paid_out.bills_by_need.sum(axis=0)))
            ),
            "hhi": concentration,
            "hhi_by_model": hhi(by_model.sum(axis=0)),
            "effective_providers": ratio(1.0, concentration),
            "small_provider_share": small_provider_share(by_owner),
            "small_model_share": small_provider_share(by_model.sum(axis=0)),
            "price_dispersion": price_dispersion(self._prices(), flow.served),
            "consumer_surplus": surplus,
            "producer_surplus": profit,
            "arbitrageur_surplus": arbitrage,
            "welfare": surplus + profit + arbitrage + tax,
            "efficiency": self.efficiency,
            **self._verified(),
            **self._routed_by_buyers(),
            **self._who_gains(),
            "queries_sent": sent,
            "queries_served": served,
            "consumer_payments": paid,
            "imbalance": self.imbalance,
        }

    def _verified(self) -> dict[str, float]:
        """What verifiers let through, and what checks cost; nothing where none errs or costs."""
        flow = self.flow
        if flow.checked is None:
            return {}
        accepted, solved = fsum(flow.checked.accepted.flat), fsum(flow.solved.flat)
        return {
            "accepted_rate": ratio(accepted, fsum(flow.served.flat)),
            "wrong_accepted_share": ratio(accepted - solved, accepted),
            "verification_cost": fsum(flow.checked.checks.flat),
            "wrong_answer_cost": flow.checked.harm,
        }

    def _routed_by_buyers(self) -> dict[str, float]:
        """What buyers route themselves, and who does; nothing where none may."""
        own, flow = self.flow.own_routers, self.flow
        if own is None:
            return {}
        routed, served = float(flow.served[self.roster.own].sum()), fsum(flow.served.flat)
        return {
            "own_routing_share": ratio(routed, served),
            "own_routers": own.routers,
            "own_router_share": ratio(own.routers, own.buyers),
            "own_router_cost": own.cost + float(self.payments.own_fitting.sum()),
        }

    def _who_gains(self) -> dict[str, float]:
        """Surplus per query sent and price per query served, by class of buyers."""
        flow = self.flow
        values = flow.surplus_by_who, flow.sent_by_who, flow.paid_by_who, flow.served_by_who
        shaped = np.array(values).reshape(4, 2, NEED_THIRDS)
        by_class = shaped.sum(axis=2).T.tolist() + shaped.sum(axis=1).T.tolist()
        found = {}
        for name, (gained, sent, paid, served) in zip(_CLASSES, by_class, strict=True):
            found[f"surplus_{name}"] = ratio(gained, sent)
            found[f"price_{name}"] = ratio(paid, served)
        return found

    def _revenue_elasticity(self, revenue: FloatArray) -> float:
        """1 + ε of the providers, weighted by what they earn; NaN where none is measured."""
        if self.counterfactuals is None:
            return float("nan")
        slope = self.counterfactuals.elasticity
        known = np.isfinite(slope) & (revenue > 0)
        return ratio(float(revenue[known] @ (1 + slope[known])), float(revenue[known].sum()))

    def _by_alike(self, by_listing: FloatArray) -> FloatArray:
        """[..., L] models that are the same counted as one, the first listing of them."""
        if self.roster.all_differ:
            return by_listing
        total = np.zeros(by_listing.shape)
        for listing, first in enumerate(self.roster.alike.tolist()):
            total[..., first] += by_listing[..., listing]
        return total

    def by_mix(self, quantity: str) -> FloatArray:
        """[X, S, B] a quantity of the flows, by query mix."""
        return by_mix(self.roster, [getattr(flow, quantity) for flow in self.flows])

    def _prices(self) -> FloatArray:
        """[S, B] posted price, over mixes by what was bought; what was paid where there is none."""
        served = self.by_mix("served")
        sold = np.isfinite(self.posted)
        weight = np.where(sold, served, 0.0)
        asked = np.where(sold, self.posted, 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = (weight * asked).sum(axis=0) / weight.sum(axis=0)
            paid = self.flow.paid / self.flow.served
        return np.where(np.isfinite(mean), mean, np.where(np.isfinite(paid), paid, np.inf))
