"""Which texts may be names: those that print as they are read, and can be files where they must.

Names come from files, options and file names, and are printed in terminals, pages and tables. A
control character in one may command a terminal; one that turns the direction of writing, or that
cannot be seen, makes a name look like another.
"""

import re
import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # general categories of Unicode
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LAYOUT = "\n\t"  # what texts of several lines have
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{k}" for port in ("com", "lpt") for k in range(1, 10))}
)  # are no files on Windows, whatever their ending
_ENDLESS = re.compile(r"([^\s/\\]{40})[^\s/\\]{216,}")  # longer than a file's name can be: 255


def unprintable(text: str) -> str | None:
    """Code of the first character that no name may have, such as `U+001B`; None without one.

    These are control and format characters, those that turn the direction of writing, separators of
    lines and paragraphs, and halves of surrogate pairs.
    """
    if text.isprintable():
        return None
    return next((code(c) for c in text if unicodedata.category(c) in _UNSEEN), None)


def commanding(text: str) -> str | None:
    """Code of the first character that commands a terminal or turns the direction of writing.

    Line feeds and tabs do not count, nor does what joins letters in some scripts and emoji, nor a
    byte of a file's name that is not UTF-8.
    """
    if text.isprintable():
        return None
    for c in text:
        if c in _TURNING or (c not in _LAYOUT and unicodedata.category(c) in ("Cc", "Zl", "Zp")):
            return code(c)
    return None


def escaped(text: str) -> str:
    r"""The text as it is printed: what is not printable as `\x1b` or `\u202e`.

    Line feeds and tabs stay.

    >>> print(escaped("a\x1b[31mb"))
    a\x1b[31mb
    """
    if text.isprintable():
        return text
    return "".join(
        c if c in _LAYOUT or unicodedata.category(c) not in _UNSEEN else _written(c) for c in text
    )


def without_endless_words(text: str) -> str:
    """The text with words cut that are longer than any file's name can be, for a message.

    >>> without_endless_words("a" * 300 + " is not there")
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa… is not there'
    """
    return _ENDLESS.sub(r"\1…", text)


def not_a_file(name: str) -> str | None:
    """Why a name cannot be that of a file or folder on every system; None if it can.

    Slashes are for the caller to judge: they may part folders.
    """
    if found := unprintable(name):
        return f"has the character {found}, which cannot be seen"
    for part in name.split("/"):
        if part != part.rstrip(". "):
            return "ends in a dot or a blank, which Windows drops"
        if part.partition(".")[0].rstrip().lower() in _DEVICES:
            return "is the name of a device on Windows"
    return None


def code(character: str) -> str:
    """The code of a character as Unicode writes it: `U+202E`."""
    return f"U+{ord(character):04X}"


def _written(character: str) -> str:
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:  # a byte of a file's name that is not UTF-8
        return f"\\x{number - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
