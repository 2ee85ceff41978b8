"""What is asked of attempt records whose figures are degenerate or whose lines are broken."""

import json
from typing import Any

from fuzz.answers import Case
from fuzz.documents import market_of, toml
from fuzz.mutations import damaged, mutated
from fuzz.odd_values import as_written
from hypothesis import strategies as st

_LOG = [[{"query_id": "p0", "model": "m0", "cost": 0.1, "solved": 1}]]


@st.composite
def records(draw: st.DrawFn) -> dict[str, bytes]:
    """A folder of attempt records, with degenerate figures or broken lines."""
    models = draw(st.integers(1, 3))
    problems = draw(st.integers(1, 6))
    cost = st.sampled_from([0.1]) | st.sampled_from([0.0, 1.0, 1e-300, 1e300, 5e-324, 1e9, 1e-12])
    attempt = st.sampled_from([[0], [1], [0, 1], [1, 1, 1], [0, 0, 0], [0.5], [0, 1, 1, 0]])
    alike = draw(st.booleans())
    shared_cost, shared_attempt = draw(cost), draw(attempt)
    files = {}
    for m in range(models):
        rows = []
        for i in range(problems):
            row: dict[str, Any] = {"id": f"p{i}"}
            row["attempts"] = shared_attempt if alike else draw(attempt)
            if draw(st.integers(0, 4)):
                row["mean_cost"] = shared_cost if alike else draw(cost)
            else:
                row["costs"] = [draw(cost) for _ in row["attempts"]]
            rows.append(row)
        rows = draw(mutated([rows], {}, most=2)) if draw(st.integers(0, 3)) == 0 else rows
        files[f"r/m{m}.jsonl"] = draw(damaged(_lines(rows)))
    return files


@st.composite
def recorded(draw: st.DrawFn) -> Case:
    """What is asked of records: their frontier, classes, market, and what a router is worth."""
    files = draw(records())
    words = draw(
        st.sampled_from(
            [
                ("frontier", "r", "--draws", "0", "--folds", "0"),
                ("frontier", "r", "--draws", "40"),
                ("frontier", "r", "--draws", "0", "--signal", "0.8", "--types", "3"),
                ("frontier", "r", "--draws", "0", "--oracle", "--estimator", "beta_binomial"),
                ("frontier", "r", "--draws", "0", "--signal", "0.5", "--types", "2", "--json"),
                (
                    "frontier",
                    "r",
                    "--draws",
                    "0",
                    "--false-accept",
                    "0,0.5",
                    "--check-price",
                    "0.1",
                ),
                ("calibrate", "r", "--classes", "2", "--out", "out"),
                ("calibrate", "r", "--classes", "64", "--out", "out", "--json"),
                ("calibrate", "r", "--one-attempt", "--out", "out"),
                ("router", "log.jsonl", "--records", "r", "--draws", "40"),
                ("reprice", "r", "--factor", "2", "--out", "out"),
                ("run", "s.toml", "--out", "out"),
            ]
        )
    )
    if words[0] == "router":
        files["log.jsonl"] = _lines(draw(mutated(_LOG, {}, most=2)))
    if words[0] == "run":
        models = [name.removeprefix("r/").removesuffix(".jsonl") for name in files]
        files["s.toml"] = toml(market_of(models, {"source": "records", "folder": "r"}))
    return Case(words, files)


def _lines(rows: Any) -> bytes:
    every = rows if isinstance(rows, list) else [rows]
    return as_written("".join(json.dumps(row, default=str) + "\n" for row in every)).encode()
