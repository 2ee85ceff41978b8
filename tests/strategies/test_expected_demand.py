import numpy as np
import pytest

from market.strategies.choice import OUTSIDE_OPTION, Valuation, choose
from market.strategies.demand import FixedQuality, Needs, ValueDemand
from market.strategies.distributions import Constant, Lognormal, Uniform
from market.strategies.expected_demand import group_buyers

QUALITY = np.linspace(0.3, 0.7, 5)
MENUS = np.array(
    [
        [0.010, 0.015, 0.022, 0.040, 0.090],
        [0.012, 0.014, 0.020, 0.045, np.inf],
        [0.008, 0.013, 0.021, 0.038, 0.080],
    ]
)
RULES = [
    FixedQuality(quality=Uniform(low=0.3, high=0.7), budget=Lognormal(median=0.03, sigma=0.6)),
    ValueDemand(value=Lognormal(median=0.15, sigma=0.8)),
]


def dealt(rule, size):
    return rule.needs(QUALITY, size, np.random.default_rng(1), np.random.default_rng(2))


def valuation(rule, needs, incumbent=None, switching_cost=0.0, beta=6.0):
    nobody = np.full(len(needs.worth), OUTSIDE_OPTION)
    return Valuation(rule, needs, nobody if incumbent is None else incumbent, beta, switching_cost)


def buyer_groups(
    rule, needs, consideration, incumbent=None, tastes=True, switching_cost=0.0, beta=6.0
):
    value = valuation(rule, needs, incumbent, switching_cost, beta)
    return group_buyers(value, consideration, rate=2.0, mix=0, tastes=tastes)


@pytest.mark.parametrize("switching_cost", [0.0, 0.2])
@pytest.mark.parametrize("rule", RULES, ids=lambda r: type(r).__name__)
def test_expected_sales_are_what_buyers_with_tastes_choose(rule, switching_cost):
    size = 150_000
    needs = dealt(rule, size)
    rng = np.random.default_rng(3)
    consideration = [None, rng.random(size) < 0.5, rng.random(size) < 0.8]
    incumbent = rng.integers(-1, 3, size)
    taste = [rng.gumbel(size=size) for _ in range(4)]
    value = valuation(rule, needs, incumbent, switching_cost)
    choice = choose(value, MENUS, QUALITY, consideration, taste)
    bought = choice.seller != OUTSIDE_OPTION
    counted = np.zeros(MENUS.shape)
    np.add.at(counted, (choice.seller[bought], choice.tier[bought]), 2.0)
    expected = buyer_groups(
        rule, needs, consideration, incumbent, switching_cost=switching_cost
    ).sales(MENUS, QUALITY)
    assert expected.sum() == pytest.approx(counted.sum(), rel=0.01)
    np.testing.assert_allclose(expected.sum(axis=1), counted.sum(axis=1), rtol=0.02)
    if isinstance(rule, FixedQuality):
        np.testing.assert_allclose(expected, counted, atol=0.01 * counted.sum())


def test_like_buyers_are_one_group():
    rule = FixedQuality(quality=Constant(value=0.4), budget=Constant(value=0.05))
    grouped = buyer_groups(rule, dealt(rule, 1000), [None] * 3)
    assert len(grouped.queries) == 1
    assert grouped.queries[0] == 2000


def test_the_chances_are_the_logit_s():
    rule = FixedQuality(quality=Constant(value=0.3), budget=Constant(value=0.011))
    sold = buyer_groups(rule, dealt(rule, 1), [None] * 3).sales(MENUS, QUALITY)[:, 0]
    weight = np.append(MENUS[:, 0], 0.011) ** -6.0
    np.testing.assert_allclose(sold, 2 * weight[:3] / weight.sum())


def test_a_seller_s_own_sales_agree_with_everybody_s():
    for rule in RULES:
        grouped = buyer_groups(rule, dealt(rule, 3000), [None] * 3)
        dearer = 1.1 * MENUS[1]
        moved = MENUS.copy()
        moved[1] = dearer
        own = grouped.own_sales(MENUS, 1, np.stack([MENUS[1], dearer]), QUALITY)
        np.testing.assert_allclose(own[0], grouped.sales(MENUS, QUALITY)[1])
        np.testing.assert_allclose(own[1], grouped.sales(moved, QUALITY)[1])


def test_without_tastes_all_of_a_group_takes_the_best():
    rule = FixedQuality(quality=Constant(value=0.3), budget=Constant(value=0.05))
    grouped = buyer_groups(rule, dealt(rule, 10), [None] * 3, tastes=False)
    np.testing.assert_array_equal(grouped.sales(MENUS, QUALITY)[:, 0], [0, 0, 20])
    own = grouped.own_sales(MENUS, 0, np.array([MENUS[0], 0.5 * MENUS[0]]), QUALITY)
    assert own[:, 0].tolist() == [0, 20]


def test_nobody_sells_what_nobody_offers():
    rule = RULES[0]
    grouped = buyer_groups(rule, dealt(rule, 100), [None] * 3)
    assert (grouped.sales(np.full(MENUS.shape, np.inf), QUALITY) == 0).all()


def test_worthless_queries_are_not_sent():
    rule = FixedQuality(quality=Constant(value=0.3), budget=Constant(value=0.0))
    needs = Needs(np.zeros(5, dtype=np.int64), np.zeros(5))
    choice = choose(valuation(rule, needs), MENUS, QUALITY, [None] * 3, None)
    assert (choice.seller == OUTSIDE_OPTION).all()
    assert buyer_groups(rule, needs, [None] * 3).sales(MENUS, QUALITY).sum() < 1e-12


@pytest.mark.parametrize("incumbent", [OUTSIDE_OPTION, 0, 1, 2])
def test_buyers_with_a_seller_to_leave_choose_as_expected(incumbent):
    rule = FixedQuality(quality=Constant(value=0.3), budget=Constant(value=0.011))
    size, beta, extra = 100_000, 6.0, 0.2
    needs = dealt(rule, size)
    last = np.full(size, incumbent)
    rng = np.random.default_rng(4)
    taste = [rng.gumbel(size=size) for _ in range(4)]
    choice = choose(valuation(rule, needs, last, extra, beta), MENUS, QUALITY, [None] * 3, taste)
    chosen = np.array([(choice.seller == s).mean() for s in range(3)])
    grouped = buyer_groups(rule, needs, [None] * 3, last, switching_cost=extra, beta=beta)
    expected = grouped.sales(MENUS, QUALITY)[:, 0] / (2 * size)  # two queries per buyer
    # by hand: a price that means leaving weighs as if it were a fifth higher
    leaves = (np.arange(3) != incumbent) & (incumbent != OUTSIDE_OPTION)
    weight = np.append(MENUS[:, 0] * np.where(leaves, 1 + extra, 1.0), 0.011) ** -beta
    np.testing.assert_allclose(expected, weight[:3] / weight.sum())
    assert (np.abs(chosen - expected) < 4 * np.sqrt(expected * (1 - expected) / size)).all()
