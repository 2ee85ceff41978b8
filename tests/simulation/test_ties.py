"""Sellers that are as good to the last digit share the buyers, whatever the order of the file."""

import numpy as np
import pytest

import market
from market.frontier.budget_grid import build_tables
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import RevenueShares, market_price
from market.population.population import Population
from market.simulation.expected_market import ExpectedMarket
from market.simulation.model import MarketModel
from market.simulation.owner_expectations import ProviderExpectation

NAMES = ("one", "two")


def twins(names=NAMES, **more: object) -> market.Scenario:
    """Providers of the same model, buyers without tastes, no arbitrageurs."""
    return market.load(
        "synthetic",
        set={
            "ticks": 2,
            "menu_points": 3,
            "perturb_every": "never",
            "arbitrageurs": [],
            "population.heterogeneity": 0.0,
            "population.problems": 60,
            "population.models": [{"name": f"m-{n}", "ability": 0.5, "cost": 0.01} for n in names],
            "providers": [{"name": n, "models": [f"m-{n}"]} for n in names],
            "consumers.teams.tastes": False,
            "consumers.teams.size": 4000,
            **more,
        },
    )


def sold(spec: market.Scenario) -> dict[str, list[int]]:
    table = market.run(spec).providers
    return {name: rows["direct_queries"].tolist() for name, rows in table.groupby("provider")}


def test_two_identical_providers_sell_half_each():
    one, two = (np.sum(queries) for queries in sold(twins()).values())
    assert one + two > 4000
    assert abs(one - two) < 4 * np.sqrt(one + two)


def test_who_sells_what_does_not_depend_on_the_order_of_the_file():
    assert sold(twins()) == sold(twins(NAMES[::-1]))


def test_a_third_identical_provider_takes_from_both_and_moves_no_other_buyer():
    choices = []
    for names in (NAMES, (*NAMES, "three")):
        model = MarketModel(twins(names))
        model.step()
        (segment,) = model.segments
        choices.append(segment.bought.seller)
    before, after = choices
    stays = after != 2
    np.testing.assert_array_equal(before[stays], after[stays])
    for seller in (0, 1):
        assert np.mean(after[before == seller] == 2) == pytest.approx(1 / 3, abs=0.05)


def test_a_tie_is_decided_alike_in_every_tick():
    model = MarketModel(twins(ticks=3))
    (segment,) = model.segments
    model.step()
    first = segment.bought.seller
    for provider in model.providers:
        provider.multiplier = 0.9
        provider.post()
    model.posted.moved()
    model.consumers_choose()
    now = segment.bought.seller
    both = (first >= 0) & (now >= 0)
    np.testing.assert_array_equal(now[both], first[both])


@pytest.mark.parametrize("names", [NAMES, (*NAMES, "three")], ids=len)
@pytest.mark.parametrize("kind", ["fixed_quality", "value"])
def test_sales_that_are_expected_of_tied_sellers_are_those_that_come(names, kind):
    demand = {"consumers.teams.size": 40_000}
    if kind == "value":
        worth = {"kind": "lognormal", "median": 0.1, "sigma": 0.8}
        demand["consumers.teams.demand"] = {"kind": "value", "value": worth}
    model = MarketModel(twins(names, **demand))
    model.step()
    expected = np.zeros(len(names))
    for trade in ExpectedMarket.of(model).trades({}):
        expected[model.seller_of[trade.offer]] += trade.queries.sum()
    np.testing.assert_allclose(expected, expected[0])
    served = model.recorder.last.flow.served.sum(axis=1)
    noise = np.sqrt(2 * expected)  # of who is tied to whom, and of arrivals
    assert (np.abs(served - expected) < 4 * noise).all()


def test_a_provider_expects_half_of_the_buyers_at_its_rival_s_price():
    model = MarketModel(twins())
    model.step()
    profit = ProviderExpectation(ExpectedMarket.of(model), 0).profit(np.array([1.0, 0.999999]))
    assert profit[0] == pytest.approx(profit[1] / 2, rel=1e-4)


def test_models_that_are_as_cheap_share_the_revenue_without_arbitrage():
    alike = Population(("a", "b"), np.ones(1), np.array([[0.5, 0.5]]), np.full((1, 2), 0.01))
    tables = build_tables(alike, estimator="geometric")
    quality = np.array([0.5, 0.7])
    shares = RevenueShares.of(
        tables, market_price(tables, quality), solve_frontier(tables, quality)
    )
    np.testing.assert_array_equal(shares.without, 0.5)
