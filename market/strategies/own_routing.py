"""Buyers who may route for themselves: what it costs them, and how they like it.

A buyer of n queries per tick that runs a router of its own pays K(u) + F/n per query: the attempts,
at the prices that consumers pay, its checks, and its part of the fixed cost F per tick. It likes it
as it likes the arbitrageur that it likes best: its utility is the highest −K(u) − F/n + σ·τ_s over
the arbitrageurs s that it knows, in the market or not. So its router is no new variety, but stands
beside each of them at the very same taste: the buyer stays with s only where fee_s(u) − K(u) ≤ F/n,
and choices are those among arbitrageurs whose gains are the higher of V_s and of its own router's.
The router of a buyer who knows no arbitrageur has a draw of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray

# of a buyer's F/n over the price of its basket: margins are a part of that price, so costs that are
# far below or far above all of it need not be told apart
_EDGES = np.array([0.02, 0.06, 0.12, 0.25, 0.5, 1.2])


@dataclass(frozen=True)
class OwnRouting:
    """The own routers of J buyers, or of groups of like ones.

    Attributes
    ----------
    offer
        Index of the offer that stands for them.
    fixed_cost
        F, US dollars per tick and buyer.
    cost
        [J] F/n, US dollars per query.
    arbitrageurs
        Indices of the offers whose tastes it shares.
    bins
        [J] buyers whose costs are alike, as a part of what their baskets cost.
    least, most
        [J] the lowest and the highest cost of a group, between which its buyers' are taken to be
        evenly spread; None where each is one buyer.
    """

    offer: int
    fixed_cost: float
    cost: FloatArray
    arbitrageurs: tuple[int, ...]
    bins: IntArray
    least: FloatArray | None = None
    most: FloatArray | None = None

    @classmethod
    def of(
        cls,
        offer: int,
        fixed_cost: float,
        volume: FloatArray,
        arbitrageurs: tuple[int, ...],
        basket: FloatArray,
    ) -> "OwnRouting":
        """Of buyers who send `volume` [J] queries per tick and whose `basket` [J] costs so much."""
        cost = _per_query(fixed_cost, volume)
        bins = np.searchsorted(_EDGES, _per_query(cost, basket), side="right")
        return cls(offer, fixed_cost, cost, arbitrageurs, bins)

    def part(self, span: slice) -> "OwnRouting":
        """Of some of the buyers, each taken for itself."""
        return replace(self, cost=self.cost[span], bins=self.bins[span])

    def grouped(self, place: IntArray, volume: FloatArray) -> "OwnRouting":
        """Of groups [N] of buyers, by the `place` [J] and the queries per tick [J] of each."""
        count = np.bincount(place).astype(np.float64)
        sent = np.bincount(place, volume).astype(np.float64)
        least, most = np.full(len(count), np.inf), np.zeros(len(count))
        np.minimum.at(least, place, self.cost)
        np.maximum.at(most, place, self.cost)
        cost = np.clip(_per_query(self.fixed_cost * count, sent), least, most)
        return replace(self, cost=cost, least=least, most=most)

    def staying(self, gain: FloatArray, own: FloatArray) -> FloatArray:
        """[..., J] share of buyers who stay with an arbitrageur, by their gains with it and own."""
        with np.errstate(invalid="ignore", divide="ignore"):
            if self.least is None or self.most is None:
                return (gain >= own).astype(np.float64)
            turning = own + self.cost - gain  # F/n at which one is as good as the other
            spread = np.clip((self.most - turning) / (self.most - self.least), 0.0, 1.0)
        return np.where(np.isfinite(spread), spread, gain >= own)

    def alone(self, consideration: Sequence[BoolArray | None]) -> BoolArray:
        """[J] whether a buyer knows no arbitrageur, by whether it considers each offer [J]."""
        nobody = np.ones(len(self.cost), dtype=bool)
        for s in self.arbitrageurs:
            considered = consideration[s]
            nobody &= False if considered is None else ~considered
        return nobody

    def beside(
        self, gains: Mapping[int, FloatArray], consideration: Sequence[BoolArray | None]
    ) -> dict[int, FloatArray]:
        """By offer, gains [..., N], the router beside each arbitrageur that is known."""
        own, found = gains[self.offer], dict(gains)
        for s in self.arbitrageurs:
            known = consideration[s]
            itself = own if known is None else np.where(known, own, -np.inf)
            found[s] = np.maximum(gains[s], itself) if s in gains else itself
        found[self.offer] = np.where(self.alone(consideration), own, -np.inf)
        return found

    def apart(
        self, chances: Mapping[int, FloatArray], gains: Mapping[int, FloatArray]
    ) -> dict[int, FloatArray]:
        """Chances [..., N] at :meth:`beside`, told apart by who serves."""
        found, own = dict(chances), gains[self.offer]
        builds = found[self.offer]
        for s in self.arbitrageurs:
            chance = found.pop(s)
            stays = self.staying(gains[s], own) if s in gains else np.zeros(1)
            builds = builds + (1 - stays) * chance
            if s in gains:
                found[s] = stays * chance
        return found | {self.offer: builds}


def _per_query(cost: FloatArray | float, volume: FloatArray) -> FloatArray:
    never = np.full(volume.shape, np.inf if np.any(cost) else 0.0)
    per_query: FloatArray = np.divide(cost, volume, out=never, where=volume > 0)
    return per_query
