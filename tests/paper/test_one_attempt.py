"""Records of one attempt each, where a cost that is known beforehand would tell the outcome."""

import json
from pathlib import Path

import numpy as np
import pytest

from market.frontier.budget_grid import build_tables
from market.frontier.market_price import market_price
from market.paper.paper_curves import PaperMarket, budget_grid
from market.population.population import Population
from market.population.records import read_records

MODELS = ["gpt5mini", "deepseek", "sonnet", "qwen3-coder-480b"]


@pytest.fixture(scope="module", params=[1.0, 1e4])
def one_attempt(records_folder: Path, tmp_path_factory, request) -> Population:
    """The first recorded attempt at each problem, at its mean cost times a constant."""
    folder = tmp_path_factory.mktemp("one")
    for model in MODELS:
        lines = (records_folder / f"{model}.jsonl").read_text().splitlines()
        rows = [json.loads(line) for line in lines]
        first = [
            {
                "id": row["id"],
                "mean_cost": request.param * row["mean_cost"],
                "attempts": row["attempts"][:1],
            }
            for row in rows
        ]
        (folder / f"{model}.jsonl").write_text("\n".join(map(json.dumps, first)))
    return read_records(folder, MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_what_a_solve_rate_costs_from_one_model_is_what_the_paper_s_code_says(one_attempt, model):
    agree(one_attempt.select([model]))


def test_market_prices_are_those_of_the_paper_s_code(one_attempt):
    agree(one_attempt)


def test_a_remainder_that_is_kept_would_make_them_far_too_low(one_attempt):
    highest = float(one_attempt.solve_prob.mean(axis=0).max())
    rate = np.array([0.3 * highest])
    kept, spent = (
        market_price(build_tables(one_attempt, None, "unbiased", remainder), rate).price[0]
        for remainder in ("kept", "spent")
    )
    assert kept < 0.6 * spent


def agree(population: Population) -> None:
    """Ours, on the grid from the data, and the paper's on one that spans the costs."""
    cost = population.list_cost
    grid = budget_grid(2 * float(cost.max()), 0.5 * float(cost.min()), 4000)
    paper = PaperMarket.of(population, grid)
    rate = np.linspace(0.2, 0.95, 76) * paper.highest_solve_rate
    ours = market_price(build_tables(population, estimator="unbiased"), rate).price
    np.testing.assert_allclose(ours, paper.price(rate), rtol=0.03)
