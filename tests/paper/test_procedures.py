import numpy as np
import pytest
from paper_markets import GRID, geometric_market

from market.paper import price_competition, revenue, six_models, two_models
from market.paper.paper_curves import PaperMarket
from market.paper.procedures import solve_rate_together


def test_identical_models_leave_no_margin():
    market = geometric_market([[0.9, 0.9]], [[0.02, 0.02]])
    assert two_models(market).margins.max() < 1e-3


def test_the_two_together_solve_what_either_solves(lively):
    solve = lively.solve[:, :, -1]
    wanted = np.mean(1 - (1 - solve[:, 0]) * (1 - solve[:, 1]))
    assert solve_rate_together(lively) == pytest.approx(wanted)


def complementary():
    """Half of the problems are easy for one model and never solved by the other."""
    easy, hard = np.full(20, 0.95), np.linspace(0.3, 0.95, 20)
    prob = np.concatenate([np.stack([easy, 0.9 * easy], 1), np.stack([0 * hard, hard], 1)])
    return geometric_market(prob, np.tile([0.005, 0.05], (40, 1)))


def test_a_price_war_multiplies_the_price_until_cost_and_never_goes_below():
    path = price_competition(two_models(complementary()), solve_rate=0.9)
    steps = np.array(path.prices[1:]) / np.array(path.prices[:-1])
    assert len(path.prices) > 2
    assert steps[:-1] == pytest.approx(np.full(len(steps) - 1, 0.93))
    assert 0.93 <= steps[-1] < 1
    assert path.prices[-1] == path.cost


def test_shares_of_the_market_price_sum_to_one():
    pair = two_models(complementary())
    shares = revenue(pair, np.linspace(0.7, 0.95, 30))
    assert shares.arbitrageur.max() > 0.1
    assert shares.without.sum(axis=0) == pytest.approx(np.ones(30))
    total = shares.with_arbitrage.sum(axis=0) + shares.arbitrageur
    assert total == pytest.approx(np.ones(30), abs=2e-3)


def test_revenue_is_missing_where_no_model_reaches_the_solve_rate():
    shares = revenue(two_models(complementary()), np.array([1.0]))
    assert np.isnan(shares.change).all()
    assert np.isnan(shares.arbitrageur).all()


def test_a_model_outside_the_cascade_only_sets_the_market_price():
    pair = complementary()
    spare = pair.solve[:, 1:] * 0.999
    market = PaperMarket(
        ("cheap", "good", "spare"), GRID, np.concatenate([pair.solve, spare], axis=1)
    )
    six = six_models(market, ("cheap", "good"))
    assert six.price.tolist() == market.price(six.rate).tolist()
    assert six.revenue.with_arbitrage[2].max() == 0
    assert (six.cost <= market.select(("cheap", "good")).price(six.rate) * (1 + 1e-9)).all()
