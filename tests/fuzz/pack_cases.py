"""Packs whose figures are degenerate, and whose table or manifest may be wrong."""

import json
from typing import Any

from fuzz.answers import Case
from fuzz.documents import market_of, toml
from fuzz.mutations import damaged, mutated
from fuzz.odd_values import as_written, numbers
from hypothesis import strategies as st


@st.composite
def packed(draw: st.DrawFn) -> Case:
    """A pack: figures that may be degenerate, columns and manifest that may be wrong."""
    models = [f"m{i}" for i in range(draw(st.integers(1, 3)))]
    figure = st.sampled_from(["0", "1", "0.5", "0.25", "1e-300", "1e-12", "1"]) | numbers.map(str)
    rows = [["weight", *(f"{m}:{what}" for m in models for what in ("solve_prob", "list_cost"))]]
    alike = draw(st.booleans())
    some = [draw(figure) for _ in rows[0]]
    for _ in range(draw(st.integers(1, 4))):
        rows.append(some if alike else [draw(figure) for _ in rows[0]])
    if draw(st.booleans()):
        rows = [[*row, "share:a" if i == 0 else draw(figure)] for i, row in enumerate(rows)]
    about: Any = {"models": [{"name": m, "title": m.upper(), "provider": m} for m in models]}
    about = draw(mutated([about], {}, most=2)) if draw(st.integers(0, 2)) == 0 else about
    table = as_written("".join(",".join(row) + "\n" for row in rows)).encode()
    files = {
        "p/table.csv": draw(damaged(table)),
        "p/pack.json": draw(damaged(as_written(json.dumps(about, default=str)).encode())),
        "s.toml": toml(market_of(models, {"source": "calibrated", "pack": "./p"})),
    }
    words = draw(
        st.sampled_from(
            [
                ("frontier", "p", "--draws", "0"),
                ("frontier", "p", "--signal", "0.7", "--types", "2", "--draws", "0", "--json"),
                ("frontier", "p", "--oracle", "--draws", "0"),
                ("run", "s.toml", "--out", "out"),
                ("packs",),
            ]
        )
    )
    return Case(words, files)
