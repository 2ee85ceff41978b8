"""A search on a sample of very many problems: how many it takes, and what it loses."""

import numpy as np
import pytest
from conftest import item_response

from market.frontier.budget_grid import build_tables
from market.frontier.cascade_space import coarse_levels
from market.frontier.frontier import solve_frontier
from market.frontier.pass_curves import CurveTables
from market.frontier.policy_cloud import PolicyCloud
from market.frontier.sampled_rows import on_rows, sample_rows

ALL = 1e-9  # an error for which no sample is large enough
FEW = 0.05  # one for which some hundreds of problems are


@pytest.fixture(scope="module")
def tables() -> CurveTables:
    return build_tables(item_response(problems=3000), tolerance=0.05)


def rows(tables: CurveTables, error: float) -> tuple[np.ndarray, np.ndarray]:
    found = sample_rows(tables, tables.population.weight, coarse_levels(tables), error)
    assert found is not None
    return found


def test_few_problems_are_all_searched_on(tables):
    assert PolicyCloud(tables).sample.weight.size == 3000  # at the usual error
    cloud = PolicyCloud(build_tables(item_response(problems=200)), error=FEW)
    assert cloud.sample is cloud.fine


def test_half_the_error_takes_up_to_four_times_the_problems(tables):
    few, more = (len(rows(tables, error)[0]) for error in (2 * FEW, FEW))
    assert 2 * few < more < 4.5 * few


def test_a_sample_says_what_each_model_solves_and_spends(tables):
    chosen, weight = rows(tables, FEW)
    assert weight.sum() == pytest.approx(1)
    some = on_rows(tables, chosen, weight)
    for m in range(len(tables.models)):
        for of_some, of_all in zip(some.mean_curves(m), tables.mean_curves(m), strict=True):
            assert of_some[-1] == pytest.approx(of_all[-1], rel=3 * FEW)


def test_a_sample_does_not_depend_on_the_unit_of_money_nor_on_the_order_of_problems(tables):
    some = item_response(problems=3000)
    back = np.arange(3000)[::-1]
    other = build_tables(
        type(some)(some.models, some.weight, some.solve_prob[back], 8 * some.list_cost[back]),
        8 * tables.budget,
    )
    chosen, weight = rows(tables, FEW)
    turned, same = rows(other, FEW)
    np.testing.assert_array_equal(np.sort(back[turned]), chosen)
    np.testing.assert_allclose(same[::-1], weight, rtol=1e-9)


@pytest.mark.parametrize("error", [FEW, 2 * FEW])
def test_a_search_on_a_sample_loses_little(tables, error):
    cloud, every = (PolicyCloud(tables, keeps=False, error=of) for of in (error, ALL))
    assert len(cloud.sample.weight) < 1500
    top = every.max_solve_rate(np.ones(3))
    assert cloud.max_solve_rate(np.ones(3)) == pytest.approx(top, abs=1e-12)
    quality = top * np.append(np.arange(1, 33) / 33, 1.0)
    for price in (np.ones(3), np.array([0.7, 1.6, 1.1])):
        least, found = (
            solve_frontier(tables, quality, price, cloud=of).spend for of in (every, cloud)
        )
        loss = found / least - 1
        assert np.median(loss) < 1e-4
        assert loss.max() < 0.03
