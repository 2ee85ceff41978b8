"""Surplus follows choice: what buyers choose by is what they are said to gain."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from buyer_groups import buyers_of, drawn_tastes
from hypothesis import given
from hypothesis import strategies as st

from market.foundation.arrays import FloatArray
from market.strategies.choice import OUTSIDE_OPTION, Buyers, choose
from market.strategies.demand import DemandRule, FixedQuality, ValueDemand
from market.strategies.distributions import Lognormal, Uniform
from market.strategies.menu import Menus, price_at

BUYERS, POINTS = 40, 6
RULES: tuple[DemandRule, ...] = (
    FixedQuality(quality=Uniform(low=0.1, high=0.9), budget=Lognormal(median=0.6, sigma=1.0)),
    ValueDemand(value=Lognormal(median=1.5, sigma=1.0)),
)


@dataclass(frozen=True)
class Case:
    """A small market: buyers with tastes and incumbents, and what is offered to them."""

    buyers: Buyers
    menus: Menus
    taste: list[FloatArray]

    def surplus(self, menus: Menus | None = None) -> FloatArray:
        return choose(self.buyers, menus or self.menus, self.taste).surplus

    def dearer(self, offer: int, by: FloatArray) -> Menus:
        price = self.menus.price.copy()
        price[offer] *= 1 + by
        return Menus(self.menus.quality, price)

    def without(self, offer: int) -> Menus:
        price = self.menus.price.copy()
        price[offer] = np.inf
        return Menus(self.menus.quality, price)


@st.composite
def markets(draw):
    offers = draw(st.integers(1, 4))
    seed = draw(st.integers(0, 2**32 - 1))
    rule = draw(st.sampled_from(RULES))
    sensitivity = draw(st.sampled_from([0.3, 3.0, 30.0, np.inf]))
    switching = draw(st.sampled_from([0.0, 0.1, 1.0]))
    dissimilarity = draw(st.sampled_from([0.0, 0.1, 0.5, 1.0]))
    nested = draw(st.lists(st.booleans(), min_size=offers, max_size=offers))
    rng = np.random.default_rng(seed)
    quality = np.sort(rng.uniform(0.05, 0.95, (offers, POINTS)), axis=1)
    price = np.sort(rng.lognormal(-1.0, 1.0, (offers, POINTS)), axis=1)
    price[np.arange(POINTS) >= rng.integers(1, POINTS + 1, offers)[:, None]] = np.inf
    menus = Menus(quality, price)
    needs = rule.needs(BUYERS, rng, rng)
    basket = rule.basket(needs, menus)
    buyers = buyers_of(
        rule,
        needs,
        scale=basket.stake / sensitivity,
        switching=switching * np.where(np.isfinite(basket.price), basket.price, basket.stake),
        incumbent=rng.integers(-1, offers, BUYERS),
        consideration=[rng.random(BUYERS) < 0.8 for _ in range(offers)],
        offers=offers,
    )
    return Case(buyers, menus, drawn_tastes(BUYERS, nested, dissimilarity, seed))


@given(markets(), st.integers(0, 3))
def test_a_new_seller_at_unchanged_prices_lowers_nobody_s_surplus(case, which):
    offer = which % len(case.menus.price)
    assert (case.surplus() >= case.surplus(case.without(offer))).all()


@given(markets(), st.integers(0, 3), st.lists(st.floats(0, 5), min_size=POINTS, max_size=POINTS))
def test_a_rise_of_prices_raises_nobody_s_surplus(case, which, rises):
    offer = which % len(case.menus.price)
    # fees that rise with quality still do so
    dearer = case.dearer(offer, np.sort(rises))
    if isinstance(case.buyers.rule, ValueDemand):
        # of prices that rise unevenly the cheapest solution may be a lower quality than before
        dearer = case.dearer(offer, np.full(POINTS, max(rises)))
    assert (case.surplus(dearer) <= case.surplus()).all()


@given(markets())
def test_surplus_is_the_utility_of_the_choice_less_that_of_not_buying(case):
    buyers, menus = case.buyers, case.menus
    choice = choose(buyers, menus, case.taste)
    for j in range(BUYERS):
        offer = int(choice.offer[j])
        if offer == OUTSIDE_OPTION:
            assert choice.surplus[j] == 0.0
            continue
        if isinstance(buyers.rule, FixedQuality):
            wanted = buyers.needs.quality[[j]]
            gain = buyers.needs.worth[j] - price_at(
                menus.quality[offer], menus.price[offer], wanted
            )
        else:
            at = choice.at[[j]]
            gain = buyers.needs.worth[j] * menus.quality[offer, at] - menus.price[offer, at]
        left = buyers.incumbent[j] not in (OUTSIDE_OPTION, offer)
        gain -= buyers.switching[j] * left
        liked = buyers.scale[j] * (case.taste[offer][j] - case.taste[-1][j])
        assert choice.surplus[j] == pytest.approx(gain[0] + liked, rel=1e-9, abs=1e-9)


@given(markets())
def test_nobody_loses_by_buying(case):
    assert (case.surplus() >= 0).all()


@given(markets())
def test_a_choice_is_the_best_there_is(case):
    buyers, taste = case.buyers, case.taste
    everything = [
        buyers.purchase(o, case.menus.quality[o], case.menus.price[o]).gain
        + buyers.scale * (taste[o] - taste[-1])
        for o in range(len(case.menus.price))
    ]
    best = np.maximum(np.max(everything, axis=0), 0.0)
    np.testing.assert_allclose(case.surplus(), best, rtol=1e-9, atol=1e-9)


@given(markets(), st.integers(-20, 20))
def test_surplus_in_other_money_is_the_same(case, power):
    factor = 2.0**power
    buyers = replace(
        case.buyers,
        needs=replace(case.buyers.needs, worth=factor * case.buyers.needs.worth),
        scale=factor * case.buyers.scale,
        switching=factor * case.buyers.switching,
    )
    other = choose(buyers, Menus(case.menus.quality, factor * case.menus.price), case.taste)
    np.testing.assert_array_equal(other.surplus, factor * case.surplus())


@given(markets(), st.randoms(use_true_random=False))
def test_surplus_does_not_hang_on_the_order_of_sellers(case, random):
    offers = list(range(len(case.menus.price)))
    random.shuffle(offers)
    place = np.argsort(offers)
    buyers = replace(
        case.buyers,
        incumbent=np.append(place, OUTSIDE_OPTION)[case.buyers.incumbent],
        consideration=[case.buyers.consideration[o] for o in offers],
    )
    menus = Menus(case.menus.quality[offers], case.menus.price[offers])
    taste = [case.taste[o] for o in offers] + [case.taste[-1]]
    np.testing.assert_array_equal(choose(buyers, menus, taste).surplus, case.surplus())
