"""Expected demand: the logit's closed forms, and what buyers with tastes really choose."""

import numpy as np
import pytest
from buyer_groups import (
    MENUS,
    PRICE,
    QUALITY,
    buyers_of,
    drawn_tastes,
    expected_sales,
    grouped,
    needs_of,
)

from market.strategies.choice import OUTSIDE_OPTION, choose
from market.strategies.demand import FixedQuality, Needs, ValueDemand
from market.strategies.distributions import Constant, Lognormal, Uniform
from market.strategies.menu import Menus

WORTH, SIGMA = 0.02, 0.004
ALIKE = FixedQuality(quality=Constant(value=0.3), budget=Constant(value=WORTH))
RULES = [
    FixedQuality(quality=Uniform(low=0.3, high=0.7), budget=Lognormal(median=0.03, sigma=0.6)),
    ValueDemand(value=Lognormal(median=0.15, sigma=0.8)),
]
NEST = (False, True, True)


def own_scale(rule, needs, sensitivity=6.0):
    return rule.basket(needs, MENUS).stake / sensitivity


def simulated_shares(buyers, taste):
    choice = choose(buyers, MENUS, taste)
    return np.array([np.mean(choice.offer == o) for o in range(3)])


def assert_within_noise(shares, expected, size):
    assert (np.abs(shares - expected) <= 4 * np.sqrt(expected * (1 - expected) / size)).all()


@pytest.mark.parametrize("nested", [(False, False, False), NEST], ids=["apart", "nest"])
@pytest.mark.parametrize("switching", [0.0, 0.002])
@pytest.mark.parametrize("rule", RULES, ids=lambda r: type(r).__name__)
def test_expected_sales_are_what_buyers_with_tastes_choose(rule, switching, nested):
    size = 150_000
    needs = needs_of(rule, size)
    rng = np.random.default_rng(5)
    consideration = [None, rng.random(size) < 0.5, rng.random(size) < 0.8]
    taste = drawn_tastes(size, nested, 0.3)
    buyers = buyers_of(
        rule,
        needs,
        scale=own_scale(rule, needs),
        switching=switching,
        incumbent=rng.integers(-1, 3, size),
        consideration=consideration,
    )
    counted = size * simulated_shares(buyers, taste)
    groups = grouped(buyers, nested=nested, dissimilarity=0.3, taste=taste)
    # groups are of buyers who are nearly alike; those who might switch are taken one by one
    np.testing.assert_allclose(expected_sales(groups), counted, rtol=1e-9 if switching else 0.02)


def test_like_buyers_are_one_group():
    groups = grouped(buyers_of(ALIKE, needs_of(ALIKE, 1000), scale=SIGMA), rate=2.0)
    assert groups.count.tolist() == [1000]
    assert groups.queries.tolist() == [2000]


def test_buyers_who_know_other_sellers_are_other_groups():
    known = [None, np.arange(1000) % 2 == 0, np.arange(1000) % 4 == 0]
    groups = grouped(buyers_of(ALIKE, needs_of(ALIKE, 1000), consideration=known))
    assert sorted(groups.count.tolist()) == [250, 250, 500]


def test_the_chances_are_the_logit_s():
    sold = expected_sales(grouped(buyers_of(ALIKE, needs_of(ALIKE, 1), scale=SIGMA)))
    weight = np.exp((WORTH - PRICE[:, 0]) / SIGMA)
    np.testing.assert_allclose(sold, weight / (1 + weight.sum()))


@pytest.mark.parametrize("dissimilarity", [1.0, 0.5, 0.1, 1e-3])
def test_the_chances_in_a_nest_are_the_nested_logit_s(dissimilarity):
    buyers = buyers_of(ALIKE, needs_of(ALIKE, 1), scale=SIGMA)
    sold = expected_sales(grouped(buyers, nested=NEST, dissimilarity=dissimilarity))
    utility = (WORTH - PRICE[:, 0]) / SIGMA
    log_sum = np.logaddexp(*(utility[1:] / dissimilarity))  # ln E
    nest = np.exp(dissimilarity * log_sum)
    within = np.exp(utility[1:] / dissimilarity - log_sum)
    total = 1 + np.exp(utility[0]) + nest
    # what next to nobody takes counts as taken by nobody
    expected = [np.exp(utility[0]) / total, *(nest * within / total)]
    np.testing.assert_allclose(sold, expected, atol=1e-9)


def test_at_correlation_one_the_best_of_a_nest_has_all_of_it():
    buyers = buyers_of(ALIKE, needs_of(ALIKE, 1), scale=SIGMA)
    sold = expected_sales(grouped(buyers, nested=NEST, dissimilarity=0.0))
    weight = np.exp((WORTH - PRICE[:, 0]) / SIGMA)
    total = 1 + weight[0] + weight[2]
    np.testing.assert_allclose(sold, [weight[0] / total, 0.0, weight[2] / total])


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9, 1.0])
def test_shares_in_a_nest_are_those_of_buyers_with_tastes(correlation):
    size = 400_000
    buyers = buyers_of(ALIKE, needs_of(ALIKE, size), scale=SIGMA)
    shares = simulated_shares(buyers, drawn_tastes(size, NEST, 1 - correlation))
    groups = grouped(buyers, nested=NEST, dissimilarity=1 - correlation)
    assert_within_noise(shares, expected_sales(groups) / size, size)


