"""How the command line prints an answer: the verdict, and the tables and remarks below it."""

from market.cli.print_verdict import print_verdict
from market.cli.terminal import out, plain_table
from market.findings.answer_parts import AnswerTable, Parts
from market.findings.verdict import Verdict


def print_answer(said: Verdict, parts: Parts) -> None:
    """Print the verdict, then each part in its order."""
    print_verdict(said)
    for part in parts:
        if isinstance(part, AnswerTable):
            table = plain_table(part.title, part.words, part.numbers, keys=part.keys)
            for row in part.rows:
                table.add_row(*row)
            out.print(table)
        elif part.flowing:
            out.paragraph(part.text)
        else:
            out.print(part.text)
