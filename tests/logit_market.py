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
