from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import costs_apart, item_response, one_problem
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logit, logsumexp
from scipy.stats import norm

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError
from market.frontier.attempt_costs import AttemptCosts
from market.frontier.budget_grid import build_tables
from market.frontier.market_price import distillation_margin
from market.frontier.pass_curves import geometric_curves
from market.paper import distillation
from market.paper.figures import STUDENTS, TEACHER
from market.paper.paper_curves import PaperMarket, budget_grid, pass_curves
from market.paper.published import PUBLISHED
from market.population.packs import read_pack
from market.population.population import Population
from market.population.records import read_records
from market.population.students import StudentLaw, with_student

TOKENS = np.array([70e6, 200e6, 600e6, 1.8e9, 5.4e9])
SAME = StudentLaw(offset=0, offset_growth=0, slope=1, slope_growth=0, noise=0, resolution=0)
PROB = np.array([0.0, 0.001, 0.3, 0.7, 1.0])
NONE = np.zeros(5)


def draws(population: Population, count: int) -> FloatArray:
    return np.random.default_rng(1).standard_normal((count, population.size))


# closed forms: the law


def test_with_no_gap_and_no_noise_the_student_is_the_clipped_teacher():
    found = SAME.solve_prob(PROB, 1e9, NONE, attempts=20)
    np.testing.assert_allclose(found, [0.025, 0.025, 0.3, 0.7, 0.975])


def test_each_problem_is_clipped_by_half_a_success_of_its_own_attempts():
    found = SAME.solve_prob(np.zeros(2), 1e9, np.zeros(2), attempts=np.array([10, 50]))
    np.testing.assert_allclose(found, [0.05, 0.01])


def test_a_probability_that_was_not_counted_is_clipped_as_if_from_sixty_attempts():
    np.testing.assert_allclose(SAME.solve_prob(PROB, 1e9, NONE)[[0, -1]], [1 / 120, 119 / 120])


def test_the_law_is_linear_in_logits_and_in_log_tokens():
    law = StudentLaw(-2, 0.5, 0.8, 0.1, 1.5, resolution=0)
    z = np.array([-1.0, 0.0, 2.0])
    prob = np.array([0.2, 0.5, 0.9])
    found = law.solve_prob(prob, 70e6 * np.e**2, z)
    np.testing.assert_allclose(logit(found), -2 + 0.5 * 2 + (0.8 + 0.2) * logit(prob) + 1.5 * z)


def test_what_half_a_success_in_two_hundred_attempts_would_not_show_is_never_solved():
    z = (logit(np.array([0.00249, 0.00251])) - StudentLaw().offset) / StudentLaw().noise
    found = StudentLaw().solve_prob(np.full(2, 0.5), 70e6, z)
    np.testing.assert_allclose(found, [0.0, 0.00251])


def test_cost_share_has_the_recorded_ends_and_is_held_outside_them():
    found = [StudentLaw().cost_share(tokens) for tokens in (1e6, 70e6, 5.4e9, 1e12)]
    assert found == pytest.approx([0.023, 0.023, 0.016, 0.016])


def test_cost_share_half_way_in_log_tokens_is_the_mean_of_the_ends():
    assert StudentLaw().cost_share(np.sqrt(70e6 * 5.4e9)) == pytest.approx(0.0195)


@given(
    st.floats(1e6, 1e12),
    st.floats(1, 100),
    st.lists(st.floats(0, 1), min_size=3, max_size=3),
    st.lists(st.floats(-4, 4), min_size=3, max_size=3),
)
def test_more_tokens_never_make_a_student_worse_or_dearer(tokens, more, prob, z):
    law = StudentLaw()
    less, grown = (law.solve_prob(np.array(prob), t, np.array(z)) for t in (tokens, tokens * more))
    assert (grown >= less).all()
    assert law.cost_share(tokens * more) <= law.cost_share(tokens)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(-4, 4))
def test_a_student_is_no_worse_where_its_teacher_is_better(one, other, z):
    low, high = StudentLaw().solve_prob(np.sort([one, other]), 1e9, np.full(2, z))
    assert high >= low


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"noise": -1.0}, r"law\.noise: -1 is a standard deviation"),
        ({"resolution": 1.0}, r"law\.resolution: 1 is not from 0 to below 1"),
        ({"cheapest": 0.03}, r"law\.cheapest: 0\.03 is not above 0 and up to law\.dearest"),
        ({"cheapest": 0.0}, r"law\.cheapest: 0 is not above 0"),
        ({"slope": np.nan}, r"law\.slope: nan is not finite"),
    ],
)
def test_a_law_that_cannot_be_is_refused(changes, message):
    with pytest.raises(DataError, match=message):
        StudentLaw(**changes)


@pytest.mark.parametrize("tokens", [0.0, -1.0, np.nan, np.inf])
def test_tokens_are_above_zero_and_finite(tokens):
    with pytest.raises(DataError, match="tokens: "):
        StudentLaw().solve_prob(PROB, tokens, NONE)
    with pytest.raises(DataError, match="tokens: "):
        StudentLaw().cost_share(tokens)


