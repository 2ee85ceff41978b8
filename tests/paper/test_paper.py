import json
from dataclasses import replace
from math import comb
from pathlib import Path

import numpy as np
import pytest

from market.foundation.errors import DataError
from market.paper import check, price_competition, revenue, six_models, two_models
from market.paper.cascades import (
    cascade_curves,
    ordered_thresholds,
    pair_thresholds,
    stage_spend,
)
from market.paper.paper_curves import (
    PaperMarket,
    budget_grid,
    cost_of_solve_rate,
    expected_spend,
    locate,
    margin,
    pass_curves,
    spend_at,
)
from market.paper.paper_report import PaperFigure, PaperReport, number
from market.paper.procedures import fitting_budget, solve_rate_together
from market.paper.published import PUBLISHED
from market.paper.sampling import (
    CAP,
    PairFamily,
    draw_costs,
    draw_samples,
    fit_and_judge,
    sampled_solves,
)
from market.population.population import Population

GRID = budget_grid(1.0)


def recorded(successes, attempts, cost, models=("a", "b")):
    successes, attempts = np.array(successes), np.array(attempts)
    return Population(
        models=models,
        weight=np.full(len(successes), 1 / len(successes)),
        solve_prob=successes / attempts,
        list_cost=np.array(cost, dtype=float),
        successes=successes,
        attempts=attempts,
    )


def geometric_market(prob, cost, budget=GRID):
    """Smooth pass curves 1 − (1 − p)^(b / c): [n, M, B]."""
    prob, cost = np.array(prob)[..., None], np.array(cost)[..., None]
    solve = 1 - (1 - prob) ** (budget / cost)
    return PaperMarket(("cheap", "good"), budget, solve)


@pytest.fixture(scope="module")
def lively():
    rng = np.random.default_rng(11)
    prob = rng.beta(0.6, 0.6, size=(60, 2)) * 0.9
    cost = np.exp(rng.normal([-4.0, -3.0], 0.4, size=(60, 2)))
    return geometric_market(prob, cost)


# closed forms: curves


def test_spend_of_a_curve_that_never_solves_is_the_budget():
    assert expected_spend(np.zeros(250), GRID) == pytest.approx(GRID, rel=1e-12)


def test_spend_of_a_curve_linear_in_log_budget_is_its_integral():
    slope = 0.1
    curve = slope * np.log(GRID / GRID[0])
    solved = GRID * curve - slope * (GRID - GRID[0])
    assert expected_spend(curve, GRID) == pytest.approx(GRID - solved, rel=1e-10)


def test_spend_between_grid_points_is_that_of_the_finer_grid():
    curve = 0.1 * np.log(GRID / GRID[0])
    fine = np.sort(np.append(GRID, [0.0123, 0.4567]))
    on_fine = expected_spend(0.1 * np.log(fine / fine[0]), fine)
    wanted = on_fine[np.searchsorted(fine, [0.0123, 0.4567])]
    assert spend_at(curve, GRID, np.array([0.0123, 0.4567])) == pytest.approx(wanted, rel=1e-10)


def test_spend_below_the_grid_is_the_budget_and_above_it_goes_on_unsolved():
    curve = np.full(250, 0.25)
    at = np.array([0.0, 5e-5, 3.0])
    spend = spend_at(curve, GRID, at)
    assert spend[:2] == pytest.approx(at[:2])
    assert spend[2] == pytest.approx(expected_spend(curve, GRID)[-1] + 0.75 * 2.0)


def test_pass_curve_is_the_unbiased_estimator_at_whole_attempts():
    population = recorded([[2, 1]], [[10, 4]], [[0.1, 0.1]])
    budget = np.array([0.05, 0.1, 0.25, 0.35])
    curve = pass_curves(population, budget)[0, 0]
    wanted = [0.0, *(1 - comb(8, k) / comb(10, k) for k in (1, 2, 3))]
    assert curve == pytest.approx(wanted, abs=1e-12)


