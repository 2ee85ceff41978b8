"""How solve probabilities spread over problems: a beta-binomial, with problems never solved.

A model never solves a share ν of the problems; its solve probability at the others is
Beta(α, β). Of n attempts at a problem, s succeed with chance

    ν·1[s = 0] + (1 − ν)·C(n, s)·B(α + s, β + n − s) / B(α, β),

and after them the problem is one of those never solved with chance ν′ (0 unless s = 0), else its
solve probability is Beta(α + s, β + n − s) (Griffiths 1973, doi:10.2307/2529131; the share ν as
Hall 2000, doi:10.1111/j.0006-341X.2000.01030.x, has it).

What few attempts can tell: one attempt per problem tells the mean (1 − ν)·α/(α + β) and nothing of
the spread, two tell the mean and the variance, three or more tell ν, too. So the likelihood is
multiplied by a prior that is worth about one problem: with mean μ = α/(α + β) and ρ =
1/(α + β + 1), the share of a single outcome's variance that lies between problems, it is
√(μ(1−μ))·ρ^r·(1−ρ)^(1−r)·√(1−ν), r being the ρ expected, ½ where nothing is known. It is gone where
problems have attempts enough; with one attempt it leaves ρ = r and ν = 0.
:mod:`market.population.common_difficulty` finds r from what several models solve alike.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, digamma, expit, gammaln, logit

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.errors import DataError

_LOGITS = -17.0, 17.0  # beyond, shares differ from 0 and 1 by less than 1e-7


@dataclass(frozen=True)
class BetaBinomial:
    """The law of one model's solve probabilities, and what attempts at a problem add to it.

    Methods take successes s and attempts n of any shape that agree, and answer in that shape.

    Attributes
    ----------
    never
        ν, share of the problems that the model never solves.
    alpha, beta
        Of its solve probability at the others.
    log_likelihood
        Mean over problems, of s given n, at these values.
    """

    never: float
    alpha: float
    beta: float
    log_likelihood: float

    def never_posterior(self, successes: IntArray, attempts: IntArray) -> FloatArray:
        """ν′, the chance that the model never solves the problem."""
        s, n = np.asarray(successes), np.asarray(attempts)
        lucky = betaln(self.alpha, self.beta) - betaln(self.alpha, self.beta + n)
        return np.where(s == 0, expit(logit(self.never) + lucky), 0.0)

    def mean(self, successes: IntArray, attempts: IntArray) -> FloatArray:
        """Expected solve probability: (1 − ν′)(α + s)/(α + β + n)."""
        s, n = np.asarray(successes), np.asarray(attempts)
        solvable = 1 - self.never_posterior(s, n)
        return np.asarray(solvable * (self.alpha + s) / (self.alpha + self.beta + n))

    def all_fail(self, more: FloatArray, successes: IntArray, attempts: IntArray) -> FloatArray:
        """Chance that `more` further attempts fail: ν′ + (1 − ν′)·B(α+s, β+n−s+k)/B(α+s, β+n−s)."""
        s, n = np.asarray(successes), np.asarray(attempts)
        never = self.never_posterior(s, n)
        a, b = self.alpha + s, self.beta + n - s
        answer: FloatArray = never + (1 - never) * np.exp(betaln(a, b + more) - betaln(a, b))
        return answer

    def draw(self, rng: np.random.Generator, successes: IntArray, attempts: IntArray) -> FloatArray:
        """Draw each problem's solve probability, given its attempts."""
        s, n = np.asarray(successes), np.asarray(attempts)
        never = rng.random(np.broadcast(s, n).shape) < self.never_posterior(s, n)
        return np.where(never, 0.0, rng.beta(self.alpha + s, self.beta + n - s))


def fit_beta_binomial(
    successes: IntArray,
    attempts: IntArray,
    weight: FloatArray | None = None,
    spread: float = 0.5,
) -> BetaBinomial:
    """Fit the law to one model's recorded attempts, by maximum likelihood with a weak prior.

    Parameters
    ----------
    successes, attempts
        [n] counts, attempts at least 1; problems may differ in attempts.
    weight
        [n] weights of the problems, of any sum; all the same if None. The prior counts for one of
        (Σw)²/Σw² problems.
    spread
        ρ expected, above 0 and below 1: the answer where attempts tell nothing of it.

    Raises
    ------
    DataError
        Counts that disagree in shape or range, or weights without a positive sum.
    """
    s, n = np.asarray(successes), np.asarray(attempts)
    w = np.ones(len(s)) if weight is None else np.asarray(weight, dtype=np.float64)
    if s.ndim != 1 or s.shape != n.shape or s.shape != w.shape:
        raise DataError(f"attempts: shapes {s.shape}, {n.shape} and {w.shape} of counts and weight")
    if not ((n >= 1) & (s >= 0) & (s <= n)).all():
        raise DataError("attempts: needs at least 1 a problem, and successes from 0 to attempts")
    if not (np.isfinite(w) & (w >= 0)).all() or not w.sum() > 0:
        raise DataError("weight: needs numbers of at least 0 that do not sum to 0")
    # like problems together: there are few different counts
    counts, which = np.unique(np.stack((s, n), axis=1)[w > 0], axis=0, return_inverse=True)
    share: FloatArray = np.bincount(which.ravel(), w[w > 0] / w.sum()).astype(np.float64)
    prior = float((w / w.sum()) @ (w / w.sum()))
    sample = _Sample(counts[:, 0], counts[:, 1], share, prior, spread)
    found = min((sample.climb(start) for start in sample.starts()), key=lambda end: end[0])
    return sample.law(found[1])


