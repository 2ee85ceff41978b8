"""Choices among arbitrageurs and a router of one's own."""

from dataclasses import replace

import numpy as np
import pytest
from buyer_groups import MENUS, buyers_of, drawn_tastes, grouped, needs_of

from market.strategies.choice import choose
from market.strategies.demand import FixedQuality
from market.strategies.distributions import RelativeLognormal, Uniform, draw_relative
from market.strategies.expected_demand import group_buyers
from market.strategies.menu import Menus
from market.strategies.own_routing import OwnRouting

RULE = FixedQuality(quality=Uniform(low=0.3, high=0.7), budget=Uniform(low=0.02, high=0.06))
SIZE, SCALE, BASKET = 4_000, 0.003, 0.03
RESOLD, OWN = (1, 2), 3  # offer 0 is a provider's
COST = MENUS.price[2] * 0.9
WITH_OWN = Menus(np.vstack([MENUS.quality, MENUS.quality[:1]]), np.vstack([MENUS.price, COST]))


def market_of(fixed_cost: float, volume: np.ndarray, **more):
    """Buyers who know two arbitrageurs and may route for themselves."""
    routing = OwnRouting.of(OWN, fixed_cost, volume, RESOLD, BASKET * np.ones(len(volume)))
    buyers = buyers_of(RULE, needs_of(RULE, len(volume)), scale=SCALE, offers=4, **more)
    return replace(buyers, own_routing=routing)


def tastes_of(dissimilarity: float, seed: int = 3) -> list[np.ndarray]:
    drawn = drawn_tastes(SIZE, (False, True, True), dissimilarity, seed)
    return [*drawn[:3], np.maximum(drawn[1], drawn[2]), drawn[3]]  # who knows both


def volumes(sigma: float = 1.5) -> np.ndarray:
    return draw_relative(RelativeLognormal(sigma=sigma), np.random.default_rng(5), SIZE)


def expected(buyers, volume, dissimilarity, menus=WITH_OWN):
    groups = group_buyers(
        buyers,
        rate=1.0,
        mix=0,
        nest=np.array([-1, 0, 0, 0]),
        dissimilarity=dissimilarity,
        taste=None,
        relative=volume,
    )
    offers = range(len(menus.price))
    gains = {o: groups.buyers.purchase(o, menus.quality[o], menus.price[o]).gain for o in offers}
    found = groups.chances(gains)
    return np.array([(groups.queries * found[o]).sum() for o in offers]) / SIZE


def test_relative_volumes_have_the_mean_one_on_any_scale():
    one, other = (
        draw_relative(RelativeLognormal(sigma=1.5, median=m), np.random.default_rng(1), 1000)
        for m in (1.0, 1e9)
    )
    assert one.mean() == pytest.approx(1.0, rel=1e-12)
    np.testing.assert_allclose(other, one, rtol=1e-9)


def test_a_buyer_pays_its_part_of_the_fixed_cost_per_query():
    routing = OwnRouting.of(0, 6.0, np.array([1.0, 3.0, 0.0]), (), np.ones(3))
    np.testing.assert_array_equal(routing.cost, [6.0, 2.0, np.inf])
    np.testing.assert_array_equal(
        OwnRouting.of(0, 0.0, np.array([1.0, 0.0]), (), np.ones(2)).cost, 0.0
    )


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9, 1.0])
def test_nobody_stays_where_the_fee_over_cost_is_above_the_fixed_cost_per_query(correlation):
    volume = volumes()
    buyers = market_of(0.002, volume)
    choice = choose(buyers, WITH_OWN, tastes_of(1 - correlation))
    needs = buyers.needs.quality
    own = WITH_OWN.price_at(OWN, needs)
    for s in RESOLD:
        stays = choice.offer == s
        assert stays.any()
        over_cost = WITH_OWN.price_at(s, needs) - own
        assert (over_cost[stays] <= buyers.own_routing.cost[stays]).all()


def test_with_one_taste_for_both_exactly_these_stay():
    volume, tastes = volumes(), tastes_of(0.0)
    buyers = market_of(0.002, volume, consideration=(None, None, np.zeros(SIZE, bool), None))
    without = choose(replace(buyers, own_routing=None), MENUS, [*tastes[:3], tastes[-1]])
    choice = choose(buyers, WITH_OWN, tastes)
    fee, own = (WITH_OWN.price_at(s, buyers.needs.quality) for s in (1, OWN))
    dear = fee - own > buyers.own_routing.cost
    resold = without.offer == 1
    assert (dear & resold).any()
    np.testing.assert_array_equal(choice.offer[resold] == 1, ~dear[resold])


@pytest.mark.parametrize("dissimilarity", [1.0, 0.5, 0.1, 0.0])
def test_expected_choices_are_those_of_drawn_tastes(dissimilarity):
    volume = volumes()
    buyers = market_of(0.002, volume)
    found = expected(buyers, volume, dissimilarity)
    sold = np.zeros(4)
    for seed in range(12):
        choice = choose(buyers, WITH_OWN, tastes_of(dissimilarity, seed))
        sold += np.bincount(choice.offer + 1, volume, 5)[1:] / SIZE / 12
    np.testing.assert_allclose(found, sold, atol=0.012)


def test_where_a_router_costs_what_the_arbitrageur_asks_all_stay():
    """It is no new variety: nobody comes for it either."""
    menus = Menus(WITH_OWN.quality, np.vstack([MENUS.price, MENUS.price[2]]))
    known = (None, np.zeros(SIZE, bool), None, None)
    buyers = market_of(0.0, np.ones(SIZE), consideration=known)
    plain, tastes = replace(buyers, own_routing=None), tastes_of(0.5)
    tastes[OWN] = tastes[2]
    last_first = [np.full(SIZE, -float(offer)) for offer in range(4)]
    choice = choose(buyers, menus, tastes, lambda offer: last_first[offer])
    without = choose(plain, MENUS, [*tastes[:3], tastes[4]])
    np.testing.assert_array_equal(choice.offer, without.offer)
    sold = expected(buyers, np.ones(SIZE), 0.5, menus)
    np.testing.assert_allclose(sold, [*expected(plain, np.ones(SIZE), 0.5, MENUS), 0], atol=1e-12)


def test_one_s_own_router_without_an_arbitrageur_is_an_offer_like_others():
    volume = np.ones(SIZE)
    buyers = market_of(0.0, volume)
    buyers = replace(buyers, own_routing=replace(buyers.own_routing, arbitrageurs=()))
    groups = grouped(buyers, nested=(False, False, False, False))
    gains = {
        o: groups.buyers.purchase(o, WITH_OWN.quality[o], WITH_OWN.price[o]).gain for o in (0, 3)
    }
    found = groups.chances(gains)
    weights = {o: np.exp(gain / SCALE) for o, gain in gains.items()}
    total = 1 + sum(weights.values())
    for o, weight in weights.items():
        np.testing.assert_allclose(found[o], weight / total, rtol=1e-9, atol=1e-9)
