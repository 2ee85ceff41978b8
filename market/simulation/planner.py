"""How well the market serves its buyers, against a planner who knows their tastes.

The planner serves each buyer through any seller that the buyer knows, at that seller's technology
and signal, at marginal cost, and pays the cost of switching from the same incumbents. It may have a
buyer route for itself, and then pays the fixed cost of that. What a seller can do is the cheaper of
what it routes by today and what it would route by at marginal cost, checks and what wrong answers
cost buyers included; what the market really did is always open to the planner, so efficiency is
never over 1. Sellers' fixed costs and outlays are the same on both sides, and left out.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.memory import same_objects
from market.frontier.cost_schedule import CostSchedule
from market.measures.formulas import ratio
from market.results.roster import Roster
from market.simulation.offers import PostedMenu
from market.simulation.wholesale_prices import WholesalePrices
from market.strategies.demand import parts
from market.strategies.menu import cheapest_good_enough

if TYPE_CHECKING:
    from market.simulation.agents import ConsumerSegment
    from market.simulation.model import MarketModel

Curve = tuple[FloatArray, FloatArray]
"""[G] solve rates and US dollars of marginal cost."""


class Planner:
    """Remembers what it would do while nothing changes that matters to it."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[tuple[object, ...], FloatArray]] = {}
        self._costs: tuple[tuple[object, ...], FloatArray, FloatArray] | None = None
        self._sums: dict[str, tuple[tuple[object, ...], tuple[float, float]]] = {}

    def efficiency(self, model: "MarketModel") -> float:
        """Expected welfare of a tick over the planner's; NaN where the planner has none."""
        made = planned = 0.0
        for segment in model.segments:
            done, best = self._welfare(model, segment)
            made += segment.rate * done
            planned += segment.rate * best
        return ratio(made, planned)

    def costs(self, model: "MarketModel") -> tuple[FloatArray, FloatArray]:
        """[S, M] marginal costs of a list dollar of attempts: as they are bought, and the least."""
        made_of = model.wholesale, model.roster
        held = self._costs
        if held is None or not same_objects(held[0], made_of):
            found = _attempt_costs(*made_of)
            held = self._costs = made_of, found, _least_costs(*made_of, found)
        return held[1:]

    def forget(self, segment: str) -> None:
        """Forget what a segment's buyers have, and the choice that it is made of."""
        self._sums.pop(segment, None)

    def _welfare(self, model: "MarketModel", segment: "ConsumerSegment") -> tuple[float, float]:
        """US dollars of a segment's buyers over their queries: as it is, and the planner's."""
        best = self._best(model, segment)  # made anew where marginal costs have moved
        made_of = best, segment.bought, segment.relative, model.policies(segment.mix)[1]
        held = self._sums.get(segment.name)
        if held is None or not same_objects(held[0], made_of):
            done = realised_welfare(model, segment)
            made = float((segment.relative * done).sum())
            done = np.maximum(best, np.maximum(done, 0.0, out=done), out=done)  # or better
            held = made_of, (made, float((segment.relative * done).sum()))
            self._sums[segment.name] = held
        return held[1]

    def _best(self, model: "MarketModel", segment: "ConsumerSegment") -> FloatArray:
        """[J] US dollars per query of welfare at the best of all curves; 0 for not buying."""
        buyers, schedules = segment.chosen_as, at_marginal_cost(model, segment.mix)
        menus = model.menus()
        # what is not made anew is the very same; arrays that are small are compared by content
        matters = (
            model.policies(segment.mix)[1],
            segment.needs,
            segment.consideration,
            segment.own_routing,
            buyers.incumbent if segment.switching.any() else None,
            *schedules.values(),
        )
        told = attempt_costs(model).tobytes(), tuple(schedules), tuple(menus.sold())
        held = self._held.get(segment.name)
        if held is not None and held[0][0] == told and same_objects(held[0][1:], matters):
            return held[1]
        curves = marginal_costs(model, segment.mix, schedules)
        taste = segment.taste if segment.spec.tastes else None
        best = np.zeros(segment.size)
        for span in parts(segment.size):
            some, most = buyers.part(span), best[span]
            for offer, of_offer in curves.items():
                liked: FloatArray | float = 0.0
                if taste is not None:
                    liked = some.scale * (taste[offer][span] - taste[-1][span])
                for quality, cost in of_offer:
                    gain = some.purchase(offer, quality, cost).gain
                    np.maximum(most, gain + liked, out=most)
        self._held[segment.name] = (told, *matters), best
        return best


