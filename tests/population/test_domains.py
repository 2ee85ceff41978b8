import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import item_response
from hypothesis import given
from hypothesis import strategies as st

from market.foundation.errors import DataError
from market.population.domains import domain_shares, pool_rare, tilted_weights, weights_of
from market.population.packs import read_pack
from market.population.population import Population
from market.population.records import read_records


def classes(**changes) -> Population:
    """Three classes; the second is half of each domain."""
    given = {
        "models": ("a", "b"),
        "weight": np.array([0.2, 0.4, 0.4]),
        "solve_prob": np.array([[0.9, 0.7], [0.5, 0.5], [0.1, 0.3]]),
        "list_cost": np.ones((3, 2)),
        "domains": ("django", "sympy"),
        "domain_share": np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]),
    }
    return Population(**{**given, **changes})


def named(*domain: str) -> Population:
    n = len(domain)
    ones = np.ones((n, 1))
    return Population(("a",), np.full(n, 1 / n), 0.5 * ones, ones, domain=domain)


# the field of a population


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"domain_share": np.ones((3, 1))}, r"domain_share: shape \(3, 1\), expected \(3, 2\)"),
        ({"domain_share": None}, r"domain_share: shape \(\), expected \(3, 2\)"),
        ({"domains": ()}, r"shape \(3, 2\), expected \(3, 0\)"),
        ({"domain_share": np.full((3, 2), 0.4)}, r"domain_share\[0\]: the shares sum to 0\.8, not"),
        ({"domain_share": [[1.5, -0.5]] * 3}, r"domain_share\[0\]\[1\]: -0\.5 is not at"),
        ({"domain_share": [[1.0, np.nan]] * 3}, r"domain_share\[0\]\[1\]: nan is not"),
        ({"domains": ("x", "x")}, "names repeat: x, x"),
        ({"domain": ("x", "y", "z")}, r"domain \(a name each\) or domain_share, not both"),
    ],
)
def test_domain_shares_that_cannot_be_are_refused(changes, message):
    with pytest.raises(DataError, match=message):
        classes(**changes)


def test_domain_shares_are_exactly_normalised_and_refuse_writes():
    share = np.array([[1 - 4e-7, 0.0], [0.5, 0.5], [0.0, 1.0]])
    population = classes(domain_share=share)
    assert population.domain_share[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        population.domain_share[0, 0] = 0.5


def test_domain_shares_survive_pickling_and_the_choice_of_models_to_the_bit():
    share = [0.714285714, 0.142857143, 0.142857143]  # divided by their sum, 1 + 2e-16 in sum
    population = classes(domains=("x", "y", "z"), domain_share=[share] * 3)
    for again in (pickle.loads(pickle.dumps(population)), population.select(["b"])):
        assert again.domains == ("x", "y", "z")
        np.testing.assert_array_equal(again.domain_share, population.domain_share)


# domains


def test_a_problem_with_one_domain_has_all_its_weight_there():
    domains, share = domain_shares(named("sympy", "django", "sympy"))
    assert domains == ("django", "sympy")
    np.testing.assert_array_equal(share, [[0, 1], [1, 0], [0, 1]])


def test_rare_domains_are_pooled_as_other_at_the_end():
    population = named(*["a"] * 18, "b", *["c"] * 20, "d")
    domains, share = pool_rare(*domain_shares(population), population.weight)
    assert domains == ("a", "c", "other")
    np.testing.assert_allclose(population.weight @ share, [0.45, 0.5, 0.05])


def test_domains_that_are_common_are_left_as_they_are():
    population = named("a", "b")
    domains, share = pool_rare(*domain_shares(population), population.weight)
    assert domains == ("a", "b")
    np.testing.assert_array_equal(share, np.eye(2))


def test_a_domain_of_the_name_other_takes_in_the_rare_ones():
    population = named(*["other"] * 10, *["x"] * 10, "y")
    domains, share = pool_rare(*domain_shares(population), population.weight)
    assert domains == ("x", "other")
    np.testing.assert_allclose(population.weight @ share, [10 / 21, 11 / 21])


def test_a_buyer_of_one_domain_has_the_classes_by_their_part_in_it():
    np.testing.assert_allclose(weights_of(classes(), {"django": 3.0}), [0.5, 0.5, 0.0])


def test_a_mix_is_the_mean_of_its_domains():
    population = classes()
    mixed = weights_of(population, {"django": 0.25, "sympy": 0.75})
    wanted = 0.25 * weights_of(population, {"django": 1})
    wanted += 0.75 * weights_of(population, {"sympy": 1})
    np.testing.assert_allclose(mixed, wanted)


def test_the_populations_own_mix_gives_its_own_weights():
    population = classes()
    own = dict(zip(population.domains, population.weight @ population.domain_share, strict=True))
    np.testing.assert_allclose(weights_of(population, own), population.weight)


@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=2).filter(lambda mix: sum(mix) > 0.01),
    st.floats(0.1, 10),
)
def test_weights_of_a_mix_are_weights_whatever_its_scale(mix, scale):
    population = classes()
    weight = weights_of(population, dict(zip(population.domains, mix, strict=True)))
    assert (weight >= 0).all()
    assert weight.sum() == pytest.approx(1)
    scaled = {d: scale * m for d, m in zip(population.domains, mix, strict=True)}
    np.testing.assert_allclose(weights_of(population, scaled), weight, rtol=1e-9)


