"""What a report on a command's answer is about."""

from collections.abc import Mapping
from typing import Any

from market.charts.of_answers import AnswerKind
from market.findings.verdict import Verdict
from market.report.subject import Subject

QUESTIONS: Mapping[AnswerKind, str] = {
    "fit": "What do the targets tell of the parameters?",
    "release": "What does a better model earn whoever builds it?",
    "regret": "What does it cost a router to learn while it sells?",
    "equilibrium": "Where do prices come to rest, and who presses on whom?",
    "learning": "Does arbitrage break the collusion that pricing algorithms learn?",
}
"""What each kind of answer is to, where the scenario does not ask it."""


def answer_subject(
    kind: AnswerKind,
    name: str,
    answer: Mapping[str, Any],
    said: Verdict,
    made: Mapping[str, Any] | None = None,
    texts: Mapping[str, str] | None = None,
) -> Subject:
    """The subject of a report on an answer.

    Parameters
    ----------
    kind
        What was asked.
    name
        Of the scenario.
    answer
        As the command prints it with `--json`.
    said
        Its verdict.
    made
        What the answer was made with, by name: the command as `command`, the seed, versions.
    texts
        Scenario files, by file name.
    """
    found = {**answer, "verdict": said.sentences}
    asked = said.question or QUESTIONS[kind]
    return Subject(kind, name, {}, found, texts or {}, asked=asked, made=made or {})
