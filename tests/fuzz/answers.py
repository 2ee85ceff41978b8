"""What a command answers, and whether that is an answer that a person can use."""

import re
import tempfile
import traceback
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from market.cli.app import app

_MADE = ("out", "out.toml", "out.html")  # what a command of a case may make, if it ends well
_RAW = re.compile(  # how Python itself talks
    r"Traceback|NoneType|has no attribute|not subscriptable|unhashable|<class |numpy|pydantic|"
    r"object at 0x|unsupported operand|positional argument|invalid literal|KeyError|Errno|"
    r"ValueError|TypeError|IndexError|codec can't"
)
_PLACE = re.compile(
    r"\S: +\S|--[a-z-]+ "
)  # a file, a dotted path or an option, before what is wrong


@dataclass(frozen=True)
class Case:
    """A command, and the files that it finds in its folder.

    Attributes
    ----------
    words
        The command line after `market`.
    files
        Content by path.
    """

    words: tuple[str, ...]
    files: dict[str, bytes] = field(repr=False)

    def shown(self) -> str:
        """The files' content, of long ones the beginning."""
        return "\n".join(f"--- {name}\n{what[:2000]!r}" for name, what in self.files.items())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What hypothesis prints: the command alone."""
        printer.text(repr(self))

    def write(self, folder: Path) -> None:
        """Put the files into a folder."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def fault_of(case: Case, folder: Path) -> str | None:
    """What is wrong with the answer to a case, run in an empty folder; None if nothing is.

    An answer is right if the command ends well, or with exit code 2 and a message for each thing
    that is wrong, which says where; then nothing is left but the files of the case.
    """
    case.write(folder)
    before = _content(folder)
    scratch = tempfile.tempdir
    with tempfile.TemporaryDirectory() as aside, chdir(folder):
        tempfile.tempdir = aside
        try:
            answer = CliRunner().invoke(app, list(case.words))
            left = sorted(path.name for path in Path(aside).iterdir())
        finally:
            tempfile.tempdir = scratch
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        return "".join(traceback.format_exception(answer.exception))
    if left:
        return f"left among temporary files: {left}"
    after = _content(folder)
    if answer.exit_code == 0:
        after = {name: what for name, what in after.items() if name.split("/")[0] not in _MADE}
    elif answer.exit_code != 2:
        return f"exit code {answer.exit_code}: {answer.stderr}"
    if after != before:
        return (
            f"exit code {answer.exit_code}, and changed: {sorted(after.items() ^ before.items())}"
        )
    return None if answer.exit_code == 0 else _fault_of_message(answer.stderr)


def _content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


def _fault_of_message(said: str) -> str | None:
    if said.startswith("Usage: "):
        return None
    lines = [line for line in said.splitlines() if not line.startswith("warning: ")]
    if not lines or not lines[0].startswith("error: "):
        return f"says no error first: {said!r}"
    first = lines[0].removeprefix("error: ")
    if _PLACE.search(first) is None:
        return f"does not say where: {said!r}"
    if _RAW.search(said):
        return f"speaks of the program: {said!r}"
    if not all(sign.isprintable() for line in lines for sign in line):
        return f"has signs that cannot be printed: {said!r}"
    return f"is too long: {said!r}" if max(map(len, lines)) > 1500 else None
