"""A router's logs, beside what its models could do on the same queries."""

import numpy as np
import pytest

from market.foundation.random_streams import Streams
from market.frontier.accuracies import least_by_choices, least_by_cost
from market.frontier.budget_grid import build_tables
from market.frontier.market_price import market_price
from market.frontier.router_point import arena_score, router_margin
from market.frontier.router_worth import judge_router
from market.frontier.served_queries import ServedQueries
from market.population import find_pack, read_pack

PACK = read_pack(find_pack("swebench")).population.select(["gpt5mini", "deepseek"])
TABLES = build_tables(PACK, tolerance=0.02)
POLICY = ("gpt5mini", 2), ("deepseek", 1)  # model and attempts, one after the other


def served_by(policy, queries: int, seed: int) -> ServedQueries:
    """Queries of the pack's classes, served by simulated attempts of a cascade."""
    rng = np.random.default_rng(seed)
    problem = rng.choice(PACK.size, size=queries, p=PACK.weight)
    solved, cost = np.zeros(queries, dtype=bool), np.zeros(queries)
    for model, attempts in policy:
        m = PACK.index(model)
        for _ in range(attempts):
            tried = ~solved
            won = tried & (rng.random(queries) < PACK.solve_prob[problem, m])
            cost += tried * PACK.list_cost[problem, m]
            solved |= won
    first = np.zeros(queries, dtype=np.int64)
    return ServedQueries(problem, first, (policy[0][0],), cost, solved.astype(float))


def truth(policy) -> float:
    """The margin of a cascade of so many attempts, by its expectations over the pack."""
    left, cost = np.ones(PACK.size), 0.0
    for model, attempts in policy:
        m = PACK.index(model)
        for _ in range(attempts):
            cost += PACK.weight @ (left * PACK.list_cost[:, m])
            left = left * (1 - PACK.solve_prob[:, m])
    rate = 1 - PACK.weight @ left
    return 1 - cost / market_price(TABLES, np.array([rate])).price[0]


def test_the_margin_of_a_known_policy_is_within_its_interval_in_90_of_100_draws():
    true, held = truth(POLICY), 0
    for seed in range(100):
        served = served_by(POLICY, 400, seed)
        tables = TABLES.weighted(served.weights(PACK.size))
        margin = router_margin(tables, served, served.resampled(PACK, Streams(seed), 100))
        held += margin.low <= true <= margin.high
    assert held >= 90


def test_routerarena_scores_its_own_example_as_it_does():
    assert arena_score(0.7814, 0.3044 / 1000) == pytest.approx(0.7612, abs=5e-5)


def test_the_parts_of_the_regret_add_up_to_it():
    worth = judge_router(PACK, served_by(POLICY, 300, 1), accuracies=(1.0,), draws=0)
    parts = sum(group.regret for group in worth.groups)
    assert parts == pytest.approx(worth.point.regret.value, abs=1e-9)


def test_no_frontier_is_above_one_that_knows_less():
    worth = judge_router(PACK, served_by(POLICY, 300, 1), accuracies=(0.5, 1.0), draws=0)
    at = worth.own
    known = [worth.market.price, worth.frontier.spend, *worth.signals.values(), worth.oracle]
    costs = np.array([spend[at] for spend in known])
    assert (np.diff(costs) <= 1e-12).all()


def test_choices_that_follow_the_type_show_that_it_was_seen():
    label = np.repeat([0, 1], 200)
    assert least_by_choices(label, label, np.arange(400)) > 0.9


def test_choices_that_do_not_follow_the_type_are_consistent_with_any_accuracy():
    label, first = np.repeat([0, 1], 200), np.tile([0, 1], 200)
    assert least_by_choices(label, first, np.arange(400)) < 0.2


def test_choices_of_a_noisy_signal_leave_its_accuracy_in_the_set():
    rng = np.random.default_rng(1)
    held = []
    for _ in range(50):
        label = rng.integers(0, 4, 1000)
        seen = np.where(rng.random(1000) < 0.6, label, rng.integers(0, 4, 1000))
        held.append(least_by_choices(label, seen, np.arange(1000)) <= 0.6)
    assert np.mean(held) >= 0.95


def test_a_router_dearer_than_any_frontier_may_have_seen_anything():
    assert least_by_cost(np.array([0.0, 1.0]), np.array([2.0, 1.0]), 3.0) == 0.0


def test_a_router_half_way_to_the_signal_has_seen_half_at_least():
    assert least_by_cost(np.array([0.0, 1.0]), np.array([2.0, 1.0]), 1.5) == pytest.approx(0.5)


def test_a_router_cheaper_than_every_signal_is_consistent_with_none():
    assert least_by_cost(np.array([0.0, 1.0]), np.array([2.0, 1.0]), 0.5) is None
