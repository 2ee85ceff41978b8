"""Search over cascades of two models, by the mean margin that their thresholds earn.

Source: arXiv:2603.22404.
"""

from dataclasses import dataclass

from market.foundation.arrays import FloatArray
from market.paper.cascades import cascade_curves
from market.paper.paper_curves import (
    PaperMarket,
    cost_of_solve_rate,
    expected_spend,
    margin_or_zero,
)


@dataclass(frozen=True)
class PairSearch:
    """Cascades of two models over a list of thresholds, against the two models alone.

    Parameters
    ----------
    market
        The two models, in the order of the cascade.
    thresholds
        [P, 2] US dollars.
    curves
        [P, B] solve rates of the cascades by total budget.
    rate
        [K] solve rates.
    price
        [K] market price.
    margins
        [P, K] (price − cost)⁺ / price.
    best
        Row of the best mean margin.
    """

    market: PaperMarket
    thresholds: FloatArray
    curves: FloatArray
    rate: FloatArray
    price: FloatArray
    margins: FloatArray
    best: int

    @property
    def best_thresholds(self) -> FloatArray:
        """[2] thresholds of the best row."""
        chosen: FloatArray = self.thresholds[self.best]
        return chosen

    @property
    def best_margin(self) -> FloatArray:
        """[K] margins of the best row."""
        chosen: FloatArray = self.margins[self.best]
        return chosen

    def cost(self, rate: FloatArray) -> FloatArray:
        """[K] what each solve rate costs with the best row."""
        curve: FloatArray = self.curves[self.best]
        return cost_of_solve_rate(rate, curve, expected_spend(curve, self.market.budget))


def search_pair(market: PaperMarket, thresholds: FloatArray, rate: FloatArray) -> PairSearch:
    """Find the thresholds [P, 2] with the best mean margin over the solve rates [K]."""
    curves = cascade_curves(market.solve, thresholds, market.budget)
    price = market.price(rate)
    cost = cost_of_solve_rate(rate, curves, expected_spend(curves, market.budget))
    margins = margin_or_zero(price, cost)
    return PairSearch(
        market, thresholds, curves, rate, price, margins, int(margins.mean(axis=1).argmax())
    )
