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
        [K] ε = d ln Q / d ln μ, of each provider's quantity by its price.
    elasticity_error
        [K] its standard error, buyers taken as a sample.
    marginal_revenue
        [K] dR/dQ = μ(1 + 1/ε), US dollars per list dollar sold; NaN where ε cannot be told from 0.
    marginal_revenue_capability
        [L] ΔR of each listing's provider per unit rise of the model's logit solve probability, US
        dollars per tick.
    deviation_gain
        [K] expected profit at the prices that the provider's rule finds best over that at its
        current ones, less 1, of its owner where it is merged; NaN where its rule searches none.
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


def elasticity(by_buyer: FloatArray, count: FloatArray, multipliers: FloatArray) -> Elasticity:
    """Elasticity of quantity by price around a price, and how far the buyers there tell it.

    The least-squares slope of ln Q over ln μ, Q = Σ_j q_j over J buyers: Σ_k c_k·ln Q_k, with c_k
    the weights of a regression. Its error is √Σ_j (Σ_k c_k·q_jk/Q_k)², buyers taken as a sample. An
    arbitrageur's cascades change in steps as prices move, so a slope between two near prices would
    be mostly noise. Where nothing is sold at one of the prices, of Q over its mean.

    Parameters
    ----------
    by_buyer
        [K, N] q of one buyer of each group, by price.
    count
        [N] how many buyers are in each group.
    multipliers
        [K] prices μ over list price.

    Returns
    -------
    Elasticity
        NaN where nothing is sold.
    """
    total = by_buyer @ count
    if not total.sum() > 0:
        return Elasticity.none()
    beside = np.log(multipliers) - np.log(multipliers).mean()
    weights = beside / (beside @ beside)
    if (total > 0).all():
        value, part = float(weights @ np.log(total / total[0])), weights / total
    else:
        value = float(weights @ total / total.mean())
        part = (weights - value / len(total)) / total.mean()
    return Elasticity(value, float(np.sqrt(count @ (part @ by_buyer) ** 2)))


def nothing(providers: int, listings: int) -> Counterfactuals:
    """All NaN."""
    missing = np.full(providers, np.nan)
    return Counterfactuals(missing, missing, missing, np.full(listings, np.nan), missing)
