"""How sure a difference is, alone and among many."""

import math

import numpy as np
import pytest
from scipy import stats

from market.measures.intervals import estimate
from market.studies.claims.corrections import by_bootstrap, by_student, holm, moderated


def test_holm_raises_the_smallest_by_all_and_the_next_by_those_left():
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])


def test_one_chance_alone_is_not_raised():
    assert holm([0.02]) == [0.02]


def test_an_unknown_chance_counts_as_one_of_them():
    assert holm([0.01, math.nan]) == [0.02, 1.0]


def test_none_is_none():
    assert holm([]) == []


def test_the_chance_of_a_mean_is_that_of_a_t_test():
    values = np.array([1.0, 2.0, 4.0, 2.5])
    expected = stats.ttest_1samp(values, 0).pvalue
    assert by_student(estimate(values)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "chance"), [([0.0, 0.0], 1.0), ([2.0, 2.0], 0.0), ([1.0, math.nan], math.nan)]
)
def test_what_never_varies_is_sure_and_one_value_is_not(values, chance):
    assert by_student(estimate(np.array(values))) == pytest.approx(chance, nan_ok=True)


def test_draws_on_the_other_side_count_twice():
    draws = np.array([-1.0] * 5 + [1.0] * 95)
    assert by_bootstrap(0.9, draws) == pytest.approx(0.1)


def test_a_draw_that_is_missing_or_0_is_against():
    draws = np.array([math.nan, 0.0] + [1.0] * 98)
    assert by_bootstrap(1.0, draws) == pytest.approx(0.04)


def test_draws_all_on_one_side_are_as_sure_as_their_spread_says():
    draws = 3 + np.linspace(-1, 1, 201)
    expected = 2 * stats.norm.sf(3 / draws.std(ddof=1))
    assert by_bootstrap(3.0, draws) == pytest.approx(expected)


def test_a_difference_of_nothing_is_no_difference():
    assert by_bootstrap(0.0, np.zeros(10)) == 1.0


def test_like_estimates_tell_what_error_to_expect():
    rng = np.random.default_rng(1)
    values = rng.normal(0, 1, (4000, 4))
    found = estimate(values)
    chances = moderated(found.mean, found.standard_error, found.replicates)
    # all have the same variance, so it is as good as known, and chances are those of a normal
    exact = 2 * stats.norm.sf(np.abs(found.mean) * 2)
    assert chances == pytest.approx(exact, abs=0.03)


@pytest.mark.parametrize("spread", [0.0, 1.0])
def test_moderated_chances_err_no_more_often_than_they_say(spread):
    rng = np.random.default_rng(2)
    scale = np.exp(spread * rng.normal(0, 1, (2000, 14, 1)))  # by experiment and assumption
    found = estimate(rng.normal(0, 1, (2000, 14, 4)) * scale)
    chances = np.stack(
        [
            moderated(*row)
            for row in zip(found.mean, found.standard_error, found.replicates, strict=True)
        ]
    )
    assert (chances < 0.05).mean() == pytest.approx(0.05, abs=0.012)
    assert (chances < 0.001).mean() < 0.003


def test_two_estimates_tell_no_more_than_student():
    found = estimate(np.array([[1.0, 2.0, 4.0], [0.5, 0.1, -0.4]]))
    expected = [by_student(estimate(np.array(row))) for row in ([1.0, 2.0, 4.0], [0.5, 0.1, -0.4])]
    chances = moderated(found.mean, found.standard_error, found.replicates)
    assert chances == pytest.approx(expected)
