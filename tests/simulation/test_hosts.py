"""Several providers of one model: one column of the population, one price for each of them."""

from pathlib import Path

import numpy as np
import pytest
from logit_markets import BEST, SCALE, WORTH, logit_market, stepped

import market
from market.measures.elasticity import elasticity
from market.simulation.expected_market import ExpectedMarket
from market.simulation.expected_sales import provider_sales
from market.simulation.model import MarketModel

BOLD = {**BEST, "undercut": 0.05}  # a price war in fewer ticks
LOW = {f"providers.h{i}.cost_ratio": 0.5 for i in range(2)}
CERTAIN = {"kind": "constant", "value": 1e4}  # so much that everybody buys at any price


def hosts(count: int) -> dict[str, list[str]]:
    return {f"h{i}": ["open"] for i in range(count)}


def resold(folder: Path, count: int, choice: str, **more: object) -> market.Scenario:
    """Hosts whose model is bought by one reseller alone, for buyers who always buy."""
    router = {
        "name": "router",
        "awareness": 1.0,
        "host_choice": choice,
        "pricing": {"kind": "undercut", "step": 0.05, "min_margin": 0.0, "monopoly_markup": 0.1},
    }
    settings: dict[str, object] = {
        "arbitrageurs": [router],
        "perturb_every": "never",
        "consumers.teams.knows": ["router"],
        "consumers.teams.demand.budget": CERTAIN,
    }
    return logit_market(folder, hosts(count), **{**settings, **more})


def at(*prices: float) -> dict[str, object]:
    """Settings by which hosts ask these prices."""
    return {
        f"providers.h{i}.pricing": {"kind": "cost_plus", "markup": price - 1}
        for i, price in enumerate(prices)
    }


def asked(model: MarketModel) -> np.ndarray:
    return np.array([provider.multiplier for provider in model.providers])


def received(model: MarketModel) -> np.ndarray:
    """[K] share of all list dollars that each host makes."""
    tick = model.recorder.last
    made = tick.payments.production  # a list dollar of attempts costs a dollar
    return made / made.sum()


@pytest.mark.parametrize("count", [3, 5])
def test_hosts_that_are_bought_by_weights_of_price_settle_at_the_closed_form_s_margin(
    tmp_path, count
):
    model = stepped(resold(tmp_path, count, "price_power", ticks=25))
    np.testing.assert_allclose(1 - 1 / asked(model), 1 / (2 * (1 - 1 / count)), rtol=1e-3)


def test_two_hosts_that_are_bought_by_weights_of_price_know_no_highest_price(tmp_path):
    model = stepped(resold(tmp_path, 2, "price_power", ticks=25))
    assert (1 - 1 / asked(model) > 0.9).all()


def test_hosts_of_which_the_cheapest_is_bought_come_down_to_about_cost(tmp_path):
    model = stepped(resold(tmp_path, 2, "cheapest", ticks=30, pricing=BOLD, **LOW))
    # below this, half of what the rival sells at its price is worth more than all just below it
    assert (asked(model) < 0.5 / (1 - 2 * BOLD["undercut"])).all()


def test_weights_of_price_split_what_is_bought_as_the_exchange_does(tmp_path):
    model = stepped(resold(tmp_path, 3, "price_power", ticks=1, **at(1, 2, 3)))
    np.testing.assert_allclose(received(model), [0.735, 0.184, 0.082], atol=5e-4)


@pytest.mark.parametrize("host", range(3))
def test_own_elasticity_is_twice_what_the_host_does_not_have(tmp_path, host):
    prices = 1, 2, 3
    model = stepped(resold(tmp_path, 3, "price_power", ticks=1, **at(*prices)))
    near = prices[host] * np.array([0.999, 1.001])
    sales = provider_sales(ExpectedMarket.of(model), host, near)
    found = elasticity(sales.by_buyer, sales.count, near).value
    assert found == pytest.approx(-2 * (1 - received(model)[host]), rel=1e-4)


