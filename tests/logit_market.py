"""The logit market of Calvano et al. (2020), and what is published of it."""

import numpy as np

PUBLISHED = {
    2: {"competitive": 1.472927, "joint": 1.924981, "profit": (0.222927, 0.337490)},
    3: {"competitive": 1.370163, "joint": 2.0},
    4: {"competitive": 1.331461, "joint": 2.054411},
}


def logit_profits(price: np.ndarray) -> np.ndarray:
    """[n, …] profits at prices [n, …]: a − c = 1, a₀ = 0, μ = 1/4, c = 1."""
    weight = np.exp((2 - price) * 4)
    return (price - 1) * weight / (weight.sum(axis=0) + 1)


def grid_game(firms: int, count: int = 15) -> tuple[np.ndarray, np.ndarray]:
    """[n, m, …, m] profits, and [n, m] prices."""
    low, high = PUBLISHED[firms]["competitive"], PUBLISHED[firms]["joint"]
    grid = np.linspace(low - 0.1 * (high - low), high + 0.1 * (high - low), count)
    price = np.stack(np.meshgrid(*[grid] * firms, indexing="ij"))
    return logit_profits(price), np.tile(grid, (firms, 1))


MERGER = {
    "price": (1.541150, 1.541150, 1.430336),
    "share": (0.269011, 0.269011, 0.419058),
    "outside": 0.042921,
    "surplus": (0.911111, 0.787101),
    "hhi": (0.3333, 0.5077),
    "diversion": 0.480651,
    "own": -3.701515,
    "cross": 1.779136,
    "upp": 0.177919,
    "guppi": 0.129852,
    "compensating": 0.342581,
    "pass_own": 0.716728,
    "pass_cross": 0.132506,
}
"""The first two of three firms merge: after it, or where there is one number, before it."""


def logit_sold(price: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[n] quantities and [n] costs at prices [n], of one buyer."""
    weight = np.exp((2 - price) * 4)
    share = weight / (weight.sum() + 1)
    return share, share
