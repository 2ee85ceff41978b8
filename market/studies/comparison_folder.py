"""The folder of a comparison: its frames, every side's scenario, and a manifest."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pandas as pd

from market.foundation.code_version import code_digest
from market.foundation.formats import COMPARISON, MANIFEST, letter
from market.results.run_result import versions
from market.scenario.files import to_toml
from market.scenario.schema import Scenario


class Compared(Protocol):
    """What a folder is written of."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the sides."""

    @property
    def unlike(self) -> tuple[str, ...]:
        """What makes them hard to compare."""

    @property
    def seeds(self) -> tuple[int, ...]:
        """Of the replicates."""

    @property
    def resampled(self) -> bool:
        """Whether problems were drawn anew, too."""

    @property
    def assumed(self) -> tuple[str, ...]:
        """Sentences on assumed models."""

    @property
    def frames(self) -> Mapping[str, pd.DataFrame]:
        """By name."""


def write_comparison(folder: Path, found: Compared, sides: Sequence[Scenario]) -> None:
    """Write into an existing folder; the scenarios are `a.toml`, `b.toml` and so on."""
    for name, frame in found.frames.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
    for s, spec in enumerate(sides):
        (folder / f"{letter(s)}.toml").write_text(to_toml(spec), encoding="utf-8")
    manifest = {
        "format": COMPARISON.signature,
        "comparison": list(found.names),
        "seeds": list(found.seeds),
        "resampled": found.resampled,
        "tables": {name: len(frame) for name, frame in found.frames.items()},
        "code": code_digest(),
        "versions": versions(),
    }
    if found.unlike:
        manifest["unlike"] = list(found.unlike)
    if found.assumed:
        manifest["assumed"] = list(found.assumed)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
