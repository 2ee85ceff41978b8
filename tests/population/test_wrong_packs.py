"""Packs that cannot be: each is refused by file and line, never with a traceback."""

import json
import os
import re
from pathlib import Path

import pytest

from market.foundation.errors import DataError
from market.population.packs import read_pack

TABLE = "weight,a:solve_prob,a:list_cost\n0.5,0.5,1\n0.5,0.25,2\n"
ABOUT = json.dumps({"models": [{"name": "a"}]})


def pack(folder: Path, table: str = TABLE, about: str = ABOUT) -> Path:
    (folder / "table.csv").write_text(table)
    (folder / "pack.json").write_text(about)
    return folder


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (TABLE + "0.5,0.5\n", r"table\.csv:4: has not as many values as the first line"),
        (TABLE + "0.5,0.5,1,1\n", r"table\.csv:4: has not as many values"),
        (TABLE.replace("0.25", "9" * 5000), r"table\.csv: population\.solve_prob\[1\]\[0\]: inf"),
        (TABLE.replace("0.25", "x" * 500), r"table\.csv:3: a:solve_prob is 'x{58}…, not a number"),
        (TABLE.replace(",1\n", ",0\n").replace(",2\n", ",0\n"), "every attempt is free"),
        (TABLE.replace("0.25", "1e-300"), "a has costs so far apart, or so small a chance above 0"),
        (
            TABLE.replace("cost\n", "cost,type:" + "9" * 5000 + "\n")
            .replace("1\n", "1,0\n")
            .replace("2\n", "2,0\n"),
            r"type:9+… is not type:<number of types>",
        ),
    ],
)
def test_a_table_that_cannot_be_is_refused_by_line(tmp_path, table, message):
    with pytest.raises(DataError, match=message):
        read_pack(pack(tmp_path, table))


@pytest.mark.parametrize(
    "about",
    [
        '{"models": []}',
        '{"models": [{"name": 3}]}',
        '{"models": ' + "9" * 5000 + "}",
        '{"a":' * 100_000,
    ],
)
def test_a_manifest_that_cannot_be_is_refused_by_file(tmp_path, about):
    with pytest.raises(DataError, match=r"pack\.json: "):
        read_pack(pack(tmp_path, about=about))


@pytest.mark.parametrize("name", ["table.csv", "pack.json"])
def test_a_pipe_in_a_pack_is_refused_without_waiting_for_it(tmp_path, name):
    (pack(tmp_path) / name).unlink()
    os.mkfifo(tmp_path / name)
    with pytest.raises(DataError, match=rf"{re.escape(name)}: is a pipe \(FIFO\)"):
        read_pack(tmp_path)


def test_a_free_model_of_a_pack_costs_next_to_nothing(tmp_path):
    table = "weight,a:solve_prob,a:list_cost,b:solve_prob,b:list_cost\n1,0.5,0,0.5,2\n"
    about = json.dumps({"models": [{"name": "a"}, {"name": "b"}]})
    population = read_pack(pack(tmp_path, table, about)).population
    assert 0 < population.list_cost[0, 0] < population.unseen < population.list_cost[0, 1]
