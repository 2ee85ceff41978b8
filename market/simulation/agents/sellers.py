"""Sellers: they hold prices, policies and what they know, and leave every decision to a rule."""

from collections.abc import Sequence

import mesa
import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.frontier.cost_schedule import CostSchedule
from market.frontier.query_signal import RoutingPolicy
from market.scenario.schema import ArbitrageurGroup, ProviderSpec
from market.simulation.cost_cache import CostCache, MixCosts
from market.simulation.menus import cheapest_good_enough
from market.strategies.market_view import MarketView, ProviderView, Quote, Turn

Policies = tuple[RoutingPolicy | None, ...]


class Seller(mesa.Agent):
    """Posts a menu for each mix of problems: a price per query, and the policy that serves it.

    Attributes
    ----------
    name
        Unique among sellers.
    active
        Whether it is in the market.
    menus
        [X, G] US dollars per query; infinite where the tier is not sold.
    policies
        X rows of G policies; None where the tier is not sold.
    balance
        US dollars earned since the start.
    """

    def __init__(self, model: mesa.Model, name: str, mixes: int, tiers: int) -> None:
        super().__init__(model)
        self.name = name
        self.active = False
        self.balance = 0.0
        self.nothing: tuple[Policies, ...] = ((None,) * tiers,) * mixes
        self.menus: FloatArray = np.full((mixes, tiers), np.inf)
        self.policies: tuple[Policies, ...] = self.nothing

    def quote(self, mix: int = 0) -> Quote:
        """Its menu for one mix of problems as others may see it."""
        return Quote(self.name, self.menus[mix])

    def withdraw(self) -> None:
        """Sell nothing."""
        self.menus = np.full(self.menus.shape, np.inf)
        self.policies = self.nothing


class Provider(Seller):
    """Sells attempts at its own models, paid as you go.

    Attributes
    ----------
    models
        Indices of its models in the population.
    multiplier
        Price over list price.
    list_menus
        [X, G] its menus at list price.
    past
        Its last two turns.
    gone
        Whether losses have driven it out.
    """

    def __init__(
        self, model: mesa.Model, spec: ProviderSpec, models: Sequence[int], costs: CostCache
    ) -> None:
        super().__init__(model, spec.name, len(costs.mixes), len(costs.quality))
        self.models = np.array(models, dtype=np.int64)
        self.multiplier = 1.0
        self.past: tuple[Turn, ...] = ()
        self.gone = False
        self.list_menus: FloatArray
        self.update(spec, costs)

    def update(self, spec: ProviderSpec, costs: CostCache) -> None:
        """Go by these rules from now on."""
        self.spec = spec
        offers = [self.list_offer(costs, mix_costs) for mix_costs in costs.mixes]
        self.list_menus = np.array([menu for menu, _ in offers])
        self._list_policies = tuple(policies for _, policies in offers)

    def list_offer(self, costs: CostCache, mix_costs: MixCosts) -> tuple[FloatArray, Policies]:
        """[G] its menu at list price on one mix of problems, and the policies behind it."""
        alone = np.full(len(mix_costs.tables.models), np.inf)
        alone[self.models] = 1.0
        if self.spec.router:
            own = costs.quick(mix_costs, alone)
            return own.spend, own.policies
        market = mix_costs.market(alone)
        cheapest = market.cost.argmin(axis=0)
        return market.price, tuple(market.policies[m][g] for g, m in enumerate(cheapest.tolist()))

    def is_due(self, tick: int) -> bool:
        """Whether it is in the market at a tick."""
        until = self.spec.active_until
        return not self.gone and self.spec.active_from <= tick and (until is None or tick < until)

    def set_price(self, view: ProviderView) -> None:
        """Let the pricing rule decide."""
        self.multiplier = self.spec.pricing.multiplier(view)

    def post(self) -> None:
        """Post the cheapest of its models at each tier."""
        self.menus = self.at_price(self.list_menus)
        self.policies = self._list_policies

    def at_price(self, list_menus: FloatArray) -> FloatArray:
        """Menus at its present price, from those at list price."""
        sold = np.isfinite(list_menus)
        return np.where(sold, self.multiplier * np.where(sold, list_menus, 0.0), np.inf)

    def learn(self, profit: float) -> None:
        """Take note of a tick's profit; leave when losses exceed the limit."""
        self.past = (*self.past[-1:], Turn(self.multiplier, profit))
        self.balance += profit
        limit = self.spec.loss_limit
        self.gone = self.gone or (limit is not None and self.balance < -limit)