def test_the_cheapest_of_several_gets_all_and_equals_share(tmp_path):
    alone = stepped(resold(tmp_path, 3, "cheapest", ticks=1, **at(1.5, 1.2, 1.3)))
    np.testing.assert_array_equal(received(alone), [0, 1, 0])
    both = stepped(resold(tmp_path, 3, "cheapest", ticks=1, **at(1.2, 1.2, 1.3)))
    np.testing.assert_allclose(received(both), [0.5, 0.5, 0])


def test_a_gated_host_sells_nothing_to_a_reseller_and_the_others_all(tmp_path):
    gated = {"policy.gated": ["h1"], **at(1.5, 1.2, 1.3)}
    model = stepped(resold(tmp_path, 3, "cheapest", ticks=1, **gated))
    np.testing.assert_array_equal(received(model), [0, 0, 1])


def direct(folder: Path, owners: dict[str, list[str]], correlation: float, **more: object):
    """Buyers who buy attempts themselves."""
    more = {"consumers.teams.taste_correlation": correlation, **more}
    return logit_market(folder, owners, **more)


def expected(model: MarketModel) -> dict[str, float]:
    """Queries expected of each provider."""
    found = dict.fromkeys(model.roster.providers, 0.0)
    now = ExpectedMarket.of(model)
    for trade in now.trades({}):
        found[model.roster.providers[now.seller_of[trade.offer]]] += float(trade.queries.sum())
    return found


def test_hosts_of_a_model_are_a_nest_in_the_eyes_of_buyers(tmp_path):
    correlation, prices = 0.6, np.array([1.5, 1.7, 1.6])
    owners = {"h0": ["open"], "h1": ["open"], "h2": ["other"]}
    how = {"ticks": 1, "pricing": {"kind": "list"}, **at(*prices)}
    model = stepped(direct(tmp_path, owners, correlation, **how))
    utility, rest = np.exp((WORTH - prices) / SCALE), 1 - correlation
    inside = (utility[:2] ** (1 / rest)).sum()
    total = 1 + inside**rest + utility[2]
    first = utility[0] ** (1 / rest) / inside * inside**rest / total
    sold = expected(model)
    assert sold["h0"] / 200 == pytest.approx(first, rel=1e-6)
    assert sold["h2"] / 200 == pytest.approx(utility[2] / total, rel=1e-6)


def test_a_clone_at_the_same_price_moves_no_price_no_frontier_and_no_concentration_by_model(
    tmp_path,
):
    one, two = (
        stepped(direct(tmp_path, owners, 1.0, ticks=1, pricing={"kind": "list"}))
        for owners in (
            {"h0": ["open"], "h2": ["other"]},
            {"h0": ["open"], "h1": ["open"], "h2": ["other"]},
        )
    )
    np.testing.assert_array_equal(one.price, two.price)
    frontiers = [m.costs.frontier(m.costs.whole, m.price) for m in (one, two)]
    np.testing.assert_array_equal(frontiers[0].spend, frontiers[1].spend)
    before, after = expected(one), expected(two)
    assert after["h0"] == pytest.approx(before["h0"] / 2)
    assert after["h2"] == pytest.approx(before["h2"])
    for model in (one, two):
        bills = model.recorder.last.payments.bills_by_need.sum(axis=(0, 1))
        assert len(bills) == len(model.roster.model_of)
    tables = [model.recorder.result().market.iloc[0] for model in (one, two)]
    noise = 3 / np.sqrt(200)
    assert tables[0]["hhi_by_model"] == pytest.approx(tables[1]["hhi_by_model"], abs=noise)


@pytest.mark.parametrize("correlation", [0.0, 0.9, 1.0])
def test_what_hosts_expect_to_sell_is_what_comes(tmp_path, correlation):
    how = {"ticks": 1, "pricing": {"kind": "list"}, "consumers.teams.size": 40_000, **at(1.2, 1.25)}
    owners = {"h0": ["open"], "h1": ["open"], "h2": ["other"]}
    model = stepped(direct(tmp_path, owners, correlation, **how))
    served = model.recorder.last.flow.served.sum(axis=1)
    wanted = np.array(list(expected(model).values()))
    assert (np.abs(served - wanted) < 4 * np.sqrt(2 * wanted + 1)).all()


