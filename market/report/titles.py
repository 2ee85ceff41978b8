"""What question a report answers: that of the scenario, where it asks one."""

import json
import re
import tomllib

from market.foundation.parsing import RowError, parsed_toml
from market.report.subject import Subject

_DESCRIPTION = re.compile(r'"description": ("(?:[^"\\]|\\.)*")')


def question(subject: Subject) -> str:
    """The scenario's description; the name of the result where sides ask different questions."""
    if subject.asked:
        return subject.asked
    if subject.kind == "frontier":
        return f"How large is the arbitrage margin in {subject.name}?"
    asked = {_asked(name, text) for name, text in subject.texts.items()}
    return asked.pop() or subject.name if len(asked) == 1 else subject.name


def _asked(name: str, text: str) -> str:
    """A scenario's description; empty where there is none, or the file cannot be read."""
    if name.endswith(".json"):  # a long design is cut, and is no JSON then
        found = _DESCRIPTION.search(text)
        return str(json.loads(found[1])) if found else ""
    try:
        return str(parsed_toml(text).get("description", ""))
    except (tomllib.TOMLDecodeError, RowError):
        return ""
