"""Models made alike, and the margins that are left."""

import numpy as np
import pytest

from market.population.packs import read_pack
from market.studies.claims.similarity import made_alike, margin_draws


def test_models_half_alike_earn_less_and_the_same_model_nothing():
    as_they_are, half, same = (
        margin_draws((), 0.4, "mean", alike, 1)[0] for alike in (0.0, 0.5, 1.0)
    )
    assert as_they_are > 1.5 * half > 0
    assert same == pytest.approx(0, abs=1e-9)


def test_made_alike_models_keep_their_mean_log_odds():
    population = read_pack("swebench").population
    same = made_alike(population, 1.0)
    assert (same.solve_prob == same.solve_prob[:, :1]).all()
    assert (same.list_cost == same.list_cost[:, :1]).all()
    np.testing.assert_allclose(
        np.log(same.list_cost[:, 0]), np.log(population.list_cost).mean(axis=1)
    )
    assert made_alike(population, 0.0) is population


def test_bootstrap_draws_scatter_about_the_pack_s_own_margin():
    point, draws = margin_draws(("gpt5mini", "deepseek"), 0.68, "mean", 0.0, 12)
    assert draws.min() < point * 1.2
    assert draws.max() > point * 0.8
    assert draws.std() > 0


def test_without_specialisation_models_keep_their_levels_and_agree_on_what_is_hard():
    population = read_pack("swebench").population
    alike = made_alike(population, 1.0, "specialisation")
    weight = population.weight
    np.testing.assert_allclose(weight @ alike.solve_prob, weight @ population.solve_prob)
    order = alike.solve_prob.argsort(axis=0, kind="stable")
    assert (order == order[:, :1]).all()
    cost = np.log(alike.list_cost)
    np.testing.assert_allclose(cost - cost[:, :1], (cost - cost[:, :1])[:1].repeat(len(cost), 0))


def test_without_levels_models_are_as_good_and_as_cheap_on_the_whole():
    population = read_pack("swebench").population
    alike = made_alike(population, 1.0, "level")
    solved, cost = (population.weight @ x for x in (alike.solve_prob, np.log(alike.list_cost)))
    np.testing.assert_allclose(solved, (population.weight @ population.solve_prob).mean())
    np.testing.assert_allclose(cost, cost.mean())
    assert np.ptp(alike.solve_prob, axis=1).max() > 0.1


def test_a_margin_at_one_solve_rate_is_missing_where_no_model_reaches_it():
    _, draws = margin_draws(("gpt5mini", "deepseek"), 0.74, "at", 0.0, 50)
    known = np.isfinite(draws)
    assert 0 < known.sum() < 50
    assert ((draws[known] >= 0) & (draws[known] < 1)).all()
