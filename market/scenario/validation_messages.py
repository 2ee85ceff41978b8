"""Every error of a scenario in words, with its dotted path and value."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from market.foundation.config import nearest
from market.foundation.errors import ScenarioError, shown
from market.scenario.agent_specs import AGENT_NAME
from market.scenario.schema import FILE_NAME, Scenario, dotted

TAGS = ("kind", "source")  # the keys that say which rule a table is for
_SAYS = {
    "missing": "is missing",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "tuple_type": "must be a list",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "finite_number": "must be a finite number",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    FILE_NAME: "must be letters, digits, '.', '_' and '-', the first a letter or a digit",
    AGENT_NAME: "must be a name: no slash, no double quote, and no space at either end",
}


def validate(data: dict[str, Any], place: str) -> Scenario:
    """Make a scenario of what a file holds.

    Raises
    ------
    ScenarioError
        All problems, a line each, behind the `place` that the data comes from.
    """
    given, problems = _strict(data), list[str]()
    while True:
        try:
            scenario: Scenario = Scenario.model_validate(given, strict=True)
        except ValidationError as error:
            every = error.errors(include_url=False)
            # a list whose entries are bad also counts as too short
            found = [p for p in every if not (p["type"] == "too_short" and p["input"])]
            # these hide other problems in the same table: note them, remove them and validate again
            hiding = [p for p in found if p["type"] in ("unknown_key", "union_tag_not_found")]
            for problem in hiding:
                _, table = _follow(given, problem["loc"])
                if problem["type"] == "unknown_key":
                    problems += _explain(problem, given)
                    table.pop(problem["ctx"]["key"])
                else:
                    table[problem["ctx"]["discriminator"].strip("'")] = ""
            if hiding:
                continue
            problems += [line for problem in found for line in _explain(problem, given)]
        else:
            if not problems:
                return scenario
        raise ScenarioError("\n".join(f"{place}: {line}" for line in problems))


def _strict(value: Any) -> Any:
    """A copy with tuples for lists, which is what the strict schema takes."""
    if isinstance(value, dict):
        return {key: _strict(item) for key, item in value.items()}
    return tuple(map(_strict, value)) if isinstance(value, list | tuple) else value


def _follow(data: Any, loc: Sequence[int | str]) -> tuple[list[str], Any]:
    """Path of a problem as a user may type it, and the value there."""
    path: list[str] = []
    entered = True  # a rule's table, whose kind pydantic names before a key: both may be "value"
    for step in loc:
        if isinstance(data, dict) and entered and step in map(data.get, TAGS):
            entered = False
            continue
        entered = True
        if isinstance(step, int):
            data = data[step]
            name = data.get("name") if isinstance(data, dict) else None
            if isinstance(name, str) and name:
                path.append(name)
            else:
                path[-1] += f"[{step}]"
        else:
            path.append(step)
            data = data.get(step) if isinstance(data, dict) else None
    return path, data


def _explain(problem: ErrorDetails, data: Any) -> Iterator[str]:
    kind, context, value = problem["type"], problem.get("ctx", {}), problem["input"]
    path, _ = _follow(data, problem["loc"])
    if kind == "disagreement":
        yield from (f"{dotted(where)}: {message}" for where, message in context["found"])
        return
    known = _SAYS.get(context.get("pattern", kind))
    says = problem["msg"] if known is None else known.format(**context)
    if kind == "unknown_key":
        path.append(context["key"])
    elif kind == "union_tag_invalid":
        path.append(context["discriminator"].strip("'"))
        says = f"unknown {path[-1]} {shown(context['tag'])}" if context["tag"] else "is missing"
        tags = re.findall("'([^']+)'", context["expected_tags"])
        says += f"; {nearest(context['tag'], tags)}"
    found = "" if isinstance(value, dict) else f" (value: {show(value)})"
    yield f"{dotted(path)}: {says}{found}"


def show(value: Any) -> str:
    """Write a value as a user would, cut where it is long."""
    text = str(value) if isinstance(value, float) else json.dumps(value, default=str)
    return text if len(text) <= 60 else text[:57] + "…"
