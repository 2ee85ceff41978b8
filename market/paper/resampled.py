"""Intervals of the paper's figures: its procedures, rerun on problems drawn anew."""

from collections.abc import Callable, Mapping

import numpy as np

from market.foundation.arrays import IntArray
from market.foundation.random_streams import Streams
from market.frontier.bootstrap import DRAWS, interval

Draw = Callable[[str, int], IntArray]
"""Draws as many problems anew as a set of that name and size has, as indices."""
Procedure = Callable[[Draw], Mapping[str, float]]
"""Figures by name, of problems drawn so."""


def intervals(procedure: Procedure, draws: int = DRAWS) -> dict[str, tuple[float, float]]:
    """95% percentile interval of every figure that nearly all draws have.

    Parameters
    ----------
    procedure
        Rerun for each draw, thresholds included.
    draws
        D.
    """
    found = [procedure(_drawing(draw)) for draw in range(draws)]
    names = dict.fromkeys(name for figures in found for name in figures)
    values = np.array([[float(figures.get(name, np.nan)) for name in names] for figures in found])
    low, high = interval(np.where(np.isfinite(values), values, np.nan))
    return {
        name: (a, b)
        for name, a, b in zip(names, low.tolist(), high.tolist(), strict=True)
        if np.isfinite(a)
    }


def _drawing(draw: int) -> Draw:
    def at(name: str, problems: int) -> IntArray:
        rng = Streams(1).generator("resampled problems", name, draw)
        return np.sort(rng.integers(problems, size=problems))

    return at
