"""Designs and indices against functions whose indices are known."""

import numpy as np
import pytest

from market.studies.sensitivity import Ranges, indices, sample

CUBE = Ranges(("x1", "x2", "x3"), np.full(3, -np.pi), np.full(3, np.pi))
UNIT = Ranges(("a", "b"), np.zeros(2), np.array([1.0, 2.0]))


def ishigami(points):
    """Ishigami & Homma 1990, with 7 and 0.1."""
    x1, x2, x3 = points.T
    return np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


# closed forms: V1 = (1 + bπ⁴/5)²/2, V2 = a²/8, V13 = 8b²π⁸/225, with a = 7 and b = 0.1
V1, V2, V13 = (1 + 0.1 * np.pi**4 / 5) ** 2 / 2, 49 / 8, 8 * 0.01 * np.pi**8 / 225
V = V1 + V2 + V13


@pytest.fixture(scope="module")
def sobol():
    points = sample("sobol", CUBE, 512, seed=1)
    return list(indices("sobol", CUBE, points, ishigami(points)))


@pytest.mark.parametrize(
    ("name", "parameter", "other", "truth"),
    [
        ("S1", "x1", None, V1 / V),
        ("S1", "x2", None, V2 / V),
        ("S1", "x3", None, 0.0),
        ("ST", "x1", None, (V1 + V13) / V),
        ("ST", "x2", None, V2 / V),
        ("ST", "x3", None, V13 / V),
        ("S2", "x1", "x2", 0.0),
        ("S2", "x1", "x3", V13 / V),
        ("S2", "x2", "x3", 0.0),
    ],
)
def test_the_known_indices_of_ishigami_lie_in_their_intervals(sobol, name, parameter, other, truth):
    (found,) = (i for i in sobol if (i.name, i.parameter, i.other) == (name, parameter, other))
    assert found.low < truth < found.high
    assert found.high - found.low < 0.35


def test_morris_gives_the_slopes_of_a_plane_over_its_ranges():
    points = sample("morris", UNIT, 6, seed=2)
    assert points.shape == (18, 2)
    found = {
        (i.parameter, i.name): i.value for i in indices("morris", UNIT, points, points @ [3, -5])
    }
    assert found["a", "mu_star"] == pytest.approx(3)
    assert found["b", "mu_star"] == pytest.approx(10)
    assert found["a", "sigma"] == pytest.approx(0, abs=1e-12)


def test_a_latin_hypercube_has_one_point_in_each_slice():
    points = sample("latin_hypercube", UNIT, 10, seed=3)
    for column, width in zip(points.T, (0.1, 0.2), strict=True):
        assert sorted((column // width).astype(int).tolist()) == list(range(10))


@pytest.mark.parametrize("design", ["latin_hypercube", "morris", "sobol"])
def test_the_same_seed_draws_the_same_sample_and_another_a_different_one(design):
    one, again, other = (sample(design, UNIT, 8, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_shares_of_no_variance_are_missing():
    points = sample("sobol", UNIT, 4, seed=1)
    found = list(indices("sobol", UNIT, points, np.ones(len(points))))
    assert len(found) == 5
    assert all(np.isnan(i.value) for i in found)


def test_nothing_has_no_effect_on_a_constant():
    points = sample("morris", UNIT, 4, seed=1)
    found = list(indices("morris", UNIT, points, np.ones(len(points))))
    assert [i.value for i in found] == [0.0] * 4


@pytest.mark.parametrize("design", ["morris", "sobol"])
def test_an_outcome_that_is_missing_somewhere_has_no_index(design):
    points = sample(design, UNIT, 4, seed=1)
    outcomes = points.sum(axis=1)
    outcomes[2] = np.nan
    assert all(np.isnan(i.value) for i in indices(design, UNIT, points, outcomes))
