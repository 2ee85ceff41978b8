"""A reseller is not a new variety: what resellers of the same models earn.

Six resellers of two identical models, a dollar each at list, who all post best replies, to buyers
whose tastes are measured in a quarter of a dollar. By the correlation of tastes for resellers their
joint share of the queries and their margin are

    correlation    0      0.5    0.9    1
    share          53%    41%    33%    31%
    margin         21%    12%    2.9%   2.0%

the last of them the least margin allowed. (44% and 35% were seen of another such market when
resellers had independent tastes and choice was by β ln P.)
"""

import warnings
from pathlib import Path

import numpy as np
import pytest
from logit_markets import BEST, COST, SCALE, WORTH, apart, logit_market, only_segment
from scipy.optimize import brentq

import market
from market.simulation.model import MarketModel

MIN_MARGIN = 0.02
COUNT = 6


def resold(folder: Path, correlation: float, count: int = COUNT, **more: object) -> market.Scenario:
    """Two list-price providers of identical models, and resellers of them."""
    settings = {
        "arbitrageurs": [{"name": "router", "count": count, "awareness": 1.0, "pricing": BEST}],
        "consumers.teams.taste_correlation": correlation,
        "consumers.teams.size": 2000,
        "perturb_every": "never",
        "ticks": 20,
        **more,
    }
    return logit_market(folder, apart(2), pricing={"kind": "list"}, **settings)


@pytest.fixture(scope="module")
def ended(tmp_path_factory) -> dict[float, MarketModel]:
    """By correlation, the market at the end of its run."""
    folder = tmp_path_factory.mktemp("records")
    models = {c: MarketModel(resold(folder, c)) for c in (0.0, 0.5, 0.9, 1.0)}
    with warnings.catch_warnings():  # one ends at the least margin, which is a bound
        warnings.simplefilter("ignore", market.MarketWarning)
        for model in models.values():
            for _ in range(model.spec.ticks):
                model.step()
    return models


def fees(model: MarketModel) -> np.ndarray:
    return np.array([router.posted(0, np.ones(1)).price[0] for router in model.arbitrageurs])


def share_and_margin(model: MarketModel) -> tuple[float, float]:
    last = model.recorder.result().market.iloc[-10:]
    return last["arbitrage_share"].mean(), last["arbitrage_margin"].mean()


def nested_nash(correlation: float) -> float:
    """p − c = σ/[1/λ − (1/λ − 1)·s_in − s], all resellers at the same price."""
    dissimilarity = 1 - correlation
    alone = np.exp((WORTH - COST) / SCALE)  # each of the two providers

    def surplus_markup(price: float) -> float:
        nest = COUNT**dissimilarity * np.exp((WORTH - price) / SCALE)
        share, within = nest / (1 + 2 * alone + nest) / COUNT, 1 / COUNT
        slope = 1 / dissimilarity - (1 / dissimilarity - 1) * within - share
        return price - COST - SCALE / slope

    return brentq(surplus_markup, COST, 2 * WORTH)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_resellers_who_answer_each_other_settle_at_the_nested_logit_s_nash_price(
    ended, correlation
):
    np.testing.assert_allclose(fees(ended[correlation]), nested_nash(correlation), rtol=1e-4)


def test_at_correlation_one_a_price_war_of_resellers_ends_at_cost_and_the_least_margin(ended):
    np.testing.assert_allclose(fees(ended[1.0]), COST * (1 + MIN_MARGIN), rtol=1e-9)


def test_a_price_war_at_correlation_one_takes_ticks(tmp_path):
    model = MarketModel(resold(tmp_path, 1.0, count=2))
    model.step()
    first = fees(model).min()
    model.step()
    assert first > fees(model).min() > COST * (1 + MIN_MARGIN)


def test_resellers_share_and_margin_fall_with_the_correlation_of_tastes_for_them(ended):
    found = np.array([share_and_margin(model) for model in ended.values()])
    assert (np.diff(found, axis=0) < 0).all()


def test_at_the_default_correlation_resellers_earn_far_less_than_at_independent_tastes(ended):
    (teams,) = market.load("synthetic").consumers
    share, margin = share_and_margin(ended[teams.taste_correlation])
    independent_share, independent_margin = share_and_margin(ended[0.0])
    assert share < 0.7 * independent_share
    assert share < 0.8 * 0.44
    assert margin < independent_margin / 5
    assert margin < 0.35 / 5


def test_at_correlation_one_six_resellers_sell_as_much_as_one_at_their_price(ended):
    weight = np.exp((WORTH - COST * (1 + MIN_MARGIN)) / SCALE)
    expected = weight / (1 + 2 * np.exp((WORTH - COST) / SCALE) + weight)
    bought = only_segment(ended[1.0]).bought.seller
    share = (bought >= 2).mean()
    assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / len(bought))


@pytest.mark.parametrize("correlation", [0.0, 0.9, 1.0])
def test_buyers_choose_among_resellers_as_the_nested_logit_expects(ended, correlation):
    model = ended[correlation]
    (segment,) = model.segments
    price = np.append(np.ones(2), fees(model))
    utility = (WORTH - price) / SCALE
    dissimilarity = 1 - correlation
    nest = COUNT**dissimilarity * np.exp(utility[2])
    expected = np.append(np.exp(utility[:2]), nest) / (1 + np.exp(utility[:2]).sum() + nest)
    bought = np.minimum(segment.bought.seller, 2)
    shares = np.array([(bought == s).mean() for s in range(3)])
    assert (np.abs(shares - expected) < 4 * np.sqrt(expected * (1 - expected) / segment.size)).all()


def test_one_more_reseller_of_the_same_price_takes_less_the_more_alike_they_are(tmp_path):
    def joint_share(correlation: float, count: int) -> float:
        fixed = {"kind": "undercut", "step": 0.07, "min_margin": 0.2}
        group = {"name": "router", "count": count, "awareness": 1.0, "pricing": fixed}
        model = MarketModel(resold(tmp_path, correlation, arbitrageurs=[group]))
        model.step()
        return float((only_segment(model).bought.seller >= 2).mean())

    gained = [joint_share(c, 6) - joint_share(c, 1) for c in (0.0, 0.5, 0.9, 1.0)]
    assert (np.diff(gained) < 0).all()
    assert gained[-1] == 0
