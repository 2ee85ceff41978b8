"""A page of claims of which some were tested anew, or are new: their parts in the page of the rest.

Verdicts are corrected for those that were found together, so the page says which were.
"""

import re

from market.studies.claims.findings import Report, listed
from market.studies.claims.markdown import section, short_row

_TABLE = "## In short"
_HEADING = re.compile(r"^## (?=\d+\. )", re.MULTILINE)


def apart(report: Report) -> str:
    """A sentence on what was found together, and how many verdicts were corrected for."""
    numbers = [str(n) for n, _, _ in report.numbered]
    several = len(numbers) > 1
    return (
        f"Claim{'s' if several else ''} {listed(numbers)} {'were' if several else 'was'} tested "
        f"apart from the others, by the code `{report.code}`: {report.replicates} seeds each, "
        f"{report.runs} runs, verdicts corrected for the {report.counted} of "
        f"{'these' if several else 'it'} alone."
    )


def merged(page: str, report: Report) -> str:
    """The page with the claims of a report in place of what it said of them, or after the others.

    What the page says of all claims together stays, and is that of the others.

    Parameters
    ----------
    page
        As an earlier test of claims wrote it.
    report
        Of some claims.
    """
    head, *sections = _HEADING.split(page)
    by_number = {int(text.partition(".")[0]): text for text in sections}
    for n, claim, findings in report.numbered:
        first, *rest = section(n, claim, findings)
        text = "\n".join([first, f"*{apart(report)}*\n", *rest])
        by_number[n] = text.removeprefix("## ").rstrip("\n") + "\n\n"
        head = _with_row(head, n, short_row(n, claim, findings))
    body = "".join(f"## {by_number[n]}" for n in sorted(by_number))
    return head + body.rstrip("\n") + "\n"


def _with_row(head: str, number: int, row: str) -> str:
    """The table of all claims with this row in its place."""
    before, title, rest = head.partition(_TABLE)
    table, gap, after = rest.lstrip("\n").partition("\n\n")
    lines = table.split("\n")
    rows = {int(found[1]): line for line in lines if (found := re.match(r"\| (\d+)\. ", line))}
    rows[number] = row
    heading = [line for line in lines if not re.match(r"\| \d+\. ", line)]
    told = "\n".join([*heading, *(rows[n] for n in sorted(rows))])
    return f"{before}{title}\n\n{told}{gap}{after}"
