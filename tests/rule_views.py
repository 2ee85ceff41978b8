"""Views of a market for tests of rules, with an expectation that has one best price."""

import numpy as np

from market.strategies.market_view import MarketView, ProviderView, Quote, Turn

QUALITY = np.linspace(0.3, 0.7, 5)
COST = np.array([0.01, 0.015, 0.02, 0.04, np.inf])


class Parabola:
    """Expected profit that is highest at one price, or at one menu."""

    def __init__(self, peak):
        self.peak = np.asarray(peak)

    def profit(self, alternatives):
        sold = np.isfinite(self.peak)
        peak = np.where(sold, self.peak, 1.0)
        gap = np.where(sold, alternatives, peak) / peak - 1
        return 10 - (gap**2).reshape(len(alternatives), -1).sum(axis=1)


def provider_view(**changes):
    base = {
        "cost_ratio": 0.5,
        "past": (Turn(1.0, 5.0), Turn(1.05, 6.0)),
        "uniform_draw": 0.37,
        "expected": Parabola(0.8),
    }
    return ProviderView(3, QUALITY, (Quote("rival", 1.3 * COST),), **{**base, **changes})


def resale_view(**changes):
    base = {"rivals": (Quote("rival", 1.3 * COST),), "expected": Parabola(1.5 * COST)}
    return MarketView(3, QUALITY, **{**base, **changes})
