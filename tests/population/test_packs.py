import json
from pathlib import Path

import numpy as np
import pytest

from market.foundation.errors import DataError
from market.foundation.formats import PACK
from market.population.packs import read_pack

PLAIN = {"weight": 1, "a:solve_prob": 0.5, "a:list_cost": 2, "b:solve_prob": 0.4, "b:list_cost": 3}
APART = {"a:failed_cost": 2.5, "a:solved_cost": 1.5, "b:failed_cost": 4, "b:solved_cost": 1.5}


def write(folder: Path, row: dict[str, float]) -> Path:
    """A pack of one class of problems and the models a and b."""
    about = {"format": PACK.signature, "models": [{"name": "a"}, {"name": "b"}]}
    (folder / "pack.json").write_text(json.dumps(about))
    lines = (",".join(row), ",".join(map(str, row.values())))
    (folder / "table.csv").write_text("\n".join(lines) + "\n")
    return folder


def test_a_pack_may_tell_failed_and_successful_attempts_apart(tmp_path):
    population = read_pack(write(tmp_path, PLAIN | APART)).population
    np.testing.assert_array_equal(population.failed_cost, [[2.5, 4]])
    np.testing.assert_array_equal(population.solved_cost, [[1.5, 1.5]])


def test_a_pack_without_such_columns_does_not_tell_them_apart(tmp_path):
    assert read_pack(write(tmp_path, PLAIN)).population.failed_cost is None


@pytest.mark.parametrize("column", APART)
def test_a_column_that_only_the_other_model_has_is_named(tmp_path, column):
    row = {name: value for name, value in (PLAIN | APART).items() if name != column}
    with pytest.raises(DataError, match=f"table.csv: no column '{column}'"):
        read_pack(write(tmp_path, row))


def test_one_kind_of_cost_does_without_the_other_for_no_model(tmp_path):
    row = {name: value for name, value in (PLAIN | APART).items() if "solved" not in name}
    with pytest.raises(DataError, match="both failed_cost and solved_cost"):
        read_pack(write(tmp_path, row))


@pytest.mark.parametrize("value", [2, -1, 0.5])
def test_a_type_that_is_none_of_so_many_is_refused_with_its_line(tmp_path, value):
    with pytest.raises(DataError, match=r"table\.csv:2: type:2 is .*whole number from 0 to 1"):
        read_pack(write(tmp_path, PLAIN | {"type:2": value}))


def test_a_column_that_appears_twice_is_refused(tmp_path):
    folder = write(tmp_path, PLAIN | {"type:2": 1})
    table = folder / "table.csv"
    table.write_text(
        "\n".join(f"{line},{line.split(',')[-1]}" for line in table.read_text().split())
    )
    with pytest.raises(DataError, match="2 columns 'type:2'; keep one"):
        read_pack(folder)
