"""A rule from elsewhere that answers nonsense stops the run with its place and what it said."""

import re
from typing import Any, Literal

import numpy as np
import pytest

import market
from market.foundation.errors import RunError
from market.scenario.schema import Scenario
from market.strategies import Part


class Answers(Part):
    """Answers whatever it is told to."""

    kind: Literal["answers"] = "answers"
    answer: Any

    def multiplier(self, view):
        return self.answer

    def menu(self, view, cost):
        return self.answer


def duopoly() -> Scenario:
    return market.load("duopoly", set={"ticks": 2, "consumers.teams.size": 100})


FEES = np.linspace(0.1, 1.0, duopoly().menu_points)


@pytest.mark.parametrize("answer", [float("nan"), float("inf"), -0.1, "1", None, np.ones(2)])
def test_a_price_that_is_none_stops_the_run(answer):
    first, *others = duopoly().providers
    rule = Answers.model_construct(answer=answer)
    spec = duopoly().model_copy(
        update={"providers": (first.model_copy(update={"pricing": rule}), *others)}
    )
    place = f"providers.{first.name}.pricing: the rule answered {answer!r} for its price"
    with pytest.raises(RunError, match=re.escape(place)):
        market.run(spec)


@pytest.mark.parametrize(
    "answer", [-FEES, FEES * np.nan, FEES[:-1], np.ones(2), "free", None, np.nan]
)
def test_fees_that_are_none_stop_the_run(answer):
    (group,) = duopoly().arbitrageurs
    rule = Answers.model_construct(answer=answer)
    spec = duopoly().model_copy(
        update={"arbitrageurs": (group.model_copy(update={"pricing": rule}),)}
    )
    place = rf"arbitrageurs\.{group.name}\.pricing: the rule answered .* for its fees"
    with pytest.raises(RunError, match=place):
        market.run(spec)


def test_a_fee_for_each_point_of_the_menu_is_an_answer():
    (group,) = duopoly().arbitrageurs
    rule = Answers.model_construct(answer=FEES)
    spec = duopoly().model_copy(
        update={"arbitrageurs": (group.model_copy(update={"pricing": rule}),)}
    )
    assert (market.run(spec).market["queries_sent"] > 0).all()
