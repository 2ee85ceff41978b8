import math

import pytest

from market.foundation.errors import ScenarioError
from market.studies.journal import Journal, entries


def test_entries_are_read_back_to_the_last_bit(tmp_path):
    file = tmp_path / "j"
    with Journal(file) as journal:
        journal.append({"x": 0.1 + 0.2, "n": math.nan, "name": "é"})
    (entry,) = entries(file)
    assert entry["x"] == 0.1 + 0.2
    assert math.isnan(entry["n"])
    assert entry["name"] == "é"


def test_a_line_that_was_cut_off_is_not_an_entry(tmp_path):
    file = tmp_path / "j"
    file.write_text('{"x": 1}\n{"x": 2')
    assert [entry["x"] for entry in entries(file)] == [1]


def test_going_on_takes_the_cut_off_line_away(tmp_path):
    file = tmp_path / "j"
    file.write_text('{"run": 1}\n{"run": "2')
    with Journal(file) as journal:
        journal.append({"run": "3"})
    assert file.read_text() == '{"run": 1}\n{"run": "3"}\n'


def test_a_journal_has_one_writer_at_a_time(tmp_path):
    with Journal(tmp_path / "j"):
        with pytest.raises(ScenarioError, match="another sweep is running here"):
            Journal(tmp_path / "j")
        assert list(entries(tmp_path / "j")) == []
    with Journal(tmp_path / "j"):
        pass


def test_a_journal_that_is_not_there_has_no_entries(tmp_path):
    assert list(entries(tmp_path / "none")) == []