class Arbitrageur(Seller):
    """Sells solved work at a fixed fee per query, and pays providers for the attempts.

    Attributes
    ----------
    number
        From 0 within its group.
    sample
        What its fitting budget showed, and the problem of each of its rows; None before it has
        fitted, or where it knows everything.
    student
        Whether it has distilled its student.
    bankrupt
        Whether its capital is gone.
    """

    def __init__(
        self, model: mesa.Model, spec: ArbitrageurGroup, number: int, mixes: int, tiers: int
    ) -> None:
        super().__init__(model, f"{spec.name}-{number + 1}", mixes, tiers)
        self.group, self.number, self.spec = spec.name, number, spec
        self.fitted = spec.knowledge.kind == "full"
        self.sample: tuple[MixCosts, IntArray] | None = None
        self.student = False
        self.bankrupt = False

    def is_due(self) -> bool:
        """Whether it is in the market."""
        return self.number < self.spec.count and not self.bankrupt

    def routes(self, costs: CostCache, price: FloatArray, mix: int = 0) -> CostSchedule | None:
        """What each promised solve rate costs it, as far as it knows; None where it knows nothing.

        Parameters
        ----------
        costs
            What is to be known of the market.
        price
            [M] what it pays over list price.
        mix
            Index of the mix of problems.
        """
        if self.sample is not None:
            mix_costs, problem = self.sample
            believed = costs.route(self.spec.routing, price, mix_costs, problem)
            return _kept_promises(believed, costs)
        if not self.fitted or self.spec.knowledge.kind == "fit":
            return None  # it has not fitted yet
        return costs.route(self.spec.routing, price, costs.mixes[mix])

    def post(
        self,
        views: Sequence[MarketView],
        costs: CostCache,
        price: FloatArray,
        tax: float,
        floors: FloatArray,
    ) -> None:
        """Route at its prices, and let the pricing rule set the fees.

        Parameters
        ----------
        views
            Of each of the X mixes of problems.
        costs, price
            As for :meth:`routes`.
        tax
            Share of the fee that goes to the treasury.
        floors
            [X, G] lowest fee that is allowed.
        """
        menus, policies = [], []
        flat: tuple[FloatArray, Policies] | None = None
        if not self.spec.segment_menus:  # one fee for all must be allowed with all
            floors = np.tile(
                np.where(np.isfinite(floors), floors, 0.0).max(axis=0), (len(views), 1)
            )
        for mix, (view, floor) in enumerate(zip(views, floors, strict=True)):
            if flat is None or self.spec.segment_menus:
                flat = self._fees(view, costs, price, tax, mix, floor)
            fee, own = flat
            delivered = costs.mixes[mix].delivered(own)
            menu, chosen = cheapest_good_enough(fee, delivered, costs.quality)
            menus.append(menu)
            policies.append(
                tuple(own[r] if np.isfinite(p) else None for r, p in zip(chosen, menu, strict=True))
            )
        self.menus = np.array(menus)
        now = tuple(policies)
        self.policies = self.policies if _same(now, self.policies) else now

    def _fees(
        self,
        view: MarketView,
        costs: CostCache,
        price: FloatArray,
        tax: float,
        mix: int,
        floor: FloatArray,
    ) -> tuple[FloatArray, Policies]:
        routes = self.routes(costs, price, mix)
        if routes is None or tax >= 1:  # nothing of the fee would be left
            return np.full(len(costs.quality), np.inf), self.nothing[0]
        fee = self.spec.pricing.menu(view, routes.spend / (1 - tax))
        return np.maximum(fee, np.where(np.isfinite(floor), floor, 0.0)), routes.policies

    def resale_multiplier(self, costs: CostCache, price: FloatArray) -> float:
        """What its student's attempts cost others over their cost; infinite if not for sale.

        Parameters
        ----------
        costs
            Whose models the teacher is of.
        price
            [M] what consumers pay over list price.
        """
        plan = self.spec.distillation
        if plan is None or plan.resale is None or not self.student:
            return float("inf")
        population = costs.tables.population
        teacher, student = (population.index(name) for name in (plan.teacher, self.name))
        # a teacher that has left the market is remembered at its list price
        asked = float(price[teacher]) if np.isfinite(price[teacher]) else 1.0
        dearer = asked * float(
            (population.weight @ population.list_cost[:, teacher])
            / (population.weight @ population.list_cost[:, student])
        )
        return 1 + plan.resale * (max(dearer, 1.0) - 1)

    def learn(self, balance: float) -> None:
        """Take note of its balance; bankrupt when it has cost more than the capital."""
        self.balance = balance
        capital = self.spec.capital
        self.bankrupt = self.bankrupt or (capital is not None and capital + balance < 0)


def _kept_promises(believed: CostSchedule, costs: CostCache) -> CostSchedule:
    """What a router that knows a sample sells: by tier, the cheapest route that keeps its promise.

    What a route solves comes out at once, so the router knows it as its buyers do; what it costs
    is what the sample says.
    """
    delivered = costs.whole.delivered(believed.policies)
    spend, route = cheapest_good_enough(believed.spend, delivered, costs.quality)
    policies = tuple(
        believed.policies[r] if np.isfinite(cost) else None
        for r, cost in zip(route.tolist(), spend.tolist(), strict=True)
    )
    return CostSchedule(costs.quality, spend, policies)


def _same(one: tuple[Policies, ...], other: tuple[Policies, ...]) -> bool:
    """Whether these are the very same policies; then nothing needs to be bound anew."""
    return all(
        a is b
        for row, before in zip(one, other, strict=True)
        for a, b in zip(row, before, strict=True)
    )
