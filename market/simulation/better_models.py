"""What a provider would earn by a better model: its problems a little easier, all prices held."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

from market.foundation.arrays import BoolArray, FloatArray, zero_where_infinite
from market.frontier.checked_curves import checked_curves
from market.frontier.pass_curves import CurveTables, model_curves
from market.population.population import Population
from market.simulation.cost_cache import MixCosts, found_once
from market.simulation.expected_market import ExpectedMarket
from market.simulation.offers import PostedMenu
from market.simulation.rerouting import Alternatives, change_on

if TYPE_CHECKING:
    from market.simulation.agents import Provider
    from market.simulation.model import MarketModel

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
        resold, bought = (Shifted(costs, changed, shift) for costs in (mix_costs, direct))
        better = {
            offer: (host.at_price(offer - host.first, listed), spend)
            for host in model.providers
            if changed in host.models
            for offer, (listed, spend) in _better(model, host, bought).items()
        }
        for o in menus:
            s = int(market.seller_of[o])
            quality, price = market.menus.quality[x, o], market.menus.price[x, o]
            spend, asked = market.list_spend[x, o], market.wholesale_price[s]
            if o in better:
                menu, spend = better[o]
                quality, price = menu.quality, menu.weighed
            elif s >= arbitrageurs and np.isfinite(asked[changed]):
                itself = s >= roster.resale.stop  # buyers who route for themselves
                rerouting = model.rerouting_directly if itself else model.rerouting
                near = partial(rerouting.around, x, asked, own, quality)
                more, checked = (bought if itself else resold).change(asked, own, quality, near)
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


@dataclass(frozen=True)
class Shifted:
    """What a query mix would cost if one model got better.

    Attributes
    ----------
    now
        What it costs.
    changed
        Index of the model.
    shift
        Of its logit solve probability.
    """

    now: MixCosts
    changed: int
    shift: float

    @cached_property
    def costs(self) -> MixCosts:
        """Of the other curves, made when needed."""
        made_of = self.now.digest + repr((self.changed, self.shift)).encode()
        return MixCosts(with_shift(self.now.tables, self.changed, self.shift), made_of)

    @property
    def key(self) -> tuple[object, ...]:
        """What it depends on."""
        return self.now.digest, self.changed, self.shift

    def change(
        self,
        asked: FloatArray,
        own: BoolArray,
        quality: FloatArray,
        near: Callable[[], Alternatives],
    ) -> tuple[FloatArray, FloatArray]:
        """What the cheapest cascades spend more; see `change_on`.

        Parameters
        ----------
        asked
            [M] prices over list.
        own
            [M] models whose prices move.
        quality
            [G] solve rates.
        near
            Finds what is best near the prices.
        """
        key = ("change", *self.key, asked.tobytes(), own.tobytes(), quality.tobytes())
        return found_once(key, lambda: change_on(self.now, self.costs, asked, near(), quality))


def _better(
    model: "MarketModel", provider: "Provider", other: Shifted
) -> dict[int, tuple[PostedMenu, FloatArray]]:
    """By offer that one of a provider's models is of, menu at list and [G, M] list spend."""
    changed = other.changed
    if provider.spec.router:
        (menu,) = provider.list_offers(other.costs)
        return {provider.first: (menu, other.costs.list_spend(menu.policies))}

    def found() -> tuple[PostedMenu, FloatArray]:
        alone = np.full(len(model.roster.models), np.inf)
        alone[changed] = 1.0
        market = model.costs.market(other.costs, alone)
        menu = PostedMenu.direct(
            market.quality, market.price, market.policies[changed], other.costs
        )
        spend = np.zeros((len(market.price), len(alone)))
        spend[:, changed] = zero_where_infinite(menu.price)  # at list, spend is the price
        return menu, spend

    offer = provider.first + provider.models.tolist().index(changed)
    return {offer: found_once(("better", *other.key, model.points), found)}
