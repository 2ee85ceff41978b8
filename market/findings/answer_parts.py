"""What stands below a verdict: tables and remarks, written out, for terminals and for pages."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class AnswerTable:
    """A table of an answer; columns of words come first, then those of numbers.

    Attributes
    ----------
    title
        What it shows; empty where a remark before it says so.
    words, numbers
        Headings of the columns.
    rows
        Texts, as many in each row as there are columns.
    keys
        How many of the first columns say what a row is of.
    """

    title: str
    words: tuple[str, ...]
    numbers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    keys: int = 1


@dataclass(frozen=True)
class Remark:
    """A line of text among the tables.

    Attributes
    ----------
    text
        The line; an empty one stands between what does not belong together.
    flowing
        Whether it is running text, which a terminal breaks into lines of a readable length.
    """

    text: str = ""
    flowing: bool = False


Parts = Sequence[AnswerTable | Remark]
