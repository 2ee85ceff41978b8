"""Pass curves of very many problems, where solve probabilities are known: compiled, in threads.

`market.frontier.pass_curves` does the same in plain numpy, and says what U and S are. Budgets rise,
so a problem's number of attempts is the same for many in a row, and so is its chance: that is
worked out once.
"""

import math

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.compiled import compiled
from market.foundation.in_threads import CHUNK, in_threads
from market.frontier.attempt_costs import AttemptCosts

_ROUNDING = 1 + 1e-12  # of a budget, as in `market.frontier.attempt_costs`


@compiled
def _attempts(budget: float, first: float, failed: float, most: float) -> float:
    """K, as `AttemptCosts.attempts` has it."""
    room = (budget * _ROUNDING - first) / failed
    return min(max(math.floor(room) + 1.0, 0.0), most)


@compiled
def _row(
    p: float,
    failed: float,
    right: float,
    first: float,
    most: float,
    kept: bool,
    budget: FloatArray,
    solved: FloatArray,
    spend: FloatArray,
) -> None:
    """Write U and S of one problem, [X] each."""
    last, u, paid = -1.0, 0.0, 0.0
    log_q = math.log1p(-p) if p < 1 else -math.inf
    for x in range(len(budget)):
        k = _attempts(budget[x], first, failed, most)
        if k != last:
            last = k
            if k == 0 or p == 0:
                u, made = 0.0, k
            else:
                u = -math.expm1(k * log_q)
                made = u / p
            paid = right * u + failed * max(made - u - (1 - u) * k, 0.0)
        gone = k * failed if kept else min(budget[x], most * failed)
        solved[x] = u
        spend[x] = paid + (1 - u) * gone


@compiled
def write_curves(
    p: FloatArray,
    failed: FloatArray,
    right: FloatArray,
    first: FloatArray,
    most: float,
    kept: bool,
    budget: FloatArray,
    begin: int,
    end: int,
    solved: FloatArray,
    spend: FloatArray,
) -> None:
    """Write rows `begin` to `end` of U and S [n, X]."""
    for i in range(begin, end):
        _row(p[i], failed[i], right[i], first[i], most, kept, budget, solved[i], spend[i])


@compiled
def add_curves(
    p: FloatArray,
    failed: FloatArray,
    right: FloatArray,
    first: FloatArray,
    most: float,
    kept: bool,
    budget: FloatArray,
    weight: FloatArray,
    begin: int,
    end: int,
    rows: int,
    solved: FloatArray,
    spend: FloatArray,
) -> None:
    """Add the weighted rows of chunks `begin` to `end`, of `rows` rows each, to [chunk, X]."""
    u, s = np.empty(len(budget)), np.empty(len(budget))
    for c in range(begin, end):
        for i in range(c * rows, min((c + 1) * rows, len(p))):
            _row(p[i], failed[i], right[i], first[i], most, kept, budget, u, s)
            for x in range(len(budget)):
                solved[c, x] += weight[i] * u[x]
                spend[c, x] += weight[i] * s[x]


@compiled
def find_fits(
    failed: FloatArray,
    first: FloatArray,
    most: float,
    budget: FloatArray,
    begin: int,
    end: int,
    rows: int,
    fits: FloatArray,
) -> None:
    """Write to [chunk, X] the highest budget at which an attempt just fits, of chunks' problems."""
    for c in range(begin, end):
        for i in range(c * rows, min((c + 1) * rows, len(failed))):
            for x in range(len(budget)):
                k = _attempts(budget[x], first[i], failed[i], most)
                if k > 0:
                    fits[c, x] = max(fits[c, x], first[i] + (k - 1) * failed[i])


class CurveLoop:
    """Curves of one model at n problems.

    Parameters
    ----------
    solve_prob
        [n] of one attempt.
    costs
        Of attempts, [n, 1].
    """

    def __init__(self, solve_prob: FloatArray, costs: AttemptCosts) -> None:
        self._p, self._failed, self._right, self._first = (
            np.ascontiguousarray(np.broadcast_to(of.ravel(), solve_prob.shape))
            for of in (solve_prob, costs.failed, costs.solved, costs.first)
        )
        self._most, self._kept = costs.most, costs.remainder == "kept"
        self._chunks = -(-len(solve_prob) // CHUNK)

    def curves(self, budget: FloatArray) -> tuple[FloatArray, FloatArray]:
        """U and S, [n, X] each, at budgets [X] that rise."""
        solved, spend = (np.empty((len(self._p), len(budget))) for _ in range(2))
        self.write(budget, solved, spend)
        return solved, spend

    def write(self, budget: FloatArray, solved: FloatArray, spend: FloatArray) -> None:
        """Write U and S to [n, X] each, at budgets [X] that rise."""

        def write(first: int, last: int) -> None:
            begin, end = first * CHUNK, min(last * CHUNK, len(self._p))
            write_curves(*self._problems, np.ascontiguousarray(budget), begin, end, solved, spend)

        in_threads(write, self._chunks)

    def means(self, budget: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
        """[X] U and [X] S over problems with weights [n], at budgets [X] that rise."""
        solved, spend = np.zeros((2, self._chunks, len(budget)))
        whole, weights = np.ascontiguousarray(budget), np.ascontiguousarray(weight)

        def add(first: int, last: int) -> None:
            add_curves(*self._problems, whole, weights, first, last, CHUNK, solved, spend)

        in_threads(add, self._chunks)
        return solved.sum(axis=0), spend.sum(axis=0)

    def fits(self, budget: FloatArray) -> FloatArray:
        """[X] the highest budget, up to each of [X], at which some problem's attempt just fits."""
        fits, whole = np.zeros((self._chunks, len(budget))), np.ascontiguousarray(budget)

        def find(first: int, last: int) -> None:
            costs = self._failed, self._first, self._most
            find_fits(*costs, whole, first, last, CHUNK, fits)

        in_threads(find, self._chunks)
        highest: FloatArray = fits.max(axis=0)
        return highest

    @property
    def _problems(
        self,
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, float, bool]:
        return self._p, self._failed, self._right, self._first, self._most, self._kept
