"""Curves under a verifier that errs and costs: accepted, right, spent, and what checks cost.

With a budget of x list dollars, attempts are made until one is accepted. Under `geometric` curves
the accuracy of what a model gets accepted at a problem is the same at every budget. Under
`unbiased` ones it depends on it: recorded attempts are taken without replacement, so a right one
that was passed over does not come again.
"""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.errors import DataError
from market.frontier.attempt_costs import AttemptCosts, Remainder
from market.frontier.pass_curves import Estimator, expected_spend, geometric_attempts
from market.frontier.verifier import Checked
from market.population.population import Population


@dataclass(frozen=True)
class CheckedCurves:
    """What one model does at n problems by budget, [n, X] each.

    Attributes
    ----------
    accepted, solved
        A and U: chance that an answer is accepted, and that a right one is.
    spend
        S, expected list dollars of attempts.
    checks, harm
        Expected US dollars of checks, and of wrong answers that are accepted.
    """

    accepted: FloatArray
    solved: FloatArray
    spend: FloatArray
    checks: FloatArray
    harm: FloatArray

    def at(self, budget: int) -> "CheckedCurves":
        """[n] each, at one of the budgets."""
        every = self.accepted, self.solved, self.spend, self.checks, self.harm
        return CheckedCurves(*(curve[:, budget] for curve in every))


def checked_curves(
    population: Population,
    model: int,
    budget: FloatArray,
    estimator: Estimator,
    remainder: Remainder,
    checked: Checked,
) -> CheckedCurves:
    """Curves of one model at the given budgets [X] in list dollars.

    Within K attempts, N = Σ_{k<K} (1 − a)^k checks are made in expectation, less one where the
    last, rejected, would have cost more than was left: an attempt that is cut off is not checked.

    Parameters
    ----------
    population, model, budget, estimator, remainder
        As :func:`market.frontier.pass_curves.model_curves` takes them.
    checked
        What the verifier accepts of the population's attempts.

    Raises
    ------
    DataError
        `unbiased` asked of a population without recorded counts.
    """
    costs = AttemptCosts.of(population, model, remainder, checked)
    k = costs.attempts(budget[None, :])
    if estimator == "unbiased":
        if population.successes is None or population.attempts is None:
            raise DataError("estimator 'unbiased' needs recorded attempts; use 'geometric'")
        accepted, right, made = counted(
            population.successes[:, model],
            population.attempts[:, model],
            checked.false_accept[:, model],
            checked.false_reject[:, model],
            k,
        )
    else:
        accepted, made = geometric_attempts(checked.accept[:, model, None], k)
        right = accepted * checked.accuracy[:, model, None]
    spend = expected_spend(costs, budget, k, accepted, made)
    checks, harm = np.zeros(k.shape), np.zeros(k.shape)
    price, wrong = checked.price[:, model, None], checked.wrong_answer_cost[:, model, None]
    if price.any():
        cut = k - costs.all_whole(budget[None, :], k)
        checks = price * np.maximum(made - (1 - accepted) * cut, 0.0)
    if wrong.any():
        harm = wrong * np.maximum(accepted - right, 0.0)
    return CheckedCurves(accepted, right, spend, checks, harm)


def counted(
    successes: IntArray,
    attempts: IntArray,
    false_accept: FloatArray,
    false_reject: FloatArray,
    k: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """A, U and attempts made, from the counts of n problems; frozen past the recorded attempts.

    Of j recorded attempts taken without replacement, h are right with a hypergeometric chance; all
    are rejected with chance ψ^h (1 − φ)^(j−h); the next is right with chance (s − h)/(n − j). (With
    φ = ψ = 0 it is the estimator of Chen et al. 2021.) Past the last of them nothing is accepted.

    Parameters
    ----------
    successes, attempts, false_accept, false_reject
        [n] s, n, φ and ψ.
    k
        [n, X] attempts within the budget, as whole floats.

    Returns
    -------
    accepted, right, made
        [n, X] each.
    """
    # without false rejections no right answer is passed over
    longest, most = int(attempts.max()), int(successes.max()) if false_reject.any() else 0
    s, n = successes[:, None], attempts[:, None]
    phi, psi = false_accept[:, None], false_reject[:, None]
    h = np.arange(most + 1)[None, :]
    # [n, h] chance that the attempts so far, h of them right, are all rejected
    rejected = np.zeros((len(successes), most + 1))
    rejected[:, 0] = 1.0
    fail, right = np.empty((2, len(successes), longest + 1))
    fail[:, 0], right[:, 0] = 1.0, 0.0
    for j in range(longest):
        left = np.maximum(n - j, 1)
        chance = np.clip((s - h) / left, 0.0, 1.0)  # that the next is right
        going = j < attempts
        gained = (rejected * chance).sum(axis=1) * (1 - false_reject)
        right[:, j + 1] = right[:, j] + np.where(going, gained, 0.0)
        after = rejected * (1 - chance) * (1 - phi)
        after[:, 1:] += (rejected * chance * psi)[:, :-1]
        rejected = np.where(going[:, None], after, rejected)
        fail[:, j + 1] = rejected.sum(axis=1)
    by_then = np.hstack((np.zeros((len(successes), 1)), np.cumsum(fail[:, :-1], axis=1)))
    known = np.minimum(k, longest).astype(np.int64)
    never = np.take_along_axis(fail, known, axis=1)
    made = np.take_along_axis(by_then, known, axis=1) + never * (k - known)
    return 1 - never, np.take_along_axis(right, known, axis=1), made
