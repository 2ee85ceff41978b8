"""What a router sees of queries that records describe."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from market.foundation.errors import DataError
from market.foundation.random_streams import Streams
from market.frontier.appraisal import RouterKnowledge, appraise
from market.frontier.seen_types import see_domains, see_features
from market.population.domains import split_by_domain
from market.population.population import Population

N, ATTEMPTS = 240, 8


def described(noise: float, seed: int = 2) -> Population:
    """Two models, each good at one of two kinds of problems; a feature tells the kind, or not."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 2, N)
    prob = np.where(kind[:, None] == [0, 1], 0.8, 0.2)
    successes = rng.binomial(ATTEMPTS, prob)
    return Population(
        ("even", "odd"),
        np.full(N, 1 / N),
        successes / ATTEMPTS,
        np.full((N, 2), 0.01),
        successes,
        np.full((N, 2), ATTEMPTS),
        domain=tuple(np.array(["evens", "odds"])[kind].tolist()),
        features=np.column_stack((kind + noise * rng.standard_normal(N), rng.standard_normal(N))),
        source="made up",
    )


def equivalent(population: Population) -> tuple[float, float]:
    known = RouterKnowledge(types=2, sees="features")
    found = appraise(population, quality=(0.55, 0.75, 3), knowledge=known, folds=5, draws=0)
    assert found.equivalent is not None
    return found.equivalent


def mean_margin(population: Population, sees: str | None) -> tuple[float, float]:
    known = RouterKnowledge(types=2, sees=sees)
    found = appraise(
        population, quality=(0.55, 0.75, 3), knowledge=known, folds=5, draws=0
    ).to_json()
    return found["mean_margin"], found["out_of_sample"]["mean_margin"]


def test_features_that_tell_the_kind_are_worth_as_much_as_the_domain():
    population = described(0.05)
    blind, domain, features = (mean_margin(population, s) for s in (None, "domain", "features"))
    assert features == pytest.approx(domain, abs=0.01)
    assert domain[0] > blind[0] + 0.2
    assert domain[1] > blind[1] + 0.2


def test_features_that_tell_nothing_are_worth_no_more_than_types_drawn_at_random():
    """Which are worth something: a router that treats them differently draws lots."""
    rng = np.random.default_rng(5)
    population = replace(described(0.0), features=rng.standard_normal((N, 3)))
    at_random = replace(population, features=None, domain=tuple(rng.choice(["x", "y"], N).tolist()))
    features, random = mean_margin(population, "features"), mean_margin(at_random, "domain")
    assert features[1] < random[1] + 0.03
    seen = see_features(population, 2, Streams(1))
    learned = [loss for method, loss in seen.log_loss.items() if method != "base rates"]
    assert min(learned) > 0.98 * seen.log_loss["base rates"]


def test_features_are_worth_a_signal_of_high_accuracy_where_they_tell_the_kind_and_a_low_one_else():
    rng = np.random.default_rng(5)
    nothing = replace(described(0.0), features=rng.standard_normal((N, 3)))
    assert equivalent(described(0.0))[1] > 0.9
    assert equivalent(nothing)[0] < 0.2


def test_no_problem_s_own_attempts_are_in_what_is_seen_of_it():
    population = described(0.05)
    before = see_features(population, 2, Streams(1))
    successes = np.array(population.successes)
    successes[0] = ATTEMPTS - successes[0]
    changed = replace(population, successes=successes, solve_prob=successes / ATTEMPTS, traits=None)
    after = see_features(changed, 2, Streams(1))
    same = before.label == before.label[0]
    assert np.array_equal(same, after.label == after.label[0])


def test_types_that_are_judged_on_a_fold_know_nothing_of_its_attempts():
    rng = np.random.default_rng(4)
    population = replace(described(0.5), features=rng.standard_normal((N, 2)))
    held_out = np.arange(N) < 40
    successes = np.array(population.successes)
    successes[held_out] = ATTEMPTS - successes[held_out]
    changed = replace(population, successes=successes, solve_prob=successes / ATTEMPTS, traits=None)
    before, after = (see_features(p, 4, Streams(1)) for p in (population, changed))
    without = [seen.learned_without(held_out) for seen in (before, after)]
    assert np.array_equal(*without)
    assert not np.array_equal(before.label, after.label)


def test_sure_predictions_have_the_log_loss_of_the_attempts_themselves():
    population = described(0.0)
    seen = see_features(population, 2, Streams(1))
    entropy = -(0.8 * np.log(0.8) + 0.2 * np.log(0.2))
    assert min(seen.log_loss.values()) == pytest.approx(entropy, rel=0.05)
    assert seen.log_loss["base rates"] == pytest.approx(np.log(2), rel=0.02)


def test_a_class_of_two_domains_becomes_a_row_for_each():
    population = Population(
        ("a",),
        np.array([0.5, 0.5]),
        np.array([[0.2], [0.6]]),
        np.array([[1.0], [2.0]]),
        domains=("x", "y"),
        domain_share=np.array([[0.25, 0.75], [1.0, 0.0]]),
    )
    rows, label = split_by_domain(population)
    assert rows.weight.tolist() == [0.125, 0.375, 0.5]
    assert rows.solve_prob[:, 0].tolist() == [0.2, 0.2, 0.6]
    assert rows.domain == ("x", "y", "x")
    assert label.tolist() == [0, 1, 0]
    assert rows.problems == 2


@pytest.mark.parametrize(
    ("see", "message"),
    [
        (lambda p: see_domains(replace(p, domain=())), "--signal domain: made up says no domain"),
        (
            lambda p: see_features(replace(p, features=None), 2, Streams(1)),
            "--signal features: made up has no features",
        ),
    ],
)
def test_what_is_not_there_is_refused_with_the_way_out(see, message):
    with pytest.raises(DataError, match=message):
        see(described(0.0))


def test_without_scikit_learn_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(DataError, match=r"pip install 'market\[features\]'"):
        see_features(described(0.0), 2, Streams(1))
