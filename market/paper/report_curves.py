"""The curves behind the paper's figures, ready for JSON."""

from collections.abc import Mapping

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.json_values import finite
from market.paper import procedures
from market.paper.fitted_margins import FittedMargins
from market.paper.pairs import PairSearch
from market.paper.paper_report import Curves


def distribution(result: FittedMargins) -> Curves:
    """Mean and percentiles of fitted margins."""
    return {
        "mean": finite(result.mean),
        "p5": finite(result.percentile(5)),
        "p95": finite(result.percentile(95)),
        "samples": len(result.margins),
    }


def pairs(searches: Mapping[str, PairSearch]) -> Curves:
    """Market price and margin of the best cascade of each pair."""
    return {
        name: {
            "solve_rate": finite(search.rate),
            "market_price": finite(search.price),
            "margin": finite(search.best_margin),
            "thresholds": finite(search.best_thresholds),
        }
        for name, search in searches.items()
    }


def share_curves(shares: procedures.Revenue) -> Curves:
    """Shares of revenue by model, without and with arbitrage."""

    def by_model(rows: FloatArray) -> Curves:
        return {model: finite(rows[m]) for m, model in enumerate(shares.models)}

    return {
        "share_without": by_model(shares.without),
        "share_with": {
            **by_model(shares.with_arbitrage),
            "arbitrageur": finite(shares.arbitrageur),
        },
    }


def thin(values: FloatArray) -> FloatArray:
    """Keep every tenth point and the last: what a chart needs of a thousand."""
    return np.append(values[::10], values[-1])
