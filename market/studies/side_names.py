"""What the sides of a comparison are called, and what must be said of them first."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from market.foundation.formats import letter
from market.scenario.schema import Scenario

MOST_CHANGES = 4  # that the name of a scenario lists
_LONGEST = 40  # letters of a list or table that a phrase still holds


def side_names(sides: Sequence[Scenario]) -> tuple[str, ...]:
    """Names of scenarios; one that has the first's name says what it sets.

    What is called the same all the same has a number behind it.
    """
    first = sides[0]
    said = [first.name]
    said += [f"{spec.name}{_set_beside(first, spec)}" for spec in sides[1:]]
    return numbered(said)


def numbered(names: Sequence[str]) -> tuple[str, ...]:
    """The same names, a number behind each that is there already: `swebench (2)`."""
    found: list[str] = []
    for name in names:
        told, count = name, 1
        while told in found:
            count += 1
            told = f"{name} ({count})"
        found.append(told)
    return tuple(found)


def unlike(sides: Sequence[Scenario]) -> tuple[str, ...]:
    """What differs between sides that makes them hard to compare, a phrase each.

    Ticks, seeds, the population, tiers, and sizes and rates of buyers.
    """
    values: dict[str, list[Any]] = {}
    for s, spec in enumerate(sides):
        for words, value in _conditions(spec).items():
            values.setdefault(words, [None] * len(sides))[s] = value
    found = []
    for words, of_sides in values.items():
        if all(value == of_sides[0] for value in of_sides):
            continue
        told = ", ".join(
            f"{_told(value)} in {letter(s).upper()}" for s, value in enumerate(of_sides)
        )
        found.append(f"{words}: {told}")
    return tuple(found)


def _conditions(spec: Scenario) -> dict[str, Any]:
    found: dict[str, Any] = {"ticks": spec.ticks, "seed": spec.seed}
    source = spec.population.model_dump(mode="json")
    found |= {f"population.{key}": value for key, value in source.items()}
    for segment in spec.consumers:
        found[f"size of {segment.name}"] = segment.size
        found[f"queries per tick of {segment.name}"] = segment.queries_per_tick
    return found


def _told(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        text = json.dumps(value, ensure_ascii=False)
        return text if len(text) <= _LONGEST else "another"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _set_beside(first: Scenario, other: Scenario) -> str:
    """` with PATH=VALUE, …` of a scenario that has the first's name; nothing of any other."""
    if first.name != other.name:
        return ""
    changes = list(_changes(first.model_dump(mode="json"), other.model_dump(mode="json")))
    if not changes:
        return ""
    more = f" and {len(changes) - MOST_CHANGES} more" if len(changes) > MOST_CHANGES else ""
    return f" with {', '.join(changes[:MOST_CHANGES])}{more}"


def _changes(a: Any, b: Any, path: str = "") -> Iterator[str]:
    """`PATH=VALUE` of what differs in `b`; list entries with the same name are compared."""
    if a == b:
        return
    tables = [_named(side) for side in (a, b)]
    if path and (tables[0] is None or tables[1] is None or set(tables[0]) != set(tables[1])):
        yield f"{path}={json.dumps(b, ensure_ascii=False)}"
        return
    for key, value in (tables[1] or {}).items():
        if path or key not in ("seed", "sweep"):
            yield from _changes((tables[0] or {}).get(key), value, f"{path}.{key}".lstrip("."))


def _named(value: Any) -> dict[str, Any] | None:
    """A table's entries, or a list's by their names; None for other values."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
        return {str(v["name"]): v for v in value if "name" in v} or None
    return None