def test_hosts_compete_down_to_about_cost_where_buyers_have_one_taste_for_them(tmp_path):
    how = {"ticks": 30, "pricing": BOLD, "perturb_every": "never", **LOW}
    model = stepped(direct(tmp_path, hosts(2), 1.0, **how))
    # below this, half of the buyers at the rival's price are worth more than all just below it
    assert (asked(model) < 0.5 / (1 - 2 * BOLD["undercut"])).all()


def test_hosts_at_correlation_0_are_as_any_two_providers(tmp_path):
    model = stepped(direct(tmp_path, hosts(2), 0.0))
    np.testing.assert_allclose(asked(model), 1.472927, rtol=1e-4)


def test_each_host_has_a_row_of_its_own_and_money_is_conserved(tmp_path):
    result = market.run(resold(tmp_path, 3, "price_power", ticks=3, **at(1, 2, 3)))
    last = result.models[result.models["tick"] == 2]
    assert last["provider"].tolist() == ["h0", "h1", "h2"]
    assert set(last["model"]) == {"open"}
    np.testing.assert_allclose(last["price_multiplier"], [1, 2, 3])
    np.testing.assert_allclose(last["revenue"] / last["list_spend"], [1, 2, 3])
    revenue = result.providers[result.providers["tick"] == 2]["revenue"]
    np.testing.assert_allclose(last["revenue"], revenue)
    assert (result.market["imbalance"] < 1e-12).all()
    assert result.market["hhi_by_model"].iloc[-1] == pytest.approx(1)
    assert result.market["hhi"].iloc[-1] < 0.7


def test_hosts_differ_in_what_attempts_cost_them(tmp_path):
    costs = {"providers.h1.cost_ratio": 0.25}
    result = market.run(resold(tmp_path, 2, "price_power", ticks=1, **costs))
    rows = result.providers.set_index("provider")
    list_spend = result.models.set_index("provider")["list_spend"]
    np.testing.assert_allclose(rows["cost"] / list_spend, [1.0, 0.25])


def test_a_host_of_worse_weights_sells_a_model_of_its_own():
    spec = market.load(
        "duopoly",
        set={
            "ticks": 1,
            "consumers.teams.size": 100,
            "perturb_every": "never",
            "providers": [
                {"name": "maker", "models": ["deepseek"]},
                {"name": "host", "models": ["deepseek"], "solve_shift": -0.5},
            ],
        },
    )
    assert spec.models == ("deepseek", "deepseek (-0.5)")
    model = MarketModel(spec)
    prob = model.costs.tables.population.solve_prob
    some = (prob[:, 0] > 0) & (prob[:, 0] < 1)
    odds = np.log(prob[some] / (1 - prob[some]))
    np.testing.assert_allclose(odds[:, 1] - odds[:, 0], -0.5)
    assert model.hosts == [1, 1]
    (segment,) = model.segments
    (drawn, *_) = segment.send().batches()
    np.testing.assert_array_equal(*drawn.effort)


def test_a_cascade_over_weights_and_the_same_quantised_solves_what_it_promises():
    at_cost = {"kind": "cost_plus", "markup": 0.0}
    quantised = {"name": "host", "models": ["deepseek"], "solve_shift": -1.0, "pricing": at_cost}
    spec = market.load(
        "duopoly",
        set={
            "ticks": 1,
            "consumers.teams.size": 30_000,
            "consumers.teams.knows": ["router"],
            "perturb_every": "never",
            "providers": [quantised, {"name": "maker", "models": ["deepseek"]}],
        },
    )
    model = stepped(spec)
    (router,) = model.arbitrageurs
    used = [
        {s.model for s in policy.high.stages} for policy in router.menus[0][0].policies if policy
    ]
    assert {"deepseek", "deepseek (-1)"} in used
    found = model.recorder.result().market.iloc[0]
    noise = 4 * 0.5 / np.sqrt(found["queries_served"])
    assert found["solve_rate"] == pytest.approx(found["mean_tier"], abs=noise)
