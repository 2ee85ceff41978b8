"""Markets in which answers are checked by a verifier that errs or costs, or by none."""

import numpy as np
import pandas as pd
import pytest
from conftest import costs_apart, item_response

import market
from market.foundation.errors import ScenarioError
from market.foundation.random_streams import Streams
from market.frontier.budget_grid import build_tables
from market.frontier.cascade import Cascade, Mixture, Stage, evaluate_mixture
from market.frontier.verifier import BLIND, Verifier
from market.simulation.model import MarketModel
from market.simulation.plain_query_service import Dispatch, serve
from market.simulation.policy_table import Checkers, bind
from market.simulation.queries import ProblemSampler, SentQueries

SMALL = {"ticks": 4, "consumers.teams.size": 1500, "population.problems": 120}
CHECKED = {
    "verifier.false_accept": 0.2,
    "verifier.false_reject": 0.1,
    "verifier.price": 0.001,
    "verifier.wrong_answer_cost": 0.02,
}
NEW = {"accepted_rate", "wrong_accepted_share", "verification_cost", "wrong_answer_cost"}


def small(**more: object) -> market.Scenario:
    return market.load("synthetic", set={**SMALL, **more})


def checked(**more: object) -> market.Scenario:
    return small(**{**CHECKED, **more})


@pytest.fixture(scope="module")
def run() -> market.RunResult:
    return market.run(checked(record_queries=True))


@pytest.mark.parametrize("verifier", [Verifier(0.2, 0.1, 0.5, 3.0), BLIND, Verifier(price=1.0)])
@pytest.mark.parametrize("remainder", ["spent", "kept"])
def test_what_is_served_is_what_curves_expect(verifier, remainder):
    population = costs_apart(item_response(problems=40), failed=1.3, solved=0.8)
    tables = build_tables(population, remainder=remainder, verifier=verifier)
    low = Cascade((Stage("small", 0.01), Stage("large", 0.07)))
    high = Cascade((Stage("middle", 0.05), Stage("small", 0.02), Stage("large", 0.2)))
    policy = Mixture(low, high, 0.4)
    wanted = evaluate_mixture(policy, tables)
    checkers = Checkers([verifier.bind(population)], np.zeros(1, dtype=np.int64))
    table = bind([policy], population, remainder, checkers)
    sampler = ProblemSampler(population.weight)
    found = []
    sent = SentQueries.draw(Streams(3), "s", 0, 200.0, np.ones(1000), population.models, sampler)
    for drawn in sent.batches(with_verdicts=True):
        count = len(drawn.problem)
        none = np.zeros(count, dtype=np.int64)
        dispatch = Dispatch(none, drawn.mixture_draw, none, 1, np.ones(count, dtype=bool))
        served = serve(table, dispatch, drawn, np.array([1.0, 2.0, 3.0]))
        assert served.verified is not None
        of = served.verified
        found.append(np.stack([served.solved, of.accepted, of.checks, of.harm, served.bill]))
    rows = np.concatenate(found, axis=1)
    mean, error = rows.mean(axis=1), rows.std(axis=1) / np.sqrt(rows.shape[1])
    bill = float(wanted.list_spend @ np.array([1.0, 2.0, 3.0]))
    expected = [wanted.solve_rate, wanted.accepted_rate, wanted.checks, wanted.harm, bill]
    assert (np.abs(mean - expected) <= 4 * error + 1e-9).all()


def test_without_a_verifier_no_table_has_a_column_more():
    plain, on = (market.run(small(**more)) for more in ({}, CHECKED))
    assert not NEW & set(plain.market.columns)
    assert set(on.market.columns) >= NEW
    flawless = market.run(small(**{"verifier.wrong_answer_cost": 0.5}))
    for name, table in plain.tables.items():
        pd.testing.assert_frame_equal(flawless.tables[name], table)


def test_queries_and_how_hard_they_are_stay_as_they_were(run):
    plain = market.run(small(record_queries=True))
    for column in ("tick", "segment", "buyer", "problem"):
        assert run.queries[column].equals(plain.queries[column])


def test_an_answer_that_is_right_is_accepted_and_measures_say_so(run):
    queries, table = run.queries, run.market
    assert (queries["accepted"] | ~queries["solved"]).all()
    served = queries[queries["seller"].notna()]
    by_tick = served.groupby("tick")
    np.testing.assert_allclose(table["accepted_rate"], by_tick["accepted"].mean())
    np.testing.assert_allclose(table["solve_rate"], by_tick["solved"].mean())
    wrong = 1 - by_tick["solved"].sum() / by_tick["accepted"].sum()
    np.testing.assert_allclose(table["wrong_accepted_share"], wrong)
    paid = by_tick["paid"].sum() / by_tick["solved"].sum()
    np.testing.assert_allclose(table["price_per_solution"], paid)


