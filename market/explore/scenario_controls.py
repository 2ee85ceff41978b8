"""The controls of a scenario, and their labels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from market.explore.controls import (
    Answers,
    ChoiceControl,
    Condition,
    Control,
    Lines,
    Members,
    Number,
    Option,
    Switches,
)
from market.explore.settings import setting
from market.scenario.schema import ArbitrageurGroup, ConsumerGroup, ProviderSpec, Scenario, dotted

ROUTING = {
    "cascade": "nothing about a query: one cascade for all",
    "signal": "a signal of its type: a cascade for each type",
    "single": "a signal of its type: one model for each type",
    "oracle": "everything about a query (oracle)",
}
WITH_SIGNAL = ("signal", "single")
DEMAND = {
    "fixed_quality": "the solve rate that it needs",
    "value": "the quality that is most worth its price",
}


@dataclass(frozen=True)
class Group:
    """Controls of one kind of agent."""

    title: str
    controls: tuple[Control, ...]


def offered(scenario: Scenario) -> tuple[Group, ...]:
    """Groups of controls, in the order of the page.

    Parameters
    ----------
    scenario
        As given: what it says is where the controls start.
    """
    groups = [*map(_of_arbitrageurs, scenario.arbitrageurs)]
    several = len(scenario.consumers) > 1
    groups += [_of_consumers(scenario, segment, several) for segment in scenario.consumers]
    groups.append(_of_providers(scenario.providers, scenario.policy.gated))
    tax = Number(
        ("policy", "routing_tax"),
        "routing tax",
        0,
        0.5,
        0.01,
        scenario.policy.routing_tax,
        "Share of each arbitrageur's fee that goes to the treasury.",
    )
    groups.append(Group("Policy", (tax,)))
    other = Lines(
        "other", "one PATH=VALUE per line", "Any value of the scenario, for example ticks=30."
    )
    groups.append(Group("Other values", (other,)))
    return tuple(groups)


def settings_of(groups: Sequence[Group], answers: Answers) -> list[str]:
    """What the answers set, in the order of the controls.

    Parameters
    ----------
    groups
        Of the scenario.
    answers
        By key; a control without one keeps to the scenario.

    Raises
    ------
    ScenarioError
        An answer is not of its control's kind.
    """
    return [text for control in controls_of(groups) for text in control.settings(answers)]


def controls_of(groups: Sequence[Group]) -> Iterator[Control]:
    """All controls, in order."""
    for group in groups:
        yield from group.controls


def _of_arbitrageurs(group: ArbitrageurGroup) -> Group:
    path = ("arbitrageurs", group.name)
    kind = group.routing.kind
    shown = [k for k in ROUTING if k in ("cascade", "signal", "oracle") or k == kind]
    options = {k: Option(ROUTING[k], setting((*path, "routing", "kind"), k)) for k in shown}
    options.setdefault(kind, Option(kind, ""))  # a rule from another package
    routing = ChoiceControl(dotted((*path, "routing")), "the router knows", options, kind)
    return Group(
        f"Arbitrageurs: {group.name}",
        (
            Number((*path, "count"), "how many", 0, max(6, 2 * group.count), 1, group.count),
            Number(
                (*path, "awareness"),
                "awareness",
                0,
                1,
                0.05,
                group.awareness,
                "Chance that a buyer knows one of them.",
            ),
            routing,
            Number(
                (*path, "routing", "accuracy"),
                "accuracy of the signal",
                0,
                1,
                0.05,
                getattr(group.routing, "accuracy", 0.5),
                "Chance that the signal shows the right type.",
                Condition(routing, WITH_SIGNAL),
            ),
        ),
    )


def _of_consumers(scenario: Scenario, segment: ConsumerGroup, several: bool) -> Group:
    path = ("consumers", segment.name)
    kind = segment.demand.kind
    demand = (*path, "demand")
    assumed = {"fixed_quality": _needs(scenario), "value": _values(segment)}
    options = {k: Option(words, setting(demand, assumed[k])) for k, words in DEMAND.items()}
    options.setdefault(kind, Option(kind, ""))
    other = "value" if kind != "value" else "fixed_quality"
    return Group(
        f"Consumers: {segment.name}" if several else "Consumers",
        (
            Number(
                (*path, "price_sensitivity"),
                "price sensitivity β",
                1,
                100,
                1,
                segment.price_sensitivity,
                "About the price elasticity of demand among close substitutes.",
            ),
            ChoiceControl(dotted(demand), "a buyer wants", options, kind, _ASSUMED[other]),
        ),
    )


_ASSUMED = {
    "value": "The value of a solution is assumed; the command line shows it.",
    "fixed_quality": "Needs and highest prices are assumed; the command line shows them.",
}
WORTH = 10  # times the reservation price of a query: what scenarios/value_demand.toml assumes


def _needs(scenario: Scenario) -> dict[str, Any]:
    """Buyers who need any of the tiers, and pay as those of `swebench` do."""
    tiers = scenario.quality_tiers
    return {
        "kind": "fixed_quality",
        "quality": {"kind": "uniform", "low": tiers.min, "high": tiers.max},
        "budget": {"kind": "lognormal", "median": 0.2, "sigma": 0.8},
    }


def _values(segment: ConsumerGroup) -> dict[str, Any]:
    """Buyers to whom a solution is worth a multiple of what a query was."""
    budget = getattr(segment.demand, "budget", None)
    median = round(WORTH * getattr(budget, "median", 0.2), 6)
    return {"kind": "value", "value": {"kind": "lognormal", "median": median, "sigma": 0.7}}


def _of_providers(providers: Sequence[ProviderSpec], gated: Sequence[str]) -> Group:
    names = tuple(provider.name for provider in providers)

    def prices(kind: str) -> dict[str, str]:
        return {n: setting(("providers", n, "pricing", "kind"), kind) for n in names}

    return Group(
        "Providers",
        (
            Switches(
                "providers.pricing",
                "which adapt their prices",
                names,
                tuple(p.name for p in providers if p.pricing.kind == "best_response"),
                prices("best_response"),
                prices("list"),
                "Each tick they post the price with the highest expected profit. "
                "The run takes a few seconds longer.",
            ),
            Members(
                ("policy", "gated"),
                "which do not sell to arbitrageurs",
                names,
                tuple(gated),
            ),
        ),
    )
