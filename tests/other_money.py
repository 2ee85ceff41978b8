"""The same market with every amount of money times a constant."""

import csv
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from market.foundation.config import DOLLARS
from market.population.pack_folders import find_pack
from market.scenario.schema import Scenario

_VALUES = ("value", "low", "high", "median")  # of a distribution: what is in the unit of its field


def scaled(part: Any, factor: float) -> Any:
    """A part of a scenario with the amounts times a factor, as its schema marks them."""
    if isinstance(part, BaseModel):
        changed = {}
        for name, field in type(part).model_fields.items():
            value = getattr(part, name)
            if DOLLARS in field.metadata and isinstance(value, BaseModel):
                inner = {k: getattr(value, k) * factor for k in _VALUES if hasattr(value, k)}
                changed[name] = value.model_copy(update=inner)
            elif DOLLARS in _marks(field) and value is not None:
                changed[name] = value * factor
            else:
                changed[name] = scaled(value, factor)
        return part.model_copy(update=changed)
    if isinstance(part, dict):
        return {name: scaled(item, factor) for name, item in part.items()}
    if isinstance(part, tuple):
        return tuple(scaled(item, factor) for item in part)
    return part


def _marks(field: Any) -> list[Any]:
    """The marks of a field, of a type that may be None too."""
    inner = getattr(field.annotation, "__args__", ())
    return [*field.metadata, *(m for arg in inner for m in getattr(arg, "__metadata__", ()))]


def scaled_pack(name: str, factor: float, folder: Path) -> Path:
    """A copy of a pack with its costs times a factor."""
    source = find_pack(name)
    folder.mkdir(parents=True)
    (folder / "pack.json").write_text((source / "pack.json").read_text(encoding="utf-8"))
    with (source / "table.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        row |= {k: repr(float(v) * factor) for k, v in row.items() if k.endswith("_cost")}
    with (folder / "table.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return folder


def scaled_records(source: Path, factor: float, folder: Path) -> Path:
    """A copy of a folder of attempt records with its costs times a factor."""
    folder.mkdir(parents=True)
    for path in source.glob("*.jsonl"):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for row in rows:
            if "mean_cost" in row:
                row["mean_cost"] *= factor
            if "costs" in row:
                row["costs"] = [cost * factor for cost in row["costs"]]
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
        (folder / path.name).write_text(text, encoding="utf-8")
    return folder


def in_other_money(spec: Scenario, factor: float, tmp_path: Path) -> Scenario:
    """A scenario on a pack or on a law, with every amount of money times a factor."""
    other: Scenario = scaled(spec, factor)
    if other.population.source == "calibrated":
        folder = scaled_pack(other.population.pack, factor, tmp_path / f"times {factor:g}" / "pack")
        population = other.population.model_copy(update={"pack": str(folder)})
        other = other.model_copy(update={"population": population})
    return other
