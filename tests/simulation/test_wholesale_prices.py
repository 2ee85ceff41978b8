"""What each seller pays per list dollar: two providers of a model each, two students."""

import numpy as np
import pytest

import market
from market.scenario.policy import Levers
from market.simulation.model import MarketModel
from market.simulation.wholesale_prices import wholesale_prices

CLOSED = np.inf
PRICE = (1.0, 0.8, CLOSED, CLOSED)  # of A's model and B's; no consumer buys a student
DIRECT = [list(PRICE)] * 2  # what the two providers themselves go by


def wholesale(owned=(False, False), resale=(CLOSED, CLOSED), **levers) -> list[list[float]]:
    return wholesale_prices(
        np.array(PRICE),
        np.array([0, 1, -1, -1]),
        np.array([-1, -1, 0, 1]),
        ["A", "B"],
        Levers(**levers),
        np.array(owned),
        np.array(resale),
    ).tolist()


def test_without_levers_arbitrageurs_pay_what_consumers_pay():
    assert wholesale() == DIRECT + [[1.0, 0.8, CLOSED, CLOSED]] * 2


def test_a_resale_markup_is_on_top_for_arbitrageurs_alone():
    found = wholesale(resale_markup=0.25)
    assert found[:2] == DIRECT
    np.testing.assert_allclose(found[2:], [[1.25, 1.0, CLOSED, CLOSED]] * 2)


def test_a_gated_provider_is_closed_to_arbitrageurs_alone():
    assert wholesale(gated=("B",)) == DIRECT + [[1.0, CLOSED, CLOSED, CLOSED]] * 2


def test_an_arbitrageur_runs_its_own_student_at_cost():
    found = wholesale(owned=(True, False))
    assert found == [*DIRECT, [1.0, 0.8, 1.0, CLOSED], [1.0, 0.8, CLOSED, CLOSED]]


def test_the_student_of_another_has_the_price_that_its_owner_asks():
    found = wholesale(owned=(True, True), resale=(1.5, CLOSED))
    assert found == [*DIRECT, [1.0, 0.8, 1.0, CLOSED], [1.0, 0.8, 1.5, 1.0]]


def test_a_student_that_is_not_distilled_yet_is_not_for_sale():
    assert wholesale(resale=(1.5, 1.5)) == DIRECT + [[1.0, 0.8, CLOSED, CLOSED]] * 2


def test_a_resale_markup_is_not_on_students():
    found = wholesale(owned=(True, True), resale=(1.5, 1.5), resale_markup=0.25)
    assert found[2][2:] == [1.0, 1.5]


def test_a_ban_takes_students_from_everybody():
    found = wholesale(owned=(True, True), resale=(1.5, 1.5), distillation_ban=True)
    assert found == DIRECT + [[1.0, 0.8, CLOSED, CLOSED]] * 2


@pytest.mark.parametrize("levers", [{}, {"gated": ("A", "B")}, {"resale_markup": 1.0}])
def test_consumers_prices_are_no_business_of_resale(levers):
    assert wholesale(owned=(True, True), **levers)[:2] == DIRECT


def test_wholesale_prices_and_prices_at_tiers_are_made_again_only_when_one_has_moved():
    model = MarketModel(market.load("duopoly", set={"ticks": 2, "consumers.teams.size": 20}))
    model.step()
    before, at_tiers = model.wholesale, model.posted.at_tiers()
    model.apply_interventions()  # providers post what they did
    assert model.wholesale is before
    assert model.posted.at_tiers() is at_tiers
    provider = next(iter(model.providers))
    provider.multiplier = 2.0
    model.apply_interventions()
    own = provider.listings
    assert (model.wholesale.listing[0, own] == 2).all()
    assert (before.listing[0, own] == 1).all()
    sold = np.isfinite(at_tiers[0, provider.index])
    np.testing.assert_allclose(
        model.posted.at_tiers()[0, provider.index, sold], 2 * at_tiers[0, provider.index, sold]
    )
