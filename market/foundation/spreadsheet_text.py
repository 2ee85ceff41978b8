"""Texts in tables that spreadsheets open."""

from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would calculate such a text


def spreadsheet_cell(value: Any) -> Any:
    """The value, with an apostrophe before a text that a spreadsheet would take for a formula.

    Numbers stay numbers.

    >>> spreadsheet_cell("=1+1"), spreadsheet_cell(-1.0)
    ("'=1+1", -1.0)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
