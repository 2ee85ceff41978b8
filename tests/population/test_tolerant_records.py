"""What the reader of records takes from people, and what it says it did not take."""

import gzip
import json
import os
import warnings
from pathlib import Path

import numpy as np
import pytest

from market.foundation.errors import DataError, MarketWarning
from market.population.records import Reading, read_records

ROW = {"id": "p1", "mean_cost": 0.5, "attempts": [1, 0]}


def put(folder: Path, name: str, *rows: dict, zipped: bool = False) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    content = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()
    path.write_bytes(gzip.compress(content) if zipped else content)
    return path


def said(folder: Path, **options) -> str:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        read_records(folder, reading=Reading(**options))
    assert all(issubclass(warning.category, MarketWarning) for warning in caught)
    return "\n".join(str(warning.message) for warning in caught)


def read_quietly(folder: Path, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarketWarning)
        return read_records(folder, reading=Reading(**options))


def test_scores_count_as_solved_from_the_threshold_on(tmp_path):
    put(tmp_path, "a.jsonl", {**ROW, "attempts": [0.4, 0.5, 0.9, 1]})
    assert read_quietly(tmp_path, solved_at=0.5).successes[0, 0] == 3


def test_only_a_full_score_counts_as_solved_if_nothing_else_is_said(tmp_path):
    put(tmp_path, "a.jsonl", {**ROW, "attempts": [0.99, 1.0, True, 1]})
    assert read_quietly(tmp_path).successes[0, 0] == 3


def test_how_many_scores_lie_between_is_said(tmp_path):
    put(tmp_path, "a.jsonl", {**ROW, "attempts": [0.99, 1.0, 0, 0.5]})
    assert "2 of 4 scores lie strictly between 0 and 1" in said(tmp_path)


def test_one_as_a_float_and_true_are_one_without_a_word(tmp_path):
    put(tmp_path, "a.jsonl", {**ROW, "attempts": [1.0, True, 0.0, False]})
    assert read_records(tmp_path).successes[0, 0] == 2


@pytest.mark.parametrize("threshold", [0.0, 1.5, -1.0, float("nan")])
def test_a_threshold_that_is_no_score_is_refused(threshold):
    with pytest.raises(DataError, match=r"solved_at: .* is not a score above 0 and up to 1"):
        Reading(threshold)


def test_an_id_may_be_a_whole_number_and_meets_the_same_text(tmp_path):
    put(tmp_path, "a.jsonl", {**ROW, "id": 7})
    put(tmp_path, "b.jsonl", {**ROW, "id": "7"})
    assert read_records(tmp_path).size == 1


def test_a_file_in_a_folder_is_the_model_of_folder_and_name(tmp_path):
    put(tmp_path, "openai/gpt.jsonl", ROW)
    put(tmp_path, "local.JSONL", ROW)
    assert read_records(tmp_path).models == ("local", "openai/gpt")


def test_a_gzipped_file_is_read_whatever_the_case_of_its_ending(tmp_path):
    put(tmp_path, "a.jsonl.gz", ROW, zipped=True)
    put(tmp_path, "b.Jsonl.GZ", ROW, zipped=True)
    assert read_records(tmp_path).models == ("a", "b")


def test_a_line_separator_inside_a_text_ends_no_line(tmp_path):
    put(tmp_path, "a.jsonl", {**ROW, "id": "p\u2028q\u0085r"}, ROW)
    assert read_records(tmp_path).size == 2


def test_a_free_model_costs_next_to_nothing(tmp_path):
    put(tmp_path, "free.jsonl", {**ROW, "mean_cost": 0})
    put(tmp_path, "paid.jsonl", ROW)
    assert 0 < read_records(tmp_path).list_cost[0, 0] < 1e-11


def test_the_floor_of_free_attempts_scales_with_money(tmp_path):
    for folder, dollars in (("one", 0.5), ("two", 512.0)):
        put(tmp_path / folder, "free.jsonl", {**ROW, "mean_cost": 0})
        put(tmp_path / folder, "paid.jsonl", {**ROW, "mean_cost": dollars})
    one, two = (read_records(tmp_path / folder).list_cost for folder in ("one", "two"))
    np.testing.assert_array_equal(two, 1024 * one)


def test_free_attempts_among_paid_ones_keep_both_kinds_of_cost_positive(tmp_path):
    put(tmp_path, "a.jsonl", {"id": "p1", "attempts": [1, 0], "costs": [0.5, 0]})
    population = read_records(tmp_path)
    assert population.solved_cost[0, 0] == 0.5
    assert 0 < population.failed_cost[0, 0] < 1e-11


def test_records_in_which_all_is_free_are_refused(tmp_path):
    put(tmp_path, "a.jsonl", {**ROW, "mean_cost": 0})
    with pytest.raises(DataError, match="every attempt is free"):
        read_records(tmp_path)


def test_a_file_that_is_not_read_is_said(tmp_path):
    put(tmp_path, "a.jsonl", ROW)
    put(tmp_path, "more/b.json", ROW)
    assert "not read, for records end in .jsonl or .jsonl.gz: more/b.json" in said(tmp_path)


def test_provenance_and_a_readme_go_without_saying(tmp_path):
    put(tmp_path, "a.jsonl", ROW)
    for name in ("source.json", "README.md", ".hidden"):
        put(tmp_path, name, ROW)
    assert said(tmp_path) == ""


