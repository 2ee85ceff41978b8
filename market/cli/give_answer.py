"""The end of a command that has an answer: its files, the answer, and what could not be written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from market.cli.answer_first import AnswerFirst
from market.cli.errors_and_json import complain, print_json


@dataclass(frozen=True)
class AnswerFile:
    """A file that goes with an answer.

    Attributes
    ----------
    name
        What it is called when it has been written.
    file
        Where it goes; None where it is not wanted.
    write
        Writes it there.
    key
        Under which JSON has its path; empty where it has not.
    """

    name: str
    file: Path | None
    write: Callable[[Path], object]
    key: str = ""


def give_answer(
    answer: Mapping[str, Any],
    show: Callable[[], None],
    files: Sequence[AnswerFile] = (),
    *,
    json_: bool,
    notes: Iterable[str] = (),
) -> None:
    """Write the files, then print the answer, whatever became of them.

    Parameters
    ----------
    answer
        As JSON.
    show
        Prints it for people.
    files
        In the order in which they are written.
    json_
        Whether JSON is printed, and nothing else.
    notes
        Lines for standard error.

    Raises
    ------
    RunError
        A file was not written; the answer has been printed by then.
    """
    held = AnswerFirst()
    held.ready()
    written: list[AnswerFile] = []
    for one in files:
        if one.file is not None:
            with held:
                one.write(one.file)
            if held.written:
                written.append(one)
    if json_:
        paths = {
            of.key: str(of.file.resolve()) if of.file is not None and of in written else None
            for of in files
            if of.key
        }
        print_json({**answer, **paths})
    else:
        from market.cli.terminal import say

        show()
        for one in written:
            say(f"{one.name}: {one.file}")
    for note in notes:
        complain(f"note: {note}")
    held.tell()
