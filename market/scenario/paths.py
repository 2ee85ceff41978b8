"""Dotted paths into a scenario, as users write them."""

import json
from collections.abc import Sequence

LONGEST_NAME = 100  # letters of a name


def dotted(path: Sequence[str]) -> str:
    r"""Write a path as a user may type it: segments that hold a dot, `=` or space are quoted.

    A tab or the end of a line is written `\t` or `\n`, as in TOML, so that a path is one line. What
    is longer than any name may be is cut.
    """
    return ".".join(map(_segment, path))


def _segment(name: str) -> str:
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME - 1]}…"
    bare = name and name.isprintable() and not set(name) & set(".='\" ")
    return name if bare else json.dumps(name, ensure_ascii=False)