def test_a_line_without_attempts_is_left_out_and_said(tmp_path):
    put(tmp_path, "a.jsonl", ROW, {**ROW, "id": "p2", "attempts": []})
    assert "a.jsonl has 1 lines without attempts, left out (line 2)" in said(tmp_path)


def test_which_model_lacks_problems_is_known(tmp_path):
    put(tmp_path, "a.jsonl", ROW, {**ROW, "id": "p2"}, {**ROW, "id": "p3"})
    put(tmp_path, "b.jsonl", ROW, {**ROW, "id": "p2"})
    population = read_records(tmp_path)
    assert dict(population.lacking) == {"a": 0, "b": 1}
    assert dict(population.select(["b"]).lacking) == {"b": 1}


# a problem that a file has twice


def test_runs_are_merged_where_that_is_asked_for(tmp_path):
    put(tmp_path, "a.jsonl", ROW, {**ROW, "attempts": [1, 1, 1, 1], "mean_cost": 0.2})
    population = read_quietly(tmp_path, repeats="merge")
    assert (population.successes[0, 0], population.attempts[0, 0]) == (5, 6)
    assert population.list_cost[0, 0] == pytest.approx((2 * 0.5 + 4 * 0.2) / 6)


def test_merged_runs_keep_what_failed_and_solved_attempts_cost(tmp_path):
    first = {"id": "p1", "attempts": [1, 0], "costs": [0.2, 0.6]}
    second = {"id": "p1", "attempts": [0, 0, 1], "costs": [0.3, 0.3, 0.4]}
    put(tmp_path, "a.jsonl", first, second)
    population = read_quietly(tmp_path, repeats="merge")
    assert population.failed_cost[0, 0] == pytest.approx(0.4)
    assert population.solved_cost[0, 0] == pytest.approx(0.3)


def test_one_run_written_twice_is_not_merged(tmp_path):
    put(tmp_path, "a.jsonl", ROW, ROW)
    with pytest.raises(DataError, match=r"a\.jsonl:2: .* one run, written twice"):
        read_records(tmp_path, reading=Reading(repeats="merge"))


def test_the_first_is_kept_where_that_is_asked_for(tmp_path):
    put(tmp_path, "a.jsonl", ROW, {**ROW, "attempts": [1, 1]})
    assert read_quietly(tmp_path, repeats="first").attempts[0, 0] == 2
    assert "1 lines are of problems that had one before" in said(tmp_path, repeats="first")


# files that cannot be read


def test_two_files_of_one_model_are_both_named(tmp_path):
    put(tmp_path, "a.jsonl", ROW)
    put(tmp_path, "a.jsonl.gz", ROW, zipped=True)
    with pytest.raises(DataError, match=r"a\.jsonl\.gz: .*a\.jsonl holds the model 'a' too"):
        read_records(tmp_path)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "a.jsonl")
    with pytest.raises(DataError, match=r"a\.jsonl: is a pipe \(FIFO\), not a file; copy"):
        read_records(tmp_path)


def test_a_link_to_a_device_is_refused_without_reading_it(tmp_path):
    (tmp_path / "a.jsonl").symlink_to("/dev/zero")
    with pytest.raises(DataError, match=r"a\.jsonl: is a device, .*links to /dev/zero"):
        read_records(tmp_path)


def test_a_link_that_leads_nowhere_is_refused(tmp_path):
    (tmp_path / "a.jsonl").symlink_to(tmp_path / "gone")
    with pytest.raises(DataError, match=r"a\.jsonl: cannot be read: No such file"):
        read_records(tmp_path)


def test_a_folder_that_links_back_to_itself_is_refused(tmp_path):
    put(tmp_path, "a.jsonl", ROW)
    (tmp_path / "loop").symlink_to(tmp_path)
    with pytest.raises(DataError, match="loop: links back to a folder that it is in"):
        read_records(tmp_path)


def test_a_gzipped_file_that_was_cut_off_is_refused_by_line(tmp_path):
    path = put(tmp_path, "a.jsonl.gz", *({**ROW, "id": i} for i in range(500)), zipped=True)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match=r"a\.jsonl\.gz:\d+: cannot be read on .*cut off"):
        read_records(tmp_path)


def test_text_that_is_no_utf8_is_named_by_line_and_byte(tmp_path):
    path = put(tmp_path, "a.jsonl", ROW)
    path.write_bytes(path.read_bytes() + '{"id": "é"}'.encode("latin-1"))
    with pytest.raises(DataError, match=r"a\.jsonl:2: is not UTF-8 text \(byte 0xe9 at byte 9"):
        read_records(tmp_path)


def test_a_line_without_an_end_is_refused(tmp_path):
    with (tmp_path / "a.jsonl").open("wb") as stream:
        stream.truncate(2**27)
    with pytest.raises(DataError, match=r"a\.jsonl:1: the line is longer than 67,108,864 bytes"):
        read_records(tmp_path)


def test_names_with_signs_are_quoted_where_they_are_listed(tmp_path):
    put(tmp_path, "a,b.jsonl", ROW)
    with pytest.raises(DataError, match='there are: "a,b"'):
        read_records(tmp_path, ["c"])
