"""Pass curves: a budget in list dollars becomes a solve rate and an expected spend.

With a budget of x list dollars, model m makes up to K attempts at a problem, and stops at the first
success. U(x) is the chance of a success, S(x) the expected list dollars spent. A price multiplier
μ turns S into μS and leaves U alone, so the tables below are built once per population and never
again when prices move.

A failed attempt costs c_f and a successful one c_s (the same where they are not told apart). By
default the remainder of a budget is `spent`: nobody knows what an attempt costs before it is paid,
so attempts are bought while anything of the budget is left, and the last one may be cut off at the
budget, paid and lost. Then S(x) = ∫₀ˣ (1 − U), as arXiv:2603.22404 and its code have it. `kept`
takes the recorded cost of an attempt as known beforehand, and does not begin one that would not
fit; on records that leaks the outcome, since what an attempt cost says whether it came to an end.

Solve probabilities are known in packs and in what is drawn (`geometric`), or estimated from
attempts: `unbiased` takes a problem's own attempts alone, `beta_binomial` what all problems' and
models' attempts tell of it, which is what few attempts need (:mod:`market.population.strata`).
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from market.foundation.arrays import FloatArray, IntArray, read_only
from market.foundation.content_digest import content_digest
from market.foundation.errors import DataError
from market.foundation.in_threads import loops_pay
from market.frontier.attempt_costs import AttemptCosts, Remainder
from market.frontier.verifier import Checked
from market.population.population import Population

if TYPE_CHECKING:
    from market.frontier.curve_loop import CurveLoop

Estimator = Literal["geometric", "unbiased", "beta_binomial"]
ESTIMATORS: tuple[Estimator, ...] = ("geometric", "unbiased", "beta_binomial")
_BLOCK = 2**15  # curve points worked out at once: their intermediate arrays stay in the cache
FEW_ATTEMPTS = 5  # a problem: with fewer, what a single problem's attempts show is mostly luck


def geometric_curves(
    solve_prob: FloatArray, costs: AttemptCosts, budget: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """U = 1 − q^K and S, for known solve probabilities p = 1 − q.

    S = Σ_{k<K} p·q^k·(k·c_f + c_s) + q^K·x, x being what is gone when nothing has solved.

    Parameters
    ----------
    solve_prob
        [n] of one model.
    costs
        Of its attempts, [n, 1].
    budget
        [X] list dollars.

    Returns
    -------
    solved, spend
        [n, X] each.
    """
    k = costs.attempts(budget[None, :])
    solved, made = geometric_attempts(solve_prob[:, None], k)
    return solved, expected_spend(costs, budget, k, solved, made)


def geometric_attempts(p: FloatArray, k: FloatArray) -> tuple[FloatArray, FloatArray]:
    """[n, X] chance 1 − (1 − p)^K, and attempts made in expectation."""
    with np.errstate(divide="ignore", invalid="ignore"):
        solved = np.where(k > 0, -np.expm1(k * np.log1p(-p)), 0.0)
        made = np.where(p > 0, solved / p, k)
    return solved, made


def unbiased_curves(
    successes: IntArray, attempts: IntArray, costs: AttemptCosts, budget: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """U = 1 − C(n−s, k)/C(n, k) (Chen et al. 2021), frozen past the n recorded attempts.

    The j+1st attempt is made when the first j failed. A problem without a recorded success is never
    solved, and its budget is spent whole.

    Parameters
    ----------
    successes, attempts
        [n] of one model.
    costs
        Of its attempts, [n, 1].
    budget
        [X] list dollars.

    Returns
    -------
    solved, spend
        [n, X] each.
    """
    s, n = successes[:, None], attempts[:, None]
    longest = int(attempts.max())
    j = np.arange(longest)[None, :]
    ratio = np.where(s > 0, np.maximum(n - s - j, 0) / np.maximum(n - j, 1), 1.0)
    one = np.ones((len(successes), 1))
    # [n, longest + 1]: chance that all of the first j attempts fail, and attempts made by then
    fail: FloatArray = np.hstack((one, np.cumprod(ratio, axis=1)))
    by_then: FloatArray = np.hstack((0 * one, np.cumsum(fail[:, :-1], axis=1)))
    k = costs.attempts(budget[None, :])
    known = np.minimum(k, longest).astype(np.int64)
    solved = 1 - np.take_along_axis(fail, known, axis=1)
    made = np.take_along_axis(by_then, known, axis=1) + np.where(s > 0, 0.0, k - known)
    return solved, expected_spend(costs, budget, k, solved, made)


def expected_spend(
    costs: AttemptCosts, budget: FloatArray, k: FloatArray, solved: FloatArray, made: FloatArray
) -> FloatArray:
    """[n, X] expected list dollars, from the attempts `made` in expectation within K."""
    unsolved = 1 - solved
    # of the attempts made, one succeeds where the problem is solved; K fail where it is not
    lost_on_the_way = np.maximum(made - solved - unsolved * k, 0.0)
    paid = costs.solved * solved + costs.failed * lost_on_the_way
    return np.asarray(paid + unsolved * costs.exhausted(budget[None, :], k), dtype=np.float64)


def model_curves(
    population: Population,
    model: int,
    budget: FloatArray,
    estimator: Estimator,
    remainder: Remainder = "spent",
) -> tuple[FloatArray, FloatArray]:
    """U and S, [n, X] each, of one model of a population at the given budgets.

    Raises
    ------
    DataError
        `unbiased` asked of a population without recorded counts, or `beta_binomial` of one whose
        rows are not strata (:func:`estimated`).
    """
    if estimator == "beta_binomial" and population.strata is None:
        raise DataError("estimator 'beta_binomial': make strata of the population first")
    counted = estimator == "unbiased"
    if counted and (population.successes is None or population.attempts is None):
        raise DataError(
            "estimator 'unbiased' needs recorded attempts, and this population has none "
            f"({population.source or 'no source given'}); use 'geometric'"
        )
    costs = AttemptCosts.of(population, model, remainder)
    solved, spend = np.empty((2, population.size, len(budget)))

    step = max(_BLOCK // len(budget), 1)
    for start in range(0, population.size, step):
        rows = slice(start, start + step)
        if counted and population.successes is not None and population.attempts is not None:
            counts = population.successes[rows, model], population.attempts[rows, model]
            found = unbiased_curves(*counts, costs.rows(rows), budget)
        else:
            found = geometric_curves(population.solve_prob[rows, model], costs.rows(rows), budget)
        solved[rows], spend[rows] = found
    return solved, spend


def estimated(population: Population, estimator: Estimator | None = None) -> Population:
    """The population whose curves an estimator takes: strata for `beta_binomial`, else itself.

    Parameters
    ----------
    population
        Problems and models.
    estimator
        :func:`usual_estimator` if None.

    Raises
    ------
    DataError
        `beta_binomial` asked of a population without recorded counts.
    """
    chosen = usual_estimator(population) if estimator is None else estimator
    if chosen != "beta_binomial" or population.strata is not None:
        return population
    from market.population.strata import strata_of  # slow to import: only where used

    return strata_of(population)


def usual_estimator(population: Population) -> Estimator:
    """Where attempts were counted `unbiased`, `beta_binomial` if few; else `geometric`.

    They are few where problems and models have fewer than `FEW_ATTEMPTS` on average. Not in the
    median: who attempts hard problems more often knows most where most is to be known.
    """
    if population.strata is not None:
        return "beta_binomial"
    if population.attempts is None:
        return "geometric"
    return "beta_binomial" if population.attempts.mean() < FEW_ATTEMPTS else "unbiased"


def curve_loop(
    population: Population, model: int, estimator: Estimator, remainder: Remainder
) -> "CurveLoop | None":
    """The compiled loop for a model's curves; None where it has none, or does not pay."""
    if estimator == "unbiased" or not loops_pay(population.size):
        return None
    from market.frontier.curve_loop import CurveLoop  # compiles, so only where it is used

    costs = AttemptCosts.of(population, model, remainder)
    return CurveLoop(population.solve_prob[:, model], costs)


