"""Lasting tastes of buyers for offers, as draws whose choices are a nested logit.

With λ = 1 − correlation, a taste for an offer s of nest n is τ_s = λ(ε_s + ln S_n): ε standard
Gumbel of the offer's own, S_n positive λ-stable and common to the nest. Each τ is then standard
Gumbel, and choices by the highest V_s + σ·τ_s are a nested logit with dissimilarity λ (McFadden
1978; Cardell 1997 for draws of this kind). At correlation 0 tastes are independent; at 1 the nest
shares one Gumbel draw. Arbitrageurs, who resell the same models, are one nest; every other offer
is one of its own.
"""

import numpy as np

from market.foundation.arrays import FloatArray


def log_stable(dissimilarity: float, rng: np.random.Generator, size: int) -> FloatArray:
    """[size] λ·ln S of positive λ-stable draws S; a standard Gumbel draw at λ = 0, and 0 at λ = 1.

    The representation of Kanter (1975), in logarithms so that any λ from 0 to 1 may be asked.

    Parameters
    ----------
    dissimilarity
        λ, from 0 to 1.
    rng
        Two draws for each.
    size
        How many.
    """
    angle = np.pi * rng.uniform(np.finfo(np.float64).tiny, 1.0, size)
    effort = rng.standard_exponential(size)
    rest = 1 - dissimilarity
    if rest == 0:
        return np.zeros(size)
    draws = rest * (np.log(np.sin(rest * angle)) - np.log(effort)) - np.log(np.sin(angle))
    if dissimilarity > 0:
        draws = draws + dissimilarity * np.log(np.sin(dissimilarity * angle))
    return np.asarray(draws, dtype=np.float64)


def nested_tastes(own: FloatArray, nest: FloatArray, dissimilarity: float) -> FloatArray:
    """[J] tastes for an offer of a nest.

    Parameters
    ----------
    own
        [J] standard Gumbel draws of the offer's own.
    nest
        [J] what :func:`log_stable` drew for the nest.
    dissimilarity
        λ, from 0 to 1.
    """
    return np.asarray(dissimilarity * own + nest, dtype=np.float64)
