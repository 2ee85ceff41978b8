"""The columns by which a table of a study is told from somebody's own of the same name."""

from collections.abc import Mapping, Sequence

_INTERVAL = ("standard_error", "low", "high")
# first and last columns; parameters and measures are between
_COLUMNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "outcomes": (("run_id", "point", "replicate"), ()),
    "runs": (("run_id", "point", "replicate"), ("seed", "status", "error")),
    "summary": ((), ("measure", "mean", *_INTERVAL, "replicates")),
    "differences": ((), ("measure", "difference", *_INTERVAL, "relative", "replicates")),
    "elasticities": (
        ("parameter", "baseline", "value", "measure", "elasticity"),
        (*_INTERVAL, "replicates"),
    ),
    "sensitivity": (("measure", "parameter", "other", "index"), ("low", "high", "method")),
}


def has_columns_of(name: str, columns: Sequence[str]) -> bool:
    """Whether these are the columns of a study's frame of this name."""
    first, last = _COLUMNS[name]
    found = tuple(columns)
    return found[: len(first)] == first and found[len(found) - len(last) :] == last
