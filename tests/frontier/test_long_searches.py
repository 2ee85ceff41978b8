"""Long searches say what they are about, and stop."""

import numpy as np
import pytest
from conftest import item_response

from market.foundation.errors import MarketWarning
from market.frontier import cascade_search
from market.frontier.appraisal import appraise
from market.frontier.budget_grid import build_tables
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import market_price

QUALITY = np.linspace(0.1, 0.8, 8)


def test_an_appraisal_says_what_it_is_about():
    told: list[str] = []
    appraise(item_response(problems=12), quality=QUALITY, folds=2, draws=40, tell=told.append)
    for words in ("of 3 models", "few budgets, 50%", "all budgets, ", "part 2 of 2", "40 draws"):
        assert any(words in text for text in told), words


def test_a_walk_that_does_not_end_is_stopped_and_said(monkeypatch):
    tables = build_tables(item_response(problems=12))
    monkeypatch.setattr(cascade_search, "_ROUNDS", 1)
    with pytest.warns(MarketWarning, match="stopped after trying each model 1 times"):
        spend = solve_frontier(tables, QUALITY).spend
    assert (spend <= market_price(tables, QUALITY).price * (1 + 1e-12)).all()
