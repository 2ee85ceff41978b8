"""Measures by perturbed prices and capabilities."""

import numpy as np
import pytest
from conftest import item_response
from hypothesis import given
from hypothesis import strategies as st

import market
from market.frontier.budget_grid import build_tables
from market.measures.elasticity import Counterfactuals, Elasticity, elasticity
from market.simulation.better_models import with_shift
from market.simulation.cost_cache import MixCosts
from market.simulation.counterfactuals import counterfactuals
from market.simulation.expected_market import ExpectedMarket
from market.simulation.model import MarketModel

SMALL = {"ticks": 8, "consumers.teams.size": 2000}


PRICES = np.array([0.8, 0.9, 1.1, 1.2])
ONE = np.ones(1)


def test_nothing_sold_has_no_elasticity():
    found = elasticity(np.zeros((4, 1)), ONE, PRICES)
    assert np.isnan([found.value, found.error]).all()


@given(st.floats(-5, -0.1), st.floats(0.01, 100))
def test_an_isoelastic_demand_has_its_elasticity(slope, price):
    prices = price * PRICES
    found = elasticity((prices**slope)[:, None], ONE, prices)
    assert found.value == pytest.approx(slope, rel=1e-9)


def test_an_elasticity_that_may_be_none_has_no_marginal_revenue():
    slopes = [Elasticity(-0.5, 0.3), Elasticity(-2.0, 0.1)]
    found = Counterfactuals.of(slopes, np.ones(2), np.empty(0), np.full(2, np.nan))
    np.testing.assert_allclose(found.marginal_revenue, [np.nan, 1 - 1 / 2])


def test_the_error_of_an_elasticity_is_that_of_samples_of_buyers():
    rng = np.random.default_rng(2)

    def sample() -> Elasticity:
        taste = rng.random(400)
        buys = (taste < (0.5 * PRICES**-1.5)[:, None]).astype(float)
        return elasticity(buys, np.ones(400), PRICES)

    many = [sample() for _ in range(400)]
    spread = np.std([found.value for found in many])
    assert np.mean([found.error for found in many]) == pytest.approx(spread, rel=0.15)


@pytest.fixture(scope="module")
def measured() -> market.RunResult:
    return market.run(market.load("swebench", set=SMALL))


def test_it_is_measured_at_the_end_unless_asked_otherwise(measured):
    def ticks(result: market.RunResult) -> list[int]:
        return sorted(set(result.providers.dropna(subset="elasticity")["tick"]))

    assert ticks(measured) == [7]
    often = market.run(market.load("duopoly", set={**SMALL, "perturb_every": 3}))
    assert ticks(often) == [0, 3, 6, 7]
    never = market.run(market.load("duopoly", set={**SMALL, "perturb_every": "never"}))
    assert ticks(never) == []


def test_who_sells_sells_less_at_a_higher_price(measured):
    last = measured.providers.dropna(subset="elasticity").set_index("provider")
    assert (last["elasticity"] < 0).all()
    assert (last["elasticity"] < -1).any()
    expected = 1 + 1 / last["elasticity"]
    np.testing.assert_allclose(last["marginal_revenue"], expected, rtol=1e-6)


def test_a_better_model_earns_more_where_it_has_no_rival():
    alone = {
        **SMALL,
        "arbitrageurs.distiller.count": 0,
        "policy.distillation_ban": True,
        "consumers.teams.demand.budget": {"kind": "constant", "value": 0.2},
    }
    result = market.run(market.load("distillation", set=alone))
    # fixed needs, served with fewer attempts: revenue per query falls, but more can afford it
    change = result.models.dropna(subset="marginal_revenue_capability")
    assert len(change) == 1
    assert change["marginal_revenue_capability"].abs().iloc[0] > 1


def test_a_model_that_nobody_buys_earns_nothing_by_being_a_little_better(measured):
    last = measured.models.dropna(subset="marginal_revenue_capability").set_index("model")
    assert abs(last.loc["sonnet", "marginal_revenue_capability"]) < 5
    assert last["marginal_revenue_capability"].abs().max() > 10


def test_a_shift_moves_one_model_and_leaves_the_sure_and_the_hopeless():
    population = item_response()
    tables = build_tables(population, estimator="geometric")
    better = with_shift(tables, 1, 0.3)
    np.testing.assert_array_equal(better.solved[[0, 2]], tables.solved[[0, 2]])
    assert (better.solved[1] >= tables.solved[1]).all()
    p, q = population.solve_prob[:, 1], better.population.solve_prob[:, 1]
    hopeless = p == 0
    assert hopeless.any()
    assert (q[hopeless] == 0).all()
    before, after = p[~hopeless], q[~hopeless]
    odds = np.log(after / (1 - after)) - np.log(before / (1 - before))
    np.testing.assert_allclose(odds, 0.3)
    rebuilt = build_tables(better.population, tables.budget, estimator="geometric")
    np.testing.assert_allclose(better.solved[1], rebuilt.solved[1])
    np.testing.assert_allclose(better.spend[1], rebuilt.spend[1])


def test_capability_is_the_slope_of_expected_revenue():
    spec = market.load("duopoly", set={**SMALL, "arbitrageurs.router.count": 0, "ticks": 2})
    result = market.run(spec)
    told = result.models.dropna(subset="marginal_revenue_capability").set_index("model")
    model = market.MarketModel(spec)
    model.step()
    now = ExpectedMarket.of(model)

    (own,) = np.flatnonzero(model.seller_of == 0)

    def revenue(shift: float) -> float:
        """Of GPT-5 mini's provider, everything worked out anew."""
        tables = with_shift(model.costs.tables, 0, shift)
        alone = np.array([1.0, np.inf])
        menu = model.costs.market(MixCosts(tables), alone)
        moved = {own: [(menu.quality, menu.price)]}
        trades = [trade for trade in now.trades(moved) if trade.offer == own]
        return sum(float(trade.total(menu.price).sum()) for trade in trades)

    slope = (revenue(0.05) - revenue(-0.05)) / 0.1
    assert told.loc["gpt5mini", "marginal_revenue_capability"] == pytest.approx(slope, rel=1e-6)


def test_sellers_learn_nothing_from_being_measured():
    settings = {"quality_tiers.count": 3, "consumers.teams.size": 300, "perturb_every": "never"}
    model = MarketModel(market.load("price_response", set=settings))
    model.step()  # prices have moved since sellers last asked
    router, own = next(iter(model.arbitrageurs)), model.roster.owner == 0

    def alternatives():
        quality = router.schedule().quality
        return model.rerouting.around(0, router.wholesale_price, own, quality).list_spend

    before = alternatives()
    model.rules = model.rules.model_copy(update={"perturb_every": 1})
    assert counterfactuals(model) is not None
    np.testing.assert_array_equal(alternatives(), before)
