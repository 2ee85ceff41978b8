"""Verifiers that err and cost: what is accepted, what of it is right, and what a margin is left."""

from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest
from conftest import costs_apart, halves, item_response, one_problem, times
from hypothesis import given, settings
from hypothesis import strategies as st

from market.foundation.errors import DataError
from market.frontier.appraisal import RouterKnowledge, appraise
from market.frontier.budget_grid import build_tables
from market.frontier.cascade import Cascade, Stage, evaluate, evaluate_mixture
from market.frontier.checked_curves import checked_curves, counted
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import RevenueShares, market_price
from market.frontier.oracle import solve_oracle
from market.frontier.pass_curves import CurveTables
from market.frontier.query_signal import evaluate_policy, signal_of
from market.frontier.signal_frontier import solve_signal
from market.frontier.verified import attempts_of
from market.frontier.verifier import BLIND, Verifier
from market.population.population import Population
from market.population.problem_types import problem_types

shares = st.sampled_from([0.0, 0.05, 0.3, 0.9])
verifiers = st.builds(
    Verifier,
    false_accept=shares,
    false_reject=st.sampled_from([0.0, 0.2]),
    price=st.sampled_from([0.0, 0.002]),
    wrong_answer_cost=st.sampled_from([0.0, 0.05]),
)
erring = verifiers.filter(lambda verifier: not verifier.flawless)


def accuracy(tables: CurveTables) -> np.ndarray:
    assert tables.accepted is not None
    some = tables.accepted > 0
    return tables.solved[some] / tables.accepted[some]


@pytest.mark.parametrize(("prob", "wanted"), [(0.227, 0.595), (0.569, 0.868)])
def test_accepted_answers_are_right_with_the_same_chance_at_every_budget(prob, wanted):
    tables = build_tables(one_problem([prob], [0.01]), verifier=Verifier(false_accept=0.2))
    np.testing.assert_allclose(accuracy(tables), prob / (prob + 0.2 * (1 - prob)), rtol=1e-12)
    np.testing.assert_allclose(accuracy(tables), wanted, atol=5e-4)


def test_from_counts_what_is_accepted_is_right_more_often_at_the_second_attempt():
    half = np.array([0.5])
    accepted, right, made = counted(
        np.array([1]), np.array([2]), half, np.zeros(1), np.array([[1.0, 2.0, 9.0]])
    )
    np.testing.assert_allclose(right / accepted, [[2 / 3, 3 / 4, 3 / 4]])
    np.testing.assert_allclose(made, [[1.0, 1.25, 1.25]])


@settings(max_examples=40)
@given(st.integers(1, 4), st.data(), shares, shares, st.integers(0, 5))
def test_counted_curves_are_means_over_all_orders_of_the_recorded_attempts(n, data, phi, psi, k):
    s = data.draw(st.integers(0, n))
    chance = {True: (1 - psi), False: phi}  # that a right or a wrong answer is accepted
    wanted = np.zeros(3)
    orders = list(permutations([True] * s + [False] * (n - s)))
    for order in orders:
        going = 1.0
        for right in order[:k]:
            wanted += np.array([going * chance[right], going * chance[right] * right, going])
            going *= 1 - chance[right]
        wanted[2] += going * max(k - n, 0)  # more are made, and none is accepted
    found = counted(
        np.array([s]), np.array([n]), np.array([phi]), np.array([psi]), np.array([[float(k)]])
    )
    np.testing.assert_allclose([of[0, 0] for of in found], wanted / len(orders), atol=1e-12)


@settings(max_examples=60)
@given(
    st.floats(0.01, 1) | st.just(0.0),
    shares,
    shares,
    st.integers(1, 4),
    st.floats(0, 0.9),
    st.sampled_from(["spent", "kept"]),
)
def test_the_curves_sum_over_all_outcomes_and_no_attempt_that_is_cut_off_is_checked(
    p, phi, psi, whole, rest, remainder
):
    verifier = Verifier(phi, psi, price=2.0, wrong_answer_cost=10.0)
    population = one_problem([p], [1.0])
    budget = whole + rest
    a, right = p * (1 - psi) + (1 - p) * phi, p * (1 - psi)
    going, wanted = 1.0, np.zeros(5)
    for _ in range(whole):
        wanted += going * np.array([a, right, 1.0, 2.0, 10 * (a - right)])
        going *= 1 - a
    wanted[2] += going * (rest if remainder == "spent" else 0.0)  # paid, and lost unchecked
    found = checked_curves(
        population, 0, np.array([budget]), "geometric", remainder, verifier.bind(population)
    )
    values = found.accepted, found.solved, found.spend, found.checks, found.harm
    np.testing.assert_allclose([of[0, 0] for of in values], wanted, atol=1e-9)


