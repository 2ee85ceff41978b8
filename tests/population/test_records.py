import json
from pathlib import Path

import numpy as np
import pytest
from conftest import costs_apart

from market.foundation.errors import DataError
from market.foundation.random_streams import Streams
from market.population.records import read_records, write_records

GOOD = {"id": "p1", "mean_cost": 0.5, "attempts": [1, 0, True, False]}


def write(folder: Path, **models) -> Path:
    for model, rows in models.items():
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        (folder / f"{model}.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def test_solve_probability_is_successes_over_attempts(tmp_path):
    population = read_records(write(tmp_path, a=[GOOD]))
    assert population.solve_prob[0, 0] == 0.5
    assert population.list_cost[0, 0] == 0.5
    assert population.attempts[0, 0] == 4


def test_problems_that_not_all_models_share_are_counted(tmp_path):
    extra = {**GOOD, "id": "p2"}
    population = read_records(write(tmp_path, a=[GOOD, extra], b=[GOOD]))
    assert population.size == 1
    assert dict(population.left_out) == {"a": 1, "b": 0}


def test_the_part_before_two_underscores_is_the_domain(tmp_path):
    rows = [{**GOOD, "id": name} for name in ("django__1", "sympy__2")]
    assert read_records(write(tmp_path, a=rows)).domain == ("django", "sympy")


def test_a_domain_given_counts_before_the_id(tmp_path):
    rows = [{**GOOD, "id": "x__1", "domain": "own"}]
    assert read_records(write(tmp_path, a=rows)).domain == ("own",)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('{"id": "p1", "mean_cost"', r"a\.jsonl:2: not a JSON object \(.* at column"),
        ("[1, 2]", r"a\.jsonl:2: not a JSON object but list"),
        ({"id": "x", "attempts": [1]}, r"a\.jsonl:2: no 'mean_cost'; it has: id, attempts"),
        ({**GOOD, "id": ""}, "id is ''"),
        ({**GOOD, "id": None}, "id is None; it must be a text that is not empty, or a whole"),
        ({**GOOD, "id": 1.0}, r"id is 1\.0"),
        ({**GOOD, "id": True}, "id is True"),
        ({**GOOD, "id": "x", "mean_cost": 1e308}, r"mean_cost is 1e\+308 US dollars; sums of such"),
        ({**GOOD, "id": "x", "mean_cost": 1e-320}, "US dollars; sums of such"),
        ({**GOOD, "id": "x", "mean_cost": -0.1}, "0 or more US dollars"),
        ({**GOOD, "id": "x", "mean_cost": "1"}, "must be a number"),
        ({**GOOD, "id": "x", "mean_cost": True}, "must be a number"),
        ('{"id": "x", "mean_cost": NaN, "attempts": [1]}', "0 or more US dollars"),
        ({**GOOD, "id": "x", "attempts": 1}, "attempts is 1; it must be a list"),
        ({**GOOD, "id": "x", "attempts": [0, 2]}, r"attempts\[1\] is 2; each must be 0, 1"),
        ({**GOOD, "id": "x", "attempts": [-0.5]}, r"attempts\[0\] is -0\.5"),
        ({**GOOD, "id": "x", "attempts": ["1"]}, r"attempts\[0\] is '1'"),
        ({**GOOD, "id": "x", "attempts": [[1]]}, r"attempts\[0\] is \[1\]"),
        ({**GOOD, "id": "x", "domain": 3}, "domain is 3; it must be a text"),
        ({**GOOD, "id": "x", "attempts": "1" * 500}, f"attempts is '{'1' * 58}…; it"),
        (
            '{"id": "x", "mean_cost": ' + "1" * 5000 + "}",
            "mean_cost has 1+…, a number of 5000 digi",
        ),
        ("[" * 100_000, r"'\[+… is nested too deep"),
        (GOOD, "id 'p1' appears twice, in line 1 too, with the same attempts"),
        ({**GOOD, "mean_cost": 0.6}, "--merge-runs if these are different attempts, else --keep"),
    ],
)
def test_a_bad_line_is_named_by_file_and_line(tmp_path, row, message):
    write(tmp_path, a=[GOOD, row])
    with pytest.raises(DataError, match=r"a\.jsonl:2") as caught:
        read_records(tmp_path)
    assert caught.match(message)


