"""What solve rates cost those who may draw lots between different policies.

A menu mixes two neighbouring budgets of one policy, for single models and cascades alike. A lottery
over different models or cascades is a policy of another kind: it makes cost convex in the solve
rate. Margins that allow it stand beside the plain ones, and allow it to both sides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from market.foundation.answer_cache import kept_or_found
from market.foundation.arrays import FloatArray
from market.foundation.content_digest import content_digest
from market.frontier.grid_cascade import Placement
from market.frontier.market_price import margin, margin_summary
from market.frontier.pass_curves import CurveTables
from market.frontier.policy_cloud import PolicyCloud


@dataclass(frozen=True)
class Lotteries:
    """Market price and arbitrage cost, both convex.

    Attributes
    ----------
    quality
        [G] solve rates.
    market_price
        [G] least expected spend of a lottery over single models; infinite out of reach.
    arbitrage_cost
        [G] least expected spend of a lottery over cascades; infinite out of reach.
    """

    quality: FloatArray
    market_price: FloatArray
    arbitrage_cost: FloatArray

    @classmethod
    def of_cloud(
        cls,
        cloud: PolicyCloud,
        quality: FloatArray,
        price: FloatArray,
        market: CurveTables | None = None,
    ) -> "Lotteries":
        """The same over the best policies that searches found, as :meth:`of` takes the rest."""

        def find() -> dict[str, FloatArray]:
            found = cls.of(cloud.fine.tables, quality, price, cloud.kept(price), market)
            return {"market_price": found.market_price, "arbitrage_cost": found.arbitrage_cost}

        key = content_digest("lotteries", cloud.content, quality, price, market)
        return cls(quality, **kept_or_found(key, find))

    @classmethod
    def of(
        cls,
        tables: CurveTables,
        quality: FloatArray,
        price: FloatArray,
        placements: Iterable[Placement],
        market: CurveTables | None = None,
    ) -> "Lotteries":
        """Lower convex hulls of single models, and of the cascades that a search has kept.

        Parameters
        ----------
        tables
            Curves on the budget grids.
        quality
            [G] solve rates.
        price
            [M] multipliers; infinite where a model is not for sale.
        placements
            Of the search.
        market
            Curves of buyers who buy attempts directly, where their verifier is another.
        """
        sold = np.flatnonzero(np.isfinite(price)).tolist()
        single = market if market is not None else tables
        found = [p.choices(p.bill(price)) for p in placements]
        curves = [single.mean_cost(m, price[m]) for m in sold]
        cascades = [(may.solve_rate, may.bill) for may in found]
        alone = curves if single is tables else [tables.mean_cost(m, price[m]) for m in sold]
        return cls(quality, convex_cost(curves, quality), convex_cost(alone + cascades, quality))

    def to_json(self) -> dict[str, Any]:
        """Arrays by name, and the highest and mean margin."""
        margins = margin(self.market_price, self.arbitrage_cost)
        return {
            "market_price": self.market_price,
            "arbitrage_cost": self.arbitrage_cost,
            "margin": margins,
            **margin_summary(margins),
        }


def convex_cost(curves: Iterable[tuple[FloatArray, FloatArray]], quality: FloatArray) -> FloatArray:
    """[G] lower convex hull of points of solve rate and cost, and of doing nothing.

    Parameters
    ----------
    curves
        [X] solve rates and [X] costs each.
    quality
        [G] solve rates; the cost is infinite above the highest of the points.
    """
    points = list(curves)
    u = np.concatenate([np.zeros(1), *(rate for rate, _ in points)])
    s = np.concatenate([np.zeros(1), *(cost for _, cost in points)])
    order = np.lexsort((s, -u))
    u, s = u[order], s[order]
    # only points that nothing of a higher solve rate undercuts can lie on the hull
    cheapest = s < np.minimum.accumulate(np.append(np.inf, s[:-1]))
    u, s = u[cheapest][::-1], s[cheapest][::-1]
    hull: list[int] = []
    for k in range(len(u)):
        while len(hull) > 1:
            (a, b) = hull[-2:]
            if (s[b] - s[a]) * (u[k] - u[a]) < (s[k] - s[a]) * (u[b] - u[a]):
                break
            hull.pop()
        hull.append(k)
    cost = np.interp(quality, u[hull], s[hull])
    return np.where(quality <= u[hull][-1] + 1e-12, cost, np.inf)
