"""What each quality tier costs at the providers' present prices, computed once per price list.

Arbitrageurs who know the same and route alike share one frontier; it is searched again only when a
price has changed.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from market.arbitrage import MarketPrice, market_price
from market.cascade import Mixture, evaluate_mixture
from market.curves import CurveTables
from market.frontier import Frontier
from market.population import FloatArray
from market.routing import CascadeRouting

_KEPT = 256  # price lists remembered; a price war of providers need not be searched twice


class Economy:
    """Costs and policies by quality tier, remembered by price list.

    Parameters
    ----------
    tables
        Curves of the models on sale.
    quality
        [G] promised solve rate by tier.
    """

    def __init__(self, tables: CurveTables, quality: FloatArray) -> None:
        self.tables = tables
        self.quality = quality
        self._markets: dict[bytes, MarketPrice] = {}
        self._frontiers: dict[tuple[CascadeRouting, bytes], Frontier] = {}
        self._list_spend: dict[Mixture, FloatArray] = {}

    def market(self, price: FloatArray) -> MarketPrice:
        """Each model alone, at the multipliers `price` [M]."""
        key = price.tobytes()
        if key not in self._markets:
            _forget(self._markets)
            self._markets[key] = market_price(self.tables, self.quality, price)
        return self._markets[key]

    def route(self, routing: CascadeRouting, price: FloatArray) -> Frontier:
        """Frontier of a routing rule at the multipliers `price` [M]."""
        key = (routing, price.tobytes())
        if key not in self._frontiers:
            _forget(self._frontiers)
            self._frontiers[key] = routing.route(self.tables, self.quality, price)
        return self._frontiers[key]

    def expected_list_spend(self, policies: Sequence[Mixture | None]) -> FloatArray:
        """[P, M] expected list dollars per query by model; 0 where there is no policy."""
        spend = np.zeros((len(policies), len(self.tables.models)))
        for p, policy in enumerate(policies):
            if policy is None:
                continue
            if policy not in self._list_spend:
                _forget(self._list_spend, 64 * _KEPT)
                self._list_spend[policy] = evaluate_mixture(policy, self.tables).list_spend
            spend[p] = self._list_spend[policy]
        return spend


def _forget(memory: dict[Any, Any], kept: int = _KEPT) -> None:
    while len(memory) >= kept:
        memory.pop(next(iter(memory)))
