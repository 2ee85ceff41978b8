"""Which prices matter to buyers: where they turn to a rival, and where they turn away."""

from collections.abc import Sequence

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.strategies.expected_demand import ExpectedBuyers
from market.strategies.market_view import PriceMarks
from market.strategies.menu import Menus, find

SAME = 1e-9  # relative difference of prices that are one
_AT_ONCE = 3  # prices at which all who turn to one rival do so: leaving an incumbent or not


def provider_marks(
    buyers: Sequence[ExpectedBuyers],
    menus: Menus,
    own: IntArray,
    siblings: IntArray,
    list_price: FloatArray,
    beside: FloatArray,
    hosts: FloatArray,
    resold: bool,
) -> PriceMarks:
    """Of one of a provider's, or of an owner's, multipliers.

    Parameters
    ----------
    buyers
        Groups of like ones.
    menus
        [X, O, G] posted menus.
    own
        Indices of the offers whose prices it moves.
    siblings
        Of all offers of the same owner, who does not undercut itself.
    list_price
        [X, O, G] prices at list.
    beside
        [X, O, G] US dollars that buyers weigh beside the price.
    hosts
        Multipliers of other hosts of the same models, between whom arbitrageurs take the cheapest.
    resold
        Whether arbitrageurs may route anew as it moves.
    """
    highest, smooth = 0.0, resold
    rivals, limits = [hosts], [np.empty(0)]
    for group in buyers:
        tasteless = not (group.buyers.scale > 0).any()
        smooth |= not tasteless
        posted = menus.of_mix(group.mix)
        for offer in own.tolist():
            quality, listed = posted.quality[offer], list_price[group.mix, offer]
            extra = beside[group.mix, offer]
            found = group.buyers.purchase(offer, quality, listed + extra)
            taken = np.isfinite(found.gain)
            paid = np.where(taken, found.mean(np.where(np.isfinite(listed), listed, 0.0)), 0.0)
            taken &= paid > 0
            if not taken.any():
                continue
            paid, pays = paid[taken], (found.gain[taken] + paid[taken]) / paid[taken]
            highest = max(highest, float(pays.max()))
            if not tasteless:
                for other in posted.sold():
                    if other not in siblings and group.alike(offer, other):
                        equal = _matching(listed, posted.price[other])
                        rivals.append(np.array([equal])[np.isfinite([equal])])
                continue
            # who chooses how much to buy does so price by price
            cheap = group.buyers.purchase(offer, quality, listed / 2 + extra)
            smooth |= not np.array_equal(cheap.at, found.at)
            limits.append(pays)
            for other in posted.sold():
                if other not in siblings:
                    rival = group.buyers.purchase(other, posted.quality[other], posted.price[other])
                    turning = pays - rival.gain[taken] / paid
                    alike = _distinct(turning[np.isfinite(turning)])
                    if len(alike) <= _AT_ONCE:
                        equal = _matching(listed, posted.price[other])
                        same = np.abs(alike - equal) <= SAME * equal
                        rivals.append(np.where(same, equal, alike))
                    else:
                        smooth = True
    return PriceMarks(
        np.array([highest]),
        (_rising(np.concatenate(rivals)),),
        (_rising(np.concatenate(limits)),),
        smooth,
    )


def resale_marks(
    buyers: Sequence[ExpectedBuyers],
    menus: Menus,
    offer: int,
    quality: FloatArray,
    harm: FloatArray,
) -> PriceMarks:
    """Of an arbitrageur, whose fees are set point by point of its menu [G].

    Parameters
    ----------
    buyers
        Groups of like ones that the menu is for.
    menus
        [X, O, G] posted menus.
    offer
        Index of its own.
    quality
        [G] solve rates that it promises.
    harm
        [G] US dollars that wrong answers of its own cost buyers, which they weigh beside the fee.
    """
    points = range(len(quality))
    highest = np.zeros(len(quality))
    rivals: list[list[FloatArray]] = [[np.empty(0)] for _ in points]
    limits: list[list[FloatArray]] = [[np.empty(0)] for _ in points]
    smooth = False
    for group in buyers:
        # what it is worth to each group: its gain were it free
        free = group.buyers.purchase(offer, quality, np.zeros((1, len(quality))) + harm)
        worth = np.where(np.isfinite(free.gain[0]), free.gain[0], 0.0)
        if not len(worth):
            continue
        highest = np.maximum(highest, worth.max())
        tasteless = not (group.buyers.scale > 0).any()
        smooth |= not tasteless or free.at.ndim > 1
        posted, own = menus.of_mix(group.mix), group.own_router
        routing = group.buyers.own_routing
        if routing is not None and own in posted.sold():
            itself = group.buyers.purchase(own, posted.quality[own], posted.price[own]).gain
            worth = worth - np.maximum(np.where(np.isfinite(itself), itself, 0.0), 0.0)
            alone = np.unique(routing.cost)
            if not tasteless and len(alone) == 1:  # all turn to routers of their own at once
                turning = posted.price_at(own, quality) + alone - harm
                for g in points:
                    limits[g].append(turning[[g]])
        for o in posted.sold():
            if o not in (offer, own) and (tasteless or group.alike(o, offer)):
                price = posted.price_at(o, quality) - harm
                for g in points:
                    rivals[g].append(price[[g]])
        if tasteless:
            needed = np.minimum(find(quality, group.buyers.needs.quality)[0], len(quality) - 1)
            for g in points:
                limits[g].append(worth[needed == g])
    return PriceMarks(
        highest,
        tuple(_rising(np.concatenate(r)) for r in rivals),
        tuple(_rising(np.concatenate(r)) for r in limits),
        smooth,
    )


def _distinct(prices: FloatArray) -> FloatArray:
    """Prices that differ by more than rounding, rising."""
    every = np.sort(prices)
    new = np.diff(every, prepend=-np.inf) > SAME * np.abs(every)
    return np.asarray(every[new], dtype=np.float64)


def _matching(listed: FloatArray, price: FloatArray) -> float:
    """What list prices [G] are multiplied by where they are prices [G], to the last digit.

    A seller of the same would win all buyers, or none, by an error of rounding.
    """
    sold = np.isfinite(price) & np.isfinite(listed) & (listed > 0)
    tries = np.unique(price[sold] / listed[sold])
    if not len(tries):
        return float("nan")
    matched = np.multiply.outer(tries, listed[sold]) == price[sold]
    return float(tries[np.argmax(matched.sum(axis=1))])


def _rising(prices: FloatArray) -> FloatArray:
    """All that are finite and above 0, each once."""
    every: FloatArray = np.unique(prices)
    return every[np.isfinite(every) & (every > 0)]