@pytest.mark.parametrize(
    ("mix", "message"),
    [
        ({"flask": 1.0}, r"mix\.flask: no such domain; there are: django, sympy"),
        ({"django": -1.0}, r"mix\.django: -1 is not a proportion"),
        ({"django": np.nan}, r"mix\.django: nan is not a proportion"),
        ({"django": 0.0}, "all proportions are 0"),
        ({}, "all proportions are 0"),
    ],
)
def test_a_mix_that_cannot_be_is_refused(mix, message):
    with pytest.raises(DataError, match=message):
        weights_of(classes(), mix)


def test_a_domain_whose_problems_have_no_weight_is_refused():
    population = classes(weight=np.array([1.0, 0.0, 0.0]))
    with pytest.raises(DataError, match=r"mix\.sympy: no problem with a weight.* do not resample"):
        weights_of(population, {"sympy": 1.0})
    np.testing.assert_allclose(weights_of(population, {"django": 1.0}), [1, 0, 0])


def test_a_mix_needs_a_population_with_domains():
    with pytest.raises(DataError, match="does not say what domains"):
        weights_of(item_response(), {"django": 1.0})


# difficulty


def test_no_tilt_leaves_the_weights():
    population = classes()
    np.testing.assert_allclose(tilted_weights(population, 0.0), population.weight)


def test_of_two_halves_the_harder_weighs_more_by_the_logistic_of_twice_the_tilt():
    halves = Population(("a",), [0.5, 0.5], [[0.8], [0.2]], np.ones((2, 1)))
    harder = 1 / (1 + np.exp(-2 * 0.7))  # difficulties are −1 and 1 when standardised
    np.testing.assert_allclose(tilted_weights(halves, 0.7), [1 - harder, harder])


def test_problems_all_equally_hard_keep_their_weights():
    population = classes(solve_prob=np.full((3, 2), 0.3))
    np.testing.assert_array_equal(tilted_weights(population, 2.0), population.weight)


def test_an_extreme_tilt_leaves_the_hardest_problem_that_has_weight():
    population = classes(weight=np.array([0.5, 0.5, 0.0]))
    np.testing.assert_allclose(tilted_weights(population, 1e4), [0, 1, 0])
    np.testing.assert_allclose(tilted_weights(population, -1e4), [1, 0, 0])


@given(st.floats(-5, 5), st.floats(0.01, 2))
def test_the_more_tilt_the_harder(tilt, more):
    population = item_response()
    hard = 1 - population.solve_prob.mean(axis=1)
    weight = tilted_weights(population, tilt)
    assert weight.sum() == pytest.approx(1)
    assert tilted_weights(population, tilt + more) @ hard > weight @ hard


@pytest.mark.parametrize("tilt", [np.nan, np.inf])
def test_a_tilt_that_is_not_finite_is_refused(tilt):
    with pytest.raises(DataError, match=r"tilt: .* is not finite"):
        tilted_weights(classes(), tilt)


# packs


def write_pack_table(folder: Path, header: str, *rows: str) -> Path:
    (folder / "pack.json").write_text('{"models": [{"name": "share"}]}')
    (folder / "table.csv").write_text("\n".join((header, *rows)) + "\n")
    return folder


def test_a_model_of_the_name_share_is_no_domain(tmp_path):
    header = "weight,share:solve_prob,share:list_cost,share:maths,share:physics"
    population = read_pack(write_pack_table(tmp_path, header, "1,0.5,2,0.25,0.75")).population
    assert population.domains == ("maths", "physics")
    assert population.list_cost[0, 0] == 2
    np.testing.assert_array_equal(population.domain_share, [[0.25, 0.75]])


def test_shares_of_a_pack_that_do_not_sum_to_one_are_named_by_file(tmp_path):
    header = "weight,share:solve_prob,share:list_cost,share:maths"
    with pytest.raises(DataError, match=r"table\.csv: .*domain_share\[0\]: the shares sum to 0\.5"):
        read_pack(write_pack_table(tmp_path, header, "1,0.5,2,0.5"))


def test_a_share_of_a_pack_that_is_no_number_is_named_by_line(tmp_path):
    header = "weight,share:solve_prob,share:list_cost,share:maths"
    with pytest.raises(DataError, match=r"table\.csv:2: share:maths is 'all', not a number"):
        read_pack(write_pack_table(tmp_path, header, "1,0.5,2,all"))


def test_the_shipped_pack_names_the_domains_of_its_classes():
    population = read_pack("swebench").population
    assert population.domains == ("django", "scikit-learn", "sphinx-doc", "sympy", "other")


def test_domains_of_the_shipped_pack_are_as_common_as_in_the_records(records_folder):
    pack = read_pack("swebench").population
    records = read_records(records_folder, pack.models)
    domains, share = pool_rare(*domain_shares(records), records.weight)
    assert pack.domains == domains
    np.testing.assert_allclose(pack.weight @ pack.domain_share, records.weight @ share, atol=0.02)


def test_domains_of_the_shipped_pack_are_as_hard_as_in_the_records(records_folder):
    pack = read_pack("swebench").population
    records = read_records(records_folder, pack.models)
    domains, share = pool_rare(*domain_shares(records), records.weight)
    pooled = replace(records, domain=(), domains=domains, domain_share=share)
    for domain in domains:
        np.testing.assert_allclose(
            weights_of(pack, {domain: 1.0}) @ pack.solve_prob,
            weights_of(pooled, {domain: 1.0}) @ records.solve_prob,
            atol=0.08,
            err_msg=domain,
        )