def test_pass_curve_beyond_the_recorded_attempts_says_whether_any_succeeded():
    population = recorded([[1, 0]], [[4, 4]], [[0.1, 0.1]])
    assert pass_curves(population, np.array([0.1, 1.0]))[0, :, 1] == pytest.approx([1.0, 0.0])


def test_pass_curve_is_one_where_fewer_failures_are_recorded_than_attempts_bought():
    population = recorded([[9, 1]], [[10, 4]], [[0.1, 0.1]])
    assert pass_curves(population, np.array([0.1, 0.25]))[0, 0] == pytest.approx([0.9, 1.0])


def test_pass_curves_without_recorded_counts_are_refused():
    population = replace(
        recorded([[1, 1]], [[2, 2]], [[0.1, 0.1]]), successes=None, attempts=None, source="a pack"
    )
    with pytest.raises(DataError, match="a pack has none; read a folder"):
        pass_curves(population, GRID)


def test_cost_of_a_solve_rate_inverts_the_curve_in_log_spend():
    solve, spend = np.array([0.2, 0.4]), np.array([0.01, 1.0])
    assert cost_of_solve_rate(np.array([0.3]), solve, spend) == pytest.approx([0.1])


def test_cost_is_infinite_above_the_curve_and_zero_below_it():
    solve, spend = np.array([[0.2, 0.4]]), np.array([[0.01, 1.0]])
    cost = cost_of_solve_rate(np.array([0.1, 0.4, 0.41]), solve, spend)
    assert cost == pytest.approx(np.array([[0.0, 1.0, np.inf]]))


def test_margin_is_never_negative_and_zero_where_not_finite():
    market = np.array([2.0, 1.0, 1.0, np.inf, np.inf, 0.0])
    cost = np.array([1.0, 2.0, np.inf, 1.0, np.inf, 0.0])
    assert margin(market, cost) == pytest.approx([0.5, 0, 0, 0, 0, 0])


def test_reading_a_curve_is_linear_in_log_budget_and_zero_below_the_grid():
    curve = np.log(GRID / GRID[0])
    got = locate(GRID, [0.0, 0.0321, 7.0]).read(curve)
    assert got == pytest.approx([0.0, np.log(0.0321 / GRID[0]), curve[-1]])


# closed forms: cascades


@pytest.mark.parametrize("stage", [0, 1])
def test_cascade_with_nothing_for_the_other_stage_is_the_single_model(lively, stage):
    thresholds = np.eye(2)[[stage]]
    curve = cascade_curves(lively.solve, thresholds, GRID)[0]
    assert curve == pytest.approx(lively.mean[stage], abs=1e-12)


def test_cascade_with_no_budget_at_all_solves_nothing(lively):
    assert cascade_curves(lively.solve, np.zeros((1, 2)), GRID).max() == 0


def test_second_stage_begins_where_the_first_threshold_ends(lively):
    tau = 0.05
    curve = cascade_curves(lively.solve, np.array([[tau, 0.4]]), GRID)[0]
    assert curve[tau >= GRID] == pytest.approx(lively.mean[0][tau >= GRID], abs=1e-12)
    budgets = np.flatnonzero((GRID > 0.12) & (GRID < 0.4))
    held = locate(GRID, tau).read(lively.solve[:, 0])
    later = locate(GRID, GRID[budgets] - tau).read(lively.solve[:, 1])
    assert curve[budgets] == pytest.approx((held + (1 - held) * later).mean(axis=0), abs=2e-3)


def test_cascade_holds_its_solve_rate_past_its_last_threshold(lively):
    curve = cascade_curves(lively.solve, np.array([[0.02, 0.03]]), GRID)[0]
    both = locate(GRID, 0.02).read(lively.solve[:, 0]), locate(GRID, 0.03).read(lively.solve[:, 1])
    wanted = (1 - (1 - both[0]) * (1 - both[1])).mean()
    assert curve[GRID > 0.0501] == pytest.approx(np.full((GRID > 0.0501).sum(), wanted))


