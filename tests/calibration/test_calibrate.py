import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import costs_apart

from market.calibration.calibrate import (
    Calibration,
    calibrate,
    calibrate_records,
    write_pack,
)
from market.foundation.errors import DataError, ScenarioError
from market.population.packs import read_pack
from market.population.population import Population


def groups_population() -> Population:
    """Four kinds of problems, in shares 0.4, 0.3, 0.2, 0.1, 1000 attempts each; one is dead."""
    kind = np.repeat([0, 1, 2, 3], [12, 9, 6, 3])
    prob = np.array([[0.6, 0.8], [0.05, 0.5], [0.3, 0.0], [0.0, 0.0]])
    cost = np.array([[0.001, 0.01], [0.002, 0.02], [0.002, 0.03], [0.003, 0.03]])
    return Population(
        models=("cheap", "dear"),
        weight=np.full(30, 1 / 30),
        solve_prob=prob[kind],
        list_cost=cost[kind],
        successes=np.round(1000 * prob[kind]).astype(np.int64),
        attempts=np.full((30, 2), 1000),
        domain=("maths",) * 30,
    )


def noisy_population(problems: int = 30, seed: int = 3) -> Population:
    rng = np.random.default_rng(seed)
    attempts = np.full((problems, 2), 20)
    successes = rng.binomial(attempts, rng.beta(0.4, 0.6, (problems, 2)))
    return Population(
        models=("cheap", "dear"),
        weight=np.full(problems, 1 / problems),
        solve_prob=successes / attempts,
        list_cost=np.exp(rng.normal([-6.0, -4.0], 0.4, (problems, 2))),
        successes=successes,
        attempts=attempts,
        source="noisy",
    )


def fitted(population: Population, classes: int, seed: int = 0) -> Calibration:
    return calibrate(population, classes, np.random.default_rng(seed))


@pytest.fixture(scope="module")
def noisy() -> Calibration:
    return fitted(noisy_population(), 5)


def by_weight(population: Population) -> Population:
    order = np.argsort(-population.weight)
    return Population(
        population.models,
        population.weight[order],
        population.solve_prob[order],
        population.list_cost[order],
        domains=population.domains,
        domain_share=None if population.domain_share is None else population.domain_share[order],
    )


def test_identical_groups_are_recovered():
    found = by_weight(fitted(groups_population(), 4).population)
    np.testing.assert_allclose(found.weight, [0.4, 0.3, 0.2, 0.1], atol=0.003)
    np.testing.assert_allclose(
        found.solve_prob, [[0.6, 0.8], [0.05, 0.5], [0.3, 0.0], [0.0, 0.0]], atol=0.01
    )
    np.testing.assert_allclose(
        found.list_cost,
        [[0.001, 0.01], [0.002, 0.02], [0.002, 0.03], [0.003, 0.03]],
        rtol=0.03,
    )


def test_what_a_model_never_solves_stays_unsolved_exactly():
    found = fitted(groups_population(), 4).population
    np.testing.assert_allclose(found.weight @ (found.solve_prob == 0), [0.1, 0.3], atol=0.003)


def test_more_classes_than_distinct_problems_give_one_class_each():
    assert fitted(groups_population(), 9).population.size == 4


def test_as_many_classes_as_problems_are_possible():
    population = noisy_population(8)
    assert fitted(population, 8).population.size == 8


def test_one_class_is_possible():
    assert fitted(noisy_population(), 1).population.size == 1


def test_weights_sum_to_one(noisy):
    assert noisy.population.weight.sum() == pytest.approx(1, abs=1e-12)


def test_classes_carry_no_counts_or_ids():
    found = fitted(groups_population(), 4).population
    assert found.successes is None
    assert found.attempts is None
    assert found.domain == ()