def realised_welfare(model: "MarketModel", segment: "ConsumerSegment") -> FloatArray:
    """[J] US dollars per query that a buyer and those who serve it have together, expected."""
    bought = segment.bought
    spend, ratio_of = model.policies(segment.mix)[1], attempt_costs(model)[model.seller_of]
    beside = np.add(*model.verified(segment.mix))
    cost = ((spend @ ratio_of[..., None])[..., 0] + beside).ravel()
    welfare = np.empty(segment.size)
    for span in parts(segment.size):
        of = bought.part(span)
        point = np.where(of.buys, of.point, 0)
        low = np.where(of.share < 1, point - 1, point)
        spent = of.share * cost[point] + (1 - of.share) * cost[low]
        welfare[span] = np.where(of.buys, of.surplus + of.price - spent, 0.0)
    return welfare


def marginal_costs(
    model: "MarketModel", mix: int, schedules: Mapping[int, CostSchedule]
) -> dict[int, list[Curve]]:
    """By offer in the market, what its solve rates cost those who produce them.

    As they are produced now, and by what arbitrageurs could do at marginal cost.
    """
    ratio_of = attempt_costs(model)
    least = least_costs(model)
    curves: dict[int, list[Curve]] = {}
    _, spend = model.policies(mix)
    beside = np.add(*model.verified(mix))
    menus = model.menus().of_mix(mix)
    for offer in menus.sold():
        sold = np.isfinite(menus.price[offer])
        cost = np.where(
            sold, spend[offer] @ ratio_of[model.seller_of[offer]] + beside[offer], np.inf
        )
        curves[offer] = [(menus.quality[offer], cheapest_good_enough(cost)[0])]
    for offer, schedule in schedules.items():
        if offer in curves:
            own = bool(model.offers[offer].segment)
            costs = (model.costs.direct if own else model.costs.mixes)[mix]
            values = costs.values(schedule.policies)
            spent = values.list_spend @ least[model.seller_of[offer]] + values.checks
            menu = PostedMenu.of(
                np.where(np.isfinite(schedule.spend), spent, np.inf), schedule.policies, costs
            )
            curves[offer].append((menu.quality, menu.weighed))
    return curves


def at_marginal_cost(model: "MarketModel", mix: int) -> dict[int, CostSchedule]:
    """By offer, how an arbitrageur would route if attempts were sold to it at marginal cost."""
    found = {}
    for arbitrageur in model.arbitrageurs:
        bought = np.isfinite(arbitrageur.wholesale_price)
        price = np.where(bought, least_costs(model)[arbitrageur.index], np.inf)
        schedule = arbitrageur.schedule(mix, price)
        if schedule is not None:
            found[arbitrageur.first] = schedule
    for router in model.own_routers:
        price = np.where(np.isfinite(router.price), least_costs(model)[router.index], np.inf)
        schedule = router.schedule(price) if router.mix == mix else None
        if schedule is not None:
            found[router.first] = schedule
    return found


def attempt_costs(model: "MarketModel") -> FloatArray:
    """[S, M] marginal cost of a list dollar of attempts, where each seller buys them now."""
    return model.planner.costs(model)[0]


def least_costs(model: "MarketModel") -> FloatArray:
    """[S, M] marginal cost of a list dollar at the host that makes it for least, of those open."""
    return model.planner.costs(model)[1]


def _attempt_costs(wholesale: WholesalePrices, roster: Roster) -> FloatArray:
    if len(roster.model_of) == len(roster.models):
        return np.tile(roster.cost_ratio, (len(wholesale.share), 1))
    of_model = np.equal.outer(roster.model_of, np.arange(len(roster.models)))
    cost: FloatArray = (wholesale.share * roster.cost_ratio) @ of_model.astype(np.float64)
    return cost


def _least_costs(wholesale: WholesalePrices, roster: Roster, now: FloatArray) -> FloatArray:
    listing = wholesale.listing
    cost = np.where(np.isfinite(listing), roster.cost_ratio, np.inf)
    least = np.full((len(roster.models), len(listing)), np.inf)
    np.minimum.at(least, roster.model_of, cost.T)
    return np.where(np.isfinite(least.T), least.T, now)
