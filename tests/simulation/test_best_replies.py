"""Best replies in whole markets: bounds that do not bind in silence, grids that set no pace."""

import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from logit_markets import BEST, COST, WORTH, apart, logit_market

import market
from market.measures.elasticity import elasticity
from market.simulation.agents import Arbitrageur
from market.simulation.expected_market import ExpectedMarket
from market.simulation.expected_sales import provider_sales
from market.simulation.model import MarketModel
from market.simulation.owners import owners
from market.simulation.seller_views import resale_view
from market.strategies.market_view import MarketView
from market.strategies.menu import price_at

ALONE = {  # one arbitrageur that has no rival in its buyers' eyes
    "ticks": 4,
    "consumers.teams.size": 1000,
    "consumers.teams.knows": ["router"],
    "consumers.teams.demand.budget": {"kind": "constant", "value": 0.5},
    "arbitrageurs.router.awareness": 1.0,
    "perturb_every": "never",
}


def pricing(**more: object) -> dict[str, object]:
    return {**BEST, **more}


def stepped(name: str, ticks: int, settings: dict[str, object]) -> MarketModel:
    model = MarketModel(market.load(name, set={"ticks": ticks, **settings}))
    for _ in range(ticks):
        model.step()
    return model


@cache
def cheap_to_run(ticks: int = 16, **more: object) -> MarketModel:
    """Two providers of like models, costs a tenth of list price, who answer each other."""
    names = ("one", "two")
    settings = {
        "arbitrageurs": [],
        "perturb_every": ticks,
        "population.heterogeneity": 0.0,
        "population.problems": 60,
        "population.models": [{"name": f"m-{n}", "ability": 0.5, "cost": 0.01} for n in names],
        "providers": [
            {"name": n, "models": [f"m-{n}"], "cost_ratio": 0.1, "pricing": pricing(**more)}
            for n in names
        ],
        "consumers.teams.size": 500,
    }
    return stepped("synthetic", ticks, settings)


def multipliers(model: MarketModel) -> np.ndarray:
    return np.array([provider.multiplier for provider in model.providers])


def test_providers_whose_costs_are_low_ask_as_little_as_pays():
    model = cheap_to_run()
    asked = multipliers(model)
    assert (asked < 0.45).all()
    # where a price is best, marginal revenue is marginal cost
    near = asked[0] * np.array([0.999, 1.001])
    sales = provider_sales(ExpectedMarket.of(model), 0, near)
    marginal = asked[0] * (1 + 1 / elasticity(sales.by_buyer, sales.count, near).value)
    assert marginal == pytest.approx(0.1, rel=1e-3)


@pytest.mark.parametrize("count", [15, 61])
def test_the_number_of_coarse_points_hardly_moves_providers_prices(count):
    np.testing.assert_allclose(
        multipliers(cheap_to_run(count=count)), multipliers(cheap_to_run(count=31)), rtol=1e-3
    )


def test_at_best_replies_nobody_gains_by_another_price():
    gain = cheap_to_run(ticks=40).recorder.last.counterfactuals.deviation_gain
    assert (np.abs(gain) <= 1e-8).all()


@pytest.mark.filterwarnings("ignore::market.MarketWarning")  # of who sells next to nothing
def test_nobody_would_lose_by_the_price_that_is_best_for_it():
    few = {"ticks": 3, "menu_points": 16, "consumers.teams.size": 300, "perturb_every": 1}
    gain = market.run(market.load("price_response", set=few)).providers["deviation_gain"].dropna()
    assert len(gain) > 6
    assert (gain >= 0).all()


def test_a_lowest_price_that_binds_is_told_once():
    with pytest.warns(market.MarketWarning, match=r"low = 0\.5") as told:
        model = cheap_to_run(low=0.5)
    assert sorted(str(w.message).split(".pricing")[0] for w in told) == [
        "providers.one",
        "providers.two",
    ]
    assert model.recorder.result().warnings == tuple(str(w.message) for w in told)


@cache
def monopoly(ticks: int = 2, **more: object) -> MarketModel:
    return stepped(
        "duopoly", ticks, {**ALONE, "arbitrageurs.router.pricing": pricing(**more), "ticks": ticks}
    )


def the_router(model: MarketModel) -> Arbitrageur:
    return next(iter(model.arbitrageurs))


def view_of(model: MarketModel) -> MarketView:
    router = the_router(model)
    return resale_view(model, router, 0, router.schedule(0))


def expected_profit(model: MarketModel, factor: float = 1.0) -> float:
    view = view_of(model)
    return float(view.expected.profit(factor * view.own[None])[0])


def test_a_monopolist_asks_what_pays_best():
    model = monopoly()
    for factor in (0.98, 1.02):
        assert expected_profit(model, factor) < expected_profit(model)


def test_a_monopolist_earns_less_at_a_bound_and_is_told():
    free = monopoly()
    with pytest.warns(market.MarketWarning, match=r"arbitrageurs\.router\.pricing.*max_margin = 1"):
        held = monopoly(max_margin=1.5)
    assert expected_profit(held) < 0.6 * expected_profit(free)


@pytest.mark.parametrize("count", [15, 61])
def test_the_number_of_coarse_points_hardly_moves_a_monopolist_s_fees(count):
    needed = np.array([0.56, 0.65, 0.74])
    one, other = (the_router(monopoly(count=n)).posted(0, needed).price for n in (count, 31))
    np.testing.assert_allclose(one, other, rtol=1e-3)


