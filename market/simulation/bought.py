"""What buyers buy in a tick."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.strategies.choice import OUTSIDE_OPTION, Choice
from market.strategies.menu import Menus


@dataclass(frozen=True)
class Bought:
    """What J buyers buy this tick.

    Attributes
    ----------
    seller
        [J] index; `OUTSIDE_OPTION` where nothing is bought.
    point
        [J] offer times points of a menu, plus the point: the policy that serves with chance
        `share`, else the one before it; `OUTSIDE_OPTION` where nothing is bought.
    share
        [J] its chance.
    quality, price
        [J] solve rate promised, and US dollars per query that it was weighed at: what is asked,
        and what the buyer has beside it; 0 where nothing is bought.
    asked
        [J] US dollars per query asked; 0 where nothing is bought.
    surplus
        [J] US dollars per query by which it is better than not buying, tastes included.
    """

    seller: IntArray
    point: IntArray
    share: FloatArray
    quality: FloatArray
    price: FloatArray
    asked: FloatArray
    surplus: FloatArray

    @classmethod
    def of(cls, choice: Choice, menus: Menus, seller_of: IntArray) -> "Bought":
        """What a choice among menus [O, G] comes to."""
        points = menus.price.shape[-1]
        out = choice.offer == OUTSIDE_OPTION
        point = np.where(out, 0, choice.offer * points + choice.at)

        def mean(values: FloatArray) -> FloatArray:
            flat = np.where(np.isfinite(values), values, 0.0).ravel()
            low = np.where(choice.at > 0, point - 1, point)
            mixed = flat[low] + choice.share * (flat[point] - flat[low])
            return np.where(out, 0.0, np.where(choice.share == 1, flat[point], mixed))

        price = mean(menus.price)
        return cls(
            seller=np.where(out, OUTSIDE_OPTION, seller_of[np.where(out, 0, choice.offer)]),
            point=np.where(out, OUTSIDE_OPTION, point),
            share=choice.share,
            quality=mean(menus.quality),
            price=price,
            asked=price if menus.beside is None else mean(menus.asked),
            surplus=choice.surplus,
        )
