"""Standard output and error as they come: in any encoding, and where nothing can be written."""

import codecs
import os
import sys

PLAIN = {
    "−": "-",
    "–": "-",
    "—": "-",
    "·": "-",
    "±": "+/-",
    "×": "x",
    "≤": "<=",
    "≥": ">=",
    "…": "...",
    "μ": "u",
    "─": "-",
    "→": "->",
    "²": "^2",
}
"""What is written for a character that the encoding of the output lacks; else a question mark."""
_HANDLER = "market.plain"


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(PLAIN.get(letter, "?") for letter in lacking), error.end


def write_in_any_encoding() -> None:
    """Let what is printed be written in the encoding of the output, whatever that lacks."""
    codecs.register_error(_HANDLER, _plainly)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_HANDLER)


def give_up_output() -> None:
    """Send standard output nowhere, so that what it cannot take is not tried again at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
