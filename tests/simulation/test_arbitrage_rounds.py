"""Arbitrageurs that quote until they rest, or go round: what is measured of either."""

from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest

import market
from market.simulation.arbitrage_rounds import LOOKS, ROUNDS, Rounds
from market.simulation.priced_market import PricedMarket


def told(fee_at):
    """A market whose one fee in each round is told, what `Rounds` made of it, and its mean fee."""
    rounds, turn, found = Rounds(), count(), {}

    def quote():
        found["fee"] = np.array([[[fee_at(next(turn)), np.inf]]])

    model = SimpleNamespace(
        arbitrageurs_quote=quote, menus=lambda: SimpleNamespace(price=found["fee"])
    )
    mean = rounds.mean(model, lambda: found["fee"][0, 0, :1])
    return rounds, float(mean[0]), next(turn)


def test_those_who_come_to_rest_are_measured_there():
    rounds, fee, asked = told(lambda turn: max(1.0 - 0.07 * turn, 0.5))
    assert (fee, rounds.at_rest, asked) == (0.5, 1.0, 10)
    assert np.isnan(rounds.drift)


def test_a_cycle_is_measured_over_exactly_its_rounds():
    rounds, fee, _ = told(lambda turn: 1.0 - 0.1 * (turn % 5))
    assert fee == pytest.approx(0.8)
    assert rounds.at_rest == 0.0
    assert np.isnan(rounds.drift)


@pytest.mark.parametrize("long", [11, 20, 45])
def test_those_who_wander_are_measured_over_as_many_rounds_as_showed_it(long):
    draws = np.random.default_rng(1).uniform(0, 1e-3, 1000)
    rounds, fee, asked = told(lambda turn: 1.0 - 0.5 * (turn % long) / long + draws[turn])
    looked = next(look for look in LOOKS if long < look)
    assert asked == 2 * looked
    assert fee == pytest.approx(0.75, abs=0.15)
    assert 0 < rounds.drift < 0.5


def test_fees_that_still_fall_are_measured_as_they_are_in_the_end():
    rounds, fee, asked = told(lambda turn: 0.999**turn)
    assert (fee, asked, rounds.at_rest) == (0.999 ** (ROUNDS - 1), ROUNDS, 0.0)
    assert rounds.drifts == []


def test_fees_that_settle_after_they_rose_are_at_rest():
    rounds, fee, _ = told(lambda turn: 1.0 + 0.1 * 0.5 ** min(turn, 18) * (-1) ** turn)
    assert rounds.at_rest == 1.0
    assert fee == pytest.approx(1.0, abs=1e-5)


def test_best_replies_go_round_and_what_is_earned_is_the_mean_whatever_was_asked_before():
    reply = {"kind": "best_response", "count": 5, "anchors": 2, "min_margin": 0}
    spec = market.load(
        "collusion",
        set={
            "consumers.teams.size": 60,
            "menu_points": 12,
            "arbitrageurs.router.count": 2,
            "arbitrageurs.router.pricing": reply,
        },
    )
    asked, price = ("OpenAI", "DeepSeek"), np.array([1.0, 1.2])
    one, other = PricedMarket(spec, asked), PricedMarket(spec, asked)
    other.profits(np.array([2.0, 0.8]))
    first = one.profits(price)
    np.testing.assert_array_equal(first, other.profits(price))
    sold = one.sold(price)
    np.testing.assert_allclose(price * sold.quantity - sold.cost, first, rtol=1e-9)
    assert one.rounds.at_rest < 1