# costs of single attempts

EACH = {"id": "p1", "attempts": [1, 0, 0, 1], "costs": [0.2, 0.5, 0.7, 0.4]}


def test_costs_of_attempts_are_averaged_by_outcome(tmp_path):
    population = read_records(write(tmp_path, a=[EACH]))
    assert population.list_cost[0, 0] == pytest.approx(0.45)
    assert population.failed_cost[0, 0] == pytest.approx(0.6)
    assert population.solved_cost[0, 0] == pytest.approx(0.3)


def test_a_mean_cost_beside_the_costs_of_attempts_is_read_where_it_agrees(tmp_path):
    population = read_records(write(tmp_path, a=[{**EACH, "mean_cost": 0.4502}]))
    assert population.list_cost[0, 0] == pytest.approx(0.45)


def test_a_kind_of_attempt_that_is_not_recorded_costs_by_the_model_s_mean_ratio(tmp_path):
    rows = [
        {"id": "p1", "attempts": [1, 0], "costs": [0.1, 0.2]},  # c_s / c_f = 1/2
        {"id": "p2", "attempts": [1, 0], "costs": [0.1, 0.8]},  # 1/8; 1/4 in the geometric mean
        {"id": "p3", "attempts": [0, 0], "costs": [0.3, 0.5]},
        {"id": "p4", "attempts": [1], "costs": [0.3]},
    ]
    population = read_records(write(tmp_path, a=rows))
    np.testing.assert_allclose(population.failed_cost[:, 0], [0.2, 0.8, 0.4, 1.2])
    np.testing.assert_allclose(population.solved_cost[:, 0], [0.1, 0.1, 0.1, 0.3])


def test_a_model_never_seen_to_both_fail_and_solve_pays_the_same_for_either(tmp_path):
    rows = [
        {"id": "p1", "attempts": [0, 0], "costs": [0.3, 0.5]},
        {"id": "p2", "attempts": [1], "costs": [0.7]},
    ]
    population = read_records(write(tmp_path, a=rows))
    np.testing.assert_allclose(population.failed_cost[:, 0], [0.4, 0.7])
    np.testing.assert_allclose(population.solved_cost[:, 0], [0.4, 0.7])


def test_a_model_without_costs_of_attempts_pays_its_mean_beside_one_that_has_them(tmp_path):
    population = read_records(write(tmp_path, a=[EACH], b=[GOOD]))
    np.testing.assert_allclose(population.failed_cost, [[0.6, 0.5]])
    np.testing.assert_allclose(population.solved_cost, [[0.3, 0.5]])


def test_records_of_mean_costs_alone_do_not_tell_costs_apart(tmp_path):
    population = read_records(write(tmp_path, a=[GOOD]))
    assert population.failed_cost is None
    assert population.solved_cost is None


@pytest.mark.parametrize(
    ("costs", "message"),
    [
        ([0.1, 0.2, 0.3], "costs is a list of 3; it must .* one for each of the 4 attempts"),
        (0.1, r"costs is 0\.1; it must be a list"),
        ([], "costs is a list of 0"),
        ([0.1, -0.2, 0.3, 0.1], r"costs\[1\] is -0\.2; it must be 0 or more"),
        ([0.1, None, 0.3, 0.1], r"costs\[1\] is None; it must be a number"),
        ([0.1, 0.2, 0.3, 10**400], r"costs\[3\] is inf"),
    ],
)
def test_costs_of_attempts_that_cannot_be_are_named_by_file_and_line(tmp_path, costs, message):
    write(tmp_path, a=[GOOD, {**EACH, "id": "x", "costs": costs}])
    with pytest.raises(DataError, match=rf"a\.jsonl:2: {message}"):
        read_records(tmp_path)


