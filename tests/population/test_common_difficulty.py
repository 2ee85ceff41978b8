"""The joint law of solve probabilities: what models share, and what attempts tell of it."""

import numpy as np
import pytest
from scipy.special import betaincinv, ndtr

from market.population.beta_binomial import BetaBinomial, fit_beta_binomial
from market.population.common_difficulty import SolveLaw, fit_solve_law

LAW = BetaBinomial(never=0.1, alpha=0.6, beta=0.8, log_likelihood=0.0)


def solve_probs(rng: np.random.Generator, common: float, problems: int, models: int):
    """[n, M] drawn from one law for all models, with a common difficulty."""
    z = rng.standard_normal((problems, 1))
    latent = np.sqrt(common) * z + np.sqrt(1 - common) * rng.standard_normal((problems, models))
    rank = (ndtr(latent) - LAW.never) / (1 - LAW.never)
    return np.where(rank < 0, 0.0, betaincinv(LAW.alpha, LAW.beta, np.clip(rank, 0, 1)))


@pytest.mark.parametrize("common", [0.3, 0.7, 0.95])
def test_what_models_have_in_common_is_found_again(common):
    rng = np.random.default_rng(1)
    tried = np.full((3000, 3), 8)
    law = fit_solve_law(rng.binomial(tried, solve_probs(rng, common, *tried.shape)), tried)
    assert law.common == pytest.approx(common, abs=0.04)


def test_one_attempt_tells_how_alike_models_are_and_how_spread_together():
    rng = np.random.default_rng(2)
    tried = np.ones((8_000, 2), dtype=int)
    prob = solve_probs(rng, 0.9, *tried.shape)
    law = fit_solve_law(rng.binomial(tried, prob), tried)
    drawn = law.draw(np.random.default_rng(3))
    assert np.cov(drawn.T)[0, 1] == pytest.approx(np.cov(prob.T)[0, 1], rel=0.05)


def test_one_attempt_with_much_in_common_puts_the_spread_near_the_truth():
    rng = np.random.default_rng(4)
    tried = np.ones((20_000, 3), dtype=int)
    prob = solve_probs(rng, 0.9, *tried.shape)
    law = fit_solve_law(rng.binomial(tried, prob), tried)
    assert law.draw(rng).std(axis=0) == pytest.approx(prob.std(axis=0), rel=0.1)


def test_with_nothing_in_common_each_model_has_the_posterior_of_its_own_attempts():
    s, n = np.array([[0, 2], [3, 1]]), np.array([[2, 2], [3, 4]])
    law = SolveLaw((LAW, LAW), 0.0, s, n)
    drawn = law.solve_probs(np.random.default_rng(5).random((2, 40_000, 3)))
    assert drawn.mean(axis=1) == pytest.approx(LAW.mean(s, n), abs=0.003)
    for k in (1, 5, 20):
        fail = ((1 - drawn) ** k).mean(axis=1)
        assert fail == pytest.approx(LAW.all_fail(np.float64(k), s, n), abs=0.003)


def test_what_another_model_failed_at_is_harder():
    s, n = np.array([[0, 0], [0, 5]]), np.array([[1, 5], [1, 5]])
    drawn = SolveLaw((LAW, LAW), 0.8, s, n).solve_probs(
        np.random.default_rng(6).random((2, 999, 3))
    )
    first = drawn[:, :, 0].mean(axis=1)
    assert first[0] < LAW.mean(np.array(0), np.array(1)) < first[1]


def test_the_posterior_of_two_models_is_bayes_rule_on_a_fine_grid():
    rng = np.random.default_rng(7)
    s, n = np.array([[1, 0]]), np.array([[2, 1]])
    prior = solve_probs(rng, 0.8, 200_000, 2)
    like = (prior**s * (1 - prior) ** (n - s)).prod(axis=1)
    drawn = SolveLaw((LAW, LAW), 0.8, s, n).solve_probs(rng.random((1, 100_000, 3)))[0]
    assert drawn.mean(axis=0) == pytest.approx((prior.T @ like) / like.sum(), abs=0.006)
    both = (prior.prod(axis=1) @ like) / like.sum()
    assert drawn.prod(axis=1).mean() == pytest.approx(both, abs=0.006)


def test_many_attempts_leave_no_doubt():
    s = np.array([[0, 200_000], [150_000, 400_000], [400_000, 0]])
    n = np.full((3, 2), 400_000)
    drawn = fit_solve_law(s, n).draw(np.random.default_rng(8))
    assert drawn == pytest.approx(s / n, abs=0.005)


def test_outcomes_that_never_vary_are_told_as_they_are():
    s = np.array([[0, 0], [4, 4], [4, 0], [0, 0], [4, 4]] * 20)
    n = np.full_like(s, 4)
    drawn = fit_solve_law(s, n).draw(np.random.default_rng(9))
    assert drawn == pytest.approx(s / n, abs=0.35)
    assert drawn.mean(axis=0) == pytest.approx((s / n).mean(axis=0), abs=0.02)


def test_one_model_has_its_own_law():
    s, n = np.array([0, 1, 3, 4, 2, 0]), np.array([3, 4, 3, 5, 2, 1])
    (law,) = fit_solve_law(s[:, None], n[:, None]).laws
    assert law.mean(s, n) == pytest.approx(fit_beta_binomial(s, n).mean(s, n))
