import numpy as np
import pytest

from market.foundation.arrays import FloatArray
from market.foundation.in_threads import CHUNK
from market.frontier.budget_grid import build_tables
from market.frontier.cascade_space import CascadeSpace
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import market_price
from market.frontier.pass_curves import CurveTables
from market.population.population import Population

ROWS = 2 * CHUNK + 3
BUDGET = np.array([0.0, 0.1, 0.2, 0.4, 0.8, 1.6])
REST = ((1, 2), (0, 4))
PARTS = ("solve_rate", "due", "saved", "own")


@pytest.fixture(scope="module")
def tables() -> CurveTables:
    rng = np.random.default_rng(3)
    cost = rng.uniform(0.05, 0.4, (ROWS, 3)) * [1.0, 2.0, 4.0]
    return build_tables(
        Population(("a", "b", "c"), np.full(ROWS, 1 / ROWS), rng.random((ROWS, 3)), cost), BUDGET
    )


def rows_alone(tables: CurveTables, rows: slice) -> FloatArray:
    """[own of each place, saved of each stage] of REST and model 2, in so few rows as are plain."""
    population = tables.population
    weight = population.weight[rows]
    prob, cost = population.solve_prob[rows], population.list_cost[rows]
    few = Population(("a", "b", "c"), np.full(len(prob), 1 / len(prob)), prob, cost)
    placed = CascadeSpace(build_tables(few, BUDGET), weight).place(REST, 2)
    return np.concatenate((placed.own, placed.saved, placed.solve_rate[None, :]))


def test_many_rows_are_the_sum_of_few(tables):
    whole = CascadeSpace(tables).place(REST, 2)
    parts = [rows_alone(tables, slice(i, i + CHUNK)) for i in range(0, ROWS, CHUNK)]
    found = np.concatenate((whole.own, whole.saved, whole.solve_rate[None, :]))
    np.testing.assert_allclose(found, sum(parts), rtol=1e-12, atol=1e-15)


def test_no_digit_depends_on_the_number_of_threads(tables, monkeypatch):
    found = []
    for threads in ("1", "2", "3"):
        monkeypatch.setenv("MARKET_THREADS", threads)
        found.append(CascadeSpace(tables).place(REST, 2))
    for part in PARTS:
        for other in found[1:]:
            np.testing.assert_array_equal(getattr(found[0], part), getattr(other, part))


def test_a_cascade_spends_what_its_placement_says(tables):
    space = CascadeSpace(tables)
    placed = space.place(REST, 2)
    cascade = placed.policy(1, 3)
    assert cascade == ((1, 2), (2, 3), (0, 4))
    np.testing.assert_allclose(placed.list_spend(1, 3, 3), space.list_spend(cascade), rtol=1e-12)
    assert placed.solve_rate[3] == pytest.approx(space.solve_rate(cascade), rel=1e-12)


def test_there_is_room_for_any_number_of_stages(tables, monkeypatch):
    monkeypatch.setattr("market.frontier.placement_loop._ROOM", 1)
    space, wide = CascadeSpace(tables), CascadeSpace(tables)
    for model in (0, 1, 2):
        for budget in range(len(BUDGET)):
            space.solve_rate(((model, budget),))
    np.testing.assert_array_equal(space.place(REST, 2).own, wide.place(REST, 2).own)


def test_the_frontier_of_many_problems_is_nowhere_above_the_market_price(tables):
    target = np.linspace(0.2, 0.9, 5)
    spend = solve_frontier(tables, target).spend
    price = market_price(tables, target).price
    assert (spend <= price * (1 + 1e-12)).all()
    assert spend[-1] < price[-1] * 0.95


@pytest.mark.parametrize("rows", [50, ROWS])
def test_budgets_that_repeat_the_last_of_a_model_do_as_it_does(tables, rows):
    population = tables.population
    few = Population(
        population.models,
        np.full(rows, 1 / rows),
        population.solve_prob[:rows],
        population.list_cost[:rows],
    )
    shorter = np.stack([BUDGET, BUDGET, np.minimum(BUDGET, BUDGET[3])])
    placed = CascadeSpace(build_tables(few, shorter)).place(REST, 2)
    whole = CascadeSpace(build_tables(few, BUDGET)).place(REST, 2)
    for part in PARTS:
        found, other = (getattr(of, part) for of in (placed, whole))
        if other.shape[-1:] == BUDGET.shape:
            other = other[..., np.minimum(np.arange(len(BUDGET)), 3)]
        np.testing.assert_allclose(found, other, rtol=1e-12, atol=1e-15)
