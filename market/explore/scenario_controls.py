"""The controls of a scenario, and their labels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

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
from market.scenario.agent_specs import ArbitrageurGroup, ConsumerGroup, ProviderSpec
from market.scenario.schema import Scenario, dotted
from market.strategies.demand import FixedQuality, ValueDemand

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
                dict(group.routing).get("accuracy", 0.5),  # a field of the rule, if it has one
                "Chance that the signal shows the right type.",
                Condition(routing, WITH_SIGNAL),
            ),
        ),
    )


def _of_consumers(scenario: Scenario, segment: ConsumerGroup, several: bool) -> Group:
    path = ("consumers", segment.name)
    kind = segment.demand.kind
    demand = (*path, "demand")
    assumed = _assumed(scenario, segment)
    options = {k: Option(DEMAND[k], setting(demand, value)) for k, value in assumed.items()}
    options.setdefault(kind, Option(DEMAND.get(kind, kind), ""))
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


def _assumed(scenario: Scenario, segment: ConsumerGroup) -> dict[str, dict[str, Any]]:
    """What buyers of the other kinds of demand are assumed to want and to pay.

    They are worth as much as those of the segment: its middle buyer sets the scale.
    """
    demand, tiers = segment.demand, scenario.quality_tiers
    middle = np.array([0.5])
    if isinstance(demand, ValueDemand):
        per_query = float(demand.value.quantile(middle)[0]) / WORTH
    elif isinstance(demand, FixedQuality):
        per_query = float(demand.budget.quantile(middle)[0])
    else:  # a rule from another package does not say what a query is worth
        return {}

    def around(median: float, sigma: float) -> dict[str, Any]:
        return {"kind": "lognormal", "median": float(f"{median:.6g}"), "sigma": sigma}

    if per_query <= 0:
        return {}
    return {
        "fixed_quality": {
            "kind": "fixed_quality",
            "quality": {"kind": "uniform", "low": tiers.min, "high": tiers.max},
            "budget": around(per_query, 0.8),
        },
        "value": {"kind": "value", "value": around(WORTH * per_query, 0.7)},
    }


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
