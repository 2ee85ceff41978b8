"""How sure records are, beside which a pack is judged."""

import numpy as np
import pytest
from conftest import item_response

from market.calibration.calibrate import calibrate
from market.calibration.fit_errors import FitErrors
from market.population.packs import read_pack
from market.population.population import Population


@pytest.fixture(scope="module")
def fit() -> FitErrors:
    population = item_response(heterogeneity=2.0, problems=80)
    return calibrate(population, 40, np.random.default_rng(0)).fit


def test_market_prices_of_the_records_lie_in_their_intervals(fit):
    price = np.array(fit.records.price)
    known = np.isfinite(price) & np.isfinite(fit.sure.price_high)
    assert known.sum() > 5
    assert (price >= fit.sure.price_low)[known].all()
    assert (price <= fit.sure.price_high)[known].all()


def test_margins_are_compared_over_the_same_solve_rates(fit):
    pair, every = fit.sure.margins
    assert pair.models == fit.pair
    assert every.models == ("small", "middle", "large")
    assert every.low < every.records < every.high
    assert every.held_out < every.records  # cascades were not chosen on these problems


def test_the_shipped_pack_is_as_good_as_the_sample_is_sure():
    fit = read_pack("swebench").about["fit"]
    price, sure = np.array(fit["pack"]["price"]), fit["sure"]
    assert (price >= sure["price_low"]).all()
    assert (price <= sure["price_high"]).all()
    for margins in sure["margins"]:
        assert margins["low"] <= margins["pack"] <= margins["high"]


def test_of_one_problem_none_can_be_held_out():
    one = item_response(problems=60).select(["small", "large"])
    alone = Population(one.models, np.ones(1), one.solve_prob[:1], one.list_cost[:1])
    fit = calibrate(alone, 1, np.random.default_rng(0)).fit
    assert all(np.isnan(found.held_out) for found in fit.sure.margins)
