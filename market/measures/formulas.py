"""Measures of a market: pure functions of arrays, missing values NaN."""

import numpy as np

from market.foundation.arrays import FloatArray


def last_quarter_ticks(ticks: int) -> range:
    """Ticks of a run that its summary is a mean over: the last quarter, rounded up.

    >>> last_quarter_ticks(10)
    range(7, 10)
    """
    return range(ticks * 3 // 4, ticks)


def ratio(numerator: float, denominator: float) -> float:
    """Quotient; NaN where the denominator is 0."""
    return float(numerator / denominator) if denominator else float("nan")


def segmentation(revenue: FloatArray) -> float:
    """I(bin; model) / H(model) of revenue: how much a buyer's need tells of what serves it.

    1 when each bin is one model's and each model is known by its bins, 0 when all bins share
    alike; NaN with fewer than two models that earn. (Mutual information and entropy as in
    Cover and Thomas, Elements of Information Theory, chapter 2; the uncertainty coefficient of
    Theil 1970.)

    Parameters
    ----------
    revenue
        [D, M] by bin of base need and model, or owner; at least 0.
    """
    total = revenue.sum()
    if not total > 0:
        return float("nan")
    from scipy.special import entr  # slow to import: only where used

    joint = revenue / total
    entropy = float(entr(joint.sum(axis=0)).sum())
    information = float(entr(joint.sum(axis=1)).sum()) + entropy - float(entr(joint).sum())
    return min(max(information / entropy, 0.0), 1.0) if entropy > 1e-12 else float("nan")


def hhi(revenue: FloatArray) -> float:
    """Herfindahl-Hirschman index Σ share², from 1/K to 1; NaN without revenue.

    Parameters
    ----------
    revenue
        [K] by provider.
    """
    total = revenue.sum()
    return float(((revenue / total) ** 2).sum()) if total > 0 else float("nan")


def small_provider_share(revenue: FloatArray) -> float:
    """Share of provider revenue that all but the two largest earn; NaN without revenue.

    Parameters
    ----------
    revenue
        [K] by provider.
    """
    total = revenue.sum()
    return float(np.sort(revenue)[:-2].sum() / total) if total > 0 else float("nan")


def price_dispersion(price: FloatArray, queries: FloatArray) -> float:
    """Spend-weighted coefficient of variation of posted price within a tier.

    Within a tier, prices are weighted by the queries bought at them; tiers by what was spent.

    Parameters
    ----------
    price, queries
        [S, G] posted price and queries served, by seller and tier.

    Returns
    -------
    float
        0 where all buyers of a tier pay the same; NaN where nothing was bought.
    """
    bought = queries > 0
    paid = np.where(bought, price, 0.0)
    count = queries.sum(axis=0)
    spend = (queries * paid).sum(axis=0)
    sold = spend > 0
    if not sold.any():
        return float("nan")
    mean = spend[sold] / count[sold]
    variance = (queries * (paid - spend / np.maximum(count, 1)) ** 2).sum(axis=0)[sold] / count[
        sold
    ]
    return float(spend[sold] @ (np.sqrt(variance) / mean) / spend.sum())


def period(states: FloatArray, window: int) -> int | None:
    """Ticks after which a path repeats itself, throughout its last `window` ticks.

    Parameters
    ----------
    states
        [T, M] by tick; NaN is a state like any other.
    window
        Ticks that must repeat, at least 1; periods up to T − window are tried.

    Returns
    -------
    int or None
        1 where it stands still; None where it does not repeat.
    """
    last = states[-window:]
    for lag in range(1, len(states) - window + 1):
        before = states[-window - lag : -lag]
        if np.array_equal(last, before, equal_nan=True):
            return lag
    return None
