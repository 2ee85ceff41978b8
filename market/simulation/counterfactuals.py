"""Measures that ask what if: other prices, better models, one more query, a planner."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

from market.foundation.arrays import FloatArray, zero_where_infinite
from market.frontier.pass_curves import CurveTables, model_curves
from market.measures.arc_elasticity import Counterfactuals, arc
from market.results.flows import SegmentFlow
from market.simulation.cost_cache import MixCosts
from market.simulation.expectations import ExpectedMarket, ProviderExpectation
from market.simulation.rerouting import spend_on
from market.simulation.seller_views import provider_view
from market.strategies.provider_pricing import ConsidersPrices

if TYPE_CHECKING:
    from market.simulation.agents import Provider
    from market.simulation.model import MarketModel

PRICE_STEP = 0.05  # relative change of a price, up and down, that elasticity is measured by
LOGIT_STEP = 0.05


def expected_revenue(model: "MarketModel") -> FloatArray:
    """[K] see `TickOutcome.expected_revenue`; NaN where this tick is not measured."""
    if not model.measured:
        return np.full(len(model.roster.providers), np.nan)
    shape = (len(model.roster.sellers), len(model.quality), -1)
    paid = zero_where_infinite(model.wholesale_price)
    revenue, sent = np.zeros(len(model.roster.providers)), 0.0
    for segment in model.segments:
        _, list_spend = model.policies(segment.mix)
        buyers = segment.buyers_by_policy(list_spend.shape[0] * list_spend.shape[1])
        queries = (segment.rate * buyers).reshape(shape)
        bought = (queries * list_spend).sum(axis=1)
        revenue += model.roster.by_provider((bought * paid).sum(axis=0))
        sent += segment.rate * segment.size
    return revenue / sent


def planned_surplus(model: "MarketModel", flows: Sequence[SegmentFlow]) -> float:
    """See `TickOutcome.planned`: who is worth serving at marginal cost, by the best cascade."""
    if not model.measured:
        return float("nan")
    price = np.where(np.isfinite(model.price), model.roster.cost_ratio, np.inf)
    for m, a in enumerate(model.roster.student_of.tolist()):
        if a >= 0 and np.isfinite(model.wholesale_price[len(model.roster.providers) + a, m]):
            price[m] = 1.0  # its owner may run it
    total = 0.0
    for segment, flow in zip(model.segments, flows, strict=True):
        cost = model.costs.frontier(model.costs.mixes[segment.mix], price).spend
        total += flow.sent * segment.surplus_at(cost)
    return total


def counterfactuals(model: "MarketModel") -> Counterfactuals | None:
    """What small changes would do, in ticks where that is measured; else None."""
    every = model.rules.perturb_every
    last = model.tick == model.spec.ticks - 1
    if every == "never" or not (last or (every != "end" and model.tick % every == 0)):
        return None
    market = ExpectedMarket.of(model)
    revenue, elasticity, gain = np.full((3, len(model.roster.providers)), np.nan)
    for provider in model.providers:
        slope = _slope(market, provider)
        revenue[provider.index], elasticity[provider.index] = slope
        gain[provider.index] = _gain(model, market, provider)
    capability = np.full(len(model.roster.models), np.nan)
    for provider in model.providers:
        for m in provider.models.tolist():
            capability[m] = capability_revenue(model, market, provider, m)
    return Counterfactuals(
        marginal_revenue_price=revenue,
        elasticity=elasticity,
        marginal_revenue_capability=capability,
        deviation_gain=gain,
    )


def _slope(market: ExpectedMarket, provider: "Provider") -> tuple[float, float]:
    """Marginal revenue and arc elasticity of a provider at its present price."""
    if provider.multiplier == 0:
        return float("nan"), float("nan")
    prices = provider.multiplier * (1 - PRICE_STEP), provider.multiplier * (1 + PRICE_STEP)
    low, high = market.provider_sales(provider.index, np.array(prices)).quantity.tolist()
    return arc((low, high), prices)


def _gain(model: "MarketModel", market: ExpectedMarket, provider: "Provider") -> float:
    """See `Counterfactuals.deviation_gain`."""
    rule = provider.spec.pricing
    if not isinstance(rule, ConsidersPrices):
        return float("nan")
    expected = ProviderExpectation(market, provider.index)
    reply = rule.best_reply(replace(provider_view(model, provider), expected=expected))
    now, best = expected.profit(np.array([provider.multiplier, reply.multiplier])).tolist()
    return max(best / now - 1, 0.0) if now > 0 else float("nan")  # it may stay as it is


def with_shift(tables: CurveTables, model: int, shift: float) -> CurveTables:
    """The same curves, the logit solve probability of one model moved at every problem.

    Problems that it never solves, or always, stay so.
    """
    population = tables.population
    prob = population.solve_prob.copy()
    with np.errstate(divide="ignore"):
        prob[:, model] = expit(logit(prob[:, model]) + shift)
    moved = replace(population, solve_prob=prob, successes=None, attempts=None)
    solved, spend = tables.solved.copy(), tables.spend.copy()
    solved[model], spend[model] = model_curves(
        moved, model, tables.budget[model], "geometric", tables.remainder
    )
    return CurveTables(moved, "geometric", tables.remainder, tables.budget, solved, spend)


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
    menus, spend = market.menus.copy(), market.list_spend.copy()
    paid = zero_where_infinite(market.wholesale_price)
    for x, mix_costs in enumerate(model.costs.mixes):
        other = MixCosts(with_shift(mix_costs.tables, changed, shift), mix_costs.quality)
        menu, policies = provider.list_offer(other)
        menus[x, provider.index] = provider.at_price(menu)
        spend[x, provider.index] = other.list_spend(policies)
        for s in range(len(model.roster.providers), len(paid)):
            price = market.wholesale_price[s]
            if not np.isfinite(menus[x, s]).any() or not np.isfinite(price[changed]):
                continue
            now, then = spend_on(mix_costs, other, price, model.roster.owner == provider.index)
            old = spend[x, s] @ paid[s]
            spend[x, s] = np.maximum(spend[x, s] + then - now, 0.0)
            new = spend[x, s] @ paid[s]
            menus[x, s] *= np.divide(new, old, out=np.ones_like(new), where=old > 0)
    bought = np.einsum("xsg,xsgm->sm", market.sales(menus), spend)
    return float(model.roster.by_provider(bought * paid)[:, provider.index].sum())
