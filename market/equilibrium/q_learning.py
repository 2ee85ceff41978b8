"""Firms that learn prices by Q-learning, after Calvano, Calzolari, Denicolò & Pastorello (2020).

Each firm keeps a value for every price in every state, the state being the prices of the last
period. It plays the price of the highest value, or with chance e^(−βt) any price. What it earned
moves the value of the price that it played: Q ← (1 − α)·Q + α·(π + δ·max Q'). A session ends when
no firm's best price in any state has changed for 100,000 periods. What is looked at is the play
that follows, without exploration: a cycle, often of one period.

"Artificial Intelligence, Algorithmic Pricing, and Collusion", American Economic Review 110(10).
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.random_streams import Streams
from market.strategies.q_learning_loop import learn_loop


class Learner(Protocol):
    """A way to learn prices."""

    @property
    def discount(self) -> float:
        """δ, what a period later is worth."""
        ...

    @property
    def usual_periods(self) -> float:
        """About how many periods a session takes, in those of Q-learning that take as long."""
        ...

    def learn(self, profit: FloatArray, seed: int, session: int) -> "Session":
        """One session on profits [n, m, …, m], its random numbers keyed by seed and session."""
        ...


@dataclass(frozen=True)
class QLearning:
    """How firms learn; the defaults are those of the paper's baseline.

    Attributes
    ----------
    rate
        α, the weight of what is new.
    decay
        β: the chance of a price at random in period t is e^(−βt).
    discount
        δ, what a period later is worth.
    memory
        Whether a firm knows the last period's prices; without it, a high price cannot be a threat.
    patience
        Periods in which no best price changes, after which a session ends.
    most
        Periods at most.
    """

    rate: float = 0.15
    decay: float = 4e-6
    discount: float = 0.95
    memory: bool = True
    patience: int = 100_000
    most: int = 1_000_000_000

    @property
    def usual_periods(self) -> float:
        """About how many periods a session takes; in the paper's baseline about two million."""
        return 8.0 / self.decay

    def learn(self, profit: FloatArray, seed: int, session: int) -> "Session":
        """One session; see :func:`learn`."""
        return learn(profit, self, seed, session)


@dataclass(frozen=True)
class Session:
    """What n firms of m prices each have learned.

    Attributes
    ----------
    greedy
        [n, S] the price index that each plays in each of S states; S = m**n, or 1 without memory.
    cycle
        [T, n] price indices of the cycle that they end in.
    periods
        Until then.
    converged
        Whether learning ended by itself.
    curve
        [n, B] mean profit of each while it learned, by blocks of periods: block b begins with
        period 2**(b/4). NaN where a block has none.
    """

    greedy: IntArray
    cycle: IntArray
    periods: int
    converged: bool
    curve: FloatArray


def learn(profit: FloatArray, rule: QLearning, seed: int, session: int) -> Session:
    """One session.

    Parameters
    ----------
    profit
        [n, m, …, m] of each firm at the prices of all.
    rule
        How they learn.
    seed, session
        Key the random numbers.
    """
    firms, grid = profit.shape[0], profit.shape[1]
    flat = np.ascontiguousarray(profit.reshape(firms, -1), dtype=np.float64)
    states = grid**firms if rule.memory else 1
    # a price is first worth what it would earn for ever, if the others drew theirs at random
    others = [tuple(a for a in range(firms) if a != i) for i in range(firms)]
    mean = np.array([profit[i].mean(axis=others[i]) for i in range(firms)]) / (1 - rule.discount)
    value = np.repeat(mean[:, None, :], states, axis=1)
    greedy = value.argmax(axis=2)
    blocks = int(4 * math.log2(rule.most)) + 1
    earned, played = np.zeros((firms, blocks)), np.zeros(blocks, dtype=np.int64)
    key = Streams(seed).counter_key("q-learning", str(session))
    periods, converged, last = learn_loop(
        flat,
        grid,
        value,
        greedy,
        key,
        rule.rate,
        rule.decay,
        rule.discount,
        rule.patience,
        rule.most,
        earned,
        played,
    )
    curve = np.where(played > 0, earned / np.maximum(played, 1), np.nan)
    return Session(greedy, limit_cycle(greedy, grid, last), periods, converged, curve)


def play(greedy: IntArray, grid: int, last: int) -> int:
    """The joint action that follows a joint action."""
    then = 0
    for row in greedy:
        then = then * grid + int(row[last if len(row) > 1 else 0])
    return then


def limit_cycle(greedy: IntArray, grid: int, last: int) -> IntArray:
    """[T, n] price indices of the cycle that play ends in, from a joint action on."""
    seen: dict[int, int] = {}
    path: list[int] = []
    while last not in seen:
        seen[last] = len(path)
        path.append(last)
        last = play(greedy, grid, last)
    return split(np.array(path[seen[last] :]), len(greedy), grid)


def split(joint: IntArray, firms: int, grid: int) -> IntArray:
    """[…, n] price indices of joint actions."""
    found = [joint // grid ** (firms - 1 - firm) % grid for firm in range(firms)]
    return np.stack(found, axis=-1)


@dataclass(frozen=True)
class Deviation:
    """What follows when one firm leaves what was learned for one period.

    Attributes
    ----------
    path
        [1 + T, n] price indices: before, in the period of the deviation, and after it.
    gain
        Discounted profit of who deviates, less what it would have earned, as a share of that.
    """

    path: IntArray
    gain: float


def deviation(
    session: Session, profit: FloatArray, rule: Learner, firm: int, periods: int
) -> Deviation:
    """Let a firm play its best reply to the others' next prices once; then all do as they learned.

    Parameters
    ----------
    session
        What was learned.
    profit
        [n, m, …, m] of each firm at the prices of all.
    rule
        How future profits are weighed.
    firm
        Who deviates.
    periods
        T, the deviation among them. Profits are compared until what comes later is worth less than
        a thousandth.
    """
    firms, grid = profit.shape[:2]
    start = int(session.cycle[0] @ grid ** np.arange(firms - 1, -1, -1))
    long = periods
    if rule.discount > 0:
        long = max(periods, math.ceil(math.log(1e-3) / math.log(rule.discount)))
    stay, leave = [start], [start]
    for period in range(long):
        stay.append(play(session.greedy, grid, stay[-1]))
        then = play(session.greedy, grid, leave[-1])
        if period == 0:
            others = split(np.array(then), firms, grid)
            replies = profit[
                (firm, *(slice(None) if i == firm else k for i, k in enumerate(others)))
            ]
            then += int(replies.argmax() - others[firm]) * grid ** (firms - 1 - firm)
        leave.append(then)
    flat = profit[firm].ravel()
    weight = rule.discount ** np.arange(long)
    kept, gained = (weight @ flat[np.array(path[1:])] for path in (stay, leave))
    path = split(np.array(leave[: periods + 1]), firms, grid)
    return Deviation(path, float((gained - kept) / abs(kept)) if kept else float("nan"))
