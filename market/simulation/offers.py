"""What is on offer: each model of a provider apart, a provider's cascade, an arbitrageur's menu.

Buyers choose among offers, so a provider of two models has two, with tastes of their own; whoever
owns a model, buyers know it by its provider's and its own name.
"""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray
from market.simulation.cost_cache import MixCosts, Policies
from market.strategies.menu import cheapest_good_enough

RESELLERS = 0  # the nest of their offers; the hosts of the m-th model are nest m + 1


@dataclass(frozen=True)
class Offer:
    """One thing that a seller sells.

    Attributes
    ----------
    seller
        Index of the seller.
    name
        What buyers know it by: unique among offers.
    resold
        Whether it is an arbitrageur's.
    nest
        Index of the nest of tastes that it is in, of resellers or of a model's hosts; −1 where it
        is in none.
    listing
        Index of the listing that it is of; of a provider's cascade the first of its listings, of an
        arbitrageur's −1.
    segment
        Name of the segment whose own router it stands for; empty where anybody may buy it.
    """

    seller: int
    name: str
    resold: bool
    nest: int = -1
    listing: int = -1
    segment: str = ""


@dataclass(frozen=True)
class PostedMenu:
    """A menu of one offer for one query mix, and what serves it.

    Attributes
    ----------
    quality, price
        [G] solve rates, rising, and US dollars per query that are asked; infinite where not sold.
    policies
        G policies that serve; None where not sold.
    beside
        [G] US dollars per query that a buyer has beside the price: checks of its own, and wrong
        answers; None for none.
    """

    quality: FloatArray
    price: FloatArray
    policies: Policies
    beside: FloatArray | None = None

    @property
    def weighed(self) -> FloatArray:
        """[G] US dollars per query that buyers weigh: the price, and what they have beside it."""
        return self.price if self.beside is None else self.price + self.beside

    @classmethod
    def of(cls, fee: FloatArray, policies: Policies, costs: MixCosts) -> "PostedMenu":
        """The menu of policies [G] at fees [G], by what they really solve of a query mix.

        A policy worked out on a sample, or on another mix of problems than the buyer's, may solve
        less than it was meant to; a buyer finds out (a verifier tells success), and counts it for
        what it delivers. Where wrong answers cost buyers something, they weigh it with the fee.
        """
        delivered = costs.delivered(policies)
        if costs.tables.checked is not None:
            return cls._weighed(fee, policies, costs)
        order = np.argsort(np.where(np.isfinite(fee), delivered, 0.0), kind="stable")
        price, serves = cheapest_good_enough(fee[order])
        chosen = order[serves]
        sold = np.isfinite(price)
        quality = np.where(np.isfinite(fee), delivered, 0.0)[order]
        return cls(
            quality,
            price,
            tuple(policies[p] if s else None for p, s in zip(chosen.tolist(), sold, strict=True)),
        )

    @classmethod
    def _weighed(cls, fee: FloatArray, policies: Policies, costs: MixCosts) -> "PostedMenu":
        delivered, harm = costs.delivered(policies), costs.values(policies).harm
        quality = np.where(np.isfinite(fee), delivered, 0.0)
        order = np.argsort(quality, kind="stable")
        price, serves = cheapest_good_enough((fee + harm)[order])
        chosen, sold = order[serves], np.isfinite(price)
        return cls(
            quality[order],
            np.where(sold, fee[chosen], np.inf),
            tuple(policies[p] if s else None for p, s in zip(chosen.tolist(), sold, strict=True)),
            np.where(sold, harm[chosen], 0.0),
        )

    @classmethod
    def direct(
        cls, quality: FloatArray, cost: FloatArray, policies: Policies, costs: MixCosts
    ) -> "PostedMenu":
        """Attempts bought directly: their price, and what buyers have beside it.

        Parameters
        ----------
        quality, cost
            [G] solve rates, and what they cost a buyer in all.
        policies
            G that buy the attempts.
        costs
            Of a query mix, under the verifier of its buyers.
        """
        if costs.tables.checked is None:
            return cls(quality, cost, policies)
        values, sold = costs.values(policies), np.isfinite(cost)
        beside = np.where(sold, values.checks + values.harm, 0.0)
        return cls(
            quality, np.where(sold, np.maximum(cost - beside, 0.0), np.inf), policies, beside
        )

    @classmethod
    def at_cost(cls, cost: FloatArray, policies: Policies, costs: MixCosts) -> "PostedMenu":
        """What buyers who route for themselves have, by what policies [G] really solve.

        Parameters
        ----------
        cost
            [G] US dollars per query that each costs a buyer in all; infinite where there is none.
        policies
            G that buy the attempts.
        costs
            Of a query mix, under the verifier of its buyers.
        """
        quality = np.where(np.isfinite(cost), costs.delivered(policies), 0.0)
        order = np.argsort(quality, kind="stable")
        least, serves = cheapest_good_enough(cost[order])
        chosen, there = order[serves].tolist(), np.isfinite(least)
        kept = tuple(policies[p] if s else None for p, s in zip(chosen, there, strict=True))
        return cls.direct(quality[order], least, kept, costs)

    @classmethod
    def none(cls, points: int) -> "PostedMenu":
        """Nothing sold."""
        return cls(np.zeros(points), np.full(points, np.inf), (None,) * points)
