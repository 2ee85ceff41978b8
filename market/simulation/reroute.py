"""How routes answer prices: a set of cascades at each solve rate, so that the answer is a product.

A search for the frontier at every price that a provider might ask would take too long. The frontier
is searched at some price lists, and its cascades are kept by what they spend on each model. What a
solve rate costs at other prices is the least, over these cascades, of list spend times prices: an
upper bound of K that is exact at the lists searched. Cascade by cascade it is linear in prices, so
the spend on a model is the derivative of the cost by its price (the envelope theorem).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray


def price_lists(price: FloatArray, owner: IntArray, steps: Sequence[float]) -> list[FloatArray]:
    """Price lists around the given one: each provider alone dearer or cheaper by some steps.

    Parameters
    ----------
    price
        [M] multipliers; infinite where a model is not for sale.
    owner
        [M] index of each model's provider.
    steps
        Factors by which one provider's prices are multiplied.
    """
    lists = [price]
    for provider in np.unique(owner[np.isfinite(price)]).tolist():
        lists += [np.where(owner == provider, step * price, price) for step in steps]
    return lists


@dataclass(frozen=True)
class Alternatives:
    """Cascades that reach each solve rate.

    Attributes
    ----------
    list_spend
        [G, L, M] list dollars per query by solve rate, cascade and model; infinite in all models
        where the solve rate is not reached.
    """

    list_spend: FloatArray

    @classmethod
    def of(cls, frontiers: Iterable[FloatArray]) -> "Alternatives":
        """Take the cascades of frontiers, each as its list spend [G, M]."""
        return cls(np.stack(list(frontiers), axis=1))

    def route(self, price: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Cheapest at the multipliers `price` [M], infinite where a model is not for sale.

        Returns
        -------
        cost
            [G] US dollars per query; infinite where no cascade reaches.
        list_spend
            [G, M] list dollars of that cascade; 0 where none reaches.
        """
        sold = np.isfinite(price)
        free = (self.list_spend[..., ~sold] == 0).all(axis=2)
        bill = np.where(free, self.list_spend[..., sold] @ price[sold], np.inf)
        best = bill.argmin(axis=1)
        tier = np.arange(len(best))
        cost = bill[tier, best]
        spend = np.where(np.isfinite(cost)[:, None], self.list_spend[tier, best], 0.0)
        return cost, spend
