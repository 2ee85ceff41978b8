"""What a seller's policies deliver, and so what it really sells at each quality tier.

A tier is a solve rate that is kept. A policy worked out on a sample, or on another mix of problems
than the buyer's, may solve less than it was meant to; a buyer finds out (a verifier tells success),
and counts it for what it delivers.
"""

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.simulation.cost_cache import CostCache

KEPT = 1e-6  # a solve rate that is missed by less is rounding


def cheapest_good_enough(
    fee: FloatArray, delivered: FloatArray, quality: FloatArray
) -> tuple[FloatArray, IntArray]:
    """At each tier, the cheapest policy that delivers at least its solve rate.

    Parameters
    ----------
    fee
        [..., R] price by policy; infinite where it is not sold.
    delivered
        [R] solve rate of each policy on the buyer's problems.
    quality
        [G] solve rates.

    Returns
    -------
    price, policy
        [..., G] each; the price is infinite where no policy delivers.
    """
    enough = delivered[None, :] >= quality[:, None] - KEPT  # [G, R]
    offered = np.where(enough, fee[..., None, :], np.inf)
    policy = offered.argmin(axis=-1)
    return offered.min(axis=-1), policy


def lowest_fees(costs: CostCache, price: FloatArray, share: float) -> FloatArray:
    """[X, G] fees that a price floor allows at least: a share of the market price; 0 at share 0.

    Infinite where no provider sells the tier.
    """
    if share == 0:
        return np.zeros((len(costs.mixes), len(costs.quality)))
    return share * np.array([mix.market(price).price for mix in costs.mixes])
