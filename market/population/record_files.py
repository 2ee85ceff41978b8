"""Which files of a folder are attempt records, and of which models."""

import warnings
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from market.foundation.errors import DataError, MarketWarning, quoted_name
from market.foundation.names import unprintable
from market.foundation.text_files import walk_files

ENDINGS = (".jsonl", ".jsonl.gz")  # in any case
PROVENANCE = "source.json"  # what an import writes beside its records
_TEXTS = "readme", "license", "licence"  # begin the names of files that nobody takes for records


def record_files(folder: Path) -> dict[str, Path]:
    """Files of attempt records by model, sorted: `openai/gpt.jsonl` holds the model `openai/gpt`.

    A warning names the files that are not read.

    Raises
    ------
    DataError
        No such folder, no record in it, or two files of one model.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder of attempt records")
    found: dict[str, Path] = {}
    other = []
    for path in walk_files(folder):
        model = _model_of(path.relative_to(folder).as_posix())
        if not model:
            if path.name != PROVENANCE and not path.name.lower().startswith(_TEXTS):
                other.append(path.relative_to(folder).as_posix())
        elif code := unprintable(model):
            raise DataError(
                f"{path}: the model's name has the character {code}, which cannot be seen; "
                "rename the file"
            )
        elif model in found:
            raise DataError(
                f"{path}: {found[model]} holds the model {model!r} too; keep one of the files"
            )
        else:
            found[model] = path
    if not found:
        there = f"; there are: {_listed(other)}" if other else ""
        raise DataError(
            f"{folder}: no <model>.jsonl or <model>.jsonl.gz file in it{there} "
            "(market import reads other formats)"
        )
    if other:
        warnings.warn(
            f"{folder}: not read, for records end in .jsonl or .jsonl.gz: {_listed(other)}",
            MarketWarning,
            stacklevel=2,
        )
    return dict(sorted(found.items()))


def require_models(models: Sequence[str], present: Sequence[str], folder: Path) -> None:
    """Refuse a model that has no records here.

    Raises
    ------
    DataError
        With the names that are there, as they are written on the command line.
    """
    for model in models:
        if model in present:
            continue
        close = get_close_matches(model, present, n=1, cutoff=0.6)
        meant = f"did you mean {quoted_name(close[0])}? " if close else ""
        raise DataError(
            f"{folder}: no {model}.jsonl; {meant}there are: "
            + ", ".join(quoted_name(name) for name in present)
        )


def _model_of(name: str) -> str | None:
    lower = name.lower()
    for ending in ENDINGS:
        if lower.endswith(ending) and not lower.endswith(f"/{ending}") and lower != ending:
            return name[: -len(ending)]
    return None


def _listed(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