def test_a_mean_cost_that_is_not_the_mean_of_the_costs_is_named_by_file_and_line(tmp_path):
    write(tmp_path, a=[GOOD, {**EACH, "id": "x", "mean_cost": 0.5}])
    with pytest.raises(
        DataError, match=r"a\.jsonl:2: mean_cost is 0\.5, but the mean of costs is 0\.45"
    ):
        read_records(tmp_path)


def test_drawn_records_have_the_population_s_costs_of_failed_and_successful_attempts(
    ladder, tmp_path
):
    population = costs_apart(ladder, 1.5, 0.5)
    write_records(population, 12, tmp_path / "drawn", Streams(1))
    found = read_records(tmp_path / "drawn", list(ladder.models))
    order = [int(path.split("-")[1]) for path in sorted(f"p-{i}" for i in range(ladder.size))]
    np.testing.assert_allclose(found.failed_cost, population.failed_cost[order])
    np.testing.assert_allclose(found.solved_cost, population.solved_cost[order])
    p = found.solve_prob
    np.testing.assert_allclose(found.list_cost, p * found.solved_cost + (1 - p) * found.failed_cost)


# folders


def test_models_that_share_no_problem_are_refused_with_their_sizes(tmp_path):
    write(tmp_path, a=[GOOD], b=[{**GOOD, "id": "p2"}])
    with pytest.raises(DataError, match=r"no problem id .* \(a 1, b 1\)"):
        read_records(tmp_path)


def test_a_missing_folder_model_or_file_is_named(tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        read_records(tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"no <model>\.jsonl"):
        read_records(tmp_path)
    write(tmp_path, a=[GOOD])
    with pytest.raises(DataError, match=r"no b\.jsonl; there are: a"):
        read_records(tmp_path, ["b"])


def test_an_empty_file_and_one_that_is_no_text_are_refused(tmp_path):
    (tmp_path / "a.jsonl").write_text("\n")
    with pytest.raises(DataError, match="holds no records"):
        read_records(tmp_path)
    (tmp_path / "a.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match="UTF-8"):
        read_records(tmp_path)


def test_single_attempt_solve_rates_are_those_of_the_paper(six):
    published = {"minicoder4b": 0.227, "gpt5mini": 0.553, "deepseek": 0.569, "sonnet": 0.630}
    for model, rate in published.items():
        found = float(six.weight @ six.solve_prob[:, six.index(model)])
        assert found == pytest.approx(rate, abs=0.001)
    assert six.size == 445
    assert np.isclose(six.weight.sum(), 1)


def test_drawn_records_have_the_population_s_costs_and_solve_about_as_often(ladder, tmp_path):
    write_records(ladder, 200, tmp_path / "drawn", Streams(1))
    population = read_records(tmp_path / "drawn", list(ladder.models))
    order = [int(path.split("-")[1]) for path in sorted(f"p-{i}" for i in range(ladder.size))]
    assert population.list_cost == pytest.approx(ladder.list_cost[order])
    assert population.solve_prob.mean() == pytest.approx(ladder.solve_prob.mean(), abs=0.01)


def test_drawn_records_of_one_model_do_not_hang_on_the_others(ladder, tmp_path):
    write_records(ladder, 5, tmp_path / "all", Streams(1))
    write_records(ladder.select(["large"]), 5, tmp_path / "one", Streams(1))
    one, among = (tmp_path / folder / "large.jsonl" for folder in ("one", "all"))
    assert one.read_text() == among.read_text()


def test_no_attempts_are_no_records(ladder, tmp_path):
    with pytest.raises(DataError, match="attempts 0: needs at least 1"):
        write_records(ladder, 0, tmp_path / "none", Streams(1))
