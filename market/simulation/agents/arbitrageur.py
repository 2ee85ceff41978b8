"""Arbitrageurs: they route at their prices, and leave the fees to a pricing rule."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray, IntArray, zero_where_infinite
from market.frontier.cost_schedule import CostSchedule
from market.scenario.agent_specs import ArbitrageurGroup
from market.scenario.schema import Scenario
from market.simulation.agents.seller import Seller
from market.simulation.cost_cache import MixCosts
from market.simulation.learner import Learner
from market.simulation.offers import RESELLERS, Offer, PostedMenu
from market.simulation.rule_answers import checked_menu
from market.simulation.seller_views import resale_view
from market.strategies.arbitrageur_pricing import considers_menus

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
    learner
        What it has learned by selling; None where it does not.
    spent
        US dollars that attempts at last tick's queries cost it, where it learns.
    student
        Whether it has distilled its student.
    bankrupt
        Whether its capital is gone.
    """

    def __init__(
        self, model: "MarketModel", spec: ArbitrageurGroup, number: int, index: int
    ) -> None:
        super().__init__(model, f"{spec.name}-{number + 1}", index, 1)
        model.offers.append(Offer(index, self.name, resold=True, nest=RESELLERS))
        self.group, self.number, self.spec = spec.name, number, spec
        self.fitted = not spec.knowledge.from_sample
        self.sample: tuple[MixCosts, IntArray] | None = None
        self.learner: Learner | None = None
        self.spent = 0.0
        self.student = False
        self.bankrupt = False
        self._quoted: dict[int, tuple[PostedMenu, FloatArray, CostSchedule]] = {}

    @property
    def wholesale_price(self) -> FloatArray:
        """[M] US dollars that it pays per list dollar; infinite where it cannot buy."""
        price: FloatArray = self.model.wholesale_price[self.index]
        return price

    @property
    def guesses(self) -> bool:
        """Whether what its cascades cost is more than it knows."""
        return self.sample is not None or self.learner is not None

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
        if self.learner is not None:
            return self.learner.schedule(price)
        if self.sample is not None:
            known, problem = self.sample
            return costs.route(self.spec.routing, price, known, problem)
        if not self.fitted or self.spec.knowledge.from_sample:
            return None  # it has not fitted yet, or its budget bought nothing
        return costs.route(self.spec.routing, price, costs.mixes[mix])

    def harm(self, mix: int, schedule: CostSchedule) -> FloatArray:
        """[G] US dollars that wrong answers are expected to cost those who buy what it promises.

        They are in the schedule's spend, by which it chooses policies, but it does not pay them.
        """
        return self.model.costs.mixes[mix].values(schedule.policies).harm

    def quote(self) -> None:
        """Route at its prices, and let the pricing rule set the fees."""
        menus, quoted = [], None
        for mix, costs in enumerate(self.model.costs.mixes):
            if mix == 0 or self.spec.segment_menus:
                quoted = self._quote(mix)
            menus.append((self._menu(mix, costs, quoted),))
        if not all(new is old for (new,), (old,) in zip(menus, self.menus, strict=True)):
            self.menus = tuple(menus)

    def _menu(
        self, mix: int, costs: MixCosts, quoted: tuple[FloatArray, CostSchedule] | None
    ) -> PostedMenu:
        """The menu for a query mix: the very one that is posted, where nothing has moved."""
        before, held = self.menus[mix][0], self._quoted.get(mix)
        if quoted is None:
            self._quoted.pop(mix, None)
            return PostedMenu.none(self.model.points)
        fee, schedule = quoted
        if (
            held is not None
            and held[0] is before
            and held[2] is schedule
            and np.array_equal(held[1], fee)
        ):
            return before
        menu = PostedMenu.of(fee, schedule.policies, costs)
        if all(a is b for a, b in zip(menu.policies, before.policies, strict=True)):
            # the very same policies need no new tables
            menu = replace(menu, policies=before.policies)
        self._quoted[mix] = menu, fee, schedule
        return menu

    def _quote(self, mix: int) -> tuple[FloatArray, CostSchedule] | None:
        """[G] fees and what they are for; None where it sells nothing."""
        schedule = self.schedule(mix)
        levers = self.model.rules.policy
        if schedule is None or levers.routing_tax >= 1:  # nothing of the fee would be left
            return None
        view = resale_view(self.model, self, mix, schedule)
        spend = schedule.spend
        if self.model.costs.checked:
            spend = np.maximum(spend - self.harm(mix, schedule), 0.0)
        rule, cost = self.spec.pricing, levers.break_even(spend)
        if considers_menus(rule):
            reply = rule.best_menu(view, cost)
            self.tell_bound(f"arbitrageurs.{self.group}", reply.bound)
            answer = reply.menu
        else:
            answer = rule.menu(view, cost)
        fee = checked_menu(answer, len(cost), self.group)
        return np.maximum(fee, self._lowest(mix, schedule.quality)), schedule

    def _lowest(self, mix: int, quality: FloatArray) -> FloatArray:
        """[G] lowest fees that are allowed for solve rates: a share of the market price."""
        floor = self.model.rules.policy.price_floor
        if floor == 0:
            return np.zeros(len(quality))
        # one fee for all must be allowed with all
        mixes = (mix,) if self.spec.segment_menus else range(len(self.model.costs.mixes))
        market = [
            zero_where_infinite(
                np.min([p.posted(x, quality).price for p in self.model.providers], axis=0)
            )
            for x in mixes
        ]
        # better work than the market's serves lower needs too, and may not be sold for less
        return np.asarray(floor * np.maximum.accumulate(np.max(market, axis=0)), dtype=np.float64)

    @property
    def asks_by(self) -> tuple[object, ...]:
        """What the prices of attempts hang on that it sells: those at its student."""
        return self, self.spec, self.student

    def follow(self, rules: Scenario) -> None:
        """Follow these rules from now on."""
        (self.spec,) = (group for group in rules.arbitrageurs if group.name == self.group)

    def resale_multiplier(self, price: FloatArray) -> float:
        """What its student's attempts cost others over their cost; infinite if not for sale.

        Parameters
        ----------
        price
            [M] the least that consumers pay over list price.
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
