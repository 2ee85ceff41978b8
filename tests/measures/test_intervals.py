import numpy as np
import pytest
from scipy import stats

from market.measures.intervals import (
    arc_elasticity,
    estimate,
    mean_of_ticks,
    paired_difference,
    relative_difference,
    with_sample_error,
)


def test_the_interval_is_that_of_student():
    values = np.array([1.0, 2.0, 4.0, 7.0, 6.0])
    found = estimate(values)
    low, high = stats.t.interval(0.95, 4, loc=values.mean(), scale=stats.sem(values))
    assert float(found.low) == pytest.approx(low)
    assert float(found.high) == pytest.approx(high)
    assert float(found.standard_error) == pytest.approx(stats.sem(values))


def test_the_interval_holds_the_truth_in_95_of_100_studies():
    values = np.random.default_rng(1).normal(3.0, 2.0, size=(4000, 6))
    found = estimate(values)
    covered = ((found.low < 3) & (found.high > 3)).mean()
    assert covered == pytest.approx(0.95, abs=0.012)


def test_a_paired_difference_has_the_interval_of_the_paired_t_test():
    rng = np.random.default_rng(2)
    base = rng.normal(size=12)
    values = base + rng.normal(0.5, 0.1, size=12)
    found = paired_difference(values, base)
    interval = stats.ttest_rel(values, base).confidence_interval(0.95)
    assert (float(found.low), float(found.high)) == pytest.approx(tuple(interval))


def test_one_replicate_has_a_mean_and_no_interval():
    found = estimate(np.array([[2.0], [np.nan]]))
    np.testing.assert_array_equal(found.mean, [2.0, np.nan])
    np.testing.assert_array_equal(found.replicates, [1, 0])
    assert np.isnan([found.standard_error, found.low, found.high]).all()


def test_missing_replicates_are_left_out_and_not_counted():
    with_gaps = estimate(np.array([1.0, np.nan, 3.0, np.nan, 8.0]))
    without = estimate(np.array([1.0, 3.0, 8.0]))
    assert with_gaps.replicates == 3
    assert float(with_gaps.mean) == float(without.mean)
    assert float(with_gaps.low) == pytest.approx(float(without.low))


def test_a_pair_with_one_side_missing_is_no_pair():
    found = paired_difference(np.array([1.0, 2.0, np.nan]), np.array([0.0, np.nan, 0.0]))
    assert found.replicates == 1
    assert found.mean == 1.0


def test_a_constant_has_an_interval_of_no_width():
    # the mean of equal numbers, as computed, need not be that number
    found = estimate(np.full(7, 0.1))
    assert float(found.mean) == float(found.low) == float(found.high) == 0.1
    assert float(found.standard_error) == 0.0


def test_the_relative_difference_is_over_the_same_replicates():
    values, base = np.array([3.0, 6.0, 9.0]), np.array([2.0, 4.0, np.nan])
    assert float(relative_difference(values, base)) == pytest.approx(0.5)
    assert np.isnan(relative_difference(np.array([1.0]), np.array([0.0])))


def test_the_elasticity_of_a_power_is_its_exponent_for_small_steps():
    x0, x = 2.0, 2.0002
    base = np.full(3, x0**-1.7)
    found = arc_elasticity(np.full(3, x**-1.7), base, x, x0)
    assert float(found.mean) == pytest.approx(-1.7, rel=1e-6)


def test_the_arc_elasticity_is_the_same_in_both_directions():
    values, base = np.array([3.0, 4.0, 4.5]), np.array([1.0, 2.0, 2.5])
    forth, back = arc_elasticity(values, base, 5, 2), arc_elasticity(base, values, 2, 5)
    assert float(forth.mean) == pytest.approx(float(back.mean))
    assert float(forth.low) == pytest.approx(float(back.low))


def test_elasticities_of_many_points_are_those_of_each():
    rng = np.random.default_rng(4)
    values, base, x = rng.random((3, 2, 5)), rng.random((2, 5)), np.array([1.0, 2.0, 5.0])
    together = arc_elasticity(values, base, x[:, None], 3.0)
    for i in range(3):
        alone = arc_elasticity(values[i], base, x[i], 3.0)
        np.testing.assert_allclose(together.low[i], alone.low)


def test_the_error_of_an_elasticity_is_that_of_many_repeated_studies():
    rng = np.random.default_rng(3)
    base = rng.normal(10, 1, size=(3000, 40))
    values = base + rng.normal(2, 0.5, size=base.shape)
    found = arc_elasticity(values, base, 3.0, 1.0)
    assert found.standard_error.mean() == pytest.approx(found.mean.std(), rel=0.05)


@pytest.mark.parametrize(("x", "x0"), [(1.0, 1.0), (1.0, -1.0)])
def test_there_is_no_elasticity_without_a_step_or_a_midpoint(x, x0):
    assert np.isnan(arc_elasticity(np.ones(3), np.ones(3), x, x0).mean)


def test_more_seeds_do_not_make_the_data_surer():
    rng = np.random.default_rng(1)
    noise, data = 0.5, 2.0
    of_seeds = rng.normal(0, noise, (4000, 20))
    of_both = of_seeds + rng.normal(0, data, (4000, 20))
    low, high = with_sample_error(of_seeds, of_both)
    spread = np.sqrt(data**2 + noise**2 / 20) * stats.t.ppf(0.975, 19)
    assert ((high - low) / 2).mean() == pytest.approx(spread, rel=0.03)


def test_an_interval_with_the_sample_s_error_holds_the_truth_whatever_varies_more():
    rng = np.random.default_rng(3)
    for noise, data in ((0.5, 2.0), (1.0, 1.0), (3.0, 1.0)):
        sample = rng.normal(0, data, (4000, 1))  # where the data at hand lie
        of_seeds = sample + rng.normal(0, noise, (4000, 20))
        of_both = of_seeds + rng.normal(0, data, (4000, 20))
        low, high = with_sample_error(of_seeds, of_both)
        assert 0.94 < ((low <= 0) & (high >= 0)).mean() < 0.975


def test_where_resampled_data_change_nothing_only_seeds_are_unsure():
    of_seeds = np.random.default_rng(2).normal(0, 1, 30)
    low, high = with_sample_error(of_seeds, of_seeds)
    found = estimate(of_seeds)
    assert (low, high) == pytest.approx((found.low, found.high))


def test_ticks_that_are_alike_tell_less():
    rng = np.random.default_rng(3)
    held = {0.0: 0, 0.7: 0}
    for ratio in held:
        for _ in range(300):
            noise = rng.normal(size=60)
            ticks = np.empty(60)
            ticks[0] = noise[0] / np.sqrt(1 - ratio**2)
            for t in range(1, 60):
                ticks[t] = ratio * ticks[t - 1] + noise[t]
            _, low, high = mean_of_ticks(ticks)
            held[ratio] += low <= 0 <= high
    assert held[0.0] >= 270
    assert held[0.7] >= 255


def test_what_never_varies_is_sure_and_two_ticks_are_not():
    assert mean_of_ticks(np.full(9, 2.5)) == (2.5, 2.5, 2.5)
    assert np.isnan(mean_of_ticks(np.array([1.0, 2.0]))[1:]).all()
    assert np.isnan(mean_of_ticks(np.full(3, np.nan))).all()