def test_a_class_has_the_domains_of_its_problems():
    domain = ("maths",) * 12 + ("physics",) * 9 + ("maths", "physics", "physics") * 3
    found = by_weight(fitted(replace(groups_population(), domain=domain), 4).population)
    assert found.domains == ("maths", "physics")
    np.testing.assert_allclose(found.domain_share[:, 0], [1, 0, 1 / 3, 1 / 3], atol=1e-9)


def test_domains_move_no_class():
    population = noisy_population()
    without = fitted(population, 5).population
    found = fitted(replace(population, domain=("maths", "physics") * 15), 5).population
    for name in ("weight", "solve_prob", "list_cost"):
        np.testing.assert_array_equal(getattr(without, name), getattr(found, name))


def test_problems_without_domains_give_classes_without(noisy):
    assert noisy.population.domains == ()
    assert noisy.population.domain_share is None


def test_domain_shares_read_back_as_written(tmp_path):
    calibration = fitted(replace(noisy_population(), domain=("maths", "a b", "a b") * 10), 5)
    write_pack(calibration, tmp_path / "mine", "made up")
    found = read_pack(tmp_path / "mine").population
    assert found.domains == ("a b", "maths")
    np.testing.assert_allclose(found.domain_share, calibration.population.domain_share, atol=1e-9)


def test_no_class_copies_a_single_problem():
    population = noisy_population(40)
    weight = fitted(population, 12).population.weight
    assert len(weight) == 12
    assert weight.min() > 1.2 / 40  # at least two problems in each, before the fit moves weights


def test_highest_solve_rate_of_the_problems_stays_in_reach(noisy):
    assert max(noisy.fit.pack.max_solve_rate) >= max(noisy.fit.records.max_solve_rate)


def test_single_attempt_rates_and_costs_are_kept(noisy):
    fit = noisy.fit
    np.testing.assert_allclose(fit.pack.solve_rate, fit.records.solve_rate, atol=0.01)
    np.testing.assert_allclose(fit.pack.attempt_cost, fit.records.attempt_cost, rtol=0.05)


def test_same_seed_gives_the_same_table(noisy):
    again = fitted(noisy_population(), 5).population
    for name in ("weight", "solve_prob", "list_cost"):
        np.testing.assert_array_equal(getattr(noisy.population, name), getattr(again, name))


def test_another_seed_gives_another_table_of_the_same_economics(noisy):
    other = fitted(noisy_population(), 5, seed=1)
    assert not np.array_equal(other.population.weight, noisy.population.weight)
    np.testing.assert_allclose(other.fit.pack.solve_rate, noisy.fit.pack.solve_rate, atol=0.01)


def test_model_without_any_success_is_never_solved_and_keeps_its_cost():
    population = noisy_population()
    successes = np.array(population.successes)
    successes[:, 1] = 0
    prob = np.array(population.solve_prob)
    prob[:, 1] = 0
    calibration = fitted(replace(population, successes=successes, solve_prob=prob), 5)
    assert (calibration.population.solve_prob[:, 1] == 0).all()
    fit = calibration.fit
    assert fit.pack.attempt_cost[1] == pytest.approx(fit.records.attempt_cost[1], rel=0.05)


def test_population_that_nobody_solves_is_possible():
    population = noisy_population()
    nothing = np.zeros((30, 2), dtype=np.int64)
    calibration = fitted(replace(population, successes=nothing, solve_prob=0.0 * nothing), 3)
    assert (calibration.population.solve_prob == 0).all()
    assert np.isnan(calibration.fit.price_error).all()


def test_one_model_has_no_pair_margin():
    calibration = fitted(noisy_population().select(["cheap"]), 5)
    assert calibration.fit.pair == ("cheap",)
    assert calibration.fit.records.pair_max_margin == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("classes", [0, -1, 31])
def test_number_of_classes_is_from_one_to_the_number_of_problems(classes):
    with pytest.raises(DataError, match=r"classes: .* from 1 to the number of problems"):
        fitted(noisy_population(), classes)