def test_a_dear_rejected_attempt_that_is_cut_off_is_paid_and_not_checked():
    population = costs_apart(one_problem([0.5], [1.0]), failed=3.0, solved=1.0)
    verifier = Verifier(price=1.0)
    found = checked_curves(
        population, 0, np.array([2.0, 3.0]), "geometric", "spent", verifier.bind(population)
    )
    np.testing.assert_allclose(found.accepted[0], [0.5, 0.5])
    np.testing.assert_allclose(found.spend[0], [0.5 * 1 + 0.5 * 2, 0.5 * 1 + 0.5 * 3])
    np.testing.assert_allclose(found.checks[0], [0.5, 1.0])  # cut off, and at its end


def test_attempts_cost_what_right_and_wrong_ones_do_in_the_mean():
    population = costs_apart(item_response(), failed=2.0, solved=0.5)
    checked = Verifier(0.3, 0.2).bind(population)
    a = checked.accept
    mean = a * checked.accepted_cost + (1 - a) * checked.rejected_cost
    p, cost = population.solve_prob, population.list_cost
    np.testing.assert_allclose(mean, p * 0.5 * cost + (1 - p) * 2 * cost, rtol=1e-12)


def test_a_flawless_verifier_is_none_at_all(ladder):
    other = Verifier(wrong_answer_cost=5.0, models={"small": {"false_accept": 0.0}})
    tables = build_tables(ladder, verifier=other)
    assert tables.checked is None
    np.testing.assert_array_equal(tables.solved, build_tables(ladder).solved)


def test_checks_that_cost_and_never_err_leave_what_is_solved(ladder):
    plain = build_tables(ladder)
    paid = build_tables(ladder, plain.budget, verifier=Verifier(price=0.001))
    np.testing.assert_allclose(paid.solved, plain.solved, atol=1e-12)
    np.testing.assert_allclose(paid.accepted, plain.solved, atol=1e-12)
    np.testing.assert_allclose(paid.spend, plain.spend, rtol=1e-9, atol=1e-15)


def test_without_a_verifier_only_the_first_stage_of_a_cascade_is_ever_reached():
    tables = build_tables(halves(), verifier=BLIND)
    value = evaluate(Cascade((Stage("a", 9.0), Stage("b", 9.0))), tables)
    assert value.solve_rate == pytest.approx(0.5)
    assert value.accepted_rate == pytest.approx(1.0)
    np.testing.assert_allclose(value.list_spend, [0.1, 0.0])
    assert solve_frontier(tables, np.array([0.4])).max_quality == pytest.approx(0.5)


def test_a_cascade_passes_on_what_is_rejected():
    population = one_problem([0.4, 0.7], [1.0, 2.0])
    tables = build_tables(population, verifier=Verifier(0.5, price=3.0, wrong_answer_cost=7.0))
    value = evaluate(Cascade((Stage("m0", 1.0), Stage("m1", 2.0))), tables)
    reach = 1 - (0.4 + 0.6 * 0.5)
    wrong = 0.6 * 0.5 + reach * 0.3 * 0.5
    assert value.solve_rate == pytest.approx(0.4 + reach * 0.7)
    assert value.accepted_rate == pytest.approx(value.solve_rate + wrong)
    np.testing.assert_allclose(value.list_spend, [1.0, 2 * reach])
    assert value.checks == pytest.approx(3 * (1 + reach))
    assert value.harm == pytest.approx(7 * wrong)
    assert value.spend(np.array([1.0, 10.0])) == pytest.approx(1 + 20 * reach + value.checks)


def cost_of(tables: CurveTables, cascade: Cascade, price: np.ndarray) -> tuple[float, float]:
    value = evaluate(cascade, tables)
    return value.solve_rate, value.spend(price) + value.harm


@settings(max_examples=3)
@given(erring, st.sampled_from([(1.0, 1.0, 1.0), (0.7, 1.3, 1.0)]), st.integers(1, 3))
def test_no_single_model_is_cheaper_than_the_frontier_and_policies_keep_their_promise(
    verifier, price, seed
):
    tables = build_tables(item_response(seed=seed, problems=25), verifier=verifier)
    multipliers = np.array(price)
    quality = np.linspace(0.05, float(market_price(tables, np.ones(1)).max_quality.max()), 15)
    market = market_price(tables, quality, multipliers)
    frontier = solve_frontier(tables, quality, multipliers)
    assert (frontier.spend <= market.price * (1 + 1e-9)).all()
    assert frontier.max_quality >= market.max_quality.max() - 1e-9
    for rate, spend, policy in zip(quality, frontier.spend, frontier.policies, strict=True):
        assert policy is not None
        value = evaluate_mixture(policy, tables)
        assert value.solve_rate >= rate - 1e-9
        assert value.spend(multipliers) + value.harm == pytest.approx(spend, rel=1e-9)
    shares = RevenueShares.of(tables, market, frontier, multipliers)
    for parts in (
        shares.without.sum(axis=0) + shares.beside,
        shares.with_arbitrage.sum(axis=0) + shares.beside_with + shares.arbitrageur,
    ):
        np.testing.assert_allclose(parts, 1.0)