def shares_among(clones, correlation):
    """Of a seller, of clones of it in a nest, and of not buying."""
    offers = 1 + clones
    buyers = buyers_of(ALIKE, needs_of(ALIKE, 1), scale=SIGMA, offers=offers)
    groups = grouped(buyers, nested=[False] + [True] * clones, dissimilarity=1 - correlation)
    sold = expected_sales(
        groups, Menus(np.tile(QUALITY, (offers, 1)), np.tile(PRICE[0], (offers, 1)))
    )
    return np.array([sold[0], sold[1:].sum(), 1 - sold.sum()])


def test_at_correlation_one_a_clone_takes_nothing_from_those_outside_the_nest():
    one = shares_among(1, 1.0)
    for clones in (2, 6):
        np.testing.assert_allclose(shares_among(clones, 1.0), one)


def test_clones_take_the_more_from_others_the_less_alike_they_are():
    taken = [shares_among(6, correlation)[1] for correlation in (1.0, 0.9, 0.5, 0.0)]
    assert (np.diff(taken) > 0.01).all()


def test_clones_of_a_nest_count_as_their_number_to_the_power_of_the_dissimilarity():
    for dissimilarity in (0.1, 0.5):
        first, clones, _ = shares_among(6, 1 - dissimilarity)
        assert clones / first == pytest.approx(6**dissimilarity)


def test_without_tastes_all_of_a_group_takes_the_best():
    sold = expected_sales(grouped(buyers_of(ALIKE, needs_of(ALIKE, 10)), rate=2.0))
    np.testing.assert_array_equal(sold, [0, 0, 20])


def test_without_tastes_offers_that_are_as_good_share_the_buyers():
    tied = Menus(MENUS.quality, PRICE[[2, 1, 2]])
    sold = expected_sales(grouped(buyers_of(ALIKE, needs_of(ALIKE, 10))), tied)
    np.testing.assert_array_equal(sold, [5, 0, 5])


def test_a_chance_at_several_prices_is_that_at_each():
    groups = grouped(buyers_of(RULES[0], needs_of(RULES[0], 3000), scale=0.004))
    lists = np.stack([PRICE[1], 1.1 * PRICE[1]])
    gains = {o: groups.buyers.purchase(o, QUALITY, PRICE[o]).gain for o in (0, 2)}
    both = groups.chances({**gains, 1: groups.buyers.purchase(1, QUALITY, lists).gain})
    for k, prices in enumerate(lists):
        one = groups.chances({**gains, 1: groups.buyers.purchase(1, QUALITY, prices).gain})
        np.testing.assert_allclose(both[1][k], one[1])
        np.testing.assert_allclose(both[0][k], one[0])


def test_nobody_sells_what_nobody_offers():
    nothing = Menus(MENUS.quality, np.full(PRICE.shape, np.inf))
    for nested in ((False,) * 3, NEST):
        groups = grouped(buyers_of(ALIKE, needs_of(ALIKE, 100), scale=SIGMA), nested=nested)
        np.testing.assert_array_equal(expected_sales(groups, nothing), 0.0)


def test_worthless_queries_are_not_sent():
    buyers = buyers_of(ALIKE, Needs(np.full(5, 0.3), np.zeros(5)))
    assert (choose(buyers, MENUS, None).offer == OUTSIDE_OPTION).all()
    assert expected_sales(grouped(buyers)).sum() == 0


@pytest.mark.parametrize("incumbent", [OUTSIDE_OPTION, 0, 1, 2])
def test_leaving_a_seller_counts_as_a_price(incumbent):
    size, extra = 100_000, 0.002
    buyers = buyers_of(
        ALIKE,
        needs_of(ALIKE, size),
        scale=SIGMA,
        switching=extra,
        incumbent=np.full(size, incumbent),
    )
    taste = drawn_tastes(size, (False,) * 3, 1.0)
    # incumbents are given, so tastes are still Gumbel: a price that means leaving weighs as more
    leaves = (np.arange(3) != incumbent) & (incumbent != OUTSIDE_OPTION)
    weight = np.exp((WORTH - PRICE[:, 0] - extra * leaves) / SIGMA)
    expected = weight / (1 + weight.sum())
    assert_within_noise(simulated_shares(buyers, taste), expected, size)
    assert_within_noise(expected_sales(grouped(buyers, taste=taste)) / size, expected, size)


def test_buyers_whose_tastes_led_to_their_incumbent_are_expected_one_by_one():
    # of Gumbel tastes that were drawn anew too many would leave
    size, extra = 50_000, 0.004
    taste = drawn_tastes(size, (False,) * 3, 1.0)
    needs = needs_of(ALIKE, size)
    first = choose(buyers_of(ALIKE, needs, scale=SIGMA), MENUS, taste).offer
    held = buyers_of(ALIKE, needs, scale=SIGMA, switching=extra, incumbent=first)
    expected = expected_sales(grouped(held, taste=taste))
    np.testing.assert_allclose(expected, size * simulated_shares(held, taste))
    anew = expected_sales(grouped(held))
    assert abs(anew - expected).max() > 0.01 * size


def test_what_all_buyers_of_a_group_have_in_common_is_kept_to_the_last_digit():
    for size in (7, 30, 40):
        (worth,) = grouped(buyers_of(ALIKE, needs_of(ALIKE, size))).buyers.needs.worth.tolist()
        assert worth == WORTH
