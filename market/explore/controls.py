"""Controls: from answers on the page to settings by dotted path.

An answer equal to the scenario's value sets nothing. Nothing is checked here: typed text goes into
the setting as it is, and reading the scenario reports what is wrong with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from market.explore.settings import setting
from market.foundation.errors import ScenarioError, shown
from market.scenario.overrides import parse
from market.scenario.schema import dotted

GIVEN = " with --set: "  # stands between the name of a scenario and what is wrong with its values
Answer = str | Sequence[str] | None
Answers = Mapping[str, Answer]


class Control(Protocol):
    """A question to the user with an answer to begin with."""

    @property
    def key(self) -> str:
        """Its name among the page's controls."""

    @property
    def label(self) -> str:
        """What is asked."""

    @property
    def note(self) -> str:
        """What a reader must know about it."""

    @property
    def start(self) -> Answer:
        """The answer before the user gives one."""

    def settings(self, answers: Answers) -> list[str]:
        """What the answers, by the keys of controls, ask this one to set."""


@dataclass(frozen=True)
class Option:
    """One option of a choice.

    Attributes
    ----------
    label
        In words.
    setting
        `PATH=VALUE` that chooses it; empty for the scenario's own.
    """

    label: str
    setting: str


@dataclass(frozen=True)
class ChoiceControl:
    """One of several options, such as a routing policy."""

    key: str
    label: str
    options: Mapping[str, Option]
    start: str
    note: str = ""

    def settings(self, answers: Answers) -> list[str]:
        """The chosen option's setting, if it is not the scenario's own."""
        answer = answers.get(self.key, self.start)
        if answer == self.start:
            return []
        if not isinstance(answer, str) or answer not in self.options:
            raise ScenarioError(f"{self.key}: choose one of {', '.join(self.options)}")
        return [self.options[answer].setting]


@dataclass(frozen=True)
class Condition:
    """A condition: another control's answer is one of these."""

    choice: ChoiceControl
    among: tuple[str, ...]

    def holds(self, answers: Answers) -> bool:
        """Whether the condition is met."""
        return answers.get(self.choice.key, self.choice.start) in self.among

    def is_new(self, answers: Answers) -> bool:
        """Whether the scenario has another rule there, without this rule's values."""
        return answers.get(self.choice.key, self.choice.start) != self.choice.start


@dataclass(frozen=True)
class Number:
    """A number, by a slider from `low` to `high`, or typed.

    Attributes
    ----------
    path
        Its place in the scenario.
    only
        When it matters; always if None.
    """

    path: tuple[str, ...]
    label: str
    low: float
    high: float
    step: float
    given: float
    note: str = ""
    only: Condition | None = None

    @property
    def key(self) -> str:
        """Its dotted path."""
        return dotted(self.path)

    @property
    def start(self) -> str:
        """The scenario's number, as text."""
        return f"{self.given:g}"

    def settings(self, answers: Answers) -> list[str]:
        """Its path and what was typed, if that is not the scenario's number."""
        if self.only is not None and not self.only.holds(answers):
            return []
        answer = answers.get(self.key, self.start)
        text = f"{self.key}={'' if answer is None else str(answer).strip()}"
        value = parse(text).value
        is_given = not isinstance(value, bool) and value == parse(f"x={self.start}").value
        if is_given and not (self.only is not None and self.only.is_new(answers)):
            return []
        return [text]


@dataclass(frozen=True)
class Members:
    """Which of several names are in a list, such as providers behind a gate."""

    path: tuple[str, ...]
    label: str
    names: tuple[str, ...]
    start: tuple[str, ...]
    note: str = ""

    @property
    def key(self) -> str:
        """The list's dotted path."""
        return dotted(self.path)

    def settings(self, answers: Answers) -> list[str]:
        """The whole list, if others are in it than in the scenario's."""
        ticked = _ticked(answers, self)
        if set(ticked) == set(self.start):
            return []
        return [setting(self.path, [name for name in self.names if name in ticked])]


@dataclass(frozen=True)
class Switches:
    """For each of several names, one of two rules, such as how a provider sets its price."""

    key: str
    label: str
    names: tuple[str, ...]
    start: tuple[str, ...]
    on: Mapping[str, str]
    off: Mapping[str, str]
    note: str = ""

    def settings(self, answers: Answers) -> list[str]:
        """The setting of each name whose rule is not the scenario's."""
        ticked = _ticked(answers, self)
        return [
            (self.on if name in ticked else self.off)[name]
            for name in self.names
            if (name in ticked) != (name in self.start)
        ]


@dataclass(frozen=True)
class Lines:
    """Settings that the user writes, one a line."""

    key: str
    label: str
    note: str = ""
    start: str = ""

    def settings(self, answers: Answers) -> list[str]:
        """Each line that is not empty."""
        answer = answers.get(self.key) or ""
        if not isinstance(answer, str):
            raise ScenarioError(f"{self.key}: write one PATH=VALUE per line")
        return [line.strip() for line in answer.splitlines() if line.strip()]


def _ticked(answers: Answers, control: Members | Switches) -> tuple[str, ...]:
    answer = answers.get(control.key, control.start)
    if not isinstance(answer, list | tuple | None):
        raise ScenarioError(f"{control.key}: choose from {', '.join(control.names)}")
    ticked = tuple(answer or ())
    for name in ticked:
        if name not in control.names:
            among = ", ".join(control.names)
            raise ScenarioError(f"{control.key}: {shown(name)} is not one of {among}")
    return ticked


def beside_controls(message: str, controls: Sequence[Control]) -> tuple[str, dict[str, str]]:
    """What is wrong, beside the fields that it is about, in their words.

    Parameters
    ----------
    message
        Lines `PATH: what is wrong`, perhaps after one that names the scenario.
    controls
        Those of the page.

    Returns
    -------
    tuple of str and dict
        What is of no field, and by the keys of controls what is.
    """
    beside: dict[str, str] = {}
    left: list[str] = []
    for line in message.splitlines():
        text = line.rpartition(GIVEN)[2].strip()
        owner = next((c for c in controls if text.startswith((f"{c.key}: ", f"{c.key}="))), None)
        if owner is None:
            left.append(line)
        else:
            tail = text.removeprefix(owner.key).lstrip(":=").strip()
            beside[owner.key] = f"{owner.label}: {tail}"
    return ("" if beside and len(left) <= 1 else "\n".join(left)), beside
