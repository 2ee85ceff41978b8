"""Menus: what each solve rate costs at a seller, and how buyers read them.

Quality is continuous. A menu is a rising grid of solve rates with a price at each; between two of
them a query is served by one or the other, by chance, so that solve rate and price are the mean
that the buyer asked for. Beyond the last solve rate nothing is sold.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from market.foundation.arrays import FloatArray, IntArray, read_only
from market.foundation.compiled import can_compile

ROUNDING = 1e-9  # a solve rate that is missed by such a share is reached
_MANY = 12_000  # buyers whose needs are found in a compiled loop: to load it takes a while
_BEND = 2.0  # how much denser a menu is near the highest solve rate, where cost curves bend


@cache
def steps(points: int) -> FloatArray:
    """[G] parts of a highest solve rate that a menu lists, rising to 1: the denser the higher."""
    return read_only(1 - (1 - np.arange(1, points + 1) / points) ** _BEND)


def turning_points(quality: FloatArray, cost: FloatArray, points: int) -> IntArray:
    """[G] indices of the solve rates that tell a cost curve best when others are interpolated.

    The ends, then one by one where the curve is furthest off, as a share of its cost (after
    Ramer 1972, and Douglas and Peucker 1973).

    Parameters
    ----------
    quality, cost
        [N] solve rates, rising, and what each costs, finite.
    points
        G, up to N.
    """
    kept = np.array([0, len(quality) - 1])
    floor = np.where(cost > 0, cost, 1.0)
    while len(kept) < points:
        off = np.abs(np.interp(quality, quality[kept], cost[kept]) - cost) / floor
        off[kept] = -1.0  # where nothing is off, the first that is left
        kept = np.sort(np.append(kept, np.argmax(off)))
    return kept


@dataclass(frozen=True)
class Menus:
    """Menus of O offers.

    Attributes
    ----------
    quality
        [..., O, G] solve rates, rising.
    price
        [..., O, G] US dollars per query, never falling with quality; infinite where not sold. What
        buyers weigh: with checks of their own, and what wrong answers cost them.
    beside
        [..., O, G] US dollars of it that the seller does not ask; None where it asks for all.
    """

    quality: FloatArray
    price: FloatArray
    beside: FloatArray | None = None

    def of_mix(self, mix: int) -> "Menus":
        """[O, G] of one query mix, the first axis."""
        beside = None if self.beside is None else self.beside[mix]
        return Menus(self.quality[mix], self.price[mix], beside)

    def same(self, other: "Menus") -> bool:
        """Whether buyers would read the same."""
        return np.array_equal(self.quality, other.quality) and np.array_equal(
            self.price, other.price
        )

    @property
    def asked(self) -> FloatArray:
        """[..., O, G] US dollars per query that sellers ask."""
        return self.price if self.beside is None else self.price - self.beside

    def sold(self) -> list[int]:
        """Indices of the offers that sell anything, to anybody."""
        finite = np.isfinite(self.price).any(axis=-1)
        return np.flatnonzero(finite.reshape(-1, finite.shape[-1]).any(axis=0)).tolist()

    def price_at(self, offer: int, wanted: FloatArray) -> FloatArray:
        """[..., N] what solve rates [N] cost at one offer of [O, G]; infinite out of reach."""
        return price_at(self.quality[offer], self.price[offer], wanted)


def find(quality: FloatArray, wanted: FloatArray) -> tuple[IntArray, FloatArray]:
    """Where solve rates lie on a menu.

    Parameters
    ----------
    quality
        [G] solve rates, rising.
    wanted
        [N] solve rates.

    Returns
    -------
    at, share
        [N] index of the point that is good enough, G where none is; and the chance of it, else
        the point before it serves.
    """
    if len(wanted) >= _MANY and can_compile():
        from market.strategies.menu_loops import find_many

        return find_many(quality, wanted, ROUNDING)
    at = np.searchsorted(quality, wanted * (1 - ROUNDING), side="left")
    high, low = np.minimum(at, len(quality) - 1), np.maximum(at - 1, 0)
    step = quality[high] - quality[low]
    beyond = wanted - quality[low]
    share = np.divide(beyond, step, out=np.ones(len(wanted)), where=(step > 0) & (at > 0))
    return at, np.clip(share, 0.0, 1.0)


def between(values: FloatArray, at: IntArray, share: FloatArray) -> FloatArray:
    """[..., N] values [..., G] of menu points, mixed as :func:`find` says.

    Where both `at` and `values` have leading axes, they are the same.
    """
    if values.ndim == 2 and can_compile():  # what is only expected, at many prices
        from market.strategies.purchase_loops import mixed

        return mixed(np.ascontiguousarray(values), np.atleast_2d(at), np.atleast_2d(share))
    if values.ndim == 1 and at.ndim == 1 and len(at) >= _MANY and can_compile():
        from market.strategies.menu_loops import mix_many

        return mix_many(values, at, share)
    low = np.maximum(at - 1, 0)
    if at.ndim == 1 or values.ndim == 1:
        upper, lower = values.take(at, axis=-1), values.take(low, axis=-1)
    else:
        upper, lower = (np.take_along_axis(values, index, axis=-1) for index in (at, low))
    with np.errstate(invalid="ignore"):
        mean = lower + share * (upper - lower)
    return np.asarray(np.where(share == 1, upper, mean), dtype=np.float64)


def price_at(quality: FloatArray, price: FloatArray, wanted: FloatArray) -> FloatArray:
    """[..., N] what solve rates [N] cost on a menu [G], [..., G]; infinite out of reach."""
    at, share = find(quality, wanted)
    reached = at < len(quality)
    cost = between(price, np.minimum(at, len(quality) - 1), share)
    return np.asarray(np.where(reached & ~np.isnan(cost), cost, np.inf), dtype=np.float64)


def cheapest_good_enough(fee: FloatArray) -> tuple[FloatArray, IntArray]:
    """At each point, the cheapest policy that is at least as good.

    Parameters
    ----------
    fee
        [..., G] price by policy, in the order of the solve rates that they deliver; infinite where
        one is not sold.

    Returns
    -------
    price, policy
        [..., G] each; where no policy is left the price is infinite and the policy the last.
    """
    price = np.minimum.accumulate(fee[..., ::-1], axis=-1)[..., ::-1]
    last = fee.shape[-1] - 1
    own = np.where(fee <= price, np.arange(last + 1), last)
    return price, np.minimum.accumulate(own[..., ::-1], axis=-1)[..., ::-1]
