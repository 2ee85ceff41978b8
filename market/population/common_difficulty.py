"""What all models' attempts at a problem tell of their solve probabilities there, together.

Each model's solve probabilities follow its own law (:mod:`market.population.beta_binomial`), and
all of them share a difficulty: with z standard normal by problem and e_m by problem and model, the
solve probability of model m is the quantile Φ(√c·z + √(1−c)·e_m) of its law, a Gaussian copula with
one factor (Joe 2014, Dependence Modeling with Copulas, chapter 3). c is the share that models have
in common: 0, and what one solves tells nothing of another; 1, and they differ in level alone.

Cascades live on what is easy for one model and hard for another. With few attempts, that a model
failed where another solved is mostly luck; who takes each count as the truth, or each model for
itself, sees differences that are not there, and a margin with them.

Laws are fitted model by model and c after them ("inference functions for margins"), both by
maximum likelihood with a prior worth about one problem. Of one attempt per problem, only how often
two models solve alike shows anything of the spread, and only the product of c and ρ, the share of a
single outcome's variance that lies between problems: the spread may be small and all of it common,
or large and little of it. So ρ is expected the same in all models, as far as attempts do not tell
them apart; its prior is √(ρ(1−ρ)), and that of c is c^0.9·(1−c)^0.1, highest at 0.9: the released
SWE-bench records of arXiv:2603.22404 show 0.89 for six models and 0.95 for two with all of their
attempts. Data that tell the two apart outvote it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv, betaln, ndtr, ndtri

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.population.beta_binomial import BetaBinomial, fit_beta_binomial

_COMMON = 0.9  # c expected, where attempts tell only how spread and alike models are together
_NODES = 64  # difficulties, equally likely
_CELLS = 32  # of a law's solve probabilities, equally likely, within which z tells nothing more

_FAINT = 1e-290  # a solve probability below which double precision ends


@dataclass(frozen=True)
class SolveLaw:
    """Joint law of M models' solve probabilities at n problems, given their attempts.

    Attributes
    ----------
    laws
        M laws, of each model over all problems.
    common
        c, the share of what makes a problem hard that all models have in common.
    successes, attempts
        [n, M] recorded counts.
    """

    laws: tuple[BetaBinomial, ...]
    common: float
    successes: IntArray
    attempts: IntArray

    def solve_probs(self, uniform: FloatArray) -> FloatArray:
        """[n, R, M] solve probabilities at points [n, R, 1 + M] of the unit cube.

        The first coordinate picks the difficulty among those that the attempts leave likely, the
        others each model's solve probability given that. Points drawn at random make draws of the
        posterior; points spread evenly make strata of it.
        """
        cells = [_Cells(law, s, n) for law, s, n in self._columns()]
        ratio = [cell.given_difficulty(self.common) for cell in cells]
        log_like = sum(
            np.log(np.maximum(r.sum(axis=2), 1e-300))[c.which]
            for r, c in zip(ratio, cells, strict=True)
        )
        like = np.exp(log_like - np.max(log_like, axis=1, keepdims=True))
        wide = np.broadcast_to(like[:, None, :], (*uniform.shape[:2], _NODES))
        node = _pick(wide, uniform[:, :, 0])[0]
        answer = np.empty((*node.shape, len(cells)))
        for m, (cell, r) in enumerate(zip(cells, ratio, strict=True)):
            answer[:, :, m] = cell.quantile(r, node, uniform[:, :, 1 + m])
        return answer

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """[n, M] solve probabilities, drawn from the posterior of each problem."""
        n, models = self.successes.shape
        return self.solve_probs(rng.random((n, 1, 1 + models)))[:, 0]

    def _columns(self) -> list[tuple[BetaBinomial, IntArray, IntArray]]:
        return list(zip(self.laws, self.successes.T, self.attempts.T, strict=True))


def fit_solve_law(
    successes: IntArray, attempts: IntArray, weight: FloatArray | None = None
) -> SolveLaw:
    """Fit the joint law to recorded attempts.

    Parameters
    ----------
    successes, attempts
        [n, M] counts, attempts at least 1.
    weight
        [n] weights of the problems; all the same if None.

    Raises
    ------
    DataError
        As :func:`market.population.beta_binomial.fit_beta_binomial`.
    """
    n, models = successes.shape
    w = np.full(n, 1 / n) if weight is None else weight / weight.sum()
    effective = 1 / float(w @ w)

    def fitted(spread: float) -> tuple[float, tuple[BetaBinomial, ...], float]:
        laws = tuple(
            fit_beta_binomial(successes[:, m], attempts[:, m], w, spread) for m in range(models)
        )
        own = effective * sum(law.log_likelihood for law in laws)
        gain, common = _common(laws, successes, attempts, w, effective)
        return own + gain + 0.5 * np.log(spread * (1 - spread)), laws, common

    if models == 1:
        return SolveLaw(fitted(0.5)[1], 0.0, successes, attempts)
    best = _highest(lambda spread: fitted(spread)[0])
    _, laws, common = fitted(best)
    return SolveLaw(laws, common, successes, attempts)


def _common(
    laws: tuple[BetaBinomial, ...],
    successes: IntArray,
    attempts: IntArray,
    weight: FloatArray,
    effective: float,
) -> tuple[float, float]:
    """Log-likelihood of all counts over that of each model's for itself, prior included, and c."""
    columns = zip(laws, successes.T, attempts.T, strict=True)
    cells = [_Cells(law, s, n) for law, s, n in columns]

    def gain(common: float) -> float:
        like = np.ones((len(weight), _NODES))
        for cell in cells:
            like *= cell.given_difficulty(common).sum(axis=2)[cell.which]
        logs = np.log(np.maximum(like.mean(axis=1), 1e-300))
        return float(
            effective * (weight @ logs)
            + _COMMON * np.log(common)
            + (1 - _COMMON) * np.log(1 - common)
        )

    common = _highest(gain)
    return gain(common), common


