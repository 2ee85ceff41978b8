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
    """

    seller: int
    name: str
    resold: bool
    nest: int = -1
    listing: int = -1


@dataclass(frozen=True)
class PostedMenu:
    """A menu of one offer for one query mix, and what serves it.

    Attributes
    ----------
    quality, price
        [G] solve rates, rising, and US dollars per query; infinite where not sold.
    policies
        G policies that serve; None where not sold.
    """

    quality: FloatArray
    price: FloatArray
    policies: Policies

    @classmethod
    def of(cls, fee: FloatArray, policies: Policies, costs: MixCosts) -> "PostedMenu":
        """The menu of policies [G] at fees [G], by what they really solve of a query mix.

        A policy worked out on a sample, or on another mix of problems than the buyer's, may solve
        less than it was meant to; a buyer finds out (a verifier tells success), and counts it for
        what it delivers.
        """
        delivered = costs.delivered(policies)
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
    def none(cls, points: int) -> "PostedMenu":
        """Nothing sold."""
        return cls(np.zeros(points), np.full(points, np.inf), (None,) * points)