def test_pair_of_an_unknown_model_is_refused():
    with pytest.raises(DataError, match="no model 'missing'"):
        calibrate(noisy_population(), 5, np.random.default_rng(0), pair=("cheap", "missing"))


def test_pack_reads_back_as_written(noisy, tmp_path):
    write_pack(noisy, tmp_path / "mine", "made up", "2026-01", titles={"cheap": "Cheap One"})
    pack = read_pack(tmp_path / "mine")
    for name in ("weight", "solve_prob", "list_cost"):
        np.testing.assert_allclose(
            getattr(pack.population, name), getattr(noisy.population, name), rtol=2e-6
        )
    assert pack.population.models == noisy.population.models
    assert pack.about["models"][0] == {"name": "cheap", "title": "Cheap One", "provider": "cheap"}
    assert (pack.about["problems"], pack.about["classes"]) == (30, 5)
    assert (pack.about["estimator"], pack.about["remainder"]) == ("geometric", "spent")


def test_costs_of_failed_and_successful_attempts_read_back_as_written(tmp_path):
    calibration = fitted(costs_apart(noisy_population(), 1.2, 0.8), 5)
    write_pack(calibration, tmp_path / "mine", "made up")
    found = read_pack(tmp_path / "mine").population
    for name in ("failed_cost", "solved_cost"):
        np.testing.assert_array_equal(getattr(found, name), getattr(calibration.population, name))


def test_classes_keep_by_how_much_failed_attempts_cost_more(tmp_path):
    found = fitted(costs_apart(noisy_population(), 1.2, 0.8), 5).population
    np.testing.assert_allclose(found.solved_cost / found.failed_cost, 2 / 3, rtol=1e-5)


def test_costs_that_are_not_told_apart_give_classes_where_they_are_not(noisy):
    assert noisy.population.failed_cost is None
    assert noisy.population.solved_cost is None


def test_writing_leaves_nothing_beside_the_pack(noisy, tmp_path):
    write_pack(noisy, tmp_path / "mine", "made up")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["pack.json", "table.csv"]


def test_existing_folder_is_not_overwritten(noisy, tmp_path):
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(ScenarioError, match=r"exists already; name another .* or remove it"):
        write_pack(noisy, tmp_path, "made up")


def test_pack_that_cannot_be_written_is_refused_by_name(noisy, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ScenarioError, match="cannot be written"):
        write_pack(noisy, tmp_path / "file" / "mine", "made up")


def write_records(folder: Path) -> Path:
    folder.mkdir()
    rng = np.random.default_rng(5)
    for model, price in (("a", 0.002), ("b", 0.02)):
        rows = [
            {
                "id": f"secret-{i}",
                "mean_cost": price * (1 + rng.random()),
                "attempts": rng.binomial(1, 0.1 * (i % 8), 12).tolist(),
            }
            for i in range(24)
        ]
        (folder / f"{model}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return folder


def test_records_become_a_pack_without_problem_ids(tmp_path):
    records = write_records(tmp_path / "records")
    out = tmp_path / "packs" / "mine"
    calibrate_records(records, 6, out, models=["b", "a"], providers={"a": "Acme"}, date="2026-02")
    about = json.loads((out / "pack.json").read_text())
    assert [entry["name"] for entry in about["models"]] == ["b", "a"]
    assert about["models"][1]["provider"] == "Acme"
    assert about["source"] == "attempt records: records, 24 shared problems"
    text = (out / "pack.json").read_text() + (out / "table.csv").read_text()
    assert "secret" not in text
    assert str(tmp_path) not in text


def test_title_of_an_unknown_model_is_refused_before_the_fit(tmp_path):
    records = write_records(tmp_path / "records")
    with pytest.raises(DataError, match="no model 'c' here; there are: a, b"):
        calibrate_records(records, 6, tmp_path / "mine", titles={"c": "C"})
    assert not (tmp_path / "mine").exists()
