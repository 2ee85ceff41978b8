"""Counterfactual measures: what a small change of a price or of a model would do to revenue."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray

SURE = 1.96  # standard errors from 0, for a slope that is told from none


@dataclass(frozen=True)
class Counterfactuals:
    """Measures of counterfactual markets in which one thing differs.

    Attributes
    ----------
    elasticity
        [K] ε = (ΔQ/Q̄) / (Δμ/μ̄), the arc elasticity of each provider's quantity by its price (Allen
        1934).
    elasticity_error
        [K] its standard error, buyers taken as a sample.
    marginal_revenue
        [K] dR/dQ = μ(1 + 1/ε), US dollars per list dollar sold; NaN where ε cannot be told from 0.
    marginal_revenue_capability
        [M] ΔR of each model's provider per unit rise of the model's logit solve probability, US
        dollars per tick.
    deviation_gain
        [K] expected profit at the price that the provider's rule finds best over that at its
        current price, less 1; NaN where its rule searches none.
    """

    elasticity: FloatArray
    elasticity_error: FloatArray
    marginal_revenue: FloatArray
    marginal_revenue_capability: FloatArray
    deviation_gain: FloatArray

    @classmethod
    def of(
        cls,
        slopes: Sequence["Elasticity"],
        price: FloatArray,
        capability: FloatArray,
        gain: FloatArray,
    ) -> "Counterfactuals":
        """Put together: K slopes at K prices over list, and the measures by model and provider."""
        value = np.array([slope.value for slope in slopes])
        error = np.array([slope.error for slope in slopes])
        told = np.abs(value) > SURE * error
        inverse = np.divide(1.0, value, out=np.full(len(value), np.nan), where=told)
        return cls(value, error, price * (1 + inverse), capability, gain)


@dataclass(frozen=True)
class Elasticity:
    """An elasticity and its standard error."""

    value: float
    error: float

    @classmethod
    def none(cls) -> "Elasticity":
        """Of a provider that sells nothing."""
        return cls(float("nan"), float("nan"))


def elasticity(
    by_buyer: FloatArray, count: FloatArray, multiplier: tuple[float, float]
) -> Elasticity:
    """Arc elasticity of quantity by price, and how far the buyers in the market tell it.

    ε = (ΔQ/Q̄)/(Δμ/μ̄) over sums Q = Σ_j q_j of J buyers; its error is that of a ratio of sums:
    √Σ_j (Δq_j/Q̄ − ε·(Δμ/μ̄)·q̄_j/Q̄)² over Δμ/μ̄ (Cochran 1977, section 6.3).

    Parameters
    ----------
    by_buyer
        [2, N] q of one buyer of each group, at the lower and the higher price.
    count
        [N] how many buyers are in each group.
    multiplier
        The two prices μ over list price.

    Returns
    -------
    Elasticity
        NaN where nothing is sold.
    """
    mean, change = by_buyer.mean(axis=0), by_buyer[1] - by_buyer[0]
    total = float(count @ mean)
    if not total > 0:
        return Elasticity.none()
    step = (multiplier[1] - multiplier[0]) / ((multiplier[1] + multiplier[0]) / 2)
    value = float(count @ change) / total / step
    beside = (change / step - value * mean) / total
    return Elasticity(value, float(np.sqrt(count @ beside**2)))


def nothing(providers: int, models: int) -> Counterfactuals:
    """All NaN."""
    missing = np.full(providers, np.nan)
    return Counterfactuals(missing, missing, missing, np.full(models, np.nan), missing)