@pytest.mark.parametrize(
    "verifier", [Verifier(0.05), Verifier(0.3, 0.2, 0.002, 0.05), Verifier(0.9, price=0.001)]
)
def test_no_cascade_of_two_models_is_cheaper_than_the_frontier(verifier):
    population = item_response(seed=2, problems=6).select(["small", "large"])
    tables = build_tables(population, verifier=verifier, tolerance=0.2)
    price = np.ones(2)
    budgets = [np.unique(row) for row in tables.budget]
    found = []
    for order in permutations(range(2)):
        for pair in product(*(budgets[m] for m in order)):
            stages = zip(order, pair, strict=True)
            cascade = Cascade(tuple(Stage(tables.models[m], b) for m, b in stages if b > 0))
            found.append(cost_of(tables, cascade, price))
    rate, cost = np.array(found).T
    top = solve_frontier(tables, np.array([0.1])).max_quality
    assert top >= rate.max() - 1e-9
    quality = rate[(rate > 0.05) & (rate < 0.999 * top)]
    spend = solve_frontier(tables, quality).spend
    least = np.array([cost[rate >= u - 1e-12].min() for u in quality])
    assert np.mean(spend <= least * (1 + 1e-9)) > 0.95  # it is a search
    assert (spend <= least * 1.1).all()


@settings(max_examples=3)
@given(erring, st.sampled_from([2.0**20, 2.0**-30]))
def test_what_a_dollar_is_worth_changes_nothing(verifier, factor):
    other = replace(
        verifier,
        price=factor * verifier.price,
        wrong_answer_cost=factor * verifier.wrong_answer_cost,
    )
    population = item_response(problems=20)
    one = build_tables(population, verifier=verifier)
    two = build_tables(times(population, factor), verifier=other)
    np.testing.assert_array_equal(one.solved, two.solved)
    quality = np.linspace(0.1, 0.5, 9)
    frontiers = [solve_frontier(tables, quality) for tables in (one, two)]
    np.testing.assert_array_equal(frontiers[0].spend * factor, frontiers[1].spend)


@settings(max_examples=3)
@given(erring, st.permutations([0, 1, 2]))
def test_neither_the_order_of_models_nor_their_names_change_what_a_cascade_costs(verifier, order):
    population = item_response(problems=20)
    names = [population.models[m] for m in order]
    called = ("zeta", "alpha", "mid")
    other = replace(population.select(names), models=called)
    quality = np.linspace(0.1, 0.5, 9)
    one, two = (
        solve_frontier(build_tables(of, verifier=verifier), quality) for of in (population, other)
    )
    np.testing.assert_allclose(two.spend, one.spend, rtol=1e-9)


def test_values_may_be_other_for_a_model_or_a_domain():
    population = replace(item_response(problems=2), domain=("easy", "hard"), types={})
    verifier = Verifier(
        0.1,
        price=1.0,
        wrong_answer_cost=2.0,
        models={"small": {"false_accept": 0.3}},
        domains={"hard": {"false_accept": 0.2, "price": 5.0, "wrong_answer_cost": 9.0}},
    )
    checked = verifier.bind(population)
    np.testing.assert_array_equal(checked.false_accept, [[0.3, 0.1, 0.1], [0.3, 0.2, 0.2]])
    np.testing.assert_array_equal(checked.price[:, 0], [1.0, 5.0])
    np.testing.assert_array_equal(checked.wrong_answer_cost[:, 0], [2.0, 9.0])


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({"false_accept": 1.5}, "verifier.false_accept: 1.5 is not from 0 to 1"),
        ({"price": -1.0}, "verifier.price: -1 is no amount of money"),
        ({"models": {"m": {"false_reject": 2.0}}}, "verifier.models.m.false_reject: 2"),
    ],
)
def test_a_value_out_of_range_is_refused(bad, says):
    with pytest.raises(DataError, match=says):
        Verifier(**bad)


