"""Where lines may break: between words, but not within a name or a number; widths of columns."""

from collections.abc import Sequence
from textwrap import wrap

from rich.cells import cell_len

from market.foundation.names import escaped

_GLUE = "\N{NO-BREAK SPACE}"


def whole(text: str) -> str:
    """Mark a name or number with blanks as one that no line may break."""
    return text.replace(" ", _GLUE)


def lines(text: str, width: int, indent: str = "") -> list[str]:
    """Break at blanks alone: a word longer than the width stays whole."""
    return wrap(
        text,
        max(width, 1),
        break_long_words=False,
        break_on_hyphens=False,
        subsequent_indent=indent,
        drop_whitespace=True,
    ) or [""]


def shown(text: str) -> str:
    """A text as it is printed: what held names and numbers together is a blank again.

    What could command the terminal is written out.
    """
    return escaped(text.replace(_GLUE, " "))


def longest_word(texts: Sequence[str]) -> int:
    """Cells of the longest word in any of them."""
    return max(
        (cell_len(word) for text in texts for word in text.replace("\n", " ").split(" ")), default=1
    )


def evened(heading: str, width: int, least: int) -> int:
    """The width at which a heading has as many lines, and the longest is as short as can be."""
    count = len(lines(heading, width))
    least = max(least, longest_word([heading]))
    return next(w for w in range(least, width + 1) if len(lines(heading, w)) == count)


def shrunk(widths: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Widths in this room where the least allow it: always the widest gives way."""
    found = list(widths)
    while sum(found) > room:
        free = [k for k, width in enumerate(found) if width > least[k]]
        if not free:
            break
        found[max(free, key=lambda k: found[k])] -= 1
    return found
