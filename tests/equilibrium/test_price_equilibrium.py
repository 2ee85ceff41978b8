"""The equilibrium panel through the simulator, held to the published logit oligopolies."""

import numpy as np
import pytest
from logit_market import MERGER, PUBLISHED
from logit_markets import apart, logit_market

import market
from market.equilibrium import equilibrium, price_equilibrium, rest
from market.equilibrium.as_json import equilibrium_as_json
from market.equilibrium.mergers import Merger
from market.equilibrium.pressure import merged
from market.equilibrium.rest import follow_best_replies
from market.findings import of_equilibrium, parts_of_equilibrium
from market.foundation.errors import DataError
from market.simulation.priced_market import PricedMarket

TO_SIX = {"rtol": 0, "atol": 1e-6}
LIST = {"kind": "list"}


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    spec = logit_market(tmp_path_factory.mktemp("records"), apart(3), LIST)
    return equilibrium(spec, merge=[("m0", "m1")])


@pytest.mark.parametrize("firms", [2, 4])
def test_prices_at_rest_are_the_published_ones(tmp_path, firms):
    found = equilibrium(logit_market(tmp_path, apart(firms), LIST))
    np.testing.assert_allclose(found.rest.at.price, PUBLISHED[firms]["competitive"], **TO_SIX)
    assert found.rest.at.converged
    assert found.rest.grid is None
    assert found.owners == tuple(apart(firms))


def test_the_panel_before_a_merger_is_the_published_one(three):
    panel = three.panel
    assert three.rest.at.converged
    np.testing.assert_allclose(panel.diversion[0, 1], MERGER["diversion"], **TO_SIX)
    np.testing.assert_allclose(np.diag(panel.elasticity), MERGER["own"], **TO_SIX)
    np.testing.assert_allclose(panel.elasticity[0, 1], MERGER["cross"], **TO_SIX)
    np.testing.assert_allclose(panel.upp[0, 1], MERGER["upp"], **TO_SIX)
    np.testing.assert_allclose(panel.guppi[0, 1], MERGER["guppi"], **TO_SIX)
    np.testing.assert_allclose(panel.compensating[0, 1], MERGER["compensating"], **TO_SIX)
    np.testing.assert_allclose(np.diag(panel.pass_through), MERGER["pass_own"], **TO_SIX)
    np.testing.assert_allclose(panel.pass_through[0, 1], MERGER["pass_cross"], **TO_SIX)
    np.testing.assert_allclose(panel.quantity_hhi, 1 / 3)


def test_the_merger_is_the_published_one(three):
    (joint,) = three.mergers
    sent = three.panel.quantity[0] / 0.324621
    np.testing.assert_allclose(joint.after.price, MERGER["price"], **TO_SIX)
    np.testing.assert_allclose(joint.after.quantity / sent, MERGER["share"], atol=2e-6)
    before, after = MERGER["surplus"]
    np.testing.assert_allclose(joint.surplus / sent, after - before, atol=3e-6)
    np.testing.assert_allclose(joint.quantity_hhi, MERGER["hhi"][1], atol=5e-5)
    assert joint.joint_profit > 0


def test_ownership_is_as_the_scenario_has_it(tmp_path):
    spec = logit_market(tmp_path, apart(3), LIST, merge=["m0", "m1"])
    found = equilibrium(spec)
    np.testing.assert_allclose(found.rest.at.price, MERGER["price"], **TO_SIX)
    assert np.isnan(found.panel.upp[0, 1])
    assert found.owners[0] == found.owners[1]


def test_at_todays_prices_slopes_are_of_today_and_rest_is_found_all_the_same(tmp_path):
    spec = logit_market(tmp_path, apart(2), {"kind": "list", "factor": 1.7})
    found = equilibrium(spec, at="today")
    np.testing.assert_allclose(found.today, 1.7)
    np.testing.assert_array_equal(found.panel.price, found.today)
    np.testing.assert_allclose(found.rest.at.price, PUBLISHED[2]["competitive"], **TO_SIX)
    share = np.exp(1.2) / (1 + 2 * np.exp(1.2))
    np.testing.assert_allclose(np.diag(found.panel.elasticity), -4 * 1.7 * (1 - share), atol=1e-6)
    assert np.isnan(found.panel.pass_through).all()


def test_residual_demand_falls_and_passes_through_what_is_sold(three):
    multiples, sold = three.curve
    assert (np.diff(sold, axis=1) < 0).all()
    middle = int(np.flatnonzero(multiples == 1.0)[0])
    np.testing.assert_allclose(sold[:, middle], three.panel.quantity)


