"""Counterfactual measures: what a small change of a price or of a model would do to revenue."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray


@dataclass(frozen=True)
class Counterfactuals:
    """Measures of counterfactual markets in which one thing differs.

    Attributes
    ----------
    marginal_revenue_price
        [K] ΔR / ΔQ of each provider as its price moves, US dollars per list dollar sold.
    elasticity
        [K] (ΔQ/Q̄) / (Δμ/μ̄), the arc elasticity of its quantity by its price (Allen 1934).
    marginal_revenue_capability
        [M] ΔR of each model's provider per unit rise of the model's logit solve probability, US
        dollars per tick.
    deviation_gain
        [K] expected profit at the price that the provider's rule finds best over that at its
        current price, less 1; NaN where its rule searches none.
    """

    marginal_revenue_price: FloatArray
    elasticity: FloatArray
    marginal_revenue_capability: FloatArray
    deviation_gain: FloatArray


def arc(quantity: tuple[float, float], multiplier: tuple[float, float]) -> tuple[float, float]:
    """Marginal revenue and elasticity between two points of a demand curve.

    With R = μQ, ΔR = μ̄ΔQ + Q̄Δμ holds exactly for means over the two points, so marginal revenue
    is μ̄(1 + 1/ε) with the arc elasticity ε, whatever the demand.

    Parameters
    ----------
    quantity
        Q in list dollars at the lower and the higher price.
    multiplier
        The two prices μ over list price.

    Returns
    -------
    marginal_revenue, elasticity
        NaN where nothing is sold; marginal revenue is NaN too where quantity does not move.
    """
    (q0, q1), (m0, m1) = quantity, multiplier
    if not q0 + q1 > 0:
        return float("nan"), float("nan")
    elasticity = ((q1 - q0) / (q0 + q1)) / ((m1 - m0) / (m0 + m1))
    moved = q1 - q0
    return ((m1 * q1 - m0 * q0) / moved if moved else float("nan")), float(elasticity)


def nothing(providers: int, models: int) -> Counterfactuals:
    """All NaN."""
    missing = np.full(providers, np.nan)
    return Counterfactuals(missing, missing, np.full(models, np.nan), missing)