@dataclass(frozen=True)
class CurveTables:
    """Pass curves of every model at every problem, each model on a budget grid of its own.

    Without a verifier that errs or costs, what is accepted is what is solved, and nothing is paid
    beside the attempts: then the last four are None.

    Attributes
    ----------
    population
        The n problems and M models.
    estimator
        How U was computed.
    remainder
        Whether what is left of a budget is kept or spent.
    budget
        [M, X] list dollars, `budget[m]` rising from 0; the highest may repeat. Copied.
    solved, spend
        [M, n, X]: U and S, S in list dollars; not copied, but made read-only.
    checked
        What a verifier accepts of the attempts.
    accepted
        [M, n, X]: A, chance that an answer is accepted; U is that of a right one.
    checks, harm
        [M, n, X]: expected US dollars for checks, and of wrong answers that are accepted.
    made_of
        Digest of all that the curves were worked out from, weights or not; None if not known.
    """

    population: Population
    estimator: Estimator
    remainder: Remainder
    budget: FloatArray
    solved: FloatArray
    spend: FloatArray
    checked: Checked | None = None
    accepted: FloatArray | None = None
    checks: FloatArray | None = None
    harm: FloatArray | None = None
    made_of: bytes | None = None

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        object.__setattr__(self, "budget", read_only(self.budget))
        for array in (self.solved, self.spend, self.accepted, self.checks, self.harm):
            if array is not None:
                array.flags.writeable = False

    @property
    def models(self) -> tuple[str, ...]:
        """The M model names."""
        return self.population.models

    @cached_property
    def content(self) -> bytes:
        """Digest of what they hold, by what they are made of where that is known."""
        if self.made_of is None:
            return content_digest(self)
        return content_digest(self.made_of, self.population)

    @property
    def ends(self) -> FloatArray:
        """[M, n, X] chance that a stage ends a query: that an answer is accepted."""
        return self.solved if self.accepted is None else self.accepted

    @cached_property
    def beside(self) -> FloatArray | None:
        """[M, n, X] US dollars of checks and of wrong answers, which no price multiplier scales."""
        if self.checks is None or self.harm is None:
            return None
        return read_only(self.checks + self.harm)

    def weighted(self, weight: FloatArray) -> "CurveTables":
        """The same tables for other weights [n] of rows, or of problems; they must sum to 1."""
        each = self.population.size // len(weight)
        rows = np.repeat(weight, each) / each
        return replace(self, population=replace(self.population, weight=rows))

    def mean_curves(self, model: int) -> tuple[FloatArray, FloatArray]:
        """[X] solve rate and [X] expected list dollars of one model over the population."""
        weight = self.population.weight
        return weight @ self.solved[model], weight @ self.spend[model]

    def mean_cost(self, model: int, price: float = 1.0) -> tuple[FloatArray, FloatArray]:
        """[X] solve rate and [X] US dollars of one model at a multiplier: all that it takes.

        Attempts, and where answers are checked, the checks and what wrong answers cost.
        """
        solved, spend = self.mean_curves(model)
        bill = price * spend
        if self.beside is not None:
            bill = bill + self.population.weight @ self.beside[model]
        return solved, bill


def require_affordable(population: Population, budget: float) -> None:
    """Check that a budget in list dollars buys at least one attempt of each model.

    Raises
    ------
    DataError
        Naming the model whose cheapest attempt costs more.
    """
    for m, model in enumerate(population.models):
        cheapest = float(AttemptCosts.of(population, m, "spent").first.min())
        if cheapest > budget:
            raise DataError(
                f"model {model}: its cheapest attempt costs {cheapest:.4g} USD, above the highest "
                f"budget {budget:.4g} USD; raise the highest budget, or leave it out"
            )
