"""One contract for all rules: deterministic, picklable, finite, non-negative, agents unseen."""

import inspect
import pickle
from typing import get_args

import numpy as np
import pytest
from conftest import item_response
from rule_views import COST, QUALITY, provider_view, resale_view

from market.frontier.budget_grid import build_tables
from market.frontier.frontier import solve_frontier
from market.population.problem_types import problem_types
from market.scenario import rule_families
from market.strategies import (
    arbitrageur_pricing,
    demand,
    learning_prices,
    provider_pricing,
    routing,
)
from market.strategies import query_mix as problems
from market.strategies.arbitrageur_pricing import BestResponseMenu, Undercut
from market.strategies.demand import FixedQuality, ValueDemand
from market.strategies.distributions import Lognormal, Uniform
from market.strategies.learning_prices import QLearningPrice, UpperConfidencePrice
from market.strategies.provider_pricing import (
    AtEquilibrium,
    BestResponse,
    CostPlus,
    DerivativeFollower,
    ListPrice,
    ModelOfSales,
)
from market.strategies.query_mix import AllProblems, Difficulty, Domains
from market.strategies.routing import (
    CascadeRouting,
    FittedKnowledge,
    FullKnowledge,
    Known,
    OracleRouting,
    SignalRouting,
    SingleRouting,
)


def known():
    population = item_response(problems=40)
    tables = build_tables(population, estimator="geometric")

    def types_of(count):
        return problem_types(population, count)

    everyone = np.arange(population.size)
    price = np.array([1.0, 1.1, 0.9])
    return Known(
        tables, QUALITY, price, types_of, everyone, lambda: solve_frontier(tables, QUALITY, price)
    )


PROVIDER_RULES = [
    ListPrice(),
    CostPlus(markup=0.4),
    DerivativeFollower(step=0.05),
    BestResponse(low=0.5, high=1.5, count=11),
    ModelOfSales(sellers=3, shoppers=0.4, value=2.0),
    AtEquilibrium(),
    AtEquilibrium(hold=True),
    QLearningPrice(count=7),
    UpperConfidencePrice(count=7),
]
MENU_RULES = [Undercut(), BestResponseMenu(count=7)]
ROUTING_RULES = [
    CascadeRouting(),
    SignalRouting(accuracy=0.5, types=4),
    SingleRouting(accuracy=0.9, types=4),
    OracleRouting(),
]
DEMAND_RULES = [
    FixedQuality(quality=Uniform(low=0.3, high=0.7), budget=Lognormal(median=0.03, sigma=0.5)),
    ValueDemand(value=Lognormal(median=0.1, sigma=1.0)),
]
PROBLEM_RULES = [AllProblems(), Difficulty(tilt=0.7), Domains(shares={"a": 1.0, "b": 2.0})]
KNOWLEDGE = [FullKnowledge(), FittedKnowledge(budget=5.0)]


def named(rule):
    return type(rule).__name__


def test_every_rule_there_is_is_tested_here():
    def of(union):
        return set(get_args(get_args(union)[0]))

    for union, rules in (
        (rule_families.ProviderPricing, PROVIDER_RULES),
        (rule_families.ArbitrageurPricing, MENU_RULES),
        (rule_families.Routing, ROUTING_RULES),
        (routing.Knowledge, KNOWLEDGE),
        (rule_families.Demand, DEMAND_RULES),
        (problems.Problems, PROBLEM_RULES),
    ):
        assert {type(rule) for rule in rules} == of(union)


@pytest.mark.parametrize(
    "rule",
    PROVIDER_RULES + MENU_RULES + ROUTING_RULES + DEMAND_RULES + PROBLEM_RULES + KNOWLEDGE,
    ids=named,
)
def test_a_rule_can_be_pickled_and_does_not_change(rule):
    assert pickle.loads(pickle.dumps(rule)) == rule
    with pytest.raises(ValueError, match="frozen"):
        rule.kind = "other"


@pytest.mark.parametrize(
    "module",
    [provider_pricing, learning_prices, arbitrageur_pricing, routing, demand, problems],
)
def test_rules_see_no_agents(module):
    source = inspect.getsource(module)
    assert "market.simulation" not in source
    assert "mesa" not in source


@pytest.mark.parametrize("rule", PROVIDER_RULES, ids=named)
def test_a_provider_s_rule_answers_alike_and_with_a_price(rule):
    for view in (
        provider_view(),
        provider_view(past=()),
        provider_view(uniform_draw=0.999, cost_ratio=0),
    ):
        price = rule.multiplier(view)
        assert price == rule.multiplier(view)
        assert np.isfinite(price)
        assert price >= 0


@pytest.mark.parametrize("rule", MENU_RULES, ids=named)
def test_a_menu_is_above_cost_and_infinite_where_cost_is(rule):
    for view in (resale_view(), resale_view(rivals=())):
        menu = rule.menu(view, COST)
        np.testing.assert_array_equal(menu, rule.menu(view, COST))
        np.testing.assert_array_equal(np.isinf(menu), np.isinf(COST))
        assert (menu[:-1] >= COST[:-1]).all()


@pytest.mark.parametrize("rule", ROUTING_RULES, ids=named)
def test_a_route_costs_something_and_answers_alike(rule):
    one, other = (rule.route(known()) for _ in range(2))
    np.testing.assert_array_equal(one.spend, other.spend)
    assert (one.spend > 0).all()
    assert (np.diff(one.spend) >= -1e-12).all()
    for cost, policy in zip(one.spend, one.policies, strict=True):
        assert (policy is None) == np.isinf(cost)


@pytest.mark.parametrize("rule", DEMAND_RULES, ids=named)
def test_demand_deals_needs_alike_and_needs_are_amounts(rule):
    one, other = (
        rule.needs(500, np.random.default_rng(1), np.random.default_rng(2)) for _ in range(2)
    )
    np.testing.assert_array_equal(one.worth, other.worth)
    np.testing.assert_array_equal(one.quality, other.quality)
    assert (one.worth >= 0).all()
    assert ((one.quality >= 0) & (one.quality <= 1)).all()


@pytest.mark.parametrize("rule", DEMAND_RULES, ids=named)
def test_demand_takes_what_a_menu_has_and_gains_no_less_by_a_cheaper_one(rule):
    needs = rule.needs(500, np.random.default_rng(1), np.random.default_rng(2))
    lists = np.array([[1.2], [1.08]]) * COST
    found = rule.purchase(needs, QUALITY, lists)
    assert (found.gain[1] >= found.gain[0]).all()
    assert ((found.at >= 0) & (found.at < len(QUALITY))).all()
    assert ((found.share >= 0) & (found.share <= 1)).all()
    for k, prices in enumerate(lists):
        np.testing.assert_array_equal(rule.purchase(needs, QUALITY, prices).gain, found.gain[k])


@pytest.mark.parametrize("rule", DEMAND_RULES, ids=named)
def test_demand_in_other_money_is_the_same(rule):
    needs = rule.needs(500, np.random.default_rng(1), np.random.default_rng(2))
    one = rule.purchase(needs, QUALITY, COST)
    other = rule.purchase(type(needs)(needs.quality, 8 * needs.worth), QUALITY, 8 * COST)
    np.testing.assert_array_equal(other.gain, 8 * one.gain)
    np.testing.assert_array_equal(other.at, one.at)


@pytest.mark.parametrize("rule", PROBLEM_RULES[:2], ids=named)
def test_a_mix_of_problems_is_a_distribution(rule):
    weight = rule.weights(item_response())
    assert (weight >= 0).all()
    assert weight.sum() == pytest.approx(1)
