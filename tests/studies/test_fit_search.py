"""The search, and what it says of parameters, where the moments have a closed form."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.foundation.arrays import FloatArray
from market.studies.fit.criterion import Criterion, p_value, simulation_noise
from market.studies.fit.identified import directions, profiles, slopes, standard_errors
from market.studies.fit.search import Effort, design, refine
from market.studies.fit.trials import Trials

EFFORT = Effort(spread=4)


def searched(
    moments: Callable[[FloatArray], list[float]],
    count: int,
    target: list[float],
    error: float | list[float],
    effort: Effort = EFFORT,
) -> tuple[Trials, Criterion, int]:
    """Trials, the loss, and the best point of moments that are the same in all runs."""

    def simulate(places: FloatArray) -> FloatArray:
        return np.array([[moments(place)] * 2 for place in places])

    asked = np.array(target)
    trials = Trials(simulate, count)
    trials.at(design(count, effort, [None] * count, seed=1))
    criterion = Criterion(asked, np.diag(np.broadcast_to(error, len(asked)) ** 2))
    return trials, criterion, refine(trials, criterion, effort)


def curved(place: FloatArray) -> list[float]:
    x, y = place
    return [float(np.exp(x + y)), float(x - 2 * y**2)]


def product(place: FloatArray) -> list[float]:
    both = float((place[0] + 0.2) * (place[1] + 0.2))
    return [both, float(np.sqrt(both))]


@settings(max_examples=10)
@given(x=st.floats(0.05, 0.95), y=st.floats(0.05, 0.95))
def test_parameters_are_found_from_what_they_give(x, y):
    trials, _, best = searched(curved, 2, curved(np.array([x, y])), 0.01)
    assert trials.places[best] == pytest.approx([x, y], abs=2e-3)


def test_where_no_point_gives_all_targets_the_nearest_is_found():
    # a parameter that should be 0.3 for one target and 0.5 for another that is twice as sure
    trials, criterion, best = searched(
        lambda place: [float(place[0])] * 2, 1, [0.3, 0.5], [0.02, 0.01]
    )
    assert trials.places[best, 0] == pytest.approx(0.46, abs=1e-3)
    assert trials.losses(criterion)[best] == pytest.approx(0.2**2 / (0.02**2 + 0.01**2), rel=1e-3)


def test_a_jump_of_the_moments_is_no_obstacle():
    steps = searched(lambda place: [float(np.round(200 * place[0]) / 200)], 1, [0.37], 0.01)
    trials, criterion, best = steps
    assert trials.losses(criterion)[best] < 0.3


def test_points_without_moments_are_gone_round():
    def half(place: FloatArray) -> list[float]:
        return [float(place[0]) if place[0] < 0.6 else np.nan, float(place[1])]

    trials, _, best = searched(half, 2, [0.55, 0.2], 0.01)
    assert trials.places[best] == pytest.approx([0.55, 0.2], abs=2e-3)


def test_the_errors_of_a_linear_model_are_those_of_weighted_least_squares():
    rng = np.random.default_rng(1)
    slope, criterion = rng.normal(size=(4, 2)) * 30, Criterion(np.zeros(4), np.diag([1.0, 2, 3, 4]))
    expected = np.linalg.inv(slope.T @ np.linalg.inv(criterion.noise) @ slope)
    found = standard_errors(directions(criterion.whitened(slope.T).T))
    assert found == pytest.approx(np.sqrt(np.diag(expected)))


def test_a_parameter_that_moves_nothing_may_be_anywhere_and_the_other_keeps_its_error():
    found = standard_errors(directions(np.array([[20.0, 1e-6], [10.0, 0.0]])))
    assert found == pytest.approx([1 / np.sqrt(500), 1.0])


def test_errors_are_as_large_as_estimates_scatter():
    rng, slope = np.random.default_rng(2), np.array([[1.0, 0.4], [0.2, 1.0], [0.5, 0.5]])
    criterion = Criterion(np.zeros(3), np.diag([4e-4, 9e-4, 1e-4]))
    weight = np.linalg.inv(criterion.noise)
    drawn = rng.multivariate_normal(np.zeros(3), criterion.noise, size=4000)
    estimates = drawn @ weight @ slope @ np.linalg.inv(slope.T @ weight @ slope)
    found = standard_errors(directions(criterion.whitened(slope.T).T))
    assert estimates.std(axis=0) == pytest.approx(found, rel=0.05)


def test_the_noise_of_a_mean_is_that_of_runs_over_their_number():
    runs = np.random.default_rng(3).normal(size=(5, 2))
    assert simulation_noise(runs) == pytest.approx(np.cov(runs.T) / 5)
    assert simulation_noise(runs[:, :1]).shape == (1, 1)


def test_the_loss_is_the_squared_distance_in_units_of_noise_and_infinite_without_a_moment():
    criterion = Criterion(np.array([1.0, 2.0]), np.diag([4.0, 0.25]))
    assert criterion.loss(np.array([[3.0, 2.5], [1.0, np.nan]])) == pytest.approx([2.0, np.inf])


def test_a_test_of_the_market_needs_targets_to_spare():
    assert p_value(3.841458820694124, 1) == pytest.approx(0.05)
    assert np.isnan(p_value(0.0, 0))


def test_the_interval_of_a_straight_moment_is_1_96_standard_errors_to_both_sides():
    trials, criterion, best = searched(lambda place: [3 * float(place[0])], 1, [1.5], 0.15)
    (profile,) = profiles(trials, criterion, EFFORT)
    assert trials.places[best, 0] == pytest.approx(0.5, abs=1e-3)
    assert [profile.low, profile.high] == pytest.approx(
        [0.5 - 1.96 * 0.05, 0.5 + 1.96 * 0.05], abs=2e-3
    )
    assert not profile.open_low
    assert not profile.open_high


def test_of_two_parameters_that_act_by_their_product_alone_neither_is_told():
    trials, criterion, best = searched(product, 2, product(np.array([0.4, 0.5])), 0.02)
    slope = slopes(trials, best)
    told, loose = directions(criterion.whitened(slope.T).T)
    assert told.pinned
    assert not loose.pinned
    assert loose.loads[0] * loose.loads[1] < 0  # more of one, less of the other
    for profile in profiles(trials, criterion, EFFORT):
        # the other may be 1 at most: 0.42 / 1.2 - 0.2, less 1.96 standard errors of the product
        assert profile.low == pytest.approx(0.15 - 1.96 * 0.02 / 1.2, abs=0.02)
        assert profile.open_high
    gradient = trials.places[best][::-1] + 0.2
    expected = [loose.loads @ gradient, told.loads @ gradient]
    assert expected == pytest.approx([0, np.sign(expected[1]) * np.hypot(*gradient)], abs=1e-3)


def test_fewer_targets_than_parameters_leave_a_mix_open():
    found = directions(np.array([[3.0, 4.0]]))
    assert [one.told for one in found] == pytest.approx([5.0, 0.0])
    assert found[1].loads @ [3.0, 4.0] == pytest.approx(0)


@pytest.mark.parametrize("step", [0.005, 0.05])
def test_slopes_hardly_hang_on_their_step_and_are_one_sided_at_a_bound(step):
    trials, _, best = searched(curved, 2, curved(np.array([0.4, 0.0])), 0.01)
    x, y = trials.places[best]
    exact = [[np.exp(x + y)] * 2, [1, -4 * y]]
    assert slopes(trials, best, step) == pytest.approx(np.array(exact), abs=2.5 * step)


def test_how_long_is_searched_moves_no_estimate_that_the_targets_tell():
    truth = np.array([0.3, 0.6])
    for effort in (replace(EFFORT, spread=2), replace(EFFORT, rounds=1), replace(EFFORT, steps=30)):
        trials, _, best = searched(curved, 2, curved(truth), 0.01, effort)
        assert trials.places[best] == pytest.approx(truth, abs=2e-3)


def test_every_point_is_simulated_once():
    seen: list[bytes] = []

    def simulate(places: FloatArray) -> FloatArray:
        seen.extend(place.tobytes() for place in places)
        return places[:, None, :1].repeat(2, axis=1)

    trials = Trials(simulate, 2)
    places = np.array([[0.1, 0.2], [0.1, 0.2], [0.3, 0.4]])
    assert trials.at(places) == [0, 0, 1]
    assert trials.at(places[::-1]) == [1, 0, 0]
    assert len(seen) == len(set(seen)) == 2
