"""Firms that learn prices as bandits by upper confidence bounds (UCB1), each on its own.

A firm plays every price once, in an order of its own, and then the price of the highest mean profit
plus √(w·ln t / n): n plays of it in t periods, profits on a scale from 0, the least that the firm
may earn, to 1, the most. It knows no prices but its own and cannot punish. Such firms may end at
high prices all the same: where profits have no noise they try prices at the same time, and each
takes the others' for what its own price brings (Hansen, Misra and Pai, "Algorithmic Collusion:
Supra-competitive Prices via Independent Algorithms", Marketing Science 40(1), 2021).

UCB1: Auer, Cesa-Bianchi and Fischer, "Finite-time Analysis of the Multiarmed Bandit Problem",
Machine Learning 47, 2002, where w is 2.
"""

import math
from dataclasses import dataclass

import numpy as np

from market.equilibrium.q_learning import Session
from market.foundation.arrays import FloatArray
from market.foundation.random_streams import Streams
from market.strategies.upper_confidence_loop import learn_loop


@dataclass(frozen=True)
class UpperConfidence:
    """How firms learn.

    Attributes
    ----------
    width
        w, of the confidence bounds.
    discount
        δ, what a period later is worth; it values deviations, and decides nothing.
    patience
        Periods in which no firm's best mean changes its price, after which a session ends.
    most
        Periods at most.
    """

    width: float = 2.0
    discount: float = 0.95
    patience: int = 100_000
    most: int = 10_000_000

    @property
    def usual_periods(self) -> float:
        """About how many periods of Q-learning take as long: each looks at all prices."""
        return 30.0 * self.patience

    def learn(self, profit: FloatArray, seed: int, session: int) -> Session:
        """One session; what is looked at is the price of the best mean, without exploration.

        Parameters
        ----------
        profit
            [n, m, …, m] of each firm at the prices of all.
        seed, session
            Key the orders in which prices are first tried.
        """
        firms, grid = profit.shape[0], profit.shape[1]
        flat = np.ascontiguousarray(profit.reshape(firms, -1), dtype=np.float64)
        low = flat.min(axis=1, keepdims=True)
        span = flat.max(axis=1, keepdims=True) - low
        scaled = np.divide(flat - low, span, out=np.zeros_like(flat), where=span > 0)
        random = Streams(seed).generator("upper confidence", str(session))
        order = np.array([random.permutation(grid) for _ in range(firms)])
        blocks = int(4 * math.log2(self.most)) + 1
        earned, played = np.zeros((firms, blocks)), np.zeros(blocks, dtype=np.int64)
        periods, converged, best = learn_loop(
            flat, scaled, order, self.width, self.patience, self.most, earned, played
        )
        curve = np.where(played > 0, earned / np.maximum(played, 1), np.nan)
        return Session(best[:, None], best[None, :], periods, converged, curve)
