"""What buyers gain by what is offered, expected over their tastes, in US dollars.

With nested tastes the best of all is worth σ·ln(1 + Σ_n E_n^λ) more than not buying, where
E_n = Σ_{s in n} e^{V_s/λσ} and an offer outside a nest is one of its own (Williams 1977; Small and
Rosen 1981). See :mod:`market.strategies.expected_demand` for the chances that go with it.
"""

from collections.abc import Mapping

import numpy as np
from scipy.special import logsumexp

from market.foundation.arrays import FloatArray
from market.strategies.expected_demand import ExpectedBuyers


def expected_surplus(of: ExpectedBuyers, gains: Mapping[int, FloatArray]) -> FloatArray:
    """[N] US dollars per query of each group above not buying; 0 where nothing is offered.

    Buyers who may route for themselves have their own router beside each arbitrageur, at the mean
    cost of their group.

    Parameters
    ----------
    of
        N groups of like buyers.
    gains
        By offer, [N] US dollars per query that it is worth above its price, tastes aside.
    """
    scale, routing = of.buyers.scale, of.buyers.own_routing
    if not gains:
        return np.zeros(len(scale))
    if of.taste is not None:
        outside = scale * of.taste[-1]
        with_tastes = [gain + scale * of.taste[o] - outside for o, gain in gains.items()]
        return _best(with_tastes)
    hard = _best(list(gains.values()))
    if not (scale > 0).any():
        return hard
    if routing is not None and routing.offer in gains:
        gains = routing.beside(gains, of.buyers.consideration)
    per_taste = np.where(scale > 0, scale, 1.0)
    nests: dict[int, list[FloatArray]] = {}
    for o, gain in gains.items():
        nest = int(of.nest[o])
        nests.setdefault(nest if nest >= 0 else -1 - o, []).append(gain / per_taste)
    branches = [np.zeros(len(scale))]
    for utilities in nests.values():
        branches.append(_inclusive(np.stack(utilities), of.dissimilarity))
    soft = scale * np.asarray(logsumexp(np.stack(branches), axis=0))
    return np.asarray(np.where(scale > 0, soft, hard), dtype=np.float64)


def _inclusive(utility: FloatArray, dissimilarity: float) -> FloatArray:
    """[N] what the best of a nest is worth, of utilities [offers, N] over the scale of tastes."""
    if len(utility) == 1:
        return np.asarray(utility[0], dtype=np.float64)
    if dissimilarity == 0:
        return np.asarray(utility.max(axis=0), dtype=np.float64)
    return np.asarray(dissimilarity * logsumexp(utility / dissimilarity, axis=0))


def _best(gains: list[FloatArray]) -> FloatArray:
    return np.asarray(np.maximum(np.max(gains, axis=0), 0.0), dtype=np.float64)
