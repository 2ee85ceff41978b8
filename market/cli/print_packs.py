"""What `market packs` prints for people."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from market.cli.terminal import out

if TYPE_CHECKING:
    from market.population.pack_list import ListedPack

_MOST = 6  # names listed of many


def print_packs(packs: "Sequence[ListedPack]", own_folder: str) -> None:
    """A paragraph for each pack: a table of so many texts would not fit a terminal."""
    for pack in packs:
        out.print(f"{pack.name}" + ("" if pack.shipped else f" (your own, {pack.folder})"))
        for heading, text in (
            ("models", _names(pack.models)),
            ("problems", _problems(pack)),
            ("domains", _names(pack.domains)),
            ("source", pack.source),
            ("licence", pack.licence),
            ("date", pack.date),
            ("cannot be used", pack.problem),
        ):
            if text:
                out.print(f"  {heading}: {text}")
    if all(pack.shipped for pack in packs):
        out.print(f"Your own packs would be in {own_folder}: market calibrate --save NAME")


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _problems(pack: "ListedPack") -> str:
    if pack.problems is None:
        return ""
    return f"{pack.problems:,}" + (f" in {pack.classes} classes" if pack.classes else "")
