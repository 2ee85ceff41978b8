"""What buyers buy in a tick."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from market.foundation.arrays import BoolArray, FloatArray, IntArray, zero_where_infinite
from market.simulation.query_arrays import mean_of_points
from market.strategies.choice import OUTSIDE_OPTION, Choice
from market.strategies.menu import Menus

PointArray = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Points:
    """P points of the menus of all offers, one after the other, and last nothing bought.

    Attributes
    ----------
    of
        How many each offer has.
    seller
        [P + 1] index of who sells each; last `OUTSIDE_OPTION`.
    lower
        [P + 1] the point before, or itself where it is the first of its menu.
    quality, price, asked
        [P + 1] solve rate, US dollars per query that buyers weigh, and those that are asked; 0
        where not sold.
    """

    of: int
    seller: IntArray
    lower: IntArray
    quality: FloatArray
    price: FloatArray
    asked: FloatArray

    @classmethod
    def all(cls, menus: Menus, seller_of: IntArray) -> "Points":
        """Of menus [O, G]."""
        offers, points = menus.price.shape
        every = np.arange(offers * points + 1)
        first = (every % points == 0) | (every == offers * points)
        price = _and_nothing(menus.price)
        return cls(
            points,
            np.append(np.repeat(seller_of, points), OUTSIDE_OPTION),
            every - ~first,
            _and_nothing(menus.quality),
            price,
            price if menus.beside is None else _and_nothing(menus.asked),
        )


def _and_nothing(values: FloatArray) -> FloatArray:
    """[P + 1] values of points, 0 where not sold, and last 0 where nothing is bought."""
    return np.append(zero_where_infinite(values), 0.0)


@dataclass(frozen=True)
class Bought:
    """What J buyers buy this tick.

    Attributes
    ----------
    points
        Those that may be bought.
    point
        [J] which of them serves with chance `share`, else the one before it; `OUTSIDE_OPTION` where
        nothing is bought.
    share
        [J] its chance.
    surplus
        [J] US dollars per query by which it is better than not buying, tastes included.
    """

    points: Points
    point: PointArray
    share: FloatArray
    surplus: FloatArray

    @classmethod
    def of(cls, choice: Choice, menus: Menus, seller_of: IntArray) -> "Bought":
        """What a choice among menus [O, G] comes to."""
        point = choice.offer.astype(np.int32)
        point *= menus.price.shape[-1]
        point += choice.at
        point[choice.offer == OUTSIDE_OPTION] = OUTSIDE_OPTION
        return cls(Points.all(menus, seller_of), point, choice.share, choice.surplus)

    def part(self, span: slice) -> "Bought":
        """What some of them buy."""
        return Bought(self.points, self.point[span], self.share[span], self.surplus[span])

    @property
    def buys(self) -> BoolArray:
        """[J] whether anything is bought."""
        return np.asarray(self.point != OUTSIDE_OPTION)

    @property
    def seller(self) -> IntArray:
        """[J] index; `OUTSIDE_OPTION` where nothing is bought."""
        return np.asarray(self.points.seller[self.point])

    @property
    def quality(self) -> FloatArray:
        """[J] solve rate promised; 0 where nothing is bought."""
        return self._mean(self.points.quality)

    @property
    def price(self) -> FloatArray:
        """[J] US dollars per query that it was weighed at; 0 where nothing is bought.

        What is asked, and what the buyer has beside it.
        """
        return self._mean(self.points.price)

    def _mean(self, values: FloatArray) -> FloatArray:
        return mean_of_points(values, self.points.lower, self.point, self.share)
