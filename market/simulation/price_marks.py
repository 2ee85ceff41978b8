"""Which prices matter to buyers: where they turn to a rival, and where they turn away."""

from collections.abc import Sequence

import numpy as np

from market.foundation.arrays import FloatArray
from market.strategies.expected_demand import BuyerGroups
from market.strategies.market_view import PriceMarks


def provider_marks(
    buyer_groups: Sequence[BuyerGroups],
    menus: FloatArray,
    seller: int,
    list_menus: FloatArray,
    quality: FloatArray,
    resold: bool,
) -> PriceMarks:
    """Of a provider, whose one multiplier moves all of its tiers.

    Parameters
    ----------
    buyer_groups
        The buyers.
    menus
        [X, S, G] posted prices.
    seller
        Its index.
    list_menus
        [X, G] its menus at list price.
    quality
        [G] promised solve rates.
    resold
        Whether arbitrageurs may route anew as it moves.
    """
    highest, rivals, limits = 0.0, [], []
    smooth = resold or any(groups.tastes for groups in buyer_groups)
    for groups in buyer_groups:
        listed = list_menus[groups.mix]
        sold = np.isfinite(listed) & (listed > 0)
        limit = groups.limits(listed, seller, quality)[:, sold] / listed[sold]
        pays = limit.max(axis=1, initial=0.0)
        highest = max(highest, float(pays.max(initial=0.0)))
        if not groups.tastes:
            limits.append(pays)
            rivals.append(
                _at_least(groups.rival_prices(menus[groups.mix], seller)[:, sold], listed[sold])
            )
    return PriceMarks(np.array([highest]), (_rising(rivals),), (_rising(limits),), smooth)


def resale_marks(
    buyer_groups: Sequence[BuyerGroups],
    menus: FloatArray,
    seller: int,
    mixes: Sequence[int],
    quality: FloatArray,
) -> PriceMarks:
    """Of an arbitrageur, whose fees are set tier by tier for these query mixes."""
    tiers = range(len(quality))
    highest = np.zeros(len(quality))
    rivals: list[list[FloatArray]] = [[] for _ in tiers]
    limits: list[list[FloatArray]] = [[] for _ in tiers]
    for groups in buyer_groups:
        if groups.mix not in mixes:
            continue
        limit = groups.limits(np.ones(len(quality)), seller, quality)
        highest = np.maximum(highest, limit.max(axis=0, initial=0.0))
        if not groups.tastes:
            prices = groups.rival_prices(menus[groups.mix], seller)
            for g in tiers:
                limits[g].append(limit[:, g])
                rivals[g].append(prices[:, g])
    smooth = any(groups.tastes for groups in buyer_groups if groups.mix in mixes)
    return PriceMarks(highest, tuple(map(_rising, rivals)), tuple(map(_rising, limits)), smooth)


def _at_least(price: FloatArray, listed: FloatArray) -> FloatArray:
    """Least multipliers at which list prices are not below prices, to the last digit."""
    ratio = price / listed
    return np.asarray(np.where(ratio * listed < price, np.nextafter(ratio, np.inf), ratio))


def _rising(prices: Sequence[FloatArray]) -> FloatArray:
    """All that are finite and above 0, each once."""
    every: FloatArray = np.unique(np.concatenate([np.empty(0), *(p.ravel() for p in prices)]))
    return every[np.isfinite(every) & (every > 0)]
