"""Some claims tested apart from the others: which, and how they get into the page of all."""

import pytest

from market.foundation.errors import DataError
from market.studies.claims import CLAIMS, Finding, Report
from market.studies.claims.list import by_number
from market.studies.claims.markdown import to_markdown
from market.studies.claims.merging import merged


def report(*numbers: int, value: float = 1.0) -> Report:
    """As if all experiments of these claims had found the same."""
    claims = by_number(numbers)
    findings = tuple(
        (
            claim,
            tuple(
                Finding(e.says, "", value, 0, value, 0.5, 1.5, 4, "holds", refuted_by="Less.")
                for e in claim.experiments
            ),
        )
        for claim in claims
    )
    return Report(findings, 4, 80, numbers, "abcd")


def headings(page: str) -> list[str]:
    return [line for line in page.splitlines() if line.startswith("## ")]


def test_claims_keep_their_numbers():
    page = to_markdown(report(2, 17))
    assert headings(page)[2:] == [f"## {n}. {CLAIMS[n - 1].title}" for n in (2, 17)]


def test_what_is_tested_anew_takes_its_place_and_says_so():
    page = to_markdown(report(1, 2, 3))
    after = merged(page, report(2, value=7.0))
    assert headings(after) == headings(page)
    of_two = after.partition("## 2. ")[2].partition("## 3. ")[0]
    assert "| 7 | 0 | 7 |" in of_two
    assert "Claim 2 was tested apart from the others, by the code `abcd`: 4 seeds each" in of_two
    others = after.replace(of_two, "")
    assert "tested apart" not in others
    assert "| 7 | 0 | 7 |" not in others


def test_a_new_claim_is_put_behind_the_others_once():
    page = to_markdown(report(1, 2))
    after = merged(page, report(3))
    assert headings(after) == [*headings(page), f"## 3. {CLAIMS[2].title}"]
    assert [line[:5] for line in after.splitlines() if line.startswith("| 3. ")] == ["| 3. "]
    assert merged(after, report(3)) == after


def test_what_the_page_says_of_the_others_stays():
    page = to_markdown(report(1, 2))
    after = merged(page, report(3))
    assert after.startswith(page[: page.index("## In short")])
    assert page.partition("## 1. ")[2].rstrip() in after


@pytest.mark.parametrize("number", [0, len(CLAIMS) + 1])
def test_a_number_of_no_claim_is_refused(number):
    with pytest.raises(DataError, match=f"1 to {len(CLAIMS)}"):
        by_number([number])