def test_rows_of_cascades_do_not_depend_on_their_company(lively):
    thresholds = pair_thresholds(0.01, 0.5, 1.0)
    together = cascade_curves(lively.solve, np.tile(thresholds, (12, 1)), GRID)
    alone = cascade_curves(lively.solve, thresholds[37:38], GRID)
    assert together[37 + 102 * 11] == pytest.approx(alone[0], abs=1e-12)


def test_spend_on_the_stages_adds_up_to_the_spend_of_the_cascade(lively):
    thresholds = np.array([0.08, 0.92])
    curve = cascade_curves(lively.solve, thresholds[None], GRID)[0]
    parts = stage_spend(lively.solve, thresholds, GRID).sum(axis=0)
    assert parts == pytest.approx(expected_spend(curve, GRID), rel=2e-3)


def test_a_stage_spends_nothing_before_its_turn(lively):
    spend = stage_spend(lively.solve, np.array([0.08, 0.92]), GRID)
    assert spend[1, GRID < 0.08].max() == 0
    assert spend[1, -1] > 0


def test_pair_thresholds_sum_to_the_total():
    thresholds = pair_thresholds(0.01, 0.3, 0.5)
    assert thresholds.shape == (102, 2)
    assert thresholds.sum(axis=1) == pytest.approx(np.full(102, 0.5))


def test_ordered_thresholds_do_not_fall_and_keep_within_the_total():
    rows = ordered_thresholds(2, np.array([0.0, 0.3, 0.8]), 1.0)
    wanted = [[0, 0], [0, 0.3], [0, 0.8], [0.3, 0], [0.3, 0.3], [0.3, 0.7], [0.8, 0]]
    assert rows == pytest.approx(np.array(wanted))


# closed forms: procedures


def test_identical_models_leave_no_margin():
    market = geometric_market([[0.9, 0.9]], [[0.02, 0.02]])
    assert two_models(market).margins.max() < 1e-3


def test_the_two_together_solve_what_either_solves(lively):
    solve = lively.solve[:, :, -1]
    wanted = np.mean(1 - (1 - solve[:, 0]) * (1 - solve[:, 1]))
    assert solve_rate_together(lively) == pytest.approx(wanted)


def complementary():
    """Half of the problems are easy for one model and never solved by the other."""
    easy, hard = np.full(20, 0.95), np.linspace(0.3, 0.95, 20)
    prob = np.concatenate([np.stack([easy, 0.9 * easy], 1), np.stack([0 * hard, hard], 1)])
    return geometric_market(prob, np.tile([0.005, 0.05], (40, 1)))


def test_a_price_war_multiplies_the_price_until_cost_and_never_goes_below():
    path = price_competition(two_models(complementary()), solve_rate=0.9)
    steps = np.array(path.prices[1:]) / np.array(path.prices[:-1])
    assert len(path.prices) > 2
    assert steps[:-1] == pytest.approx(np.full(len(steps) - 1, 0.93))
    assert 0.93 <= steps[-1] < 1
    assert path.prices[-1] == path.cost


def test_shares_of_the_market_price_sum_to_one():
    pair = two_models(complementary())
    shares = revenue(pair, np.linspace(0.7, 0.95, 30))
    assert shares.arbitrageur.max() > 0.1
    assert shares.without.sum(axis=0) == pytest.approx(np.ones(30))
    total = shares.with_arbitrage.sum(axis=0) + shares.arbitrageur
    assert total == pytest.approx(np.ones(30), abs=2e-3)


def test_revenue_is_missing_where_no_model_reaches_the_solve_rate():
    shares = revenue(two_models(complementary()), np.array([1.0]))
    assert np.isnan(shares.change).all()
    assert np.isnan(shares.arbitrageur).all()