@pytest.mark.parametrize("z", [np.zeros(4), np.zeros((5, 1)), np.full(5, np.nan)])
def test_there_is_one_finite_draw_per_problem(z):
    with pytest.raises(DataError, match="one finite draw"):
        StudentLaw().solve_prob(PROB, 1e9, z)


# a population with a student


def test_the_student_is_the_last_model_and_moves_no_other():
    population = item_response()
    found = with_student(population, "large", "pupil", 1e9, np.zeros(60))
    assert found.models == ("small", "middle", "large", "pupil")
    np.testing.assert_array_equal(found.solve_prob[:, :3], population.solve_prob)
    np.testing.assert_array_equal(found.list_cost[:, :3], population.list_cost)


def test_the_student_costs_its_share_of_the_teacher_at_each_problem():
    population = item_response()
    found = with_student(population, "large", "pupil", 70e6, np.zeros(60))
    np.testing.assert_allclose(found.list_cost[:, 3], 0.023 * population.list_cost[:, 2])


def test_the_student_s_failed_and_successful_attempts_cost_its_share_of_the_teacher_s():
    population = costs_apart(item_response(), 1.5, 0.5)
    found = with_student(population, "large", "pupil", 70e6, np.zeros(60))
    np.testing.assert_allclose(found.failed_cost[:, 3], 0.023 * population.failed_cost[:, 2])
    np.testing.assert_allclose(found.solved_cost[:, 3], 0.023 * population.solved_cost[:, 2])


def test_counts_are_dropped_but_say_what_the_teacher_is_clipped_by():
    ones = np.ones((1, 1))
    counted = Population(
        ("t",), [1.0], 0 * ones, ones, successes=0 * ones, attempts=10 * ones, domain=("x",)
    )
    found = with_student(counted, "t", "s", 1e9, np.zeros(1), SAME)
    assert found.attempts is None
    assert found.successes is None
    assert found.domain == ("x",)
    assert found.solve_prob[0, 1] == pytest.approx(0.05)


def test_a_student_keeps_the_domains_of_a_pack():
    population = read_pack("swebench").population
    found = with_student(population, TEACHER, "s", 1e9, np.zeros(population.size))
    np.testing.assert_array_equal(found.domain_share, population.domain_share)


def test_a_student_by_the_name_of_a_model_is_refused():
    with pytest.raises(DataError, match="student 'small': a model of that name is there"):
        with_student(item_response(), "large", "small", 1e9, np.zeros(60))


def test_a_student_of_an_unknown_teacher_is_refused():
    with pytest.raises(DataError, match="no model 'huge' here"):
        with_student(item_response(), "huge", "pupil", 1e9, np.zeros(60))


# margins


def test_a_student_as_good_as_its_teacher_leaves_all_but_its_cost_share():
    population = one_problem([0.5], [0.1])
    tables = build_tables(with_student(population, "m0", "s", 70e6, np.zeros(1), SAME))
    rate = 1 - 0.5**9  # nine attempts of 0.1 fit the budget of 1
    found = distillation_margin(tables, "m0", "s", np.array([rate]))
    assert found[0] == pytest.approx(1 - 0.023)


def test_a_student_that_solves_nothing_leaves_no_margin():
    population = item_response()
    tables = build_tables(with_student(population, "large", "pupil", 70e6, np.full(60, -9.0)))
    found = distillation_margin(tables, "large", "pupil", np.linspace(0.3, 0.6, 4))
    np.testing.assert_allclose(found, 0, atol=1e-12)


def test_margin_is_missing_where_the_teacher_does_not_reach():
    tables = build_tables(with_student(item_response(), "large", "pupil", 1e9, np.zeros(60)))
    found = distillation_margin(tables, "large", "pupil", np.array([0.5, 0.99]))
    assert np.isfinite(found).tolist() == [True, False]


def test_models_that_are_not_of_the_pair_take_no_part():
    population = with_student(item_response(), "large", "pupil", 1e9, np.zeros(60))
    quality = np.linspace(0.4, 0.7, 4)
    whole = distillation_margin(build_tables(population), "large", "pupil", quality)
    pair = build_tables(population.select(["large", "pupil"]))
    np.testing.assert_allclose(distillation_margin(pair, "large", "pupil", quality), whole)


def test_a_teacher_is_no_student_of_its_own():
    with pytest.raises(DataError, match="is the teacher itself"):
        distillation_margin(build_tables(item_response()), "large", "large", np.array([0.5]))


def test_in_the_shipped_pack_margin_rises_with_tokens():
    population = read_pack("swebench").population.select([TEACHER])
    top = build_tables(population).mean_curves(0)[0].max()
    quality = np.linspace(top - 0.1, top, 8)

    def mean_margin(tokens: float) -> float:
        return float(
            np.mean(
                [
                    distillation_margin(
                        build_tables(with_student(population, TEACHER, "s", tokens, z)),
                        TEACHER,
                        "s",
                        quality,
                    ).mean()
                    for z in draws(population, 3)
                ]
            )
        )

    low, middle, high = (mean_margin(tokens) for tokens in TOKENS[::2])
    assert 0 < low < middle < high < 0.5


