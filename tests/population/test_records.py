import json
from pathlib import Path

import numpy as np
import pytest

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
        ({**GOOD, "id": "x", "mean_cost": 0}, "mean_cost is 0; it must be above 0"),
        ({**GOOD, "id": "x", "mean_cost": -0.1}, "above 0"),
        ({**GOOD, "id": "x", "mean_cost": "1"}, "must be a number"),
        ({**GOOD, "id": "x", "mean_cost": True}, "must be a number"),
        ('{"id": "x", "mean_cost": NaN, "attempts": [1]}', "above 0"),
        ({**GOOD, "id": "x", "attempts": []}, "at least one"),
        ({**GOOD, "id": "x", "attempts": [0, 2]}, "attempts holds 2"),
        ({**GOOD, "id": "x", "attempts": [0.0]}, r"attempts holds 0\.0"),
        (GOOD, "id 'p1' appears twice"),
    ],
)
def test_a_bad_line_is_named_by_file_and_line(tmp_path, row, message):
    write(tmp_path, a=[GOOD, row])
    with pytest.raises(DataError, match=r"a\.jsonl:2") as caught:
        read_records(tmp_path)
    assert caught.match(message)


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
