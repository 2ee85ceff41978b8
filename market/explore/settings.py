"""Settings `PATH=VALUE` as a person would type them, and the what-if question they make."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from market.foundation.errors import ScenarioError
from market.scenario.files import load
from market.scenario.interventions import largest, phases, without_arbitrageurs
from market.scenario.schema import Scenario, dotted
from market.scenario.workload import require_feasible, workload

LARGEST: Mapping[str, int] = {
    "ticks": 2000,
    "arbitrageurs": 50,
    "consumers": 1_000_000,
    "quality_tiers.count": 200,
    "population.problems": 20_000,
}
"""Largest sizes that a page answers quickly: ticks, agents, buyers, tiers, problems."""
LONGEST_WAIT = 60.0
"""Seconds, estimated, that a run may take: beyond, nobody waits before a page."""


def setting(path: Sequence[str], value: Any) -> str:
    """Write `PATH=VALUE`, the value as TOML on one line.

    >>> setting(("providers", "a.b", "cost_ratio"), 0.5)
    'providers."a.b".cost_ratio=0.5'
    """
    return f"{dotted(path)}={_inline(value)}"


def _inline(value: Any) -> str:
    match value:
        case dict():
            pairs = (f"{dotted([key])} = {_inline(item)}" for key, item in value.items())
            return "{ " + ", ".join(pairs) + " }"
        case list() | tuple():
            return "[" + ", ".join(map(_inline, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


BEFORE_AFTER = ("before", "after")
WITHOUT_WITH = ("without arbitrageurs", "with arbitrageurs")


@dataclass(frozen=True)
class Pair:
    """Two markets side by side.

    Attributes
    ----------
    one, other
        The scenarios.
    base
        Whose base market prices of the other are compared with; its own if None.
    names
        What they are called.
    """

    one: Scenario
    other: Scenario
    base: Scenario | None
    names: tuple[str, str]


@dataclass(frozen=True)
class WhatIf:
    """A scenario and how it was started; it is read again whenever it is needed.

    Attributes
    ----------
    source
        Name of a shipped scenario, or path of a file.
    given
        Settings of the command line, which hold before and after.
    """

    source: str
    given: tuple[str, ...] = ()

    def before(self) -> Scenario:
        """The scenario as given.

        Raises
        ------
        ScenarioError
            It does not exist, or is not valid.
        """
        return _quick(load(self.source, set=self.given))

    def after(self, settings: Sequence[str]) -> Scenario:
        """The scenario with the settings: what :meth:`command` runs.

        Raises
        ------
        ScenarioError
            The result is not a valid scenario, or is too large for a page.
        """
        return _quick(load(self.source, set=[*self.given, *settings]))

    def pair(self, settings: Sequence[str]) -> "Pair":
        """The two markets that the page shows: with the settings and before them.

        Without settings, the market with against without arbitrageurs, if it has any.

        Raises
        ------
        ScenarioError
            As for :meth:`after`.
        """
        before = self.before()
        if settings:
            return Pair(before, self.after(settings), before, BEFORE_AFTER)
        if any(group.count for group in before.arbitrageurs):
            return Pair(without_arbitrageurs(before), before, None, WITHOUT_WITH)
        return Pair(before, before, None, BEFORE_AFTER)

    def command(self, settings: Sequence[str]) -> str:
        """The command line that repeats it, quoted for a shell."""
        options = [word for text in (*self.given, *settings) for word in ("--set", text)]
        return shlex.join(["market", "run", self.source, *options])


def _quick(scenario: Scenario) -> Scenario:
    """The same, if a page can wait for it.

    Raises
    ------
    ScenarioError
        It is too large.
    """
    groups = largest(phases(scenario)).arbitrageurs
    sizes = {
        "ticks": scenario.ticks,
        "arbitrageurs": sum(group.count for group in groups),
        "consumers": sum(segment.size for segment in scenario.consumers),
        "quality_tiers.count": scenario.quality_tiers.count,
        "population.problems": getattr(scenario.population, "problems", 0),
    }
    for path, size in sizes.items():
        if size > LARGEST[path]:
            raise ScenarioError(
                f"{path}: {size} is too many for the page (at most {LARGEST[path]}); "
                "use market run for such a large market"
            )
    found = workload(scenario)
    if found.seconds > LONGEST_WAIT:
        raise ScenarioError(
            f"a run of this market needs {found}, too long for the page; ask for fewer queries, "
            "buyers or ticks, or use market run"
        )
    require_feasible(found, scenario.name)
    return scenario