def test_a_domain_that_is_not_there_is_refused(ladder):
    with pytest.raises(DataError, match="no such domain; its problems have no domains"):
        Verifier(domains={"maths": {"false_accept": 0.1}}).bind(ladder)


def test_attempts_stop_being_worth_it_where_wrong_answers_cost_more_than_right_ones_bring():
    # at half of the problems an attempt is right with chance 1/2, at the others never
    population = Population(
        ("m",), np.full(2, 0.5), np.array([[0.5], [0.0]]), np.full((2, 1), 1e-9)
    )
    checked = Verifier(0.2, wrong_answer_cost=1.0).bind(population)
    left, gains = np.array([1.0, 1.0]), []
    accept = np.array([0.6, 0.2])
    for _ in range(20):
        gains.append(left @ (np.array([0.5, 0.0]) - np.array([0.1, 0.2]) - 1e-9))
        left = left * (1 - accept)
    found = attempts_of(population, checked, 0, worth=1.0)
    assert found.worth_making == int(np.flatnonzero(np.array(gains) <= 0)[0])
    assert 0 < found.worth_making < 20
    assert found.accuracy[0] == pytest.approx(0.5 / 0.8)
    assert attempts_of(population, checked, 0, worth=1e9).worth_making is None or (
        attempts_of(population, checked, 0, worth=1e9).worth_making > found.worth_making
    )


@pytest.mark.parametrize("verifier", [Verifier(0.1, price=0.001), BLIND])
def test_routers_that_know_more_are_no_dearer_and_do_what_they_say(ladder, verifier):
    tables = build_tables(ladder, verifier=verifier)
    quality, price = np.linspace(0.1, 0.35, 6), np.ones(3)
    blind = solve_frontier(tables, quality)
    label = problem_types(ladder, 3)
    seen = solve_signal(tables, quality, signal_of(ladder, label, 1.0), price, blind)
    oracle = solve_oracle(tables, quality, price, blind)
    for found in (seen, oracle):
        assert (found.spend <= blind.spend * (1 + 1e-9)).all()
    assert (oracle.spend <= seen.spend * 1.01).all()
    assert (oracle.spend < 0.98 * blind.spend).any()


def test_a_routing_policy_by_type_is_worth_what_its_search_says(ladder):
    from market.frontier.cost_schedule import signal_schedule

    tables = build_tables(ladder, verifier=Verifier(0.2, price=0.001, wrong_answer_cost=0.01))
    quality, price = np.linspace(0.2, 0.6, 5), np.ones(3)
    blind = solve_frontier(tables, quality)
    signal = signal_of(ladder, problem_types(ladder, 3), 0.9)
    schedule = signal_schedule(solve_signal(tables, quality, signal, price, blind), signal, blind)
    for rate, spend, policy in zip(quality, schedule.spend, schedule.policies, strict=True):
        assert policy is not None
        value = evaluate_policy(policy, tables)
        assert value.solve_rate >= rate - 1e-9
        assert value.spend(price) + value.harm == pytest.approx(spend, rel=1e-9)


def test_an_appraisal_says_what_is_accepted_and_how_sure_its_margin_is(ladder):
    found = appraise(ladder, draws=40, verifier=Verifier(0.1, price=0.001))
    assert found.verification is not None
    assert found.resamples is not None
    assert (found.resamples.cost <= found.resamples.market_price * (1 + 1e-9)).all()
    told = found.to_json()
    accepted = np.array(told["verification"]["accepted_rate"])
    wrong = np.array(told["verification"]["wrong_accepted_share"])
    assert (accepted * (1 - wrong) >= found.market.quality - 1e-9).all()
    assert "verification" not in appraise(ladder, draws=0).to_json()


def test_buyers_who_cannot_check_pay_more_for_many_right_answers(ladder):
    checked = Verifier(0.05)
    same = appraise(ladder, quality=(0.1, 0.3, 5), draws=0, verifier=checked)
    blind = appraise(ladder, quality=(0.1, 0.3, 5), draws=0, verifier=checked, buyers=BLIND)
    assert blind.market.price[-1] > 2 * same.market.price[-1]
    np.testing.assert_array_equal(blind.cost, same.cost)
    assert blind.max_quality["single"] < same.max_quality["single"]


@pytest.mark.parametrize("oracle", [False, True])
def test_a_router_is_appraised_under_a_verifier_too(ladder, oracle):
    knowledge = RouterKnowledge(None if oracle else 0.8, types=2, oracle=oracle)
    found = appraise(ladder, draws=0, knowledge=knowledge, verifier=Verifier(0.1), folds=2)
    assert (found.cost <= found.frontier.spend * (1 + 1e-9)).all()
