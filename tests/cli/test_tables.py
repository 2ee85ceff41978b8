"""Tables at any width: whole numbers and names, and never a line that is too long."""

import pytest

from market.cli.line_breaks import lines, whole
from market.cli.tables import FittedTable, plain_table
from market.cli.terminal import out

ROWS = (
    ("mini-coder", "least demanding third of all buyers", "0.0358 ± 0.0017", "1,234,567"),
    (whole("Large Co"), "nobody", "–", "-22.4%"),
)
HEADINGS = ["surplus per query, $ per 1,000 queries", "arbitrageurs' change"]
SHORT = {"arbitrageurs' change": "change"}
WIDEST = 94  # with every heading and every phrase in one line


def small(**more) -> FittedTable:
    table = plain_table("What a table says", ["agent", "buyers"], HEADINGS, **more)
    for row in ROWS:
        table.add_row(*row)
    return table


@pytest.fixture
def printed(monkeypatch, capsys):
    def at(width: int, table: FittedTable) -> list[str]:
        monkeypatch.setenv("COLUMNS", str(width))
        out.print(table)
        return [line.rstrip() for line in capsys.readouterr().out.splitlines()]

    return at


@pytest.mark.parametrize("width", range(24, 130, 5))
def test_no_line_is_too_long_and_every_number_and_name_is_whole(printed, width):
    found = printed(width, small(short=SHORT))
    assert max(map(len, found)) <= width
    text = "\n".join(found)
    for name in ("mini-coder", "Large Co", "0.0358 ± 0.0017", "1,234,567", "-22.4%"):
        assert name in text
    assert "buyers" in text.replace("all\nbuyers", "buyers")


def test_a_wide_table_has_a_line_for_each_row(printed):
    found = printed(160, small())
    assert sum("mini-coder" in line for line in found) == 1
    assert any(all(cell in line for cell in ROWS[0]) for line in found)


def test_a_long_heading_has_several_lines_before_anything_else_gives_way(printed):
    found = printed(160, small())
    assert not any(HEADINGS[0] in line for line in found)
    assert any("least demanding third of all buyers" in line for line in found)


def test_columns_move_together_before_a_phrase_is_broken(printed):
    def gap(line: str) -> int:
        return line.index("least") - line.index("mini-coder") - len("mini-coder")

    widths = range(60, 130)
    rows = {w: next(r for r in printed(w, small()) if "mini-coder" in r) for w in widths}
    unbroken = [w for w in widths if ROWS[0][1] in rows[w]]
    assert {gap(rows[w]) for w in unbroken} == {2, 3}
    assert gap(rows[unbroken[0]]) == 2


def test_a_short_heading_is_explained_below(printed):
    by_width = {w: printed(w, small(short=SHORT)) for w in range(40, 130)}
    explained = {w for w, found in by_width.items() if "change: arbitrageurs' change" in found}
    assert explained
    assert max(explained) < min(set(by_width) - explained)


def test_a_table_in_parts_repeats_its_first_column(printed):
    table = plain_table("", ["agent"], [f"measure {n}" for n in range(8)])
    table.add_row("mini-coder", *(f"{n}.{n}{n}{n}" for n in range(8)))
    found = printed(40, table)
    assert sum("mini-coder" in line for line in found) == 3
    assert sum("agent" in line for line in found) == 3


def test_what_no_part_can_hold_stands_record_after_record(printed):
    found = printed(24, small())
    assert "agent: mini-coder" in found
    assert "agent: Large Co" in found
    at = found.index("  arbitrageurs' change:")
    assert found[at + 1].strip() == "1,234,567"


def test_a_unit_in_a_title_and_a_remark_in_a_heading_are_not_broken(printed):
    title, heading = "What the agents earn, $ per 1,000 queries", "price index (1 = list)"
    found = printed(30, plain_table(title, ["agent", heading]))
    assert found[:2] == ["What the agents earn,", "$ per 1,000 queries"]
    assert any("(1 = list)" in line for line in found)


def test_an_empty_table_prints_its_headings(printed):
    assert any("agent" in line for line in printed(80, plain_table("", ["agent"], ["revenue"])))


def test_a_word_that_is_longer_than_the_width_is_left_whole(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "20")
    path = "/a/folder/with/a/long/name/result-1"
    out.print(f"Tables and manifest: {path}")
    assert path in capsys.readouterr().out.splitlines()


def test_a_line_of_text_in_a_pipe_of_no_given_width_stays_a_line(capsys):
    out.print("word " * 80)
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_paragraph_has_lines_of_a_readable_length_in_a_pipe_too(capsys):
    out.paragraph("word " * 80)
    found = capsys.readouterr().out.splitlines()
    assert max(map(len, found)) <= 100
    assert len(found) == 4


def test_lines_break_at_blanks_alone():
    assert lines("gpt-5-mini a/b c", 6) == ["gpt-5-mini", "a/b c"]
    assert lines(f"{whole('a b')} c", 3) == [whole("a b"), "c"]
