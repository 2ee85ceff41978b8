"""JSON and TOML of other people, where numbers may be too long and lists too deep for Python."""

import json
import re
import tomllib
from typing import Any

from market.foundation.errors import shown

_MOST_DIGITS = 640  # which Python converts whatever its limit is set to


class RowError(Exception):
    """What is wrong with a row; who reads the file adds file and line."""


def parsed_json(text: str) -> Any:
    """What a JSON text holds.

    Raises
    ------
    json.JSONDecodeError
        It is not JSON.
    RowError
        It has a number that is too long, or is nested too deep.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except (RecursionError, ValueError) as error:
        raise _beyond_limits(text, error) from error


def parsed_toml(text: str) -> dict[str, Any]:
    """What a TOML text holds.

    Raises
    ------
    tomllib.TOMLDecodeError
        It is not TOML.
    RowError
        It has a number that is too long, or is nested too deep.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except (RecursionError, ValueError) as error:
        raise _beyond_limits(text, error) from error


def _beyond_limits(text: str, error: Exception) -> RowError:
    if isinstance(error, RecursionError):
        return RowError(f"{shown(text)} is nested too deep to be read; leave the nested part out")
    # the only other one: more digits than Python converts, or no day of any calendar
    number = max(re.findall(r"\d+", text), key=len, default="")
    if len(number) <= _MOST_DIGITS:
        return RowError(f"{shown(' '.join(str(error).split()), quoted=False)}; correct it")
    key = re.findall(r'"?([^"\n=:]{1,60}?)"?\s*[:=]', text[: text.index(number)])
    return RowError(
        f"{key[-1].strip() if key else 'a number'} has {shown(number, quoted=False)}, a number of "
        f"{len(number)} digits; no figure is that long: correct it"
    )
