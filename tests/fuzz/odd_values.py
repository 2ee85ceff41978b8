"""Values that a file may hold and that nobody had in mind, as hypothesis strategies."""

import datetime
import math
from typing import Any

from hypothesis import strategies as st

LONG = 987_654_321_012_345_678
"""Stands for a number of 5,000 digits, which Python itself writes only unwillingly."""
DEEP = "nested very deep"
"""Stands for a list in a list in a list …, deeper than any parser's stack."""

REPLACED = {str(LONG): "9" * 5000, f'"{DEEP}"': "[" * 3000 + "]" * 3000}

usual = st.sampled_from([0, 1, 2, 3, 0.0, 0.1, 0.5, 0.9, 1.0, 2.0, 10.0])
edges = st.sampled_from(
    [-1, -0.5, -0.0, 5e-324, 1e-300, 1e-12, 1 - 1e-12, 1e12, 1e150, 1e300, 1.7e308, 2**31, 2**63]
)
no_numbers = st.sampled_from([math.nan, math.inf, -math.inf, LONG, 10**30])
numbers = usual | edges | no_numbers

texts = st.sampled_from(
    [
        "",
        " ",
        "a",
        "none",
        "all",
        "a.b",
        'a"b',
        "a,b",
        "a=b",
        "é",
        "line\u2028line",
        "line\x85line",
        "tab\tand\nline",
        "nul\x00",
        "\x1b[31mred",
        "\u202eevil",
        "<b>&amp;",
        "=1+1",
        "../up",
        "/dev/null",
        "[bold]",
        "nan",
        "x" * 300,
        "{0}",
        "%s",
        DEEP,
    ]
)
others = st.sampled_from([True, False, datetime.date(2026, 1, 1), [], {}, [[]], [{}]])
scalars = usual | edges | no_numbers | texts | others
anything: st.SearchStrategy[Any] = scalars | st.recursive(
    scalars,
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "name", "low", "value", "x", ""]), inside, max_size=3
        )
    ),
    max_leaves=4,
)


def as_written(text: str) -> str:
    """The text of a file with what stands for something else replaced by it."""
    for stands, what in REPLACED.items():
        text = text.replace(stands, what)
    return text