MOVES = np.log(1.02 * COST / WORTH) / np.log(0.99)  # of one per cent, from worth to the least fee


def war(folder: Path, ticks: int = 80, **more: object) -> np.ndarray:
    """[ticks] least fee over cost, of two resellers to buyers who know nobody else."""
    settings = {
        "arbitrageurs": [{"name": "router", "count": 2, "awareness": 1.0, "pricing": BEST | more}],
        "consumers.teams.knows": ["router"],
        "consumers.teams.tastes": False,
        "perturb_every": "never",
    }
    least = []
    spec = logit_market(folder, apart(2), pricing={"kind": "list"}, ticks=ticks, **settings)
    model = MarketModel(spec)
    with warnings.catch_warnings():  # it ends at the least margin, which is a bound
        warnings.simplefilter("ignore", market.MarketWarning)
        for _ in range(ticks):
            model.step()
            fees = [router.posted(0, np.ones(1)).price[0] for router in model.arbitrageurs]
            least.append(min(fees) / COST)
    return np.array(least)


@pytest.fixture(scope="module")
def least(tmp_path_factory) -> np.ndarray:
    """The price war as it is by default."""
    return war(tmp_path_factory.mktemp("war"))


def test_a_price_war_takes_ticks(least):
    assert least[20] > 1.4
    assert MOVES / 2 < np.argmax(least < 1.03) < MOVES


@pytest.mark.parametrize("count", [31, 200])
def test_a_price_war_takes_as_many_ticks_whatever_the_number_of_coarse_points(tmp_path, count):
    fast = {"undercut": 0.03, "ticks": 30}
    few, many = (war(tmp_path, **fast, **more) for more in ({}, {"count": count}))
    assert few[-1] == few[-2]  # it has ended
    np.testing.assert_allclose(many, few, rtol=1e-9)


def test_each_move_of_a_price_war_undercuts_by_the_share_that_is_set(tmp_path):
    for undercut in (0.01, 0.03):
        least = war(tmp_path, ticks=5, undercut=undercut)
        moves = np.log(least[1:] / least[:-1]) / np.log(1 - undercut)
        # whoever moves first in a tick and is the cheaper already stays
        np.testing.assert_allclose(moves, np.round(moves), atol=1e-9)
        assert set(np.round(moves)) == {1, 2}


def test_a_price_war_ends_where_half_of_the_buyers_are_worth_as_much_as_undercutting_for_all(
    least, tmp_path
):
    for undercut, fees in ((0.01, least), (0.1, war(tmp_path, ticks=20, undercut=0.1))):
        assert 1.02 <= fees[-1] <= 1 / (1 - 2 * undercut)


@pytest.mark.filterwarnings("ignore::market.MarketWarning")  # of the least margin
def test_a_price_war_over_many_solve_rates_ends_at_the_least_margin():
    settings = {
        **ALONE,
        "arbitrageurs.router.count": 2,
        "consumers.teams.tastes": False,
        "consumers.teams.demand.budget": {"kind": "constant", "value": 0.065},
        "arbitrageurs.router.pricing": BEST,
    }
    model = stepped("duopoly", 45, settings)
    cost, fee = the_router(model).schedule(0), the_router(model).posted
    sold = (cost.quality > 0.57) & (1.02 * cost.spend < 0.065)
    margin = fee(0, cost.quality[sold]).price / cost.spend[sold] - 1
    np.testing.assert_allclose(margin, 0.02, atol=0.011)


def test_two_alike_providers_compete_down_to_about_cost():
    names = ("one", "two")
    settings = {
        "arbitrageurs": [],
        "perturb_every": "never",
        "population.heterogeneity": 0.0,
        "population.problems": 60,
        "population.models": [{"name": f"m-{n}", "ability": 0.5, "cost": 0.01} for n in names],
        "providers": [
            {"name": n, "models": [f"m-{n}"], "pricing": pricing(undercut=0.05)} for n in names
        ],
        "consumers.teams.tastes": False,
        "consumers.teams.size": 300,
    }
    ends = multipliers(stepped("synthetic", 60, settings))
    assert (ends >= 0.5).all()
    # below this, half of the buyers at the rival's price are worth more than all just below it
    assert (ends < 0.5 / (1 - 2 * 0.05)).all()


@pytest.mark.filterwarnings("ignore::market.MarketWarning")  # of the least margin
def test_what_a_seller_knows_of_buyers_is_what_they_pay_at_most():
    settings = {"consumers.teams.size": 200, "arbitrageurs.router.pricing": BEST}
    settings["consumers.teams.demand.budget"] = {"kind": "constant", "value": 0.1}
    model = stepped("duopoly", 1, settings)
    provider = next(iter(model.providers))
    np.testing.assert_allclose(view_of(model).expected.marks().highest, 0.1)
    # who needs least pays the highest multiple of list price
    (segment,) = model.segments
    (menu,) = provider.list_menus[0]
    least = price_at(menu.quality, menu.price, segment.needs.quality.min(keepdims=True))[0]
    (view,) = owners(model)[0].views(model, lambda: ExpectedMarket.of(model))
    found = view.expected.marks().highest[0]
    # buyers are asked in groups of like needs
    assert 0.9 * 0.1 / least < found <= 0.1 / least * (1 + 1e-9)
