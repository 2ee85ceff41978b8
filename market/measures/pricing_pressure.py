"""How sellers press on each other's prices: elasticities, diversion, and what a merger changes.

Of n prices, quantities q and their slopes ∂q_j/∂p_i, at whatever prices these are taken.
"""

import numpy as np

from market.foundation.arrays import FloatArray


def elasticities(quantity: FloatArray, log_slope: FloatArray) -> FloatArray:
    """[n, n] ∂ln q_i/∂ln p_j: by row the quantity, by column the price; NaN where none is sold.

    Parameters
    ----------
    quantity
        [n].
    log_slope
        [n, n] ∂q_j/∂ln p_i, price i by row.
    """
    sold = np.where(quantity > 0, quantity, np.nan)
    return np.asarray(log_slope.T / sold[:, None], dtype=np.float64)


def diversion_ratios(log_slope: FloatArray) -> FloatArray:
    """[n, n] D_ij = −(∂q_j/∂p_i)/(∂q_i/∂p_i): of what i loses by a higher price, what j gains.

    The diagonal is −1. NaN where the price moves nothing of its own.

    Parameters
    ----------
    log_slope
        [n, n] ∂q_j/∂ln p_i, price i by row.
    """
    own = np.diag(log_slope)
    return np.asarray(-log_slope / np.where(own == 0, np.nan, own)[:, None], dtype=np.float64)


def lerner_indices(price: FloatArray, unit_cost: FloatArray) -> FloatArray:
    """[n] (p − c)/p (Lerner 1934)."""
    return np.asarray((price - unit_cost) / price, dtype=np.float64)


def upward_pricing_pressure(
    diversion: FloatArray, price: FloatArray, unit_cost: FloatArray, saving: float = 0.0
) -> FloatArray:
    """[n, n] UPP_ij = D_ij·(p_j − c_j) − e·c_i: what j's profit adds to i's cost if they merge.

    Farrell and Shapiro (2010), Antitrust Policy Alternatives to Market Definition. Over p_i it is
    the gross upward pricing price index (GUPPI). NaN on the diagonal.

    Parameters
    ----------
    diversion
        [n, n].
    price, unit_cost
        [n].
    saving
        e, share of marginal cost that a merger saves.
    """
    pressure = diversion * (price - unit_cost) - saving * unit_cost[:, None]
    np.fill_diagonal(pressure, np.nan)
    return np.asarray(pressure, dtype=np.float64)
