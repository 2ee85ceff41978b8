"""Who pays whom in a market so small that every payment can be worked out by hand.

Two problems, equally frequent. One attempt of `cheap` costs 1 cent and solves problem 0 only; one
of `dear` costs 5 cents and solves both. All buyers want a solve rate of 0.75, worth a dollar to
them. Half of them know the arbitrageur.

- Provider A alone reaches 0.5, so nobody buys from it.
- Provider B gives an attempt its 5 cents at 3 of 4 queries; at the others it is cut off shortly
  before (1/1.01 of that), paid and lost.
- The arbitrageur tries `cheap` at every query and `dear` at those left: at half of them an attempt
  gets its 5 cents. It takes the least margin, 2%, over what that and the tax cost it.

The arbitrageur pays 10% more than list for attempts, and 10% of its fees to the treasury. What an
attempt costs its provider is half of list for A and 40% for B, which also has a fixed cost.
"""

import json

import numpy as np
import pandas as pd
import pytest
from logit_markets import as_counted

import market
from market.scenario.schema import OUTSIDE, TREASURY
from market.simulation.model import MarketModel

MARKUP, TAX, FIXED_COST = 0.1, 0.1, 3.0
COST_RATIO = {"A": 0.5, "B": 0.4}
CUT_OFF = 0.05 / 1.01
FEE = 1.02 * (1 + MARKUP) * (0.01 + 0.5 * (0.05 + CUT_OFF) / 2) / (1 - TAX)


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> MarketModel:
    """The market after one tick."""
    folder = tmp_path_factory.mktemp("records")
    for name, cost, solved in (("cheap", 0.01, (1, 0)), ("dear", 0.05, (1, 1))):
        rows = [{"id": f"p{i}", "mean_cost": cost, "attempts": [k]} for i, k in enumerate(solved)]
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    made = MarketModel(
        market.load(
            "synthetic",
            set={
                "ticks": 1,
                "record_queries": True,
                "perturb_every": "never",
                "quality_tiers": {"min": 0.75, "max": 0.75, "count": 1},
                "population": as_counted(folder),
                "providers": [
                    {"name": "A", "models": ["cheap"], "cost_ratio": COST_RATIO["A"]},
                    {
                        "name": "B",
                        "models": ["dear"],
                        "cost_ratio": COST_RATIO["B"],
                        "fixed_cost": FIXED_COST,
                    },
                ],
                "arbitrageurs": [
                    {
                        "name": "router",
                        "awareness": 0.5,
                        "pricing": {"kind": "undercut", "step": 0.2},
                    }
                ],
                "consumers": [
                    {
                        "name": "teams",
                        "size": 1000,
                        "queries_per_tick": 1.0,
                        "price_sensitivity": 10,
                        "tastes": False,
                        "demand": {
                            "kind": "fixed_quality",
                            "quality": {"kind": "constant", "value": 0.75},
                            "budget": {"kind": "constant", "value": 1.0},
                        },
                    }
                ],
                "policy": {"routing_tax": TAX, "resale_markup": MARKUP},
            },
        )
    )
    made.step()
    return made


@pytest.fixture(scope="module")
def queries(model) -> pd.DataFrame:
    found = model.recorder.result().queries
    assert found is not None
    return found


@pytest.fixture(scope="module")
def counts(queries) -> dict[str, int]:
    """How many queries led to which payment."""
    resold = queries["seller"] == "router-1"
    return {
        "direct": int((~resold & queries["solved"]).sum()),  # those with a whole attempt; all solve
        "direct, cut off": int((~resold & ~queries["solved"]).sum()),
        "resold, cut off": int((resold & ~queries["solved"]).sum()),
        "resold": int(resold.sum()),
        "followed": int((resold & queries["solved"] & (queries["problem"] == 1)).sum()),
    }


def test_posted_prices_are_those_worked_out(model):
    posted = model.posted.at_tiers()[0, :, 0]
    np.testing.assert_allclose(posted, [np.inf, 0.75 * 0.05 + 0.25 * CUT_OFF, FEE])


def test_half_of_the_buyers_take_the_arbitrageur(queries):
    share = (queries["seller"] == "router-1").mean()
    assert share == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(1000))
    assert set(queries["seller"]) == {"B", "router-1"}


def test_each_query_is_paid_as_its_seller_asks(queries):
    direct, resold = (queries[queries["seller"] == name] for name in ("B", "router-1"))
    np.testing.assert_allclose(direct["paid"], np.where(direct["solved"], 0.05, CUT_OFF))
    np.testing.assert_allclose(resold["paid"], FEE)


@pytest.mark.parametrize("account", ["consumers/teams", "A", "B", "router-1", TREASURY, OUTSIDE])
def test_balances_after_a_tick_are_the_payments_worked_out(model, counts, account):
    resold = counts["resold"]
    spent = 0.05 * counts["direct"] + CUT_OFF * counts["direct, cut off"]
    followed = 0.05 * counts["followed"] + CUT_OFF * counts["resold, cut off"]
    fees, tax = FEE * resold, TAX * FEE * resold
    to_a, to_b = (1 + MARKUP) * 0.01 * resold, (1 + MARKUP) * followed
    cost_a = COST_RATIO["A"] * 0.01 * resold
    cost_b = COST_RATIO["B"] * (spent + followed) + FIXED_COST
    expected = {
        "consumers/teams": -spent - fees,
        "A": to_a - cost_a,
        "B": spent + to_b - cost_b,
        "router-1": fees - to_a - to_b - tax,
        TREASURY: tax,
        OUTSIDE: cost_a + cost_b,
    }
    assert model.ledger.balance(account) == pytest.approx(expected[account])
