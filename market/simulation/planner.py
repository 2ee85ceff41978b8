"""How well the market serves its buyers, against a planner who knows their tastes.

The planner serves each buyer through any seller that the buyer knows, at that seller's technology
and signal, at marginal cost, and pays the cost of switching from the same incumbents. What a seller
can do is the cheaper of what it routes by today and what it would route by at marginal cost; what
the market really did is always open to the planner, so efficiency is never over 1. Fixed costs and
outlays are the same on both sides, and left out.
"""

from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray
from market.measures.formulas import ratio
from market.simulation.offers import PostedMenu
from market.strategies.choice import OUTSIDE_OPTION
from market.strategies.menu import cheapest_good_enough

if TYPE_CHECKING:
    from market.simulation.agents import Arbitrageur, ConsumerSegment
    from market.simulation.model import MarketModel

Curve = tuple[FloatArray, FloatArray]
"""[G] solve rates and US dollars of marginal cost."""


class Planner:
    """Remembers what it would do while nothing changes that matters to it."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[bytes, FloatArray]] = {}

    def efficiency(self, model: "MarketModel") -> float:
        """Expected welfare of a tick over the planner's; NaN where the planner has none."""
        made = planned = 0.0
        for segment in model.segments:
            done = realised_welfare(model, segment)
            best = np.maximum(self._best(model, segment), np.maximum(done, 0.0))
            made += segment.rate * float(done.sum())
            planned += segment.rate * float(best.sum())
        return ratio(made, planned)

    def _best(self, model: "MarketModel", segment: "ConsumerSegment") -> FloatArray:
        """[J] US dollars per query of welfare at the best of all curves; 0 for not buying."""
        curves = marginal_costs(model, segment.mix)
        buyers = segment.chosen_as
        told = [array.tobytes() for of_offer in curves.values() for c in of_offer for array in c]
        key = b"".join(
            [
                *told,
                repr(sorted(curves)).encode(),
                buyers.incumbent.tobytes() if segment.switching.any() else b"",
            ]
        )
        key += repr((id(segment.needs), id(segment.consideration))).encode()
        held = self._held.get(segment.name)
        if held is not None and held[0] == key:
            return held[1]
        taste = segment.taste if segment.spec.tastes else None
        best = np.zeros(segment.size)
        for offer, of_offer in curves.items():
            liked = 0.0 if taste is None else buyers.scale * (taste[offer] - taste[-1])
            for quality, cost in of_offer:
                best = np.maximum(best, buyers.purchase(offer, quality, cost).gain + liked)
        self._held[segment.name] = key, best
        return best


def realised_welfare(model: "MarketModel", segment: "ConsumerSegment") -> FloatArray:
    """[J] US dollars per query that a buyer and those who serve it have together, expected."""
    bought = segment.bought
    cost = (model.policies(segment.mix)[1] @ model.roster.cost_ratio).ravel()
    buys = bought.seller != OUTSIDE_OPTION
    point = np.where(buys, bought.point, 0)
    low = np.where(bought.share < 1, point - 1, point)
    spent = bought.share * cost[point] + (1 - bought.share) * cost[low]
    return np.where(buys, bought.surplus + bought.price - spent, 0.0)


def marginal_costs(model: "MarketModel", mix: int) -> dict[int, list[Curve]]:
    """By offer in the market, what its solve rates cost those who produce them."""
    ratio_of = model.roster.cost_ratio
    curves: dict[int, list[Curve]] = {}
    _, spend = model.policies(mix)
    menus = model.menus().of_mix(mix)
    for offer in menus.sold():
        sold = np.isfinite(menus.price[offer])
        cost = np.where(sold, spend[offer] @ ratio_of, np.inf)
        curves[offer] = [(menus.quality[offer], cheapest_good_enough(cost)[0])]
    for arbitrageur in model.arbitrageurs:
        curve = _at_marginal_cost(model, arbitrageur, mix)
        if curve is not None and arbitrageur.first in curves:
            curves[arbitrageur.first].append(curve)
    return curves


def _at_marginal_cost(model: "MarketModel", arbitrageur: "Arbitrageur", mix: int) -> Curve | None:
    """What an arbitrageur could do if attempts were sold to it at marginal cost."""
    ratio_of = model.roster.cost_ratio
    price = np.where(np.isfinite(arbitrageur.wholesale_price), ratio_of, np.inf)
    schedule = arbitrageur.schedule(mix, price)
    if schedule is None:
        return None
    costs = model.costs.mixes[mix]
    spend = np.where(
        np.isfinite(schedule.spend), costs.list_spend(schedule.policies) @ ratio_of, np.inf
    )
    menu = PostedMenu.of(spend, schedule.policies, costs)
    return menu.quality, menu.price
