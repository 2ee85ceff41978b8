"""Intervals from problems drawn anew: closed forms, full searches, and how often they are right."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import item_response
from scipy.stats import binom

from benchmarks.coverage import coverage
from market.foundation.errors import DataError
from market.foundation.random_streams import Streams
from market.frontier.appraisal import appraise
from market.frontier.bootstrap import Resamples, interval, problem_draws, resample
from market.frontier.budget_grid import build_tables
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import market_price
from market.frontier.policy_cloud import PolicyCloud
from market.population.population import Population

ONE = np.ones(3)
RATES = np.array([0.3, 0.4, 0.5, 0.6])


def resampled(population: Population, quality: np.ndarray, draws: int = 200) -> Resamples:
    tables = build_tables(population)
    price, cloud = np.ones(len(tables.models)), PolicyCloud(tables)
    return resample(
        cloud,
        market_price(tables, quality, price),
        solve_frontier(tables, quality, price, cloud=cloud),
        price,
        Streams(1),
        draws=draws,
    )


def test_alike_problems_leave_nothing_to_chance():
    alike = Population(
        ("a", "b"),
        np.full(30, 1 / 30),
        np.tile([0.3, 0.6], (30, 1)),
        np.tile([0.01, 0.05], (30, 1)),
    )
    tables = build_tables(alike)
    quality = np.array([0.2, 0.5, 0.7])
    found = resampled(alike, quality)
    exact = market_price(tables, quality).price
    for values in (found.market_price, found.cost):
        np.testing.assert_allclose(values, np.broadcast_to(exact, (200, 3)), rtol=0.01)
        assert (np.ptp(values, axis=0) < 1e-12 * exact).all()


def test_a_share_of_sure_problems_is_out_of_reach_as_often_as_binomial_draws_fall_short():
    problems, solved = 50, 30
    sure = np.repeat([1.0, 0.0], [solved, problems - solved])[:, None]
    population = Population(
        ("a",), np.full(problems, 1 / problems), sure, np.full((problems, 1), 0.01)
    )
    rate = solved / problems
    found = resampled(population, np.array([rate]), draws=20_000)
    short = binom.cdf(solved - 1, problems, rate)
    # three standard errors of a share of 20,000
    assert np.isinf(found.market_price).mean() == pytest.approx(short, abs=0.011)


def test_a_draw_costs_little_more_than_a_search_on_it():
    population = item_response(heterogeneity=2.0)
    tables = build_tables(population)
    found = resampled(population, RATES, draws=10)
    weight = problem_draws(population.weight, population.problems, Streams(1), 10)
    full = np.stack([solve_frontier(tables, RATES, weight=w).spend for w in weight])
    np.testing.assert_allclose(found.cost, full, rtol=0.04)
    assert abs(found.cost / full - 1).mean() < 0.02


def test_a_draw_never_costs_more_than_its_market_price():
    found = resampled(item_response(heterogeneity=2.0), RATES)
    assert (found.cost <= found.market_price).all()


def test_an_interval_does_not_depend_on_the_other_solve_rates():
    population = item_response(heterogeneity=2.0)
    one, several = resampled(population, RATES[1:2]), resampled(population, RATES)
    np.testing.assert_array_equal(one.cost[:, 0], several.cost[:, 1])


def test_more_draws_begin_with_the_same():
    weight = np.full(7, 1 / 7)
    few, many = (problem_draws(weight, 7, Streams(3), draws) for draws in (5, 9))
    np.testing.assert_array_equal(few, many[:5])


def test_classes_are_drawn_as_often_as_there_were_problems():
    population = replace(item_response(), sample_size=1000)
    weight = problem_draws(population.weight, population.problems, Streams(1), 50)
    np.testing.assert_allclose(weight.sum(axis=1), 1)
    np.testing.assert_allclose(weight * 1000, np.round(weight * 1000), atol=1e-9)


def test_other_money_gives_the_same_margins():
    population = item_response(heterogeneity=2.0)
    dear = replace(population, list_cost=population.list_cost * 2.0**20)
    one, other = (resampled(p, RATES) for p in (population, dear))
    np.testing.assert_array_equal(one.margin, other.margin)


def test_an_end_of_an_interval_is_unknown_where_many_draws_are_missing():
    draws = np.tile(np.arange(200.0)[:, None], 2)
    draws[:30, 1] = np.nan
    ends = interval(draws)
    assert ends[:, 0].tolist() == [4.0, 194.0]
    assert np.isnan(ends[:, 1]).all()


@pytest.mark.parametrize("draws", [1, 39, 10_001])
def test_so_few_or_many_draws_are_refused(draws):
    with pytest.raises(DataError, match=f"draws: {draws} is not from 40 to 10000"):
        appraise(item_response(), draws=draws)


def test_a_mean_margin_is_over_the_solve_rates_that_nearly_all_draws_reach():
    population = item_response(heterogeneity=2.0)
    top = float(market_price(build_tables(population), RATES).max_quality.max())
    found = resampled(population, np.array([0.4, 0.5, top]))
    assert found.steady.tolist() == [True, True, False]
    assert found.mean_margin[0] == pytest.approx(found.of_sample[:2].mean())


def test_intervals_hold_the_truth_as_often_as_they_say():
    found = coverage(populations=10, problems=80, attempts=20, large=3000)
    assert found.margin.mean() >= 0.9
    assert found.market_price.mean() >= 0.9
    assert found.mean_margin >= 0.9


def test_of_few_attempts_no_interval_is_stated():
    population = item_response(problems=20)
    solved = np.random.default_rng(1).binomial(1, population.solve_prob)
    single = replace(
        population, solve_prob=solved * 1.0, successes=solved, attempts=np.ones_like(solved)
    )
    found = appraise(single, quality=(0.2, 0.6, 5))
    assert found.resamples is None
    assert "no interval is stated" in " ".join(found.evidence)
