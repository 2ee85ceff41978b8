"""A verdict: some sentences that are one paragraph."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


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