def test_sellers_keep_their_promise_of_right_answers(run):
    table = run.market
    count = table["queries_served"].sum()
    off = table["solve_rate"].mean() - table["mean_tier"].mean()
    assert abs(off) < 4 * 0.5 / np.sqrt(count)
    assert table["accepted_rate"].mean() > table["solve_rate"].mean() + 0.02


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"consumers.teams.verifier": "none"},
        {"providers.North.pricing": {"kind": "best_response", "count": 5}},
        {"arbitrageurs.routers.routing": {"kind": "single"}, "policy.routing_tax": 0.1},
        {"arbitrageurs.routers.pricing": {"kind": "best_response", "count": 5, "anchors": 3}},
    ],
    ids=["usual", "buyers without", "answering", "single", "profit"],
)
@pytest.mark.filterwarnings("ignore::market.foundation.errors.MarketWarning")
def test_checks_are_paid_to_outside_and_welfare_is_less_for_them(more):
    model = MarketModel(checked(**more))
    for _ in range(4):
        model.step()
    result, moved = model.recorder.result(), model.ledger.turnover
    table = result.market
    assert abs(sum(model.ledger.balance(a) for a in model.ledger.accounts)) <= 1e-9 * moved
    outside = result.providers["cost"].sum() + table["verification_cost"].sum()
    assert model.ledger.balance("outside") == pytest.approx(outside, rel=1e-9)
    parts = ["consumer_surplus", "producer_surplus", "arbitrageur_surplus", "tax_revenue"]
    np.testing.assert_allclose(table[parts].sum(axis=1), table["welfare"], rtol=1e-9)
    assert (table["efficiency"] <= 1 + 1e-12).all()
    assert (table["efficiency"] > 0.8).all()
    own = result.consumers.groupby("tick")["verification_cost"].sum().to_numpy()
    sold = result.arbitrageurs.groupby("tick")["verification_cost"].sum().to_numpy()
    np.testing.assert_allclose(own + sold, table["verification_cost"])


def test_surplus_is_what_is_expected_of_it_but_for_chance():
    spec = checked(ticks=20, **{"consumers.teams.queries_per_tick": 5.0})
    model = MarketModel(spec)
    expected = 0.0
    for _ in range(20):
        model.step()
        (segment,) = model.segments
        expected += segment.rate * float(segment.bought.surplus.sum())
    table = model.recorder.result().market
    assert table["consumer_surplus"].sum() == pytest.approx(expected, rel=0.02)
    assert (table["wrong_answer_cost"] > 0).all()


def test_buyers_who_do_not_check_make_one_attempt():
    spec = small(**{"consumers.teams.verifier": "none", "arbitrageurs.routers.count": 0})
    run = market.run(spec)
    attempts = run.models.groupby("tick")["attempts"].sum().to_numpy()
    table = run.market
    accepted = table["accepted_rate"] * table["queries_served"]
    np.testing.assert_allclose(attempts, accepted)
    assert (table["verification_cost"] == 0).all()
    assert (table["wrong_accepted_share"] > 0.2).all()


def test_checking_is_a_thing_that_arbitrageurs_sell():
    same, blind = (
        market.run(checked(**more)).summary for more in ({}, {"consumers.teams.verifier": "none"})
    )
    assert blind["arbitrage_share"] > same["arbitrage_share"]
    assert blind["arbitrage_profit"] > same["arbitrage_profit"]


def test_at_list_without_arbitrageurs_the_index_is_one_with_a_verifier():
    run = market.run(checked(**{"arbitrageurs.routers.count": 0}))
    for measure in ("price_index", "price_index_paid"):
        np.testing.assert_allclose(run.market[measure], 1, rtol=1e-12)


def test_a_cheaper_check_leaves_arbitrageurs_more_room_than_a_dear_one():
    dear, cheap = (
        market.run(checked(**{"verifier.price": price})).summary for price in (0.01, 0.0)
    )
    assert cheap["price_per_solution"] < dear["price_per_solution"]
    assert cheap["welfare"] > dear["welfare"]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (
            {"verifier.false_accept": 2.0},
            r"verifier.false_accept: must be at most 1 \(value: 2.0\)",
        ),
        ({"verifier": "some"}, "verifier: must be a table, or 'none' for no check at all"),
        (
            {"verifier.models.smal.price": 1.0},
            "verifier.models.smal: no model 'smal'; choose from",
        ),
        ({"verifier.domains.maths.price": 1.0}, "verifier: domains.maths: no such domain"),
        ({"consumers.teams.verifier": {"wrong_answer_cost": 1.0}}, "unknown key"),
        (
            {
                "verifier.false_accept": 0.1,
                "arbitrageurs.routers.knowledge": {"kind": "fit", "budget": 5},
            },
            "arbitrageurs.routers.knowledge: what it buys shows what is accepted",
        ),
        (
            {"interventions": [{"name": "x", "at": 1, "set": {"verifier.false_accept": 0.1}}]},
            "verifier cannot change during a run",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_path(bad, says):
    with pytest.raises(ScenarioError, match=says):
        MarketModel(small(**bad))
