"""The search for a good cascade: one is improved step by step, at a ladder of shadow prices.

For a shadow price λ (solve rate per dollar) :func:`climb` goes up on solve rate − λ·spend: one
stage's budget at a time, over the whole grid, then insertions of models left out and swaps of
neighbours.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager

import numpy as np
from threadpoolctl import threadpool_limits

from market.foundation.arrays import FloatArray
from market.frontier.cascade_space import CascadeSpace
from market.frontier.grid_cascade import GridCascade

_GAIN = 1e-10  # an improvement smaller than this is rounding
_LAMBDA_RATIO = 0.75
_LAMBDA_SPAN = 1e-7


def climb(
    space: CascadeSpace, start: GridCascade, shadow_price: float
) -> tuple[GridCascade, float]:
    """Local optimum of solve rate − λ·spend: budgets, insertions, swaps.

    Parameters
    ----------
    space
        The cascades.
    start
        Where to begin.
    shadow_price
        λ.

    Returns
    -------
    grid_cascade, score
        No change of one budget, insertion of a model or swap of neighbours improves it.
    """
    here, score = start, space.score(start, shadow_price)
    while True:
        here, score = _climb_budgets(space, here, score, shadow_price)
        better = _best(_insertions(space, here, shadow_price), score) or _best(
            _swaps(space, here, shadow_price), score
        )
        if better is None:
            return here, score
        here, score = better


def _climb_budgets(
    space: CascadeSpace, here: GridCascade, score: float, shadow_price: float
) -> tuple[GridCascade, float]:
    unimproved, stage = 0, 0
    while unimproved < len(here.order):
        other, value = space.vary(here, stage).best(shadow_price)
        if value > score + _GAIN and other != here:
            here, score, unimproved = other, value, 0
        unimproved, stage = unimproved + 1, (stage + 1) % len(here.order)
    return here.without_idle(), score


def _insertions(
    space: CascadeSpace, here: GridCascade, shadow_price: float
) -> Iterator[tuple[GridCascade, float]]:
    for model in space.candidates:
        if model not in here.order:
            for budget_sweep in space.insert(here, model):
                yield budget_sweep.best(shadow_price)


def _swaps(
    space: CascadeSpace, here: GridCascade, shadow_price: float
) -> Iterator[tuple[GridCascade, float]]:
    for stage in range(len(here.order) - 1):
        swapped = here.swapped(stage)
        yield swapped, space.score(swapped, shadow_price)


def _best(
    options: Iterable[tuple[GridCascade, float]], score: float
) -> tuple[GridCascade, float] | None:
    """Give the best option, if it is better than `score`."""
    best = None
    for grid_cascade, value in options:
        if value > score + _GAIN:
            best, score = (grid_cascade, value), value
    return best


def one_thread() -> AbstractContextManager[object]:
    """Run small matrix products on one thread: more would only wait for each other."""
    limits: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits


def shadow_prices(space: CascadeSpace) -> FloatArray:
    """Descending λ: from where nothing is worth buying to where everything is."""
    highest = 0.0
    for model in space.candidates:
        (budget_sweep,) = space.insert(GridCascade(), model)
        paid = budget_sweep.spend > 0
        rate = budget_sweep.solve_rate[paid] / budget_sweep.spend[paid]
        highest = max(highest, float(rate.max(initial=0)))
    if highest == 0:
        return np.empty(0)
    # whole powers, in units of the least price above 0: the same λ whatever models are on sale
    # and whatever a dollar is worth, so that searches can be compared
    paid_for = space.price[space.candidates]
    unit = float(paid_for[paid_for > 0].min())
    first = int(np.floor(np.log(highest * unit) / np.log(_LAMBDA_RATIO) + 1e-9))
    steps = int(np.ceil(np.log(_LAMBDA_SPAN) / np.log(_LAMBDA_RATIO)))
    powers = np.arange(first, first + steps + 1.0)
    return np.asarray(_LAMBDA_RATIO**powers / unit, dtype=np.float64)
