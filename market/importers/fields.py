"""Values of other people's rows, checked: each fault names the field, the value and the way out."""

import math
from collections.abc import Mapping
from typing import Any

from market.foundation.errors import shown
from market.foundation.text_files import RowError

_WORDS = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0, "true": 1.0, "false": 0.0}


def at(row: Any, *path: str) -> Any:
    """What stands at a path of nested objects; None where there is nothing."""
    for key in path:
        if not isinstance(row, Mapping):
            return None
        row = row.get(key)
    return row


def score(value: Any, field: str) -> float:
    """A score from 0 to 1: a number, true or false, or C, I, P, N as Inspect writes them."""
    if isinstance(value, str):
        value = _WORDS.get(value, value)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if isinstance(value, list | dict) or not 0 <= number <= 1:
        raise RowError(
            f"{field} is {shown(value)}; a score must be from 0 to 1, true or false "
            "(divide it by its highest, or name another one)"
        )
    return number


def dollars(value: Any, field: str) -> float | None:
    """US dollars, 0 or more; None where there are none."""
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if isinstance(value, bool | list | dict) or not 0 <= number < math.inf:
        raise RowError(
            f"{field} is {shown(value)}; it must be 0 or more US dollars "
            "(leave it empty where the cost is not known)"
        )
    return number


def count(value: Any, field: str) -> int:
    """A number of tokens, 0 or more; 0 where there is none."""
    if value is None or value == "":
        return 0
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if isinstance(value, bool) or not (number >= 0 and number.is_integer() and number < 2**53):
        raise RowError(f"{field} is {shown(value)}; it must be a whole number of tokens, 0 or more")
    return int(number)


def number(value: Any, field: str) -> float:
    """A finite number, such as a feature of a problem."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if isinstance(value, bool) or not math.isfinite(found):
        raise RowError(
            f"{field} is {shown(value)}; it must be a finite number "
            "(turn texts and categories into numbers first)"
        )
    return found


def name(value: Any, field: str) -> str:
    """A model's or a problem's name: a text that is not empty, or a whole number."""
    if isinstance(value, str) and value.strip():
        return value
    if type(value) is int:
        return str(value)
    raise RowError(
        f"{field} is {shown(value)}; it must be a text that is not empty, or a whole number"
    )


def chosen(
    there: Mapping[str, Any], wanted: str | None, usual: str, what: str, option: str
) -> tuple[str, Any]:
    """The one of several that counts: as asked, the usual one, or the only one."""
    names = [wanted] if wanted is not None else [usual, *there] if len(there) == 1 else [usual]
    for key in names:
        if key in there:
            return key, there[key]
    listed = ", ".join(map(str, there)) or "none"
    raise RowError(
        f"{what}: {'no ' + shown(wanted) if wanted else 'several'}; choose one with {option}; "
        f"there are: {listed}"
    )
