"""What is sold at prices, and how it moves with each of them: slopes by finite differences."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.strategies.price_scan import with_price

Sold = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
"""Of [n] prices, [n] quantities sold and [n] total costs."""

NEAR_BY = (-1e-4, 1e-4)  # in log prices; the error of a central difference is of its square
_JUMPS = 0.5  # change of a slope over half the step, as a share: 1 where demand jumps, 0 if smooth


@dataclass(frozen=True)
class Slopes:
    """What is sold at prices, and how it moves with each of them.

    Attributes
    ----------
    price, quantity, cost
        [n]; costs are total.
    quantity_slope, cost_slope
        [n, n] ∂q_j/∂ln p_i and ∂C_j/∂ln p_i, price i by row.
    """

    price: FloatArray
    quantity: FloatArray
    cost: FloatArray
    quantity_slope: FloatArray
    cost_slope: FloatArray

    @classmethod
    def of(cls, sold: Sold, price: FloatArray, offsets: Sequence[float] = NEAR_BY) -> "Slopes":
        """Least-squares slopes over log prices moved one at a time.

        Of ln q and ln C, and of q and C where one of them is 0.

        Parameters
        ----------
        sold
            The market.
        price
            [n] where.
        offsets
            By how much a log price moves: two for a central difference; wider and more where demand
            moves in small steps, as where a router turns to another cascade.
        """
        quantity, cost = sold(price)
        weight = np.asarray(offsets) - np.mean(offsets)
        weight = weight / (weight @ weight)
        slopes = np.zeros((2, len(price), len(price)))
        for i in range(len(price)):
            moved = [sold(with_price(price, i, price[i] * np.exp(by))) for by in offsets]
            for k, now in enumerate((quantity, cost)):
                slopes[k, i] = _slope(now, np.stack([of[k] for of in moved]), weight)
        return cls(price, quantity, cost, *slopes)

    def missing_at_jumps(self, sold: Sold, offsets: Sequence[float]) -> "Slopes":
        """The same with NaN by a price at which its quantity jumps.

        There a difference is one over its step, and no slope.

        Parameters
        ----------
        sold, offsets
            What they were taken from, and over.
        """
        half = Slopes.of(sold, self.price, [by / 2 for by in offsets])
        own, nearer = np.diag(self.quantity_slope), np.diag(half.quantity_slope)
        jumps = np.abs(nearer - own) > _JUMPS * np.abs(own)
        quantity, cost = (
            np.where(jumps[:, None], np.nan, of) for of in (self.quantity_slope, self.cost_slope)
        )
        return replace(self, quantity_slope=quantity, cost_slope=cost)

    def markup_gap(self, owner: IntArray) -> FloatArray:
        """[n] p − c − m(p); NaN where nothing is sold, or the price moves nothing."""
        one = np.equal.outer(owner, owner)
        sells = (self.quantity > 0) & (np.abs(np.diag(self.quantity_slope)) > 0)
        revenue_slope = self.price * self.quantity_slope + np.diag(self.price * self.quantity)
        gradient = np.where(one, revenue_slope - self.cost_slope, 0.0)[:, sells].sum(axis=1)
        gap = np.full(len(self.price), np.nan)
        try:
            gap[sells] = np.linalg.solve(self.within(one, sells), gradient[sells])
        except np.linalg.LinAlgError:
            return np.full(len(self.price), np.nan)
        return gap

    def within(self, one: BoolArray, sells: BoolArray) -> FloatArray:
        """A, of those who sell: slopes [n′, n′] of an owner's own quantities by its own prices."""
        return np.asarray(np.where(one, self.quantity_slope, 0.0)[np.ix_(sells, sells)])


def _slope(now: FloatArray, moved: FloatArray, weight: FloatArray) -> FloatArray:
    """[n] slopes of values [K, n], which are `now` [n] in the middle."""
    positive = (now > 0) & (moved > 0).all(axis=0)
    logs = np.log(np.where(positive, moved, 1.0) / np.where(positive, now, 1.0))
    return np.asarray(np.where(positive, now * (weight @ logs), weight @ (moved - now)))
