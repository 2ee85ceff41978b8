"""Providers that learn their prices in a run, held to the loops of the published algorithms."""

import math
import pickle

import numpy as np
import pytest
from logit_market import grid_game
from pydantic import ValidationError
from rule_views import Parabola, provider_view

from market.strategies.learning_prices import QLearningPrice, UpperConfidencePrice
from market.strategies.market_view import PriceMarks, Turn
from market.strategies.q_learning_loop import _STEP, _draw
from market.strategies.q_learning_loop import _learn as q_loop
from market.strategies.upper_confidence_loop import learn_loop as ucb_loop

GRID = 5
NAMES = ("a", "b")


class Held:
    """Expected profit of each price of a grid, as it is given."""

    def __init__(self, profit):
        self._profit = profit

    def profit(self, alternatives):
        return np.broadcast_to(self._profit, len(alternatives))


def played(rules, profit, draws, expected=(1.0, 1.0), first=(1.0, 1.0)):
    """Let two rules play a game by draws [T, 2]; their learners, and [T, 2] what they asked."""
    learners, asked, prices, earned = [], [], list(first), [0.0, 0.0]
    for draw in draws:
        views = [
            provider_view(
                past=(Turn(float(prices[i]), float(earned[i])),),
                uniform_draw=float(draw[i]),
                expected=Held(expected[i]),
                rival_prices=lambda i=i, p=prices: {NAMES[1 - i]: p[1 - i]},
            )
            for i in (0, 1)
        ]
        learners = learners or [rule.begin(v) for rule, v in zip(rules, views, strict=True)]
        prices = [learner.multiplier(view) for learner, view in zip(learners, views, strict=True)]
        at = tuple(int(np.argmin(np.abs(learners[i].prices - prices[i]))) for i in (0, 1))
        earned = [profit[0][at], profit[1][at]]
        asked.append(at)
    return learners, np.array(asked)


def as_one_draw(state, periods, decay):
    """The loop's first state, and [T, 2] draws that make a rule explore when and as it does."""
    draws = np.empty((periods, 2))
    found = []

    def drawn():
        nonlocal state
        state += _STEP
        return _draw(state)

    with np.errstate(over="ignore"):
        found = [min(int(drawn() * GRID), GRID - 1) for _ in range(2)]
        for t in range(periods):
            explore = math.exp(-decay * t)
            for firm in range(2):
                if drawn() < explore:
                    chosen = min(int(drawn() * GRID), GRID - 1)
                    draws[t, firm] = explore * (chosen + 0.5) / GRID
                else:
                    draws[t, firm] = (1 + explore) / 2
    return found, draws


