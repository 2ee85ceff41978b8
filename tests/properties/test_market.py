"""What holds in every market: small ones, generated."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from small_markets import TICKS, few, levers, load, markets

import market
from market.scenario.schema import OUTSIDE, TREASURY
from market.simulation.model import MarketModel


def queries(spec: market.Scenario) -> pd.DataFrame:
    found = market.run(spec.model_copy(update={"record_queries": True})).queries
    assert found is not None
    return found


@few
@given(markets, levers)
def test_money_is_conserved(values, policy):
    model = MarketModel(load(values, policy))
    for _ in range(TICKS):
        model.step()
    result = model.recorder.result()
    total = {account: model.ledger.balance(account) for account in model.ledger.accounts}
    moved = max(model.ledger.turnover, 1.0)
    assert abs(sum(total.values())) <= 1e-9 * moved
    # each table says what the ledger says
    np.testing.assert_allclose(
        -total["consumers/teams"], result.market["consumer_payments"].sum(), atol=1e-9 * moved
    )
    np.testing.assert_allclose(
        total[TREASURY], result.market["tax_revenue"].sum(), atol=1e-9 * moved
    )
    np.testing.assert_allclose(total[OUTSIDE], result.providers["cost"].sum(), atol=1e-9 * moved)
    for table, column in ((result.providers, "provider"), (result.arbitrageurs, "arbitrageur")):
        for name, profit in table.groupby(column)["profit"].sum().items():
            np.testing.assert_allclose(total[name], profit, atol=1e-9 * moved)


@few
@given(markets, st.integers(0, 2))
def test_an_arbitrageur_more_moves_no_query(values, more):
    count = values["arbitrageurs.routers.count"]
    sent = [queries(load(values, {"arbitrageurs.routers.count": n})) for n in (count, count + more)]
    for column in ("tick", "segment", "buyer", "problem"):
        assert sent[0][column].equals(sent[1][column])


@few
@given(markets, levers, st.integers(1, TICKS - 1))
def test_an_intervention_moves_nothing_before_it(values, policy, at):
    change = {"interventions": [{"name": "change", "at": at, "set": policy}]}
    plain, changed = (market.run(load(values, more)) for more in ({}, change))
    for name in ("market", "providers", "arbitrageurs", "consumers", "models", "trades"):
        one, other = (run.tables[name][lambda t: t["tick"] < at] for run in (plain, changed))
        pd.testing.assert_frame_equal(
            one.dropna(axis="columns", how="all"), other.dropna(axis="columns", how="all")
        )


@few
@given(markets, levers, st.integers(1, TICKS - 1))
def test_an_intervention_moves_no_query_that_is_sent(values, policy, at):
    change = {"interventions": [{"name": "change", "at": at, "set": policy}]}
    sent = [queries(load(values, more)) for more in ({}, change)]
    for column in ("tick", "segment", "buyer", "problem"):
        assert sent[0][column].equals(sent[1][column])


@few
@given(markets, st.permutations(["North", "South", "East", "West"]))
def test_the_order_of_providers_moves_no_query(values, order):
    spec = load(values)
    by_name = {provider.name: provider for provider in spec.providers}
    other = spec.model_copy(update={"providers": tuple(by_name[name] for name in order)})
    one, two = queries(spec), queries(other)
    for column in ("tick", "segment", "buyer", "problem"):
        assert one[column].equals(two[column])
