"""The kinds of cases, by name."""

from collections.abc import Callable

from fuzz.answers import Case
from fuzz.import_cases import imported
from fuzz.pack_cases import packed
from fuzz.record_cases import recorded
from fuzz.result_cases import read_again
from fuzz.scenario_cases import checked, overridden, ran
from hypothesis.strategies import SearchStrategy

COMMANDS: dict[str, Callable[[], SearchStrategy[Case]]] = {
    "checked": checked,
    "ran": ran,
    "overridden": overridden,
    "recorded": recorded,
    "packed": packed,
    "imported": imported,
    "read again": read_again,
}
