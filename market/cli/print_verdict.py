"""How the command line prints a verdict: the question, and the paragraph that answers it."""

from market.cli.terminal import out
from market.findings.verdict import Verdict


def print_verdict(verdict: Verdict) -> None:
    """Print what was asked, what was found, and a blank line."""
    if verdict.question:
        out.paragraph(verdict.question)
    out.paragraph(verdict.text)
    out.print()
