"""Providers of a whole market that learn their prices, with and without arbitrageurs."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import market
from market.cli.app import app
from market.cli.learning import learned_as_json
from market.equilibrium.collusion import collusion, strategic_providers
from market.equilibrium.profit_table import profit_table
from market.equilibrium.q_learning import QLearning
from market.foundation.errors import DataError
from market.simulation.expected_market import ExpectedMarket
from market.simulation.owner_expectations import ProviderExpectation
from market.simulation.priced_market import PricedMarket

QUICK = QLearning(decay=1e-3, patience=500, most=20_000)
BOTH = ("OpenAI", "DeepSeek")


def small(arbitrageurs: int = 1) -> market.Scenario:
    return market.load(
        "collusion",
        set={"consumers.teams.size": 400, "arbitrageurs.router.count": arbitrageurs},
    )


def test_profits_at_list_prices_are_what_the_market_at_rest_expects():
    spec = market.load("duopoly", set={"consumers.teams.size": 400, "ticks": 40})
    model = market.MarketModel(spec)
    for _ in range(30):
        model.step()
    expected = ExpectedMarket.of(model)
    wanted = [ProviderExpectation(expected, k).profit(np.ones(1))[0] for k in (0, 1)]
    found = PricedMarket(spec, BOTH).profits(np.ones(2))
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


def test_a_table_holds_what_is_asked_cell_by_cell_in_any_order():
    price = np.array([[0.8, 1.2], [0.9, 1.5]])
    table = profit_table(small(2), BOTH, price)
    other = PricedMarket(small(2), BOTH)
    for cell in ((1, 1), (0, 1), (1, 0), (0, 0)):
        asked = price[[0, 1], cell]
        np.testing.assert_allclose(table.profit[:, *cell], other.profits(asked), rtol=1e-9)
    assert table.at_rest == 1.0


def test_at_marginal_cost_nothing_is_earned():
    np.testing.assert_allclose(PricedMarket(small(), BOTH).profits(np.full(2, 0.5)), 0, atol=1e-9)


def test_the_two_that_earn_most_learn_unless_others_are_named():
    assert strategic_providers(small(), None) == BOTH
    six = market.load("swebench", set={"consumers.teams.size": 400})
    assert len(strategic_providers(six, None)) == 2
    with pytest.raises(DataError, match="two or three"):
        strategic_providers(six, ["OpenAI"])
    with pytest.raises(DataError, match="'Nobody' sells nothing"):
        PricedMarket(six, ["OpenAI", "Nobody"])
    with pytest.raises(DataError, match="--providers OpenAI,Nobody: Nobody sells nothing"):
        strategic_providers(six, ["OpenAI", "Nobody"])


def test_one_who_sells_alone_has_nobody_to_collude_with():
    alone = market.load(
        "collusion", set={"remove": ["OpenAI"], "consumers.teams.size": 100, "menu_points": 12}
    )
    with pytest.raises(DataError, match="collusion: providers: DeepSeek alone has nobody"):
        strategic_providers(alone, None)


def test_numbers_of_arbitrageurs_share_a_grid_and_sessions_are_paired():
    found = collusion(small(0), small, (0, 2), BOTH, QUICK, prices=4, sessions=3)
    first, second = found.each
    np.testing.assert_array_equal(first.table.price, second.table.price)
    (change,) = found.differences()
    np.testing.assert_allclose(change.mean, (second.gain - first.gain).mean())
    assert first.path.shape == (16, 2)
    answer = json.loads(json.dumps(learned_as_json(found), allow_nan=False))
    assert [row["arbitrageurs"] for row in answer["by_arbitrageurs"]] == [0, 2]
    assert answer["by_arbitrageurs"][1]["change"]["value"] == float(change.mean)
    cycle = tuple(first.sessions[0].cycle.T)
    earned = first.table.profit[0][cycle].mean(), first.table.profit[1][cycle].mean()
    np.testing.assert_allclose(first.profit[0], earned)


def learn(*words: str):
    quick = ("--set", "consumers.teams.size=400", "--sessions", "2", "--prices", "3")
    return CliRunner().invoke(app, ["learn", "collusion", *quick, "--decay", "1e-3", *words])


def test_the_command_prints_a_verdict_and_a_row_for_each_number(tmp_path):
    chart = tmp_path / "learned.html"
    done = learn("--arbitrageurs", "0,1", "--chart", str(chart), "--memoryless")
    assert done.exit_code == 0, done.output
    assert "With no arbitrageur, OpenAI and DeepSeek learn prices" in done.output
    assert "profit gain while learning" in chart.read_text()


def test_a_bandit_does_not_answer_to_a_deviation_and_has_no_decay(tmp_path):
    quick = ("--set", "consumers.teams.size=400", "--sessions", "2", "--prices", "3")
    words = ["learn", "collusion", *quick, "--arbitrageurs", "0", "--learner", "ucb"]
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    (row,) = json.loads(done.stdout)["by_arbitrageurs"]
    assert row["reply_to_deviation"]["value"] == 0
    assert row["deviation_gain"]["value"] >= 0
    refused = CliRunner().invoke(app, [*words, "--decay", "1e-3"])
    assert refused.exit_code == 2
    assert "--decay: is of q-learning" in refused.stderr


def test_a_parameter_is_varied_and_each_value_is_as_if_asked_alone(tmp_path):
    chart = tmp_path / "learned.html"
    path = "consumers.teams.price_sensitivity"
    done = learn("--arbitrageurs", "0", "--vary", f"{path}=5,6", "--json", "--chart", str(chart))
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert [row["value"] for row in answer["by_value"]] == [5, 6]
    alone = json.loads(learn("--arbitrageurs", "0", "--set", f"{path}=6", "--json").stdout)
    assert answer["by_value"][1]["by_arbitrageurs"] == alone["by_arbitrageurs"]
    assert f"At {path} = 5, with no arbitrageur they learn" in " ".join(answer["verdict"])
    assert "profit gain: 0 in equilibrium" in chart.read_text()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--arbitrageurs", "0,x"), "--arbitrageurs 0,x: give different whole numbers"),
        (("--arbitrageurs", "1,1"), "--arbitrageurs 1,1"),
        (("--providers", "OpenAI"), "--providers OpenAI: name two or three"),
        (("--providers", "OpenAI,Nobody"), "--providers OpenAI,Nobody: Nobody"),
        (("--decay", "0"), "--decay 0.0"),
        (("--discount", "1"), "--discount 1.0"),
        (("--rate", "0"), "--rate 0.0"),
        (("--learner", "guess"), "--learner guess: choose q-learning or ucb"),
        (("--vary", "seed=0:4"), "--vary seed=0:4: give a list of values"),
        (("--sessions", "1000000000000"), "learning in collusion: needs about"),
        (("--chart", "picture.png"), "--chart picture.png"),
    ],
)
def test_wrong_options_are_refused(words, says):
    done = learn(*words)
    assert done.exit_code == 2
    assert says in " ".join(done.stderr.split())


def test_providers_that_do_not_learn_keep_the_price_of_their_rule():
    half = {"providers.DeepSeek.pricing": {"kind": "list", "factor": 0.75}}
    spec = market.load("swebench", set={"consumers.teams.size": 200, **half})
    priced = PricedMarket(spec, ["OpenAI", "Alibaba"])
    (held,) = (p for p in priced.model.providers if p.name == "DeepSeek")
    assert held.multiplier == 0.75
    priced.profits(np.array([1.1, 0.9]))
    assert held.multiplier == 0.75


def test_buyers_own_routers_route_anew_at_each_price():
    few = {"consumers.teams.size": 200, "menu_points": 16, "arbitrageurs": []}
    spec = market.load("build_or_buy", set=few)
    names = [provider.name for provider in spec.providers][-2:]
    priced, menus = PricedMarket(spec, names), []
    for price in (1.0, 1.3):
        priced.profits(np.full(2, price))
        (router,) = priced.model.own_routers
        menus.append(router.menus[0][0].price.copy())
    assert not np.array_equal(*menus)
