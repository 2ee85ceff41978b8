"""The spread of solve probabilities: closed forms, parameters found again, what is not told."""

import numpy as np
import pytest
from scipy.stats import betabinom

from market.foundation.errors import DataError
from market.population.beta_binomial import BetaBinomial, fit_beta_binomial

UNIFORM = BetaBinomial(never=0.0, alpha=1.0, beta=1.0, log_likelihood=0.0)
TRUTH = BetaBinomial(never=0.2, alpha=0.8, beta=1.4, log_likelihood=0.0)


def test_one_attempt_gives_the_mean_and_no_more_than_the_prior_of_the_spread() -> None:
    solved = np.repeat([1, 0], [3, 6])
    law = fit_beta_binomial(solved, np.ones(9, dtype=int))
    # half a success and half a failure are the prior's; α + β = 1 is ρ = ½
    assert law.never == pytest.approx(0, abs=1e-6)
    assert law.alpha == pytest.approx(3.5 / 10, rel=1e-6)
    assert law.beta == pytest.approx(6.5 / 10, rel=1e-6)


def test_after_one_attempt_a_uniform_law_expects_one_third_or_two() -> None:
    assert UNIFORM.mean(np.array([0, 1]), np.array([1, 1])) == pytest.approx([1 / 3, 2 / 3])


def test_a_problem_of_a_uniform_law_fails_k_attempts_once_in_k_plus_one() -> None:
    k = np.array([0, 1, 2, 9, 99])
    none = np.zeros(5, dtype=int)
    assert UNIFORM.all_fail(k, none, none) == pytest.approx(1 / (k + 1))


def test_never_solved_is_as_likely_as_bayes_says() -> None:
    # n failures have chance 1/(n + 1) where the law is uniform
    law = BetaBinomial(never=0.5, alpha=1.0, beta=1.0, log_likelihood=0.0)
    n = np.array([0, 1, 4])
    assert law.never_posterior(0 * n, n) == pytest.approx((n + 1) / (n + 2))


def test_a_problem_once_solved_is_not_never_solved() -> None:
    assert TRUTH.never_posterior(np.array([1, 3]), np.array([50, 3])).tolist() == [0, 0]


def test_expected_solve_probability_is_the_chance_that_one_more_attempt_succeeds() -> None:
    s, n = np.array([0, 0, 1, 2]), np.array([1, 7, 1, 3])
    assert TRUTH.mean(s, n) == pytest.approx(1 - TRUTH.all_fail(np.ones(4), s, n))


def test_parameters_are_found_again_from_many_attempts() -> None:
    rng = np.random.default_rng(1)
    none = np.zeros(40_000, dtype=int)
    attempts = rng.integers(4, 30, none.size)
    law = fit_beta_binomial(rng.binomial(attempts, TRUTH.draw(rng, none, none)), attempts)
    assert law.never == pytest.approx(TRUTH.never, abs=0.02)
    assert law.alpha == pytest.approx(TRUTH.alpha, rel=0.06)
    assert law.beta == pytest.approx(TRUTH.beta, rel=0.06)


def test_log_likelihood_is_that_of_the_counts() -> None:
    s, n = np.array([0, 1, 3, 4, 2, 0]), np.array([3, 4, 3, 5, 2, 1])
    law = fit_beta_binomial(s, n)
    chance = (1 - law.never) * betabinom.pmf(s, n, law.alpha, law.beta) + law.never * (s == 0)
    assert law.log_likelihood == pytest.approx(np.log(chance).mean())


def test_no_law_nearby_is_likelier_with_many_problems() -> None:
    rng = np.random.default_rng(2)
    n = np.full(200_000, 4)
    s = rng.binomial(n, TRUTH.draw(rng, 0 * n, 0 * n))
    law = fit_beta_binomial(s, n)
    for factor in (0.95, 1.05):
        for a, b, v in ((factor, 1, 1), (1, factor, 1), (1, 1, factor)):
            other = betabinom.pmf(s, n, a * law.alpha, b * law.beta)
            chance = (1 - v * law.never) * other + v * law.never * (s == 0)
            assert np.log(chance).mean() < law.log_likelihood


def test_order_of_problems_changes_nothing() -> None:
    s, n = np.array([0, 1, 3, 4, 2, 0]), np.array([3, 4, 3, 5, 2, 1])
    one, other = fit_beta_binomial(s, n), fit_beta_binomial(s[::-1], n[::-1])
    assert (other.alpha, other.beta) == pytest.approx((one.alpha, one.beta), rel=1e-4)


def test_a_weight_of_two_is_the_problem_twice() -> None:
    rng = np.random.default_rng(3)
    n = np.full(400, 6)
    s = rng.binomial(n, TRUTH.draw(rng, 0 * n, 0 * n))
    once = fit_beta_binomial(np.concatenate((s, s[:50])), np.full(450, 6))
    twice = fit_beta_binomial(s, n, np.where(np.arange(400) < 50, 2.0, 1.0))
    # but for the prior, which counts problems and not how often they are asked
    assert twice.log_likelihood == pytest.approx(once.log_likelihood, rel=1e-4)
    assert twice.alpha == pytest.approx(once.alpha, rel=0.01)


@pytest.mark.parametrize("attempts", [1, 2, 5, 1000])
@pytest.mark.parametrize("solved", [0.0, 0.5, 1.0])
def test_uniform_records_give_finite_answers(attempts: int, solved: float) -> None:
    n = np.full(30, attempts)
    s = np.round(solved * n).astype(int)
    law = fit_beta_binomial(s, n)
    rate = law.mean(s, n)
    assert np.isfinite([law.alpha, law.beta, law.log_likelihood]).all()
    assert 0 <= law.never < 1
    assert rate == pytest.approx(s / n, abs=0.1 if attempts > 1 else 0.5)


def test_hundreds_of_thousands_of_attempts_do_not_overflow() -> None:
    n = np.array([10**6, 10**6, 10**6, 10**5])
    s = np.array([10**6, 0, 500_000, 0])
    law = fit_beta_binomial(s, n)
    assert law.mean(s, n) == pytest.approx(s / n, abs=1e-4)
    assert law.all_fail(np.full(4, 1e6), s, n) == pytest.approx([0, 1, 0, 1], abs=0.1)


def test_draws_have_the_expected_mean_and_spread() -> None:
    n = np.full(200_000, 3)
    s = np.zeros_like(n)
    drawn = TRUTH.draw(np.random.default_rng(4), s, n)
    assert (drawn == 0).mean() == pytest.approx(TRUTH.never_posterior(s, n)[0], abs=0.005)
    assert drawn.mean() == pytest.approx(TRUTH.mean(s, n)[0], abs=0.002)
    both_fail = ((1 - drawn) ** 2).mean()
    assert both_fail == pytest.approx(TRUTH.all_fail(np.float64(2), s, n)[0], abs=0.002)


def test_counts_out_of_range_are_refused() -> None:
    with pytest.raises(DataError, match="at least 1 a problem"):
        fit_beta_binomial(np.array([0, 2]), np.array([1, 1]))


def test_weights_without_a_sum_are_refused() -> None:
    with pytest.raises(DataError, match="weight"):
        fit_beta_binomial(np.array([0, 1]), np.array([1, 1]), np.zeros(2))
