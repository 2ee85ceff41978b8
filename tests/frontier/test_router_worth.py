"""A router's logs, beside what its models could do on the same queries."""

import numpy as np
import pytest

from market.foundation.random_streams import Streams
from market.frontier.budget_grid import build_tables
from market.frontier.market_price import market_price
from market.frontier.policy_cloud import PolicyCloud
from market.frontier.router_worth import arena_score, router_point
from market.frontier.served_queries import ServedQueries
from market.population import find_pack, read_pack

PACK = read_pack(find_pack("swebench")).population.select(["gpt5mini", "deepseek", "sonnet"])
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
        cloud = PolicyCloud(TABLES.weighted(served.weights(PACK.size)))
        margin = router_point(cloud, served, Streams(seed), 100).margin
        held += margin.low <= true <= margin.high
    assert held >= 90


def test_routerarena_scores_its_own_example_as_it_does():
    assert arena_score(0.7814, 0.3044 / 1000) == pytest.approx(0.7612, abs=5e-5)
