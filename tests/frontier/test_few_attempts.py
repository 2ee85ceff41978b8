"""What few attempts do to margins, on a few of the populations that benchmarks look at."""

import numpy as np
import pytest

from benchmarks.few_attempts import SHARES, a_population, drawn, margins, with_counts
from market.foundation.arrays import FloatArray
from market.foundation.random_streams import Streams
from market.frontier.pass_curves import Estimator


@pytest.fixture(scope="module")
def bias() -> dict[Estimator, FloatArray]:
    """By estimator, mean error of the margin of each population, from one attempt per problem."""
    found: dict[Estimator, list[float]] = {"unbiased": [], "beta_binomial": []}
    for k in range(4):
        market = a_population(Streams(k))
        rates = SHARES * float((market.weight @ market.solve_prob).max())
        truth, records = margins(market, rates), drawn(market, 1, Streams(k))
        plain = margins(records, rates, "unbiased")
        for estimator, errors in found.items():
            error = (margins(records, rates, estimator) - truth)[np.isfinite(plain)]
            errors.append(float(error.mean()))
    return {estimator: np.array(errors) for estimator, errors in found.items()}


def test_from_one_attempt_beta_binomial_is_less_than_a_third_as_biased_as_the_plain(bias):
    assert abs(bias["beta_binomial"].mean()) < bias["unbiased"].mean() / 3


def test_from_one_attempt_the_plain_margin_is_too_high(bias):
    assert bias["unbiased"].mean() > 0.03


def test_models_that_are_the_same_have_no_margin_from_luck():
    market = a_population(Streams(0)).select(["a"])
    prob, cost = (np.repeat(x, 2, axis=1) for x in (market.solve_prob, market.list_cost))
    tried = np.ones(prob.shape, dtype=int)
    solved = np.random.default_rng(1).binomial(tried, prob)
    twins = with_counts(type(market)(("a", "b"), market.weight, prob, cost), solved, tried)
    rates = SHARES * float(solved.mean(axis=0).max())
    assert np.nanmean(margins(twins, rates, "beta_binomial")) < 0.02
