"""What better models earn: revenue by a small rise of a model's solve probability, prices held."""

from dataclasses import replace

import numpy as np
from scipy.special import expit, logit

from market.foundation.arrays import FloatArray
from market.frontier.pass_curves import CurveTables, model_curves
from market.simulation.cost_cache import MixCosts
from market.simulation.expectations import ExpectedMarket
from market.simulation.state import MarketState

LOGIT_STEP = 0.05


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
        moved, model, tables.budget, "geometric", tables.remainder
    )
    return CurveTables(moved, "geometric", tables.remainder, tables.budget, solved, spend)


def capability_revenue(model: MarketState, market: ExpectedMarket) -> FloatArray:
    """[M] revenue of each model's provider per unit rise of the model's logit solve probability.

    A central difference. Price multipliers and arbitrageurs' markups are held; a better model
    needs fewer attempts, so menus fall, arbitrageurs route anew and buyers choose anew.

    Parameters
    ----------
    model, market
        The market as it stands.

    Returns
    -------
    US dollars per tick; NaN for students and for models that are not on sale.
    """
    found = np.full(len(model.roster.models), np.nan)
    for m, owner in enumerate(model.roster.owner.tolist()):
        if owner >= 0 and model.providers[owner].active:
            up, down = (_revenue(model, market, m, sign * LOGIT_STEP) for sign in (1, -1))
            found[m] = (up - down) / (2 * LOGIT_STEP)
    return found


def _revenue(model: MarketState, market: ExpectedMarket, changed: int, shift: float) -> float:
    roster, first = model.roster, len(model.providers)
    owner = int(roster.owner[changed])
    menus, spend = market.menus.copy(), market.list_spend.copy()
    for x, mix_costs in enumerate(model.costs.mixes):
        other = MixCosts(with_shift(mix_costs.tables, changed, shift), mix_costs.quality)
        provider = model.providers[owner]
        menu, policies = provider.list_offer(model.costs, other)
        menus[x, owner], spend[x, owner] = provider.at_price(menu), other.list_spend(policies)
        for s in range(first, len(model.sellers)):
            if not np.isfinite(menus[x, s]).any() or not np.isfinite(
                market.wholesale_price[s, changed]
            ):
                continue
            wholesale_price = market.wholesale_price[s]
            now = mix_costs.list_spend(model.costs.quick(mix_costs, wholesale_price).policies)
            then = other.list_spend(model.costs.quick(other, wholesale_price).policies)
            paid = np.where(np.isfinite(wholesale_price), wholesale_price, 0.0)
            old = spend[x, s] @ paid
            spend[x, s] = np.maximum(spend[x, s] + then - now, 0.0)
            new = spend[x, s] @ paid
            menus[x, s] *= np.divide(new, old, out=np.ones_like(new), where=old > 0)
    queries = market.sales(menus)
    bought = np.einsum("xsg,xsgm->sm", queries, spend)
    wholesale_price = np.where(np.isfinite(market.wholesale_price), market.wholesale_price, 0.0)
    return float(roster.by_provider(bought * wholesale_price)[:, owner].sum())
