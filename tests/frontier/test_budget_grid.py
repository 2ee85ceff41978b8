"""Grids of budgets that come from the data."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import costs_apart, item_response, one_problem, times
from hypothesis import given
from hypothesis import strategies as st

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError
from market.frontier.attempt_costs import AttemptCosts
from market.frontier.budget_grid import TOLERANCE, build_tables, data_budgets
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import market_price
from market.frontier.model_curve import REACH
from market.frontier.pass_curves import CurveTables, estimated
from market.frontier.worst_first import worst_first
from market.population.packs import read_pack
from market.population.population import Population

POPULATIONS = ["ladder", "apart", "counted", "pack", "pair", "six"]


@pytest.fixture(params=POPULATIONS)
def population(request) -> Population:
    match request.param:
        case "apart":
            return costs_apart(item_response(2.0), 1.5, 0.6)
        case "counted":
            return counted(item_response(problems=40))
        case "pack":
            return read_pack("swebench").population
        case fixture:
            return request.getfixturevalue(fixture)


def counted(population: Population, attempts: int = 6) -> Population:
    """Records of a few attempts at each problem."""
    tried = np.full(population.solve_prob.shape, attempts)
    successes = np.random.default_rng(1).binomial(tried, population.solve_prob)
    return replace(population, solve_prob=successes / tried, successes=successes, attempts=tried)


def just_fits(tables: CurveTables, model: int, budget: FloatArray) -> FloatArray:
    """The highest budgets up to these at which some problem's last attempt just fits."""
    costs = AttemptCosts.of(tables.population, model, tables.remainder)
    k = costs.attempts(budget)
    fits: FloatArray = np.where(k > 0, costs.first + (k - 1) * costs.failed, 0.0).max(axis=0)
    return fits


def rows(tables: CurveTables) -> list[FloatArray]:
    """Each model's own budgets, without what pads the shorter grids."""
    return [np.unique(row) for row in tables.budget]


def limits(population: Population) -> FloatArray:
    """[M] what each model solves with any budget, strata of few attempts included."""
    population = estimated(population)
    limit: FloatArray = population.weight @ (population.solve_prob > 0)
    return limit


# where the points are


@pytest.mark.parametrize("remainder", ["spent", "kept"])
def test_every_budget_just_fits_an_attempt_or_ends_a_way_that_gains_nothing(population, remainder):
    tables = build_tables(population, remainder=remainder)
    for m, row in enumerate(rows(tables)):
        fits = np.isclose(just_fits(tables, m, row[1:]), row[1:], rtol=1e-12)
        shortly_before = np.isclose(1.01 * row[1:-1], row[2:], rtol=1e-12)
        assert (fits[:-1] | shortly_before).all()
        assert fits[-1]


def test_no_budget_solves_less_than_the_one_before(population):
    tables = build_tables(population)
    for m, row in enumerate(rows(tables)):
        rise = np.diff(tables.mean_curves(m)[0][: len(row)])
        assert (rise >= -1e-15).all()


@pytest.mark.parametrize("remainder", ["spent", "kept"])
def test_the_highest_budget_comes_within_a_ten_thousandth_of_the_limit(population, remainder):
    tables = build_tables(population, remainder=remainder)
    tops = np.array([tables.mean_curves(m)[0][-1] for m in range(len(tables.models))])
    assert (tops >= REACH * limits(population)).all()


def test_it_goes_no_further_than_it_must(population):
    tables = build_tables(population)
    for m, limit in enumerate(limits(population)):
        below = just_fits(tables, m, np.array([0.99 * tables.budget[m, -1]]))
        lower = build_tables(tables.population, np.append([0.0], below), tables.estimator)
        assert lower.mean_curves(m)[0][-1] < REACH * limit


def test_a_grid_does_not_depend_on_which_other_models_there_are(population):
    # what is left in doubt by few attempts is read off the other models, too
    population = estimated(population)
    together = build_tables(population)
    every = rows(together)
    for m, model in enumerate(population.models):
        (alone,) = rows(build_tables(population.select([model]), estimator=together.estimator))
        np.testing.assert_array_equal(alone, every[m])


# how many there are


def halved(tables: CurveTables) -> FloatArray:
    """[M, X] the same grids with each cell cut in two."""
    middle = np.sqrt(tables.budget[:, :-1] * tables.budget[:, 1:])
    return np.stack(
        [
            np.sort(np.append(row, just_fits(tables, m, between)))
            for m, (row, between) in enumerate(zip(tables.budget, middle, strict=True))
        ]
    )


@pytest.mark.parametrize("name", ["ladder", "pack", "pair", "six"])
def test_a_grid_twice_as_dense_moves_no_cost_by_half_a_percent(name, request):
    population = (
        read_pack("swebench").population if name == "pack" else request.getfixturevalue(name)
    )
    tables = build_tables(population)
    dense = build_tables(population, halved(tables))
    quality = float(limits(population).max()) * np.linspace(0.05, 0.98, 41)
    for costs in (
        [market_price(of, quality).price for of in (tables, dense)],
        [solve_frontier(of, quality).spend for of in (tables, dense)],
    ):
        np.testing.assert_allclose(*costs, rtol=0.0075 if name in ("pair", "six") else 0.005)


def test_a_finer_tolerance_gives_more_budgets_and_a_coarser_one_fewer(ladder):
    counts = [
        sum(map(len, rows(build_tables(ladder, tolerance=tolerance))))
        for tolerance in (0.05, TOLERANCE, 0.0005)
    ]
    assert counts[0] < counts[1] < counts[2]


