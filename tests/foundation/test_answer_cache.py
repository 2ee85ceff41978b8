"""Answers kept on the disk: whole or not at all, bounded, and never in the way."""

import errno
import os
import threading

import numpy as np
import pytest

from market.foundation import answer_cache
from market.foundation.answer_cache import cache_folder, keep, kept_or_found, recall

KEY = b"what was asked"
ARRAYS = {
    "numbers": np.array([[0.1, np.nan], [np.inf, -0.0]]),
    "whole": np.arange(3),
    "one": np.array(True),
    "none": np.empty((0, 2)),
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MARKET_CACHE", str(tmp_path))
    return tmp_path / "answers"


def test_what_is_kept_comes_back_to_the_bit():
    keep(KEY, ARRAYS)
    found = recall(KEY)
    assert found is not None
    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        assert found[name].tobytes() == array.tobytes()


def test_nothing_is_known_under_another_key():
    keep(KEY, ARRAYS)
    assert recall(KEY + b"!") is None


def test_an_answer_is_found_once():
    calls = []

    def find():
        calls.append(1)
        return ARRAYS

    first, second = (kept_or_found(KEY, find) for _ in range(2))
    assert len(calls) == 1
    assert first["numbers"].tobytes() == second["numbers"].tobytes()


def test_off_keeps_and_reads_nothing(folder, monkeypatch):
    keep(KEY, ARRAYS)
    monkeypatch.setenv("MARKET_CACHE", "off")
    assert cache_folder() is None
    assert recall(KEY) is None
    keep(b"other", ARRAYS)
    assert len(list(folder.iterdir())) == 1


def test_without_a_choice_the_folder_is_the_users_own_for_caches(tmp_path, monkeypatch):
    monkeypatch.delenv("MARKET_CACHE")
    monkeypatch.setattr(answer_cache, "user_cache_path", lambda name: tmp_path / name)
    assert cache_folder() == tmp_path / "market" / "answers"


def test_answers_of_other_code_are_not_taken(monkeypatch):
    keep(KEY, ARRAYS)
    monkeypatch.setattr(answer_cache, "_makers", lambda: b"other code")
    assert recall(KEY) is None


@pytest.mark.parametrize("damage", [lambda c: c[:-40], lambda c: b"", lambda c: b"\0" * len(c)])
def test_a_damaged_file_counts_as_none(folder, damage):
    keep(KEY, ARRAYS)
    (file,) = folder.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    assert recall(KEY) is None
    keep(KEY, ARRAYS)
    assert recall(KEY) is not None


def test_a_file_with_one_bit_changed_counts_as_none(folder):
    keep(KEY, {"numbers": np.zeros(1000)})
    (file,) = folder.iterdir()
    content = bytearray(file.read_bytes())
    content[4000] ^= 1
    file.write_bytes(content)
    assert recall(KEY) is None


def test_objects_that_could_run_code_are_neither_kept_nor_read(folder):
    with pytest.raises(ValueError, match="allow_pickle"):
        keep(KEY, {"object": np.array([print], dtype=object)})
    keep(KEY, ARRAYS)
    (file,) = folder.iterdir()
    np.savez(file, object=np.array([print], dtype=object))
    assert recall(KEY) is None


def test_a_place_that_is_no_folder_keeps_nothing_and_says_nothing(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("MARKET_CACHE", str(tmp_path / "file"))
    keep(KEY, ARRAYS)
    assert recall(KEY) is None


def test_a_full_disk_leaves_no_part_of_a_file(folder, monkeypatch):
    def full(stream, **_):
        stream.write(b"begun")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(answer_cache.np, "savez", full)
    keep(KEY, ARRAYS)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("largest", [10_000, 40_000])
def test_the_answers_asked_for_longest_ago_make_room(folder, monkeypatch, largest):
    monkeypatch.setattr(answer_cache, "LARGEST", largest)
    monkeypatch.setattr(answer_cache, "_LOOK", 1)
    for n in range(100):
        keep(b"%d" % n, {"numbers": np.zeros(100)})
        for file in folder.iterdir():  # a second passes
            status = file.stat()
            os.utime(file, (status.st_atime - 1, status.st_mtime - 1))
        assert recall(b"0") is not None  # asked for all the time
        assert sum(file.stat().st_size for file in folder.iterdir()) <= largest
    assert recall(b"99") is not None
    assert recall(b"1") is None


def test_an_answer_that_would_push_out_many_others_is_not_kept(folder, monkeypatch):
    monkeypatch.setattr(answer_cache, "LARGEST", 8_000)
    keep(KEY, {"numbers": np.zeros(126)})
    assert not folder.exists()


def test_who_reads_while_others_write_reads_a_whole_answer_or_none():
    array, wrong = np.arange(5_000.0), []

    def write():
        for _ in range(10):
            keep(KEY, {"numbers": array})

    def read():
        for _ in range(40):
            found = recall(KEY)
            if found is not None and not np.array_equal(found["numbers"], array):
                wrong.append(found)

    threads = [threading.Thread(target=work) for work in (write, write, read, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert recall(KEY) is not None


def test_files_of_others_in_the_folder_stay_however_large(folder, monkeypatch):
    folder.mkdir()
    others = [folder / name for name in ("thesis.docx", "a" * 40 + ".npz", ".0123456789abcdef")]
    for other in others:
        other.write_bytes(b"x" * 5000)
    monkeypatch.setattr(answer_cache, "LARGEST", 4000)
    monkeypatch.setattr(answer_cache, "_LOOK", 1)
    for key in range(20):
        keep(bytes([key]), {"numbers": np.arange(50)})
    assert all(other.stat().st_size == 5000 for other in others)
    assert 0 < len(list(folder.glob("market-*.npz"))) < 20


def test_what_has_the_name_of_a_draft_already_stays(folder, monkeypatch):
    folder.mkdir()
    monkeypatch.setattr(answer_cache.secrets, "token_hex", lambda count: "0" * 2 * count)
    other = folder / f".market-{'0' * 16}"
    other.write_text("somebody else's")
    keep(KEY, ARRAYS)
    assert other.read_text() == "somebody else's"
