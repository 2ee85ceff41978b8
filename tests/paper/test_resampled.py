"""Intervals of a procedure that is rerun on problems drawn anew."""

import numpy as np
import pytest
from scipy.stats import binom

from market.paper.resampled import Draw, intervals

SOLVED = np.repeat([1.0, 0.0], [30, 20])


def share(at: Draw) -> dict[str, float]:
    return {
        "solved": SOLVED[at("", 50)].mean(),
        "half": np.inf if SOLVED[at("", 50)].sum() < 30 else 1.0,
    }


def test_the_interval_of_a_share_is_that_of_a_binomial_draw():
    exact = binom.ppf([0.025, 0.975], 50, 0.6) / 50
    assert intervals(share, draws=2000)["solved"] == pytest.approx(exact, abs=0.0201)


def test_a_figure_that_many_draws_lack_has_no_interval():
    assert set(intervals(share)) == {"solved"}


def test_draws_of_one_set_do_not_move_those_of_another():
    def two(at: Draw) -> dict[str, float]:
        at("other", 7)
        return share(at)

    assert intervals(two) == intervals(share)


def test_a_figure_that_many_draws_do_not_have_has_no_interval():
    def sometimes(at: Draw) -> dict[str, float]:
        always = {"always": 1.0}
        return always | {"sometimes": 2.0} if at("", 2)[0] else always

    assert intervals(sometimes) == {"always": (1.0, 1.0)}
