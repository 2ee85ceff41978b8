import json

import numpy as np
import pytest

from market.calibration.calibrate import calibrate_answers
from market.calibration.single_answers import answer_classes, answered_once
from market.calibration.write_pack import write_pack
from market.foundation.errors import DataError
from market.frontier.budget_grid import build_tables
from market.frontier.cascade import Cascade, Stage, evaluate
from market.population.packs import read_pack
from market.population.population import Population

MODELS = ("cheap", "dear")


def answers(questions: int = 400, seed: int = 7, domains: int = 5) -> Population:
    """One answer a question by two models; a dear answer costs a hundred cheap ones."""
    rng = np.random.default_rng(seed)
    domain = rng.integers(domains, size=questions)
    chance = np.stack((0.3 + 0.1 * domain, 0.55 + 0.08 * domain), axis=1)
    right = (rng.random((questions, 2)) < chance).astype(np.int64)
    length = rng.lognormal(0, 0.5, questions) * (1 + domain)
    return Population(
        MODELS,
        np.full(questions, 1 / questions),
        right.astype(np.float64),
        length[:, None] * [1e-5, 1e-3],
        successes=right,
        attempts=np.ones_like(right),
        domain=tuple(f"subject {d}" for d in domain),
        source="made up",
    )


def whole(population: Population, *models: str) -> tuple[float, np.ndarray]:
    """Solve rate and list spend of a cascade whose stages each have a whole attempt."""
    tables = build_tables(population)
    stages = [Stage(m, 2 * float(population.list_cost[:, MODELS.index(m)].max())) for m in models]
    value = evaluate(Cascade(tuple(stages)), tables)
    return value.solve_rate, value.list_spend


@pytest.mark.parametrize("policy", [("cheap",), ("dear",), ("cheap", "dear"), ("dear", "cheap")])
def test_whole_attempts_solve_and_cost_what_the_records_say(policy):
    """But for how length goes with being right within a domain, which a second stage would see."""
    records = answered_once(answers())
    found, wanted = whole(answer_classes(records), *policy), whole(records, *policy)
    assert found[0] == pytest.approx(wanted[0], rel=1e-12)
    np.testing.assert_allclose(found[1], wanted[1], rtol=1e-12 if len(policy) == 1 else 0.05)


def test_what_an_answer_costs_does_not_tell_whether_it_is_right():
    classes = answer_classes(answered_once(answers()))
    for domain in set(classes.domain):
        costs = classes.list_cost[np.array(classes.domain) == domain]
        assert len(costs) > 1
        assert (costs == costs[0]).all()


def test_a_cascade_pays_for_a_second_answer_where_the_first_is_wrong():
    records = answers()
    domain = np.unique(records.domain, return_inverse=True)[1]
    wrong = np.bincount(domain, records.successes[:, 0] == 0)
    mean = np.bincount(domain, records.list_cost[:, 1]) / np.bincount(domain)
    solved, spend = whole(answer_classes(answered_once(records)), *MODELS)
    assert solved == pytest.approx(records.successes.max(axis=1).mean())
    assert spend[0] == pytest.approx(records.list_cost[:, 0].mean())
    assert spend[1] == pytest.approx((wrong * mean).sum() / records.size)


def test_there_is_a_class_for_each_domain_and_each_set_of_models_that_solve():
    records = answers()
    classes = answer_classes(answered_once(records))
    rows = zip(records.domain, records.successes.tolist(), strict=True)
    kinds = {(domain, tuple(right)) for domain, right in rows}
    told = zip(classes.domain, classes.solve_prob.tolist(), strict=True)
    assert sorted(kinds) == sorted((domain, tuple(prob)) for domain, prob in told)


def test_solve_rates_within_a_domain_are_those_of_the_records():
    records = answers()
    classes = answer_classes(answered_once(records))
    for domain in set(records.domain):
        of_records, of_classes = (np.array(p.domain) == domain for p in (records, classes))
        weight = classes.weight[of_classes] / classes.weight[of_classes].sum()
        np.testing.assert_allclose(
            weight @ classes.solve_prob[of_classes], records.successes[of_records].mean(axis=0)
        )


def test_a_router_sees_no_more_than_the_domain():
    classes = answer_classes(answered_once(answers()))
    assert set(classes.types) == {2, 4, 5}
    for label in classes.types.values():
        seen = {domain: set() for domain in classes.domain}
        for domain, kind in zip(classes.domain, label.tolist(), strict=True):
            seen[domain].add(kind)
        assert all(len(kinds) == 1 for kinds in seen.values())
    assert len(set(classes.types[5].tolist())) == 5


def test_questions_without_domains_are_one_domain():
    records = answers()
    plain = Population(
        MODELS,
        records.weight,
        records.solve_prob,
        records.list_cost,
        successes=records.successes,
        attempts=records.attempts,
    )
    assert answer_classes(answered_once(plain)).size == 4


def test_attempts_that_came_out_differently_are_refused_by_model_and_number():
    records = answers(6)
    mixed = Population(
        MODELS,
        records.weight,
        np.full((6, 2), 0.5),
        records.list_cost,
        successes=np.ones((6, 2), dtype=np.int64),
        attempts=np.full((6, 2), 2),
        source="made up",
    )
    with pytest.raises(DataError, match=r"cheap has attempts .* at 6 of 6 problems.*--classes"):
        calibrate_answers(mixed)


def test_the_pack_reads_back_with_its_limit_domains_and_types(tmp_path):
    calibration = calibrate_answers(answers())
    write_pack(calibration, tmp_path / "mine", "made up", licence="CC0")
    about = json.loads((tmp_path / "mine" / "pack.json").read_text())
    assert (about["licence"], about["most_attempts"]) == ("CC0", 1)
    found, written = read_pack(tmp_path / "mine").population, calibration.population
    assert found.most_attempts == 1
    assert found.domain == written.domain
    assert set(found.types) == set(written.types)
    np.testing.assert_allclose(found.traits, written.traits, rtol=1e-6)
    np.testing.assert_allclose(found.list_cost, written.list_cost)


def test_the_shipped_pack_of_questions_has_the_solve_rates_and_costs_of_its_source():
    pack = read_pack("mmlu")
    population = pack.population
    assert (pack.about["problems"], len(set(population.domain))) == (14042, 57)
    rates = population.weight @ population.solve_prob
    np.testing.assert_allclose(rates, [0.6808147, 0.8057969], atol=1e-6)
    # 117.5 tokens on average and one of the answer, at 0.24 and 24.7 dollars per million
    cost = population.weight @ population.list_cost
    np.testing.assert_allclose(cost, [0.24 * 117.53554e-6, 24.7 * 117.53554e-6], rtol=1e-5)