# published figures


def published() -> FloatArray:
    return np.array([PUBLISHED[f"distillation.{tokens}"][0] for tokens in STUDENTS])


@pytest.fixture(scope="module")
def teacher(records_folder: Path) -> Population:
    return read_records(records_folder / "distill", [TEACHER])


def by_the_papers_procedure(teacher: Population, law: StudentLaw, count: int) -> FloatArray:
    """[5] best mean margin by tokens, the teacher as recorded, the mean over draws of z."""
    budget = budget_grid(1.0)
    recorded = pass_curves(teacher, budget)[:, 0]

    def market(tokens: float, z: FloatArray) -> PaperMarket:
        student = with_student(teacher, TEACHER, "s", tokens, z, law)
        costs = AttemptCosts.of(student, 1, "kept")
        solved, _ = geometric_curves(student.solve_prob[:, 1], costs, budget)
        return PaperMarket(("s", TEACHER), budget, np.stack((solved, recorded), axis=1))

    return np.array(
        [
            np.mean(
                [
                    search.best_margin.mean()
                    for search in distillation(
                        {str(k): market(tokens, z) for k, z in enumerate(draws(teacher, count))}
                    ).values()
                ]
            )
            for tokens in TOKENS
        ]
    )


@pytest.fixture(scope="module")
def margins(teacher: Population) -> FloatArray:
    return by_the_papers_procedure(teacher, StudentLaw(), 60)


def test_the_law_reproduces_the_published_margins_of_five_students(margins):
    np.testing.assert_allclose(margins, published(), atol=0.05)


def test_margin_rises_nearly_linearly_in_log_tokens(margins):
    assert (np.diff(margins) > 0).all()
    assert np.corrcoef(np.log(TOKENS), margins)[0, 1] ** 2 > 0.9


def test_least_squares_on_clipped_logits_would_have_the_margins_fall(teacher):
    law = StudentLaw(-4.77, 0.287, 0.32, 0.062, 1.8)
    found = by_the_papers_procedure(teacher, law, 8)
    assert found[0] > 0.2
    assert found[-1] < 0.15


def recorded_pair(folder: Path, student: str) -> Population:
    return read_records(folder / "distill", [student, TEACHER])


def log_likelihood(law: StudentLaw, pairs: list[Population]) -> float:
    """Of the students' recorded successes, z integrated out at 201 normal quantiles."""
    z = norm.ppf((np.arange(201) + 0.5) / 201)
    total = 0.0
    for tokens, pair in zip(TOKENS, pairs, strict=True):
        growth, half = np.log(tokens / 70e6), 0.5 / pair.attempts[:, 1]
        teacher = logit(np.clip(pair.solve_prob[:, 1], half, 1 - half))
        odds = law.offset + law.offset_growth * growth + law.slope * teacher[:, None]
        odds = odds + law.noise * z
        won, tried = pair.successes[:, [0]], pair.attempts[:, [0]]
        total += float(logsumexp(won * odds - tried * np.logaddexp(0, odds), axis=1).sum())
    return total


def test_the_law_is_the_likeliest_of_those_around_it(records_folder):
    pairs = [recorded_pair(records_folder, name) for name in STUDENTS.values()]
    law = StudentLaw()
    best = log_likelihood(law, pairs)
    for name, step in (("offset", 0.15), ("offset_growth", 0.06), ("noise", 0.15)):
        for sign in (-1, 1):
            moved = replace(law, **{name: getattr(law, name) + sign * step})
            assert log_likelihood(moved, pairs) < best, (name, sign)


def test_students_by_the_law_leave_as_many_problems_unsolved_as_recorded(records_folder, teacher):
    for tokens, name in zip(TOKENS, STUDENTS.values(), strict=True):
        pair = recorded_pair(records_folder, name)
        prob = np.stack(
            [
                with_student(teacher, TEACHER, "s", tokens, z).solve_prob[:, 1]
                for z in draws(teacher, 20)
            ]
        )
        unsolved = ((1 - prob) ** pair.attempts[:, 0]).mean()
        assert unsolved == pytest.approx((pair.successes[:, 0] == 0).mean(), abs=0.06), name


def test_the_shares_of_cost_are_those_recorded(records_folder):
    for tokens, name in zip(TOKENS, STUDENTS.values(), strict=True):
        cost = recorded_pair(records_folder, name).list_cost.mean(axis=0)
        assert StudentLaw().cost_share(tokens) == pytest.approx(cost[0] / cost[1], abs=0.002)


@pytest.mark.parametrize("tokens", STUDENTS)
def test_our_frontier_earns_at_least_what_the_paper_published(records_folder, tokens):
    tables = build_tables(recorded_pair(records_folder, STUDENTS[tokens]), highest=1.0)
    top = tables.mean_curves(1)[0].max()
    found = distillation_margin(tables, TEACHER, STUDENTS[tokens], np.linspace(top - 0.1, top, 100))
    value, tolerance = PUBLISHED[f"distillation.{tokens}"]
    assert value - tolerance <= found.mean() <= value + 0.05
