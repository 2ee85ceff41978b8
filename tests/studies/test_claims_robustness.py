"""Verdicts across assumptions, as marks, in words and in the page's first paragraph."""

import math

import pytest

from market.studies.claims import Claim, Finding, Report
from market.studies.claims.findings import FORCED, HOLDS, REVERSED, UNDECIDED
from market.studies.claims.robustness import in_short, marks

NONE = math.nan


def finding(base: str, across: dict[str, str] | None = None, ruled: str = "") -> Finding:
    def one(verdict: str) -> Finding:
        return Finding("a test", "", NONE, NONE, NONE, NONE, NONE, 2, verdict)

    others = {name: one(verdict) for name, verdict in (across or {}).items()}
    return Finding("a test", "", 1, 0, 1, 0.5, 1.5, 2, base, by_construction=ruled, across=others)


@pytest.mark.parametrize(
    ("base", "across", "words"),
    [
        (HOLDS, {}, "holds"),
        (HOLDS, {"β 0.1": HOLDS, "undercut": FORCED}, "holds everywhere"),
        (REVERSED, {"β 0.1": REVERSED}, "reversed everywhere"),
        (UNDECIDED, {"β 0.1": UNDECIDED}, "undecided everywhere"),
        (HOLDS, {"β 0.1": UNDECIDED}, "holds unless β 0.1 (undecided)"),
        (UNDECIDED, {"β 0.1": HOLDS, "β 1.1": UNDECIDED}, "holds if β 0.1, else undecided"),
        (HOLDS, {"β 0.1": REVERSED, "β 1.1": HOLDS}, "turns when β 0.1"),
        (HOLDS, {"β 0.1": REVERSED, "β 1.1": UNDECIDED}, "turns when β 0.1; undecided: β 1.1"),
        (REVERSED, {"β 0.1": HOLDS, "β 1.1": REVERSED}, "holds if β 0.1, turns else"),
        (REVERSED, {"β 0.1": UNDECIDED}, "reversed, but for β 0.1 (undecided)"),
    ],
)
def test_words_say_where_it_holds(base, across, words):
    assert finding(base, across).in_words == words


def test_what_follows_from_a_rule_is_not_said_to_hold():
    assert finding(HOLDS, ruled="a rule").in_words == FORCED


def test_marks_are_in_the_order_of_the_columns_and_the_page_s_own_come_first():
    found = marks(finding(HOLDS, {"undercut": FORCED, "β 0.1": REVERSED, "β 1.1": UNDECIDED}))
    assert found == ["✓", "✗", "·", "–", "–", "–", "–", "=", "–", "–", "–", "–", "–", "–", "–"]


def report(*findings: tuple[Finding, ...]) -> Report:
    return Report(
        tuple(
            (Claim(f"claim {n}", "nobody", (), short=f"short {n}"), found)
            for n, found in enumerate(findings, 1)
        ),
        2,
        2,
    )


def test_the_first_paragraph_counts_what_holds_and_what_turns():
    text = in_short(
        report(
            (finding(HOLDS, {"β 0.1": HOLDS}), finding(HOLDS, ruled="a rule")),
            (finding(HOLDS, {"β 0.1": REVERSED}), finding(REVERSED, {"β 0.1": REVERSED})),
        )
    )
    assert "Of 3 experiments in which either outcome is possible, 1 hold under all" in text
    assert "1 turn under some, 1 are reversed under all, and 0 are undecided" in text
    assert "Robust in every experiment: 1 (short 1)." in text
    assert "Not in every one: 2 (short 2)." in text
    assert "these reverse most: price sensitivity 0.1: 1 of 2." in text


def test_a_claim_of_which_nothing_counts_is_not_robust():
    text = in_short(report((finding(HOLDS, ruled="a rule"),)))
    assert "Robust" not in text
