"""Rest points of a pricing game in a table: pure and mixed equilibria, and the joint optimum."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class Benchmarks:
    """What firms that do not learn would earn.

    Attributes
    ----------
    equilibria
        [E, n] price indices of the pure equilibria; E = 0 where there is none.
    competitive
        [n] profit in equilibrium: the mean of the pure ones, or of a mixed one where there is none.
    competitive_price
        [n] the same of prices.
    joint
        [n] price indices of the highest joint profit.
    joint_profit
        [n] profit there.
    mixed
        Whether `competitive` is of a mixed equilibrium.
    """

    equilibria: IntArray
    competitive: FloatArray
    competitive_price: FloatArray
    joint: IntArray
    joint_profit: FloatArray
    mixed: bool

    def gain(self, profit: FloatArray) -> FloatArray:
        """[…] Δ of profits […, n]: 0 in equilibrium, 1 at the joint optimum; NaN if these agree."""
        low, high = self.competitive.sum(), self.joint_profit.sum()
        if not high > low:
            return np.full(profit.shape[:-1], np.nan)
        return np.asarray((profit.sum(axis=-1) - low) / (high - low), dtype=np.float64)


def best_replies_gain(profit: FloatArray) -> FloatArray:
    """[m, …, m] the most that any firm could earn more by moving alone, of profits [n, m, …, m]."""
    gains = [of.max(axis=i, keepdims=True) - of for i, of in enumerate(profit)]
    return np.asarray(np.max(np.broadcast_arrays(*gains), axis=0), dtype=np.float64)


def benchmarks(profit: FloatArray, price: FloatArray) -> Benchmarks:
    """Equilibria and joint optimum of a game.

    Parameters
    ----------
    profit
        [n, m, …, m] of each firm at the prices of all.
    price
        [n, m] the prices.
    """
    firms = len(profit)
    pure = np.argwhere(best_replies_gain(profit) <= 0)
    total = profit.sum(axis=0)
    joint = np.array(np.unravel_index(int(total.argmax()), total.shape))
    if len(pure):
        at = tuple(pure.T)
        competitive = np.array([of[at].mean() for of in profit])
        asked = np.array([price[i, pure[:, i]].mean() for i in range(firms)])
    else:
        competitive, asked = _mixed(profit, price)
    return Benchmarks(pure, competitive, asked, joint, profit[(slice(None), *joint)], not len(pure))


def _mixed(profit: FloatArray, price: FloatArray) -> tuple[FloatArray, FloatArray]:
    """[n] profits and mean prices of a mixed equilibrium; NaN for more than two firms."""
    missing = np.full(len(profit), np.nan)
    if len(profit) != 2:
        return missing, missing
    from quantecon.game_theory import NormalFormGame, Player, lemke_howson

    own = profit[0], profit[1].T  # each firm's own prices first
    game = NormalFormGame([Player(np.ascontiguousarray(of)) for of in own])
    for label in range(profit.shape[1] * 2):  # a path may end at its bound
        mix = lemke_howson(game, init_pivot=label)
        if _is_equilibrium(profit, mix):
            row, column = mix
            earned = np.array([row @ of @ column for of in profit])
            return earned, np.array([row @ price[0], column @ price[1]])
    return missing, missing


def _is_equilibrium(profit: FloatArray, mix: tuple[FloatArray, FloatArray]) -> bool:
    row, column = mix
    replies = profit[0] @ column, row @ profit[1]
    scale = np.abs(profit).max()
    gains = (of.max() - m @ of for of, m in zip(replies, mix, strict=True))
    return all(gain <= 1e-9 * scale for gain in gains)
