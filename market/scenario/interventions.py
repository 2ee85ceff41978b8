"""What interventions change in a scenario, worked out and checked before the run begins."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from market.foundation.config import nearest
from market.foundation.errors import ScenarioError
from market.scenario.overrides import Override, assign, plain, split_path
from market.scenario.schema import Scenario, dotted, joint_name
from market.scenario.validation_messages import validate
from market.scenario.verbs import NAMES as VERB_NAMES
from market.scenario.verbs import resolved
from market.strategies.provider_pricing import LearnsPrices, ListPrice

# what agents and arrays are built from when the run begins
FIXED: dict[str, tuple[str, ...]] = {
    "": (
        "name",
        "description",
        "ticks",
        "seed",
        "record_queries",
        "quality_tiers",
        "menu_points",
        "population",
        "verifier",
        "prices",
        "added_models",
        "interventions",
        "sweep",
    ),
    "providers": ("name", "models", "solve_shift", "router", "active_from"),
    "arbitrageurs": ("name", "knowledge", "capital", "distillation"),
    "consumers": ("name", "size", "problems", "tastes", "verifier"),
}
WAYS_OUT = {
    "active_from": "set it in the provider's own table",
    "prices": "market compare shows what other list prices do; providers.NAME.pricing may change",
    "added_models": "let the provider that sells it enter, by active_from",
    "distillation": "use policy.distillation_ban, or its own `when`",
}


@dataclass(frozen=True)
class Phase:
    """A part of the run under one set of rules.

    Attributes
    ----------
    start
        First tick.
    scenario
        As it is from then on.
    labels
        Names of the interventions that begin it.
    """

    start: int
    scenario: Scenario
    labels: tuple[str, ...]


def phases(scenario: Scenario) -> tuple[Phase, ...]:
    """Phases of a run, the first from tick 0; interventions of one tick apply in their order.

    Raises
    ------
    ScenarioError
        An intervention names an unknown thing, gives a value that is not allowed, or changes what
        a run is built from.
    """
    found = [Phase(0, scenario, ())]
    for change in sorted(scenario.interventions, key=lambda change: change.at):
        before = found[-1].scenario
        after = _apply(before, change.name, change.set)
        if change.at == found[-1].start:
            found[-1] = Phase(change.at, after, (*found[-1].labels, change.name))
        else:
            found.append(Phase(change.at, after, (change.name,)))
    return tuple(found)


def _apply(before: Scenario, name: str, values: dict[str, Any]) -> Scenario:
    place = dotted(("interventions", name, "set"))
    data: Any = before.model_dump()
    try:
        paths = sorted(((split_path(key)[0], key) for key in values), key=lambda item: len(item[0]))
        for path, key in paths:
            _require_known(data, path, key)
            data = assign(data, path, (), Override(path, plain(values[key]), key))
        data = resolved(data, "in the scenario as changed", at_a_tick=True)
        after = validate(data, "in the scenario as changed")
    except ScenarioError as error:
        message = str(error).replace("--set ", "")
        raise ScenarioError(f"{place}: {message}") from error
    _require_same(before, after, place)
    return after


def _require_known(data: Any, path: tuple[str, ...], key: str) -> None:
    """A misspelt first segment would otherwise be an unknown key of the whole scenario."""
    if not isinstance(data, dict) or (path[0] not in data and path[0] not in VERB_NAMES):
        known = [*(data if isinstance(data, dict) else ()), *sorted(VERB_NAMES)]
        raise ScenarioError(f"{key}: the scenario has no {path[0]!r}; {nearest(path[0], known)}")


def _require_same(before: Scenario, after: Scenario, place: str) -> None:
    for table, keys in FIXED.items():
        pairs: list[tuple[str, Any, Any]] = [("", before, after)]
        if table:
            old, new = getattr(before, table), getattr(after, table)
            if [entry.name for entry in old] != [entry.name for entry in new]:
                raise ScenarioError(
                    f"{place}: {table} cannot be added, renamed or left out during a run; list "
                    "them all, and set `count` or `active_from` to bring them in"
                )
            pairs = [(entry.name, entry, other) for entry, other in zip(old, new, strict=True)]
        for entry, one, other in pairs:
            for key in keys:
                if getattr(one, key) != getattr(other, key):
                    path = dotted([part for part in (table, entry, key) if part])
                    way_out = WAYS_OUT.get(key, "set it in the scenario itself")
                    raise ScenarioError(f"{place}: {path} cannot change during a run; {way_out}")


def overriding(scenario: Scenario, paths: Iterable[str]) -> list[str]:
    """Notes on varied paths that an intervention sets too.

    Parameters
    ----------
    scenario
        With its interventions.
    paths
        Dotted.
    """
    notes = []
    for path in paths:
        wanted = split_path(path)[0]
        for change in scenario.interventions:
            for key in change.set:
                given = split_path(key)[0]
                if given[: len(wanted)] == wanted or wanted[: len(given)] == given:
                    notes.append(
                        f"{path} is varied, but the intervention {change.name!r} sets {key} from "
                        f"tick {change.at} of {scenario.ticks}; vary interventions.{change.name} "
                        "or remove it if you want the varied value to hold throughout"
                    )
    return notes


def left_out(scenario: Scenario) -> list[str]:
    """Names of interventions after the first tick that change anything but arbitrageurs.

    They are what an answer leaves out that is about the market as it begins.
    """
    return [
        change.name
        for change in scenario.interventions
        if change.at > 0 and any(split_path(key)[0][0] != "arbitrageurs" for key in change.set)
    ]


def mergers(*scenarios: Scenario) -> dict[str, tuple[str, ...]]:
    """Providers that have one owner at any tick of any of the runs, by what they are called."""
    found: dict[str, tuple[str, ...]] = {}
    for scenario in scenarios:
        order = [provider.name for provider in scenario.providers]
        for phase in phases(scenario):
            for names in phase.scenario.mergers:
                together = tuple(sorted(names, key=order.index))
                found[joint_name(together)] = together
    return found


def largest(parts: tuple[Phase, ...]) -> Scenario:
    """The first phase's scenario, with all arbitrageurs and own routers that any phase has."""
    first = parts[0].scenario
    groups = tuple(
        group.model_copy(
            update={"count": max(phase.scenario.arbitrageurs[g].count for phase in parts)}
        )
        for g, group in enumerate(first.arbitrageurs)
    )
    segments = tuple(
        segment.model_copy(
            update={
                "self_routing": next(
                    (of for p in parts if (of := p.scenario.consumers[c].self_routing)), None
                )
            }
        )
        for c, segment in enumerate(first.consumers)
    )
    return first.model_copy(update={"arbitrageurs": groups, "consumers": segments})


def without_arbitrageurs(scenario: Scenario) -> Scenario:
    """The same market without resale: every group is empty and stays so."""
    kept = []
    for change in scenario.interventions:
        values = {k: v for k, v in change.set.items() if split_path(k)[0][0] != "arbitrageurs"}
        if values:
            kept.append(change.model_copy(update={"set": values}))
    groups = tuple(group.model_copy(update={"count": 0}) for group in scenario.arbitrageurs)
    return scenario.model_copy(update={"arbitrageurs": groups, "interventions": tuple(kept)})


def without_learning(scenario: Scenario) -> Scenario:
    """The market of the first tick, providers that learn their prices at list price.

    Where nothing is learned yet, the first price would be one at random.
    """
    now = phases(scenario)[0].scenario
    if not any(isinstance(provider.pricing, LearnsPrices) for provider in now.providers):
        return scenario
    kept = tuple(
        p.model_copy(update={"pricing": ListPrice()}) if isinstance(p.pricing, LearnsPrices) else p
        for p in now.providers
    )
    return now.model_copy(update={"providers": kept, "interventions": ()})
