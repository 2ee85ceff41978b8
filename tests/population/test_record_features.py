"""Features of problems in records."""

import json

import numpy as np
import pytest

from market.foundation.errors import DataError
from market.population.records import read_records


def put(folder, **features):
    for model, rows in features.items():
        lines = [{"id": f"p{i}", "mean_cost": 1, "attempts": [0, 1]} for i in range(len(rows))]
        for line, seen in zip(lines, rows, strict=True):
            line |= {} if seen is None else {"features": seen}
        (folder / f"{model}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in lines))
    return folder


def test_features_come_from_any_of_the_models(tmp_path):
    found = read_records(put(tmp_path, a=[[1, 2], None], b=[None, [3, 4]])).features
    np.testing.assert_array_equal(found, [[1, 2], [3, 4]])


def test_features_that_models_disagree_on_are_refused_with_both_lines(tmp_path):
    with pytest.raises(DataError, match=r"b.jsonl:2: features of .* says; a problem .*") as error:
        read_records(put(tmp_path, a=[[1], [2]], b=[[1], [3]]))
    assert "a.jsonl:2" in str(error.value)


def test_a_problem_without_features_is_refused_where_others_have_some(tmp_path):
    with pytest.raises(DataError, match=r"a.jsonl:2: no features, but .*a.jsonl:1 has some"):
        read_records(put(tmp_path, a=[[1], None]))


def test_as_many_features_are_needed_at_every_problem(tmp_path):
    with pytest.raises(DataError, match=r"a.jsonl:2: 2 features, but 1 in"):
        read_records(put(tmp_path, a=[[1], [1, 2]]))


@pytest.mark.parametrize("wrong", [["x"], 3, [], [None], [True]])
def test_features_are_numbers(tmp_path, wrong):
    with pytest.raises(DataError, match=r"a.jsonl:1: features"):
        read_records(put(tmp_path, a=[wrong]))
