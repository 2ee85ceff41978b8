"""Measures that ask what if: one more query, other prices, better models."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

from market.foundation.arrays import FloatArray, zero_where_infinite
from market.frontier.checked_curves import checked_curves
from market.frontier.pass_curves import CurveTables, model_curves
from market.measures.elasticity import Counterfactuals, Elasticity, elasticity
from market.measures.formulas import ratio
from market.population.population import Population
from market.simulation.cost_cache import MixCosts
from market.simulation.expected_market import ExpectedMarket
from market.simulation.expected_sales import provider_sales
from market.simulation.offers import PostedMenu
from market.simulation.owner_expectations import ProviderExpectation
from market.simulation.owners import Owner, owners
from market.simulation.rerouting import NEAR, change_on
from market.strategies.provider_pricing import ConsidersPrices

if TYPE_CHECKING:
    from market.simulation.agents import Provider
    from market.simulation.model import MarketModel

PRICES = np.array([p for p in NEAR if p != 1])  # over the present one, for elasticities
LOGIT_STEP = 0.05


def expected_revenue(model: "MarketModel") -> FloatArray:
    """[K] see `TickOutcome.expected_revenue`; NaN where this tick is not measured."""
    if not model.measured:
        return np.full(len(model.roster.providers), np.nan)
    roster, wholesale = model.roster, model.wholesale
    paid = (zero_where_infinite(wholesale.listing) * wholesale.share)[model.seller_of]
    revenue, sent = np.zeros(len(model.roster.providers)), 0.0
    for segment in model.segments:
        _, list_spend = model.policies(segment.mix)
        queries = segment.queries_by_point(list_spend[..., 0].size)
        bought = (queries.reshape(*list_spend.shape[:2], 1) * list_spend).sum(axis=1)
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
    if not isinstance(owner.lead.spec.pricing, ConsidersPrices):
        return float("nan")
    best = np.array([reply.multiplier for reply in owner.best(model, lambda: market)])
    if len(best) == 1:
        alone = ProviderExpectation(market, owner.lead.index)
        profit = alone.profit(np.append(owner.now, best))
    else:
        profit = owner.expectation(market).profit(np.stack([owner.now, best]))
    now, then = profit.tolist()
    return max(then / now - 1, 0.0) if now > 0 else float("nan")  # it may stay as it is


def with_shift(tables: CurveTables, model: int, shift: float) -> CurveTables:
    """The same curves, the logit solve probability of one model moved at every problem.

    Problems that it never solves, or always, stay so.
    """
    population = tables.population
    prob = population.solve_prob.copy()
    with np.errstate(divide="ignore"):
        prob[:, model] = expit(logit(prob[:, model]) + shift)
    moved = replace(population, solve_prob=prob, successes=None, attempts=None)
    if tables.checked is not None:
        return _checked_shift(tables, moved, model)
    solved, spend = tables.solved.copy(), tables.spend.copy()
    solved[model], spend[model] = model_curves(
        moved, model, tables.budget[model], "geometric", tables.remainder
    )
    return CurveTables(moved, "geometric", tables.remainder, tables.budget, solved, spend)


def _checked_shift(tables: CurveTables, moved: Population, model: int) -> CurveTables:
    """The same where a verifier errs or costs."""
    assert tables.checked is not None
    checked = replace(tables.checked, prob=moved.solve_prob)
    budget, remainder = tables.budget[model], tables.remainder
    found = checked_curves(moved, model, budget, "geometric", remainder, checked)
    curves = {}
    for name in ("accepted", "solved", "spend", "checks", "harm"):
        curves[name] = getattr(tables, name).copy()
        curves[name][model] = getattr(found, name)
    return CurveTables(moved, "geometric", remainder, tables.budget, checked=checked, **curves)


def capability_revenue(
    model: "MarketModel", market: ExpectedMarket, provider: "Provider", changed: int
) -> float:
    """Revenue of a provider per unit rise of one of its models' logit solve probability.

    A central difference. Price multipliers and arbitrageurs' markups are held; a better model
    needs fewer attempts, so menus fall, arbitrageurs route anew and buyers choose anew.

    Parameters
    ----------
    model, market
        The market as it stands.
    provider
        Whose revenue.
    changed
        Index of the model that gets better.

    Returns
    -------
    US dollars per tick.
    """
    up, down = (_revenue(model, market, provider, changed, s * LOGIT_STEP) for s in (1, -1))
    return (up - down) / (2 * LOGIT_STEP)


def _revenue(
    model: "MarketModel", market: ExpectedMarket, provider: "Provider", changed: int, shift: float
) -> float:
    roster, arbitrageurs = model.roster, len(model.roster.providers)
    paid = zero_where_infinite(market.wholesale_price)[market.seller_of]  # [O, M]
    # [O, M] what the provider gets of each list dollar
    wholesale, listings = market.wholesale, provider.listings
    received = np.zeros(paid.shape)
    received[:, provider.models] = (zero_where_infinite(wholesale.listing) * wholesale.share)[
        :, listings
    ][market.seller_of]
    own = np.isin(np.arange(len(roster.models)), provider.models)
    menus: dict[int, list[tuple[FloatArray, FloatArray]]] = {o: [] for o in market.menus.sold()}
    spends: dict[int, list[FloatArray]] = {o: [] for o in menus}
    for x, (mix_costs, direct) in enumerate(
        zip(model.costs.mixes, model.costs.direct, strict=True)
    ):
        other = _shifted(mix_costs, changed, shift)
        own_other = other if direct is mix_costs else _shifted(direct, changed, shift)
        better = {
            offer: (host.at_price(offer - host.first, listed), spend)
            for host in model.providers
            if changed in host.models
            for offer, (listed, spend) in _better(model, host, own_other, changed).items()
        }
        changes: dict[bytes, tuple[FloatArray, FloatArray]] = {}
        for o in menus:
            s = int(market.seller_of[o])
            quality, price = market.menus.quality[x, o], market.menus.price[x, o]
            spend, asked = market.list_spend[x, o], market.wholesale_price[s]
            if o in better:
                menu, spend = better[o]
                quality, price = menu.quality, menu.weighed
            elif s >= arbitrageurs and np.isfinite(asked[changed]):
                itself = s >= roster.resale.stop  # buyers who route for themselves
                key = bytes([itself]) + asked.tobytes() + quality.tobytes()
                if key not in changes:
                    if itself:
                        near = model.rerouting_directly.around(x, asked, own, quality)
                        changes[key] = change_on(direct, own_other, asked, near, quality)
                    else:
                        near = model.rerouting.around(x, asked, own, quality)
                        changes[key] = change_on(mix_costs, other, asked, near, quality)
                more, checked = changes[key]
                checks, beside = market.checks[x, o], market.beside[x, o]
                price = price - beside
                old, spend = spend @ paid[o], np.maximum(spend + more, 0.0)
                new = spend @ paid[o]
                if itself:
                    beside = np.maximum(beside + checked, 0.0)
                else:
                    old, new = old + checks, new + np.maximum(checks + checked, 0.0)
                moved = np.divide(new, old, out=np.ones_like(old), where=old > 0)
                price = np.where(old > 0, price * moved, price) + beside
            menus[o].append((quality, price))
            spends[o].append(spend)
    revenue = 0.0
    for trade in market.trades(menus):
        bill = spends[trade.offer][market.buyers[trade.group].mix] * received[trade.offer]
        revenue += float(trade.total(bill[:, own].sum(axis=1)).sum())
    return revenue


def _shifted(costs: MixCosts, changed: int, shift: float) -> MixCosts:
    """What a mix would cost if one model got better."""
    made_of = costs.digest + repr((changed, shift)).encode()
    return MixCosts(with_shift(costs.tables, changed, shift), made_of)


def _better(
    model: "MarketModel", provider: "Provider", other: MixCosts, changed: int
) -> dict[int, tuple[PostedMenu, FloatArray]]:
    """By offer that one of a provider's models is of, menu at list and [G, M] list spend."""
    if provider.spec.router:
        (menu,) = provider.list_offers(other)
        return {provider.first: (menu, other.list_spend(menu.policies))}
    alone = np.full(len(model.roster.models), np.inf)
    alone[changed] = 1.0
    market = model.costs.market(other, alone)
    menu = PostedMenu.direct(market.quality, market.price, market.policies[changed], other)
    spend = np.zeros((len(market.price), len(alone)))
    spend[:, changed] = zero_where_infinite(menu.price)  # at list, what is spent is the price
    return {provider.first + provider.models.tolist().index(changed): (menu, spend)}
