"""How routing answers prices: cascades at each solve rate, so that the answer is a dot product.

A search for the frontier at every price that a provider might ask would take too long. The frontier
is searched at some price lists, and its cascades are kept by what they spend on each model. What a
solve rate costs at other prices is the least, over these cascades, of list spend times prices: an
upper bound of K that is exact at the lists searched. Cascade by cascade it is linear in prices, so
the spend on a model is the derivative of the cost by its price (the envelope theorem).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.simulation.cost_cache import CostCache, MixCosts

WIDE = (0.6, 0.8, 1.25, 1.7)  # changes of a price around which frontiers are searched beforehand
REMEMBERED = 48  # price lists met lately whose cascades are remembered


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


class Rerouting:
    """What an arbitrageur might do at other prices, from searches made once and remembered.

    Parameters
    ----------
    costs
        Of the market.
    owner
        [M] index of each model's provider.
    """

    def __init__(self, costs: CostCache, owner: IntArray) -> None:
        self._costs = costs
        self._owner = owner
        # by models for sale and query mix: around list prices, and at price lists met lately
        self._around: dict[tuple[bytes, int], list[FloatArray]] = {}
        self._met: dict[tuple[bytes, int], dict[bytes, FloatArray]] = {}
        self._all: dict[tuple[bytes, int], Alternatives] = {}

    def near(self, mix: int, price: FloatArray, steps: Sequence[float]) -> Alternatives:
        """Cascades found at the prices [M], and at each provider's changed by `steps`."""
        mix_costs = self._costs.mixes[mix]
        lists = price_lists(price, self._owner, steps)
        return Alternatives.of(self._plain(mix_costs, listed) for listed in lists)

    def far(self, mix: int, price: FloatArray) -> Alternatives:
        """Cascades found widely around list prices, and at price lists met lately, `price` too."""
        key = (np.isfinite(price).tobytes(), mix)
        mix_costs = self._costs.mixes[mix]
        if key not in self._around:
            listed = np.where(np.isfinite(price), 1.0, np.inf)
            around = price_lists(listed, self._owner, WIDE)
            self._around[key] = [self._plain(mix_costs, prices) for prices in around]
            self._met[key] = {}
        met = self._met[key]
        if price.tobytes() not in met:
            met = {**met, price.tobytes(): self._plain(mix_costs, price)}
            for oldest in list(met)[:-REMEMBERED]:
                del met[oldest]
            self._met[key] = met
            self._all[key] = Alternatives.of([*self._around[key], *met.values()])
        return self._all[key]

    @contextmanager
    def forgetting(self) -> Iterator[None]:
        """Forget afterwards the price lists met in the block: sellers learn nothing by it."""
        before = dict(self._around), dict(self._met), dict(self._all)
        yield
        self._around, self._met, self._all = before

    def _plain(self, mix_costs: MixCosts, price: FloatArray) -> FloatArray:
        """[G, M] list spend of the plain cascades at a price list; infinite out of reach."""
        frontier = self._costs.quick(mix_costs, price)
        spend = mix_costs.list_spend(frontier.policies)
        spend[[policy is None for policy in frontier.policies]] = np.inf
        return spend