@dataclass(frozen=True)
class _Sample:
    """Different counts with their shares, the prior's weight relative to theirs, and ρ expected."""

    successes: IntArray
    attempts: IntArray
    share: FloatArray
    prior: float
    spread: float

    def starts(self) -> list[FloatArray]:
        """Logits of μ, ρ and ν to climb from: few problems never solved, and many.

        The likelihood may have a peak on either side.
        """
        rate = float(self.share @ (self.successes / self.attempts))
        unsolved = float(self.share[self.successes == 0].sum())
        answer = []
        for never in (0.02, 0.5, 0.9):
            mean = np.clip(rate / (1 - never * unsolved), self.prior, 1 - self.prior)
            odds = logit(mean), logit(max(never * unsolved, self.prior / 10))
            answer += [np.array([odds[0], spread, odds[1]]) for spread in (-2.0, 1.0)]
        return answer

    def climb(self, start: FloatArray) -> tuple[float, FloatArray]:
        """Lowest loss from a start on, and where."""
        from scipy.optimize import minimize  # only few attempts need it; it takes long to load

        found = minimize(
            self.loss,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=[_LOGITS] * 3,
            options={"ftol": 1e-14, "gtol": 1e-10, "maxiter": 1000},
        )
        return float(found.fun), np.asarray(found.x, dtype=np.float64)

    def loss(self, at: FloatArray) -> tuple[float, FloatArray]:
        """Negative mean log-likelihood less the prior's logarithm, and its gradient."""
        mean, rho, never = expit(at)
        a, b = _shape(at)
        s, n, whole = self.successes, self.attempts, a + b
        logs, solvable = self.terms(at)
        common = digamma(whole) - digamma(whole + n)
        by_a = (self.share * solvable) @ (digamma(a + s) - digamma(a) + common)
        by_b = (self.share * solvable) @ (digamma(b + n - s) - digamma(b) + common)
        # a = μ·c and b = (1 − μ)·c with c = (1 − ρ)/ρ; in logits dμ = μ(1 − μ) and dc = −c
        gradient = np.array(
            [
                a * expit(-at[0]) * (by_a - by_b) + self.prior * (0.5 - mean),
                -(a * by_a + b * by_b) + self.prior * (self.spread - rho),
                self.share @ (1 - solvable) - never - self.prior * never / 2,
            ]
        )
        rise, fall = np.logaddexp(0, -at), np.logaddexp(0, at)  # −ln of expit(x), of 1 − expit(x)
        penalty = (
            np.array([0.5, self.spread, 0.0]) @ rise + np.array([0.5, 1 - self.spread, 0.5]) @ fall
        )
        return float(self.prior * penalty - self.share @ logs), -gradient

    def terms(self, at: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Log-likelihood of each count but for C(n, s), and the chance that it can be solved."""
        (a, b), s, n = _shape(at), self.successes, self.attempts
        solvable = -np.logaddexp(0, at[2]) + betaln(a + s, b + n - s) - betaln(a, b)
        never = np.where(s == 0, -np.logaddexp(0, -at[2]), -np.inf)
        logs = np.logaddexp(never, solvable)
        return logs, np.exp(solvable - logs)

    def law(self, at: FloatArray) -> BetaBinomial:
        """The law at a point, with its mean log-likelihood."""
        s, n = self.successes, self.attempts
        ways = gammaln(n + 1) - gammaln(s + 1) - gammaln(n - s + 1)
        likelihood = float(self.share @ (ways + self.terms(at)[0]))
        return BetaBinomial(float(expit(at[2])), *_shape(at), likelihood)


def _shape(at: FloatArray) -> tuple[float, float]:
    """α and β, from the logits of μ and ρ."""
    size = np.exp(-at[1])
    return float(expit(at[0]) * size), float(expit(-at[0]) * size)
