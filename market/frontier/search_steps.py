"""What a search over cascades goes through: shadow prices, and solve rates to search near."""

from collections.abc import Iterable

import numpy as np

from market.foundation.arrays import FloatArray
from market.frontier.cascade_space import CascadeSpace

LATTICE = 192  # solve rates, evenly apart, that are searched near
_STEEP = 0.1  # what a solve may cost more from one solve rate to the next, before there are more
_LAMBDA_RATIO = 0.75
_LAMBDA_SPAN = 1e-7


def even_rates(max_solve_rate: float) -> FloatArray:
    """[LATTICE] solve rates that are searched near, up to the highest."""
    return np.asarray(max_solve_rate * np.arange(1, LATTICE + 1) / LATTICE, dtype=np.float64)


def denser_where_steep(lattice: FloatArray, rate: FloatArray, bill: FloatArray) -> FloatArray:
    """A lattice with more solve rates where what a solve costs rises steeply, as near the highest.

    Parameters
    ----------
    lattice
        [G] solve rates, rising.
    rate, bill
        [N] solve rate and US dollars of policies known.

    Returns
    -------
    [G to G + `LATTICE`] solve rates, rising, those of `lattice` among them.
    """
    asked = (bill > 0) & (rate >= lattice[0]) & (rate > 0)
    if not asked.any():
        return lattice
    order = np.argsort(rate[asked], kind="stable")
    u = rate[asked][order]
    least = np.minimum.accumulate(bill[asked][order][::-1])[::-1]
    part = np.maximum(least / least[-1], np.finfo(np.float64).tiny)  # whatever the unit of money
    rise = np.maximum.accumulate(np.log(part) - np.log(u))
    known = np.interp(lattice, u, rise)
    apart = np.diff(known)
    steps = np.ceil(apart / max(_STEEP, float(apart.sum()) / LATTICE)).astype(np.int64)
    more = [
        np.interp(np.linspace(known[g], known[g + 1], steps[g] + 1)[1:-1], rise, u)
        for g in np.flatnonzero(steps > 1).tolist()
    ]
    return np.unique(np.concatenate([lattice, *more]))


def shadow_prices(space: CascadeSpace, price: FloatArray, models: Iterable[int]) -> FloatArray:
    """Descending λ: from where nothing is worth buying to where everything is."""
    highest = 0.0
    for model in models:
        alone = space.place((), model)
        bill = alone.bill(price)[0]
        paid = bill > 0
        solve_rate = np.atleast_2d(alone.solve_rate)[0]
        highest = max(highest, float((solve_rate[paid] / bill[paid]).max(initial=0.0)))
    if highest == 0:
        return np.empty(0)
    steps = int(np.ceil(np.log(_LAMBDA_SPAN) / np.log(_LAMBDA_RATIO)))
    return np.asarray(highest * _LAMBDA_RATIO ** np.arange(steps + 1.0), dtype=np.float64)