def test_a_model_outside_the_cascade_only_sets_the_market_price():
    pair = complementary()
    spare = pair.solve[:, 1:] * 0.999
    market = PaperMarket(
        ("cheap", "good", "spare"), GRID, np.concatenate([pair.solve, spare], axis=1)
    )
    six = six_models(market, ("cheap", "good"))
    assert six.price.tolist() == market.price(six.rate).tolist()
    assert six.revenue.with_arbitrage[2].max() == 0
    assert (six.cost <= market.select(("cheap", "good")).price(six.rate) * (1 + 1e-9)).all()


# closed forms: sampling


def test_family_of_sampled_pairs_joins_as_cascades_do():
    rng = np.random.default_rng(3)
    sample = np.exp(rng.normal([-3.5, -3.0], 0.8, size=(40, 2)))
    sample[rng.random((40, 2)) < 0.2] = np.inf
    steps = (sample[:, :, None] <= GRID).astype(float)
    thresholds = pair_thresholds(1e-4, 0.5, 1.0)
    got = PairFamily.of(thresholds, GRID).curves(sampled_solves(sample, GRID))
    assert got == pytest.approx(cascade_curves(steps, thresholds, GRID), abs=1e-12)


def test_drawn_costs_follow_the_pass_curve(lively):
    market = lively.restrict(np.array([0]))
    costs = draw_costs(market, 20_000, np.random.default_rng(5))
    for budget in (0.01, 0.05, 0.3):
        wanted = locate(GRID, budget).read(market.mean)[:, 0]
        assert (costs <= budget).mean(axis=0) == pytest.approx(wanted, abs=0.015)


def test_costs_beyond_the_cap_are_unsolved(lively):
    costs = draw_costs(lively, 50, np.random.default_rng(5))
    assert costs[np.isfinite(costs)].max() <= CAP
    assert np.isinf(costs).any()


def test_a_sample_ends_with_the_draw_that_reaches_its_budget(lively):
    samples = list(draw_samples(lively, 2.0, 12, np.random.default_rng(8)))
    assert len(samples) == 12
    for sample in samples:
        paid = np.minimum(sample[:, 1], CAP)
        assert paid.sum() >= 2.0 > paid[:-1].sum()


def test_fitted_margins_repeat_and_a_further_budget_moves_no_other(lively):
    def run(counts):
        return fit_and_judge(lively, lively, counts, top_counts=True, seed=4)

    first, second = run({1: 5}), run({3: 2, 1: 5})
    assert first[0].margins.tolist() == second[1].margins.tolist()


def test_a_split_needs_problems_on_both_sides(lively):
    with pytest.raises(DataError, match="0 of 60 problems are of the domain 'django'"):
        fitting_budget(lively, np.zeros(60, dtype=bool), {1: 1}, {1: 1})


# the report


def test_a_figure_passes_within_its_tolerance_only():
    assert PaperFigure("x", 1.0, 1.1, 0.2).passed
    assert not PaperFigure("x", 1.0, 1.3, 0.2).passed


def test_a_figure_that_is_not_finite_fails_and_is_null_in_json():
    figure = PaperFigure("x", 1.0, float("nan"), 0.2)
    assert figure.to_json() == {
        "name": "x",
        "published": 1.0,
        "computed": None,
        "tolerance": 0.2,
        "pass": False,
    }


def test_a_report_passes_when_every_figure_does():
    good, bad = PaperFigure("x", 1.0, 1.0, 0.1), PaperFigure("y", 1.0, 2.0, 0.1)
    assert PaperReport((good,), {}).passed
    assert PaperReport((good, bad), {}).to_json()["passed"] is False


def test_infinite_numbers_are_null():
    assert number(np.inf) is None


def test_a_missing_folder_of_records_is_named(tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        check(tmp_path / "nowhere")


# the released records
























