"""Tastes of a nest: each one is standard Gumbel, whatever they have in common."""

import numpy as np
import pytest
from scipy.special import gamma
from scipy.stats import gumbel_r, kstest

from market.strategies.tastes import log_stable, nested_tastes

CORRELATIONS = [0.0, 0.1, 0.5, 0.9, 0.999, 1.0]
SIZE = 40_000


def two_of_a_nest(correlation: float) -> tuple[np.ndarray, np.ndarray]:
    rng, dissimilarity = np.random.default_rng(1), 1 - correlation
    nest = log_stable(dissimilarity, rng, SIZE)
    one, other = (nested_tastes(rng.gumbel(size=SIZE), nest, dissimilarity) for _ in range(2))
    return one, other


@pytest.mark.parametrize("correlation", CORRELATIONS)
def test_a_taste_of_a_nest_is_standard_gumbel(correlation):
    assert kstest(two_of_a_nest(correlation)[0], gumbel_r.cdf).pvalue > 1e-3


@pytest.mark.parametrize("correlation", CORRELATIONS)
def test_a_taste_of_a_nest_has_the_mean_and_variance_of_a_gumbel(correlation):
    taste = two_of_a_nest(correlation)[0]
    spread = np.pi / np.sqrt(6)
    assert taste.mean() == pytest.approx(np.euler_gamma, abs=4 * spread / np.sqrt(SIZE))
    # a Gumbel has a kurtosis of 5.4
    assert taste.var() == pytest.approx(spread**2, rel=4 * np.sqrt(4.4 / SIZE))


@pytest.mark.parametrize("correlation", CORRELATIONS)
def test_the_correlation_of_two_tastes_of_a_nest_is_one_less_the_square_of_the_dissimilarity(
    correlation,
):
    found = np.corrcoef(*two_of_a_nest(correlation))[0, 1]
    assert found == pytest.approx(1 - (1 - correlation) ** 2, abs=0.02)


def test_at_correlation_one_a_nest_shares_its_taste():
    one, other = two_of_a_nest(1.0)
    np.testing.assert_array_equal(one, other)


def test_at_correlation_zero_a_nest_has_nothing_in_common():
    np.testing.assert_array_equal(log_stable(1.0, np.random.default_rng(1), 100), 0.0)


@pytest.mark.parametrize("dissimilarity", [1e-300, 1e-9, 1e-3, 0.5, 1 - 1e-12])
def test_stable_draws_are_finite_however_alike_a_nest_is(dissimilarity):
    assert np.isfinite(log_stable(dissimilarity, np.random.default_rng(1), SIZE)).all()


@pytest.mark.parametrize("end", [0.0, 1.0])
def test_stable_draws_go_over_into_those_of_either_end(end):
    near = abs(end - 1e-9)
    one, other = (log_stable(x, np.random.default_rng(1), SIZE) for x in (near, end))
    np.testing.assert_allclose(one, other, atol=1e-4)


@pytest.mark.parametrize("power", [-0.5, 0.25])
@pytest.mark.parametrize("dissimilarity", [0.6, 0.8])
def test_moments_of_stable_draws_are_those_of_the_law(power, dissimilarity):
    # E S^r = Γ(1 − r/λ)/Γ(1 − r) for r < λ (Zolotarev 1986)
    draws = np.exp(log_stable(dissimilarity, np.random.default_rng(1), SIZE) / dissimilarity)
    expected = gamma(1 - power / dissimilarity) / gamma(1 - power)
    assert (draws**power).mean() == pytest.approx(expected, rel=0.02)
