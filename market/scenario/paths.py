"""Dotted paths into a scenario, as users write them."""

import json
from collections.abc import Sequence


def dotted(path: Sequence[str]) -> str:
    r"""Write a path as a user may type it: segments that hold a dot, `=` or space are quoted.

    A tab or the end of a line is written `\t` or `\n`, as in TOML, so that a path is one line.
    """
    return ".".join(
        json.dumps(s, ensure_ascii=False)
        if not s or set(s) & set(".='\" ") or not s.isprintable()
        else s
        for s in path
    )