@pytest.mark.parametrize("tolerance", [0.0, 1.0, -0.1, np.nan])
def test_a_tolerance_that_is_no_small_share_is_refused(ladder, tolerance):
    with pytest.raises(DataError, match=r"tolerance: .* is not above 0 and below 1"):
        build_tables(ladder, tolerance=tolerance)


@given(
    st.lists(st.tuples(st.floats(0.001, 1), st.floats(0.001, 1)), min_size=1, max_size=60),
    st.floats(0.001, 0.5),
    st.floats(0, 1),
)
def test_a_line_through_the_points_kept_is_within_tolerance_of_all(steps, tolerance, faint):
    u, s = (np.append(0.0, np.cumsum(part)) for part in zip(*steps, strict=True))
    u = u / u[-1]
    kept = worst_first(u, s, tolerance, faint)
    assert kept[0] == 0
    assert kept[-1] == len(u) - 1
    line = np.interp(u, u[kept], s[kept])
    near = np.abs(line - s)[1:] <= tolerance * s[1:] * (1 + 1e-9) + 1e-12
    assert near[u[1:] >= faint].all()


def test_a_straight_line_needs_its_ends_alone():
    assert worst_first(np.linspace(0, 1, 50), np.linspace(0, 3, 50), 0.01, 0.0).tolist() == [0, 49]


# money


@pytest.mark.parametrize("power", [-20, 20])
def test_costs_times_a_power_of_two_give_the_same_to_the_bit(population, power):
    plain, dear = (build_tables(times(population, factor)) for factor in (1.0, 2.0**power))
    np.testing.assert_array_equal(dear.solved, plain.solved)
    np.testing.assert_array_equal(dear.spend, 2.0**power * plain.spend)
    np.testing.assert_array_equal(dear.budget, 2.0**power * plain.budget)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_costs_times_a_million_give_the_same_costs(population, factor):
    plain, dear = (build_tables(times(population, by)) for by in (1.0, factor))
    quality = np.linspace(0.02, 0.99, 60) * limits(population).min()
    for one, other in zip(
        market_price(plain, quality).cost, market_price(dear, quality).cost, strict=True
    ):
        np.testing.assert_allclose(other, factor * one, rtol=1e-9)


def test_a_thousand_dollars_an_attempt_are_money_as_any_other():
    tables = build_tables(one_problem([0.5], [1000.0]))
    found = market_price(tables, np.array([0.5, 0.75, 0.99])).price
    np.testing.assert_allclose(found[:2], [1000, 1500])
    assert 1900 < found[2] < 2000


def test_of_models_a_million_times_apart_in_cost_each_has_the_grid_of_its_own(ladder):
    factor = np.array([1.0, 2.0**20, 2.0**-20])
    middle = ladder.select(["middle"])
    population = replace(
        middle,
        models=("a", "b", "c"),
        solve_prob=np.tile(middle.solve_prob, 3),
        list_cost=middle.list_cost * factor,
    )
    tables = build_tables(population)
    np.testing.assert_array_equal(tables.budget, tables.budget[0] * factor[:, None])


def test_nobody_goes_above_the_highest_budget(population):
    highest = 3 * float(population.list_cost.mean())
    full, cut = build_tables(population), build_tables(population, highest=highest)
    for m, row in enumerate(rows(cut)):
        assert row[-1] <= highest
        at_most = just_fits(full, m, np.array([min(highest, full.budget[m, -1])]))
        assert row[-1] == pytest.approx(float(at_most[0]), rel=1e-3) or row[-1] > 0.9 * highest


def test_a_highest_budget_below_the_cheapest_attempt_is_refused():
    population = one_problem([0.5, 0.5], [0.1, 0.3])
    for refused in (
        lambda: build_tables(population, highest=0.29),
        lambda: data_budgets(population, "geometric", highest=0.29),
    ):
        with pytest.raises(DataError, match=r"model m1: its cheapest attempt costs 0\.3 USD"):
            refused()
    assert build_tables(population, highest=0.3).budget[1, -1] == 0.3


# small worlds


def test_one_problem_costs_the_attempts_that_are_made():
    # spend is a straight line in the solve rate, so that two budgets tell all of it
    quality = 1 - 0.75 ** np.arange(1, 30)
    market = market_price(build_tables(one_problem([0.25], [0.1])), quality)
    np.testing.assert_allclose(market.price, 0.1 * quality / 0.25)


def test_a_model_that_never_solves_has_one_budget_that_solves_nothing():
    tables = build_tables(one_problem([0.0], [0.1]))
    assert tables.budget.tolist() == [[0.0, 0.1]]
    assert tables.solved.max() == 0


def test_a_model_that_always_solves_has_one_attempt():
    tables = build_tables(one_problem([1.0], [0.1]))
    np.testing.assert_allclose(tables.budget, [[0.0, 0.1 / 1.01, 0.1]])
    np.testing.assert_array_equal(tables.solved[0, 0], [0, 0, 1])


def test_records_end_the_grid_where_every_problem_s_recorded_attempts_end():
    ones = np.ones((1, 1))
    population = Population(
        ("a",), np.ones(1), 0.25 * ones, 0.1 * ones, successes=ones, attempts=4 * ones
    )
    tables = build_tables(population, estimator="unbiased")
    ends = np.array([0.1, 0.2, 0.3, 0.4])
    np.testing.assert_allclose(tables.budget[0], np.sort(np.concatenate(([0], ends / 1.01, ends))))
    np.testing.assert_allclose(tables.solved[0, 0, ::2], [0, 0.25, 0.5, 0.75, 1])


def test_problems_of_no_weight_count_for_nothing():
    prob, cost = np.array([[0.5], [0.01]]), np.array([[0.1], [7.0]])
    weighted = Population(("a",), np.array([1.0, 0.0]), prob, cost)
    assert build_tables(weighted).budget[0, -1] < 2
