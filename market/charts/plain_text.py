"""Texts of charts: Plotly reads tags and entities in them, and a name must not be a link."""

import re
from typing import Any

import numpy as np

_TAG = re.compile(
    r"<(?!/?(?:br|b|i|sub|sup|extra)\s*/?>)"
)  # but those that charts write themselves
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt);)")


def plain(value: Any) -> Any:
    """What a figure holds, with `&` and `<` of names written as entities; twice is as once.

    >>> plain({"name": ['<a href="http://x">R&D</a>', "one<br>two"]})
    {'name': ['&lt;a href="http://x">R&amp;D&lt;/a>', 'one<br>two']}
    """
    if isinstance(value, str):
        if "<" not in value and "&" not in value:
            return value
        return _TAG.sub("&lt;", _ENTITY.sub("&amp;", value))
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(plain, value))
    if isinstance(value, np.ndarray) and value.dtype.kind in "OUS":
        return plain(value.tolist())
    return value
