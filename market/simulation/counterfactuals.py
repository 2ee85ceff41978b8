"""Measures that ask what if: one more query, other prices, better models."""

from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray, zero_where_infinite
from market.foundation.memory import same_objects
from market.measures.elasticity import Counterfactuals, Elasticity, elasticity
from market.measures.formulas import ratio
from market.simulation.better_models import capability_revenue
from market.simulation.expected_market import ExpectedMarket
from market.simulation.expected_sales import provider_sales
from market.simulation.owner_expectations import ProviderExpectation
from market.simulation.owners import Owner, owners
from market.simulation.rerouting import NEAR
from market.strategies.provider_pricing import considers_prices

if TYPE_CHECKING:
    from market.simulation.agents import Provider
    from market.simulation.model import MarketModel

PRICES = np.array([p for p in NEAR if p != 1])  # over the present one, for elasticities


class ExpectedRevenue:
    """Remembers what one more query would earn while nobody buys or pays otherwise."""

    def __init__(self) -> None:
        self._held: tuple[list[object], FloatArray] | None = None

    def of(self, model: "MarketModel") -> FloatArray:
        """[K] see `TickOutcome.expected_revenue`; NaN where this tick is not measured."""
        if not model.measured:
            return np.full(len(model.roster.providers), np.nan)
        made_of: list[object] = [model.roster, model.wholesale]
        for segment in model.segments:
            made_of += model.policies(segment.mix)[1], segment.served_by_point
        if self._held is None or not same_objects(self._held[0], made_of):
            self._held = made_of, _expected_revenue(model)
        return self._held[1]


def _expected_revenue(model: "MarketModel") -> FloatArray:
    roster, wholesale = model.roster, model.wholesale
    paid = (zero_where_infinite(wholesale.listing) * wholesale.share)[model.seller_of]
    revenue, sent = np.zeros(len(model.roster.providers)), 0.0
    for segment in model.segments:
        _, list_spend = model.policies(segment.mix)
        queries = segment.served_by_point.reshape(*list_spend.shape[:2], 1)
        bought = (queries * list_spend).sum(axis=1)
        revenue += roster.by_provider(roster.by_listing(bought, paid).sum(axis=0))
        sent += segment.rate * segment.size
    return revenue / sent


def counterfactuals(model: "MarketModel") -> Counterfactuals | None:
    """What small changes would do, in ticks where that is measured; else None."""
    every = model.rules.perturb_every
    last = model.tick == model.spec.ticks - 1
    if every == "never" or not (last or (every != "end" and model.tick % every == 0)):
        return None
    market = ExpectedMarket.of(model)
    providers = len(model.roster.providers)
    slopes = [Elasticity.none()] * providers
    gain, price = np.full((2, providers), np.nan)
    capability = np.full(len(model.roster.model_of), np.nan)
    for provider in model.providers:
        slopes[provider.index], price[provider.index] = _slope(market, provider)
        for m, listing in zip(provider.models.tolist(), provider.listings.tolist(), strict=True):
            capability[listing] = capability_revenue(model, market, provider, m)
    for owner in owners(model):
        gain[[provider.index for provider in owner.providers]] = _gain(model, market, owner)
    return Counterfactuals.of(slopes, price, capability, gain)


def _slope(market: ExpectedMarket, provider: "Provider") -> tuple[Elasticity, float]:
    """Elasticity of what a provider sells, around its present prices, and its price over list.

    Where its models' prices differ, what is sold counts at these prices, and the price over list is
    the mean over what is sold.
    """
    if not provider.prices.any():
        return Elasticity.none(), 0.0
    if np.isfinite(provider.multiplier):
        around, relative = provider.multiplier * PRICES, None
    else:
        around, relative = PRICES, provider.prices
    sales = provider_sales(market, provider.index, around, relative)
    found = elasticity(sales.by_buyer, sales.count, around)
    return found, provider.multiplier if relative is None else _mean_price(market, provider)


def _mean_price(market: ExpectedMarket, provider: "Provider") -> float:
    """Price over list of what a provider is expected to sell now, the mean over its listings."""
    own, paid = provider.listings, np.zeros(2)
    models, share = market.roster.model_of[own], market.wholesale.share[:, own]
    for trade in market.trades({}):
        spend = market.list_spend[market.buyers[trade.group].mix, trade.offer][:, models]
        spend = spend * share[market.seller_of[trade.offer]]
        for k, bill in enumerate((spend @ provider.prices, spend.sum(axis=1))):
            paid[k] += trade.total(bill).sum()
    return ratio(*paid.tolist())


def _gain(model: "MarketModel", market: ExpectedMarket, owner: Owner) -> float:
    """See `Counterfactuals.deviation_gain`; of all that is merged together."""
    if not considers_prices(owner.lead.spec.pricing):
        return float("nan")
    best = np.array([reply.multiplier for reply in owner.best(model, lambda: market)])
    if len(best) == 1:
        alone = ProviderExpectation(market, owner.lead.index)
        profit = alone.profit(np.append(owner.now, best))
    else:
        profit = owner.expectation(market).profit(np.stack([owner.now, best]))
    now, then = profit.tolist()
    return max(then / now - 1, 0.0) if now > 0 else float("nan")  # it may stay as it is
