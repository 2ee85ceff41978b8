import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.frontier.least_spend import least_spend


def test_between_two_budgets_the_mixture_has_the_wanted_solve_rate():
    solved, spend = np.array([0.0, 0.2, 0.6]), np.array([0.0, 1.0, 5.0])
    crossing = least_spend(solved, spend, np.array([0.3, 0.2, 0.6, 0.61]))
    np.testing.assert_allclose(crossing.spend, [2.0, 1.0, 5.0, np.inf])
    assert crossing.share[0] == pytest.approx(0.25)
    assert (crossing.low[0], crossing.high[0]) == (1, 2)


def test_a_flat_stretch_is_reached_at_its_cheap_end_and_left_at_its_dear_one():
    solved, spend = np.array([0.0, 0.2, 0.2, 0.4]), np.array([0.0, 1.0, 3.0, 4.0])
    crossing = least_spend(solved, spend, np.array([0.2, 0.3]))
    np.testing.assert_allclose(crossing.spend, [1.0, 3.5])


def test_more_is_taken_where_more_is_cheaper():
    solved, spend = np.array([0.0, 0.5, 0.6, 0.7]), np.array([0.0, 5.0, 3.0, 4.0])
    crossing = least_spend(solved, spend, np.array([0.55, 0.45]))
    np.testing.assert_allclose(crossing.spend, [3.0, 3.0])
    assert crossing.high[0] == crossing.low[0] == 2


steps = st.lists(st.tuples(st.floats(0, 0.3), st.floats(-0.2, 1.0)), min_size=1, max_size=12)


@given(st.lists(steps, min_size=1, max_size=4), st.lists(st.floats(0.01, 1), min_size=1))
def test_least_spend_is_the_least_over_points_and_neighbouring_mixtures(curves, targets):
    length = max(len(c) for c in curves)
    rows = []
    for c in curves:
        padded = c + [(0.0, 0.5)] * (length - len(c))
        q = np.minimum(np.concatenate(([0.0], np.cumsum([a for a, _ in padded]))), 1.0)
        rows.append((q, np.concatenate(([0.0], np.cumsum([b for _, b in padded])))))
    q, s = np.stack([r[0] for r in rows]), np.stack([r[1] for r in rows])
    found = least_spend(q, s, np.array(targets))
    for f in range(len(q)):
        for g, u in enumerate(targets):
            points = s[f][q[f] >= u - 1e-12]
            if not len(points):
                assert np.isinf(found.spend[f, g])
                continue
            assert found.spend[f, g] <= points.min() + 1e-9
            low, high, share = found.low[f, g], found.high[f, g], found.share[f, g]
            rate = q[f, low] + share * (q[f, high] - q[f, low])
            assert rate >= u - 1e-9
            assert found.spend[f, g] == pytest.approx(s[f, low] + share * (s[f, high] - s[f, low]))
