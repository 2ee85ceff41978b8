"""Killed or without power at any moment, work is done again and ends the same, to the last byte."""

import pytest
from kinds_of_work import KINDS, Work
from watched_disk import Tree, WatchedDisk, restore, tree_of

from market.foundation.atomic_files import whole_folder, write_whole
from market.studies import executors
from market.studies.run_task import run_task

LOOKED_AT = 4  # moments of each list, spread evenly over all that there are


@pytest.fixture
def made_once(monkeypatch) -> None:
    """A run is made once: that it comes out the same again is tested elsewhere."""
    made = {}

    def remembered(task):
        if task.run_id not in made:
            made[task.run_id] = run_task(task)
        return made[task.run_id]

    monkeypatch.setattr(executors, "run_task", remembered)


def spread(states: list[Tree]) -> list[Tree]:
    return states[:: -(-len(states) // LOOKED_AT)]


def without_drafts(tree: Tree) -> Tree:
    """What a reader sees: a page that was killed half-way leaves a hidden file beside it."""
    return {name: text for name, text in tree.items() if "/.report.html-" not in name}


@pytest.mark.parametrize("do", KINDS)
def test_after_a_kill_or_a_power_cut_at_any_moment_it_ends_the_same(
    do: Work, short, tmp_path, made_once
):
    disk = WatchedDisk(tmp_path / "home")
    disk.root.mkdir()
    with disk.watching():
        do(short, disk.root / "out")
    wanted = tree_of(disk.root)
    assert disk.disk.tree(sure=True) == wanted  # what is done is on the disk
    for k, state in enumerate([*spread(disk.killed), *spread(disk.cut)]):
        again = tmp_path / str(k)
        restore(state, again)
        do(short, again / "out")
        assert without_drafts(tree_of(again)) == wanted


def test_a_page_is_never_half_there(tmp_path):
    disk = WatchedDisk(tmp_path / "home")
    disk.root.mkdir()
    with disk.watching():
        write_whole(disk.root / "page", "first")
        write_whole(disk.root / "page", "second")
    found = [state.get("page") for state in [*disk.killed, *disk.cut]]
    assert set(found) == {None, b"first", b"second"}
    assert disk.cut[-1]["page"] == b"second"


def test_a_folder_that_a_killed_command_left_empty_is_free(tmp_path):
    (tmp_path / "out").mkdir()
    draft = tmp_path / f".out-{'0' * 16}"
    draft.mkdir()
    (draft / "market.parquet").write_bytes(b"half")
    with whole_folder(tmp_path / "out") as folder:
        (folder / "manifest.json").write_text("{}")
    assert tree_of(tmp_path) == {"out": None, "out/manifest.json": b"{}"}


def test_a_draft_with_anything_of_somebody_else_s_stays(tmp_path):
    draft = tmp_path / f".out-{'0' * 16}"
    draft.mkdir()
    (draft / "letter.txt").write_text("mine")
    with whole_folder(tmp_path / "out"):
        pass
    assert (draft / "letter.txt").read_text() == "mine"