@pytest.mark.parametrize("memory", [0, 1])
def test_in_the_published_duopoly_a_rule_learns_what_the_loop_learns(memory):
    profit, _ = grid_game(2, GRID)
    decay, periods, key = 2e-3, 1500, np.uint64(7)
    rule = QLearningPrice(low=1.4, high=2.0, count=GRID, every=1, memory=memory, decay=decay)
    mean = np.stack([profit[0].mean(axis=1), profit[1].mean(axis=0)])
    value = np.repeat(mean[:, None] / (1 - rule.discount), GRID**2 if memory else 1, axis=1)
    start, greedy = value[:, 0].copy(), value.argmax(axis=2)
    how = (rule.rate, decay, rule.discount, 10**6, periods)
    with np.errstate(over="ignore"):
        _, _, last = q_loop(
            profit.reshape(2, -1),
            GRID,
            value,
            greedy,
            key,
            *how,
            np.zeros((2, 80)),
            np.zeros(80, int),
        )
    first, draws = as_one_draw(key, periods + 1, decay)
    grid = rule.prices(provider_view(expected=Held(None)))
    learners, asked = played([rule] * 2, profit, draws, mean, grid[first])
    assert asked[-2].tolist() == [last // GRID, last % GRID]
    for firm, learner in enumerate(learners):
        seen = learner.learner.values
        assert len(seen) > (15 if memory else 0)
        for state, row in seen.items():
            at = 0
            if memory:
                own, (_, other) = state
                at = own * GRID + other if firm == 0 else other * GRID + own
            np.testing.assert_allclose(row, value[firm, at], rtol=1e-12)
        if memory:
            never = GRID**2 - len(seen)
            assert (value[firm] == start[firm]).all(axis=1).sum() == never


def test_in_a_game_a_bandit_asks_what_the_loop_asks():
    """What is earned at the first prices spans all of it, so that both know the range."""
    profit = np.random.default_rng(3).uniform(0.2, 0.8, (2, GRID, GRID))
    profit[:, 0, 0], profit[:, -1, -1] = 0.0, 1.0
    periods, order = 800, np.tile(np.arange(GRID), (2, 1))
    earned, count = np.zeros((2, 80)), np.zeros(80, dtype=np.int64)
    flat = profit.reshape(2, -1)
    ucb_loop(flat, flat, order, 2.0, 10**6, periods, earned, count)
    rule = UpperConfidencePrice(low=0.5, high=2.0, count=GRID, every=1)
    learners, asked = played([rule] * 2, profit, np.zeros((periods + 1, 2)))
    assert asked[:GRID, 0].tolist() == list(range(GRID))
    paid = profit[:, asked[:periods, 0], asked[:periods, 1]]
    block = (4 * np.log2(np.arange(periods) + 1)).astype(int)
    for firm in (0, 1):
        wanted = np.bincount(block, paid[firm], minlength=80)
        np.testing.assert_allclose(earned[firm], wanted, rtol=1e-9)
        assert learners[firm].learner.total.sum() == pytest.approx(paid[firm].sum())


def asked_of(rule, profits):
    """What a rule asks in turn beside no rival, having earned these profits, by draws of 0."""
    view = provider_view(past=(), uniform_draw=0.0)
    price = rule.begin(view)
    asked = [price.multiplier(view)]
    for profit in profits:
        past = (Turn(asked[-1], profit),)
        asked.append(price.multiplier(provider_view(past=past, uniform_draw=0.0)))
    return price, asked


def test_a_price_stands_so_many_ticks_and_its_mean_profit_is_what_is_learned():
    rule = UpperConfidencePrice(low=1.0, high=4.0, count=3, every=4)
    price, asked = asked_of(rule, [1.0, 2.0, 3.0, 6.0, 10.0, 10.0, 10.0, 10.0])
    assert asked == [1.0] * 4 + [2.0] * 4 + [4.0]
    assert price.learner.total.tolist() == [3.0, 10.0, 0.0]
    assert price.learner.count.tolist() == [1, 1, 0]


def test_prices_are_in_equal_relative_steps_from_cost_to_what_buyers_pay():
    class Marked(Parabola):
        def marks(self):
            return PriceMarks(np.array([8.0]), (np.empty(0),), (np.empty(0),))

    view = provider_view(cost_ratio=0.5, expected=Marked(1.0))
    np.testing.assert_allclose(QLearningPrice(count=5).prices(view), [0.5, 1, 2, 4, 8])
    np.testing.assert_allclose(QLearningPrice(high=2.0, count=3).prices(view), [0.5, 1, 2])
    below = QLearningPrice(high=0.4, count=2).prices(view)
    assert below.tolist() == [0.2, 0.4]


@pytest.mark.parametrize(
    ("start", "worth"),
    [("expected", [19.0, 20.0, 16.0]), ("highest", [20.0, 20.0, 20.0]), ("zero", [0.0, 0.0, 0.0])],
)
def test_at_first_prices_are_worth_what_the_start_says(start, worth):
    class Known:
        def profit(self, alternatives):
            return np.array([9.5, 10.0, 8.0])

    rule = QLearningPrice(low=1.0, high=4.0, count=3, discount=0.5, start=start)
    price = rule.begin(provider_view(expected=Known()))
    assert price.learner.first.tolist() == worth


def test_a_learner_without_luck_asks_the_best_and_one_with_asks_any():
    rule = QLearningPrice(low=0.5, high=1.3, count=9, decay=1.0, every=1)
    price = rule.begin(provider_view())
    low, last = (provider_view(uniform_draw=u) for u in (0.0, np.nextafter(1.0, 0.0)))
    assert price.multiplier(last) == 1.3  # all are drawn at first
    assert price.multiplier(low) == 0.5
    assert price.multiplier(last) == pytest.approx(0.8, rel=0.1)  # what the parabola pays best


def test_rivals_prices_are_known_to_the_nearest_of_its_own_and_only_with_memory():
    told = {"rival_prices": lambda: {"b": 1.3, "c": 9.0, "free": 0.0}}
    view = provider_view(past=(Turn(2.1, 1.0),), **told)
    for memory, seen in ((1, (1, ("b", 0), ("c", 2), ("free", 0))), (0, ())):
        price = QLearningPrice(low=1.0, high=4.0, count=3, memory=memory).begin(view)
        price.multiplier(view)
        assert list(price.learner.values) == [seen]


@pytest.mark.parametrize("rule", [QLearningPrice(every=1), UpperConfidencePrice(every=1)])
def test_what_is_being_learned_can_be_pickled_and_goes_on_alike(rule):
    price, _ = asked_of(rule, [3.0, 1.0, 4.0])
    again = pickle.loads(pickle.dumps(price))
    view = provider_view(uniform_draw=0.9, past=(Turn(1.0, 5.0),))
    assert price.multiplier(view) == again.multiplier(view)


def test_what_has_not_been_learned_is_told():
    few, _ = asked_of(QLearningPrice(every=1, decay=0.1, low=1, high=2), [1.0] * 5)
    assert "after 6 price changes 55% of prices are still drawn at random" in few.unfinished()
    many, _ = asked_of(QLearningPrice(every=1, decay=0.1, low=1, high=2), [1.0] * 40)
    assert many.unfinished() is None
    some, _ = asked_of(UpperConfidencePrice(every=1, count=4, low=1, high=2), [1.0] * 3)
    assert "1 of 4 prices have not been tried" in some.unfinished()
    every, _ = asked_of(UpperConfidencePrice(every=1, count=4, low=1, high=2), [1.0] * 4)
    assert every.unfinished() is None


@pytest.mark.parametrize(
    ("rule", "wrong", "says"),
    [
        (QLearningPrice, {"low": 2.0, "high": 1.0}, "low 2.0 must be below high 1.0"),
        (QLearningPrice, {"count": 10**9}, "less than or equal to 100"),
        (QLearningPrice, {"count": 1}, "greater than or equal to 2"),
        (QLearningPrice, {"every": 0}, "greater than or equal to 1"),
        (QLearningPrice, {"rate": 0.0}, "greater than 0"),
        (QLearningPrice, {"discount": 1.0}, "less than 1"),
        (QLearningPrice, {"decay": -1.0}, "greater than 0"),
        (QLearningPrice, {"memory": 2}, "less than or equal to 1"),
        (QLearningPrice, {"start": "lucky"}, "'expected', 'highest' or 'zero'"),
        (UpperConfidencePrice, {"width": 0.0}, "greater than 0"),
        (UpperConfidencePrice, {"rate": 0.1}, "unknown key"),
    ],
)
def test_wrong_values_are_refused(rule, wrong, says):
    with pytest.raises(ValidationError, match=says):
        rule(**wrong)
