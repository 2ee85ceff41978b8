"""Arbitrageurs: they route at their prices, and leave the fees to a pricing rule."""

from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.frontier.cost_schedule import CostSchedule
from market.scenario.schema import ArbitrageurGroup, Scenario
from market.simulation.agents.seller import Policies, Seller
from market.simulation.cost_cache import MixCosts
from market.simulation.menus import cheapest_good_enough
from market.simulation.rule_answers import checked_menu
from market.simulation.seller_views import resale_view
from market.strategies.arbitrageur_pricing import ConsidersMenus

if TYPE_CHECKING:
    from market.simulation.model import MarketModel


class Arbitrageur(Seller):
    """Sells solved work at a fixed fee per query, and pays providers for the attempts.

    Parameters
    ----------
    model
        The market.
    spec
        Its group's table in the scenario.
    number
        From 0 within its group.
    index
        Its place among sellers.

    Attributes
    ----------
    sample
        What its fitting budget showed, and the problem of each of its rows; None before it has
        fitted, or where it knows everything.
    fitted
        Whether it has what knowledge it can have.
    student
        Whether it has distilled its student.
    bankrupt
        Whether its capital is gone.
    """

    def __init__(
        self, model: "MarketModel", spec: ArbitrageurGroup, number: int, index: int
    ) -> None:
        super().__init__(model, f"{spec.name}-{number + 1}", index)
        self.group, self.number, self.spec = spec.name, number, spec
        self.fitted = not spec.knowledge.from_sample
        self.sample: tuple[MixCosts, IntArray] | None = None
        self.student = False
        self.bankrupt = False

    @property
    def wholesale_price(self) -> FloatArray:
        """[M] US dollars that it pays per list dollar; infinite where it cannot buy."""
        price: FloatArray = self.model.wholesale_price[self.index]
        return price

    def is_due(self) -> bool:
        """Whether it is to be in the market at this tick."""
        return self.number < self.spec.count and not self.bankrupt

    def schedule(self, mix: int = 0, price: FloatArray | None = None) -> CostSchedule | None:
        """What each promised solve rate costs it, as far as it knows; None where it knows nothing.

        Parameters
        ----------
        mix
            Index of the query mix.
        price
            [M] what it pays over list price; today's wholesale price if None.
        """
        costs = self.model.costs
        price = self.wholesale_price if price is None else price
        if self.sample is not None:
            known, problem = self.sample
            return self._kept_promises(costs.route(self.spec.routing, price, known, problem))
        if not self.fitted or self.spec.knowledge.from_sample:
            return None  # it has not fitted yet, or its budget bought nothing
        return costs.route(self.spec.routing, price, costs.mixes[mix])

    def _kept_promises(self, believed: CostSchedule) -> CostSchedule:
        """What a router that knows a sample sells: by tier, the cheapest that keeps its promise.

        What a policy solves comes out at once, so the router knows it as its buyers do; what it
        costs is what the sample says.
        """
        costs = self.model.costs
        delivered = costs.whole.delivered(believed.policies)
        spend, chosen = cheapest_good_enough(believed.spend, delivered, costs.quality)
        return CostSchedule(costs.quality, spend, _chosen(believed.policies, chosen, spend))

    def quote(self, floors: FloatArray) -> None:
        """Route at its prices, and let the pricing rule set the fees.

        Parameters
        ----------
        floors
            [X, G] lowest fee that is allowed; infinite where no provider sells.
        """
        costs = self.model.costs
        lowest = np.where(np.isfinite(floors), floors, 0.0)
        if not self.spec.segment_menus:  # one fee for all must be allowed with all
            lowest = np.tile(lowest.max(axis=0), (len(floors), 1))
        menus, policies = [], []
        fee, own = self._fees(0, lowest[0])
        for mix in range(len(costs.mixes)):
            if mix > 0 and self.spec.segment_menus:
                fee, own = self._fees(mix, lowest[mix])
            delivered = costs.mixes[mix].delivered(own)
            menu, chosen = cheapest_good_enough(fee, delivered, costs.quality)
            menus.append(menu)
            policies.append(_chosen(own, chosen, menu))
        self.menus = np.array(menus)
        now = tuple(policies)
        self.policies = self.policies if _same(now, self.policies) else now

    def _fees(self, mix: int, lowest: FloatArray) -> tuple[FloatArray, Policies]:
        schedule = self.schedule(mix)
        levers = self.model.rules.policy
        if schedule is None or levers.routing_tax >= 1:  # nothing of the fee would be left
            return np.full(len(lowest), np.inf), self.model.no_policies
        view = resale_view(self.model, self, mix)
        rule, cost = self.spec.pricing, levers.break_even(schedule.spend)
        if isinstance(rule, ConsidersMenus):
            reply = rule.best_menu(view, cost)
            self.tell_bound(f"arbitrageurs.{self.group}", reply.bound)
            answer = reply.menu
        else:
            answer = rule.menu(view, cost)
        fee = checked_menu(answer, len(cost), self.group)
        return np.maximum(fee, lowest), schedule.policies

    def follow(self, rules: Scenario) -> None:
        """Follow these rules from now on."""
        (self.spec,) = (group for group in rules.arbitrageurs if group.name == self.group)

    def resale_multiplier(self, price: FloatArray) -> float:
        """What its student's attempts cost others over their cost; infinite if not for sale.

        Parameters
        ----------
        price
            [M] what consumers pay over list price.
        """
        plan = self.spec.distillation
        if plan is None or plan.resale is None or not self.student:
            return float("inf")
        population = self.model.costs.tables.population
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


def _chosen(policies: Policies, chosen: IntArray, price: FloatArray) -> Policies:
    """The policy chosen at each tier; None where it is not sold."""
    return tuple(
        policies[p] if sold else None
        for p, sold in zip(chosen.tolist(), np.isfinite(price).tolist(), strict=True)
    )


def _same(one: tuple[Policies, ...], other: tuple[Policies, ...]) -> bool:
    """Whether these are the very same policies; then no table of them is made anew."""
    return all(
        a is b
        for row, before in zip(one, other, strict=True)
        for a, b in zip(row, before, strict=True)
    )
