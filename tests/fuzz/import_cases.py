"""Other people's files, of every format that `market import` reads, with changes, as strategies."""

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from fuzz.answers import Case
from fuzz.mutations import damaged, mutated
from fuzz.odd_values import anything, as_written
from hypothesis import strategies as st
from importers import other_files as made

Files = dict[str, Any]  # content by path: lines (a list), a document, or text

ARENA = {"global_index": "arena_1", "llm_selected": "m", "accuracy": 1.0, "cost": 0.1}
TABLE = "problem,model,solved,cost\np0,m0,1,0.1\np0,m1,0,0.2\np1,m0,0,0.1\np1,m1,1,0.2\n"
WIDE = "problem,m0,m1,m0|cost,m1|cost\np0,1,0,0.1,0.2\np1,0,1,0.1,0.2\n"
BENCH = (
    "sample_id,eval_name,m0,m0|total_cost,m1,m1|total_cost\na.1,a,1,0.1,0,0.2\na.2,a,0,0.1,1,0.2\n"
)


@cache
def sources() -> dict[str, Files]:
    """Small files of each format."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in ("one", "two"):
            made.harbor_trial(folder / "harbor", name, task_name=f"task {name}")
        made.tau2_run(
            folder / "tau2" / "run.json",
            *(made.simulation(task, trial, 1.0, 0.1) for task in "01" for trial in (0, 1)),
        )
        made.trajectory(folder / "mini", "django__django-1", 0.1)
        made.trajectory(folder / "mini", "django__django-2", 0.2)
        made.swebench_report(folder / "mini.json", ["django__django-1"], ["django__django-2"])
        made.inspect_log(
            folder / "inspect" / "log.json",
            *(
                made.inspect_sample(identity, 1, value)
                for identity, value in (("a", "C"), ("b", "I"))
            ),
        )
        rows = [made.lm_eval_row(doc, float(doc % 2)) for doc in range(3)]
        made.put_rows(folder / "lm" / "openai__gpt" / "samples_gsm8k_2026-01-02.jsonl", *rows)
        made.put_rows(folder / "arena" / "m.jsonl", ARENA, ARENA | {"global_index": "arena_2"})
        made.put_rows(
            folder / "own" / "m0.jsonl",
            {"id": "p0", "mean_cost": 0.1, "attempts": [0, 1], "domain": "a", "features": [1, 2]},
            {"id": "p1", "costs": [0.1, 0.2], "attempts": [1, 0.5], "domain": "b"},
        )
        made.put(folder / "table" / "x.csv", TABLE)
        made.put(folder / "wide" / "x.csv", WIDE)
        made.put(folder / "bench" / "x.csv", BENCH)
        return {
            top.name: {
                path.relative_to(folder).as_posix(): _content(path)
                for path in sorted(top.rglob("*") if top.is_dir() else [top])
                if path.is_file()
            }
            for top in sorted(folder.iterdir())
        }


def _content(path: Path) -> Any:
    text = path.read_text("utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    return json.loads(text) if path.suffix == ".json" else [r.split(",") for r in text.splitlines()]


def _written(name: str, content: Any) -> bytes:
    if name.endswith(".csv"):
        rows = content if isinstance(content, list) else [content]
        text = "\n".join(",".join(map(str, r if isinstance(r, list) else [r])) for r in rows)
        return as_written(text).encode("utf-8", "replace")
    if name.endswith(".jsonl"):
        rows = content if isinstance(content, list) else [content]
        return as_written("".join(json.dumps(r, default=str) + "\n" for r in rows)).encode()
    return as_written(json.dumps(content, default=str)).encode()


@st.composite
def imported(draw: st.DrawFn) -> Case:
    """Files of one format, some of them changed, and options that may not fit them."""
    kind = draw(st.sampled_from(sorted(sources())))
    files = {}
    for name, content in sources()[kind].items():
        changed = draw(mutated([content], {}, most=2)) if draw(st.booleans()) else content
        files[name] = draw(damaged(_written(name, changed)))
    words = ["import", kind if kind != "mini.json" else "mini.json"]
    words += ["--dry-run"] if draw(st.booleans()) else ["--out", "out"]
    if kind == "wide":
        words.append("--wide")
    if kind == "mini":
        files |= {name: _written(name, what) for name, what in sources()["mini.json"].items()}
        words += ["--report", "mini.json"]
    for option in draw(st.lists(st.sampled_from(_OPTIONS), max_size=2)):
        words += option
    if draw(st.integers(0, 5)) == 0:
        name = draw(st.sampled_from(["--metric", "--model", "--tokens-in", "--cost-per-problem"]))
        words += [name, str(draw(anything)).replace("\x00", "")]
    return Case(tuple(words), files)


_OPTIONS = [
    ["--json"],
    ["--merge-runs"],
    ["--keep", "first"],
    ["--solved-at", "0.5"],
    ["--solved-at", "nan"],
    ["--cost-per-problem", "m0=0.1"],
    ["--prices", "list"],
    ["--format", "tables"],
    ["--format", "tau2"],
    ["--date", "2026-13-45"],
    ["--features", "cost"],
    ["--tokens-in", "cost", "--tokens-out", "cost"],
]