def small(arbitrageurs):
    return market.load(
        "collusion",
        set={
            "consumers.teams.size": 60,
            "menu_points": 6,
            "arbitrageurs.router.count": arbitrageurs,
        },
    )


def test_where_routers_turn_in_steps_the_least_gain_is_stated():
    found = equilibrium(small(1), prices=3)
    at, grid = found.rest.at, found.rest.grid
    assert not at.converged
    assert at.largest_gain > 0
    names = list(found.providers)
    priced = PricedMarket(small(1), names)
    now = priced.profits(at.price)
    for i in range(2):
        other = at.price.copy()
        other[i] = at.best[i]
        np.testing.assert_allclose(priced.profits(other)[i] / now[i] - 1, at.gain[i], atol=1e-9)
    assert grid.price.shape == (2, 3)
    assert grid.benchmarks is not None
    assert np.isfinite(found.panel.elasticity).all()
    assert found.arbitrageurs_at_rest == 1.0


def test_best_replies_in_turn_rest_at_the_equilibrium_if_the_grid_has_it(tmp_path):
    priced = PricedMarket(logit_market(tmp_path, apart(2), LIST), list(apart(2)))
    centre = np.full(2, PUBLISHED[2]["competitive"])
    found = follow_best_replies(priced, np.arange(2), centre, 5)
    np.testing.assert_allclose(found.cycle, [centre])
    assert found.least_gain == 0
    assert not found.benchmarks.mixed


def all_of_profit(_: object, names, before, pair: object, prices: int) -> Merger:
    """A merger that earns all that there is, makes all prices half as high again, and costs $7."""
    half = np.full(len(before.price), 0.5)
    return Merger(tuple(names), before, half, float(before.profit.sum()), -7.0, 1.0)


def test_ends_of_intervals_are_of_problems_and_buyers_drawn_anew(monkeypatch):
    monkeypatch.setattr(price_equilibrium, "FEWEST", 2)
    monkeypatch.setattr(price_equilibrium, "merger", all_of_profit)
    found = equilibrium(small(0), resamples=2, merge="all")
    anew = [
        equilibrium(
            market.load(
                "collusion",
                set={
                    "consumers.teams.size": 60,
                    "menu_points": 6,
                    "arbitrageurs.router.count": 0,
                    "population.resample": True,
                },
                seed=seed,
            )
        )
        for seed in (2, 3)
    ]
    for name in ("price", "elasticity", "surplus"):
        values = np.stack([getattr(of.panel, name) for of in anew])
        np.testing.assert_allclose(found.intervals[name], np.sort(values, axis=0), rtol=1e-9)
    (one,) = found.mergers
    profits = sorted(of.panel.profit.sum() for of in anew)
    np.testing.assert_allclose(one.intervals["joint_profit"], profits, rtol=1e-9)
    np.testing.assert_allclose(one.intervals["price_change"], [[0.5, 0.5], [0.5, 0.5]])
    told = equilibrium_as_json("collusion", [found])
    (table,) = [p for p in parts_of_equilibrium(told) if "Mergers" in getattr(p, "title", "")]
    assert len(table.numbers) == len(table.rows[0]) - 1 == 9
    assert "+50.0 to +50.0%; +50.0 to +50.0%" in table.rows[0]
    assert "(95% interval: −$7.00 to −$7.00 per tick)" in of_equilibrium(told).text


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(DataError, match="40"):
        equilibrium(small(0), resamples=3)
    with pytest.raises(DataError, match="--merge OpenAI,Nobody: Nobody sells nothing"):
        equilibrium(small(0), merge=[("OpenAI", "Nobody")])
    with pytest.raises(DataError, match="--merge OpenAI,OpenAI: they have one owner already"):
        equilibrium(small(0), merge=[("OpenAI", "OpenAI")])


def test_owners_merge_with_all_their_prices():
    owner = merged(np.array([0, 1, 1, 3]), 0, 2)
    assert owner.tolist() == [0, 0, 0, 3]


def test_whoever_gains_most_moves_until_the_least_gain_is_found(tmp_path):
    priced = PricedMarket(logit_market(tmp_path, apart(2), LIST), list(apart(2)))
    start = rest.checked_prices(
        priced.quantity_and_cost, np.zeros(2, dtype=int), np.array([1.3, 1.6]), priced.floor
    )
    assert start.largest_gain > 0.1
    found = rest.walk_of_best_replies(priced, start)
    np.testing.assert_allclose(found.price, PUBLISHED[2]["joint"], rtol=0.02)
    assert found.largest_gain < 1e-3
