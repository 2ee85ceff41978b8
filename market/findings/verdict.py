"""A verdict: some sentences that are one paragraph."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """What a result says.

    Attributes
    ----------
    question
        What was asked, as the scenario puts it; empty where it says nothing.
    sentences
        What was found: what moved and by how much, who gains and who loses, what is unclear, and
        what all that rests on.
    """

    question: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentences as one paragraph, without the question."""
        return " ".join(self.sentences)

    def __str__(self) -> str:
        """The question, where there is one, and the paragraph."""
        return f"{self.question} {self.text}".strip()


def listed(items: Sequence[str]) -> str:
    """Items as a sentence lists them.

    >>> listed(["prices", "welfare", "profit"])
    'prices, welfare and profit'
    """
    return " and ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))


def sentence(parts: Iterable[str], between: str = "; ") -> str:
    """One sentence of some clauses; none of none."""
    text = between.join(filter(None, parts))
    return f"{text[0].upper()}{text[1:]}." if text else ""


def verdict(question: str, sentences: Iterable[str]) -> Verdict:
    """A verdict of the sentences that say anything."""
    said = (text if text.endswith((".", "?", "!")) else f"{text}." for text in sentences if text)
    return Verdict(question.strip(), tuple(said))


def population_words(population: Mapping[str, Any]) -> str:
    """What problems a result rests on, from the scenario's `population`; empty where it is silent.

    >>> population_words({"source": "calibrated", "pack": "swebench"})
    'the pack swebench'
    """
    match population:
        case {"source": "calibrated", "pack": str(pack)}:
            return f"the pack {PurePath(pack).name}"
        case {"source": "records", "folder": str(folder)}:
            return f"the records in {PurePath(folder).name}"
        case {"source": "synthetic"}:
            return "synthetic problems"
        case _:
            return ""


def on(population: str) -> str:
    """The words that say so in a sentence."""
    return f" on {population}" if population else ""