def _highest(function: Callable[[float], float]) -> float:
    """Where a function on (0, 1) with one peak is highest, to 1/1000."""
    from scipy.optimize import minimize_scalar  # only few attempts need it; takes long to load

    found = minimize_scalar(
        lambda x: -function(x), bounds=(0, 1), method="bounded", options={"xatol": 1e-3}
    )
    return float(found.x)


class _Cells:
    """One model's law cut into cells of like solve probabilities, the first for never solved."""

    def __init__(self, law: BetaBinomial, successes: IntArray, attempts: IntArray) -> None:
        counts, which = np.unique(
            np.stack((successes, attempts), axis=1), axis=0, return_inverse=True
        )
        self.which, s, n = which.ravel(), counts[:, 0], counts[:, 1]
        even = np.arange(_CELLS + 1) / _CELLS
        self.alpha, self.beta = law.alpha + s, law.beta + n - s
        # [counts, cells + 1] posterior on either side of the edges of cells, equally likely at
        # large, counted from the nearer end: solve probabilities may be all but 0 and all but 1
        below, near_zero = _upto(even, law.alpha, law.beta, s, n)
        above, _ = _upto(1 - even, law.beta, law.alpha, n - s, n)
        self.below = np.where(near_zero, below, 1 - above)
        self.above = np.where(near_zero, 1 - below, above)
        self.from_zero = near_zero[:-1]
        parts = np.where(self.from_zero, np.diff(self.below), -np.diff(self.above))
        never = law.never_posterior(s, n)[:, None]
        self.chance = np.hstack((never, (1 - never) * parts))
        share = np.append(law.never, np.full(_CELLS, (1 - law.never) / _CELLS))
        self.share = np.maximum(share, np.finfo(float).tiny)
        self.latent = ndtri(np.append(0.0, law.never + (1 - law.never) * even))

    def given_difficulty(self, common: float) -> FloatArray:
        """[counts, nodes, cells] chance of each cell at each difficulty; in sum, of the difficulty.

        By Bayes: the cell's chance after the attempts, times how much likelier it is at that
        difficulty than at large.
        """
        z = ndtri((np.arange(_NODES) + 0.5) / _NODES)[:, None]
        inner = (self.latent - np.sqrt(common) * z) / np.sqrt(1 - common)
        likelier: FloatArray = np.diff(ndtr(inner), axis=1) / self.share
        return likelier * self.chance[:, None, :]

    def quantile(self, given: FloatArray, node: IntArray, uniform: FloatArray) -> FloatArray:
        """[n, R] solve probabilities at quantiles `uniform`, given the difficulty of each."""
        row = np.broadcast_to(self.which[:, None], node.shape)
        cell, inside = _pick(given[row, node], uniform)
        j = np.maximum(cell, 1)

        def between(side: FloatArray) -> FloatArray:
            start = side[row, j - 1]
            answer: FloatArray = start + inside * (side[row, j] - start)
            return answer

        a, b = self.alpha[row], self.beta[row]
        low = betaincinv(a, b, between(self.below))
        high = 1 - betaincinv(b, a, between(self.above))
        return np.where(cell == 0, 0.0, np.where(self.from_zero[j - 1], low, high))


def _upto(
    quantile: FloatArray, alpha: float, beta: float, successes: IntArray, attempts: IntArray
) -> tuple[FloatArray, BoolArray]:
    """[counts, quantiles] posterior chance of less than the law's quantiles, and which are below ½.

    Quantiles of a law that is nearly all at 0 and 1 underflow; there a success is out of the
    question and failures are certain.
    """
    s, n = successes[:, None], attempts[:, None]
    edge = betaincinv(alpha, beta, quantile)
    failures = np.exp(betaln(alpha, beta) - betaln(alpha, beta + n)) * quantile
    inner = betainc(alpha + s, beta + n - s, edge)
    return np.where(edge > _FAINT, inner, np.where(s == 0, failures, 0.0)), edge < 0.5


def _pick(chance: FloatArray, uniform: FloatArray) -> tuple[IntArray, FloatArray]:
    """Which of K outcomes [..., K] a uniform number picks, and how far within it the number is."""
    upto = np.cumsum(chance, axis=-1)
    point = uniform * upto[..., -1]
    index = np.minimum((upto <= point[..., None]).sum(axis=-1), chance.shape[-1] - 1)
    width = np.take_along_axis(chance, index[..., None], axis=-1)[..., 0]
    above = point - (np.take_along_axis(upto, index[..., None], axis=-1)[..., 0] - width)
    inside = above / np.maximum(width, np.finfo(float).tiny)
    return index, np.clip(inside, 0.0, 1.0)
