"""What `market run` and `market scenarios` print for people."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from market.cli.line_breaks import whole
from market.cli.print_verdict import print_verdict
from market.cli.tables import FittedTable, plain_table
from market.cli.terminal import change, number, out, row_label
from market.measures.counted import counted
from market.measures.elasticity import SURE
from market.measures.formulas import last_quarter_ticks
from market.measures.labels import (
    BUYERS,
    BY_NEED,
    HEADLINES,
    OWN_ROUTING,
    VERIFIED,
    Measure,
    fitted,
)
from market.measures.money_units import dollars

if TYPE_CHECKING:
    from market.results.run_result import RunResult
    from market.scenario.verbs import Verb

MANIFOLD = 10.0  # a gain as a share of what there is, from which on percent say little


def print_run(result: "RunResult", baseline: "RunResult | None", folder: str | None) -> None:
    """Summary of a run, beside the same market without arbitrageurs."""
    from market.findings.of_results import run_verdict

    spec = result.scenario
    print_verdict(run_verdict(result, baseline))
    arbitrageurs = sum(agent["role"] == "arbitrageur" for agent in result.agents.values())
    buyers = sum(segment.size for segment in spec.consumers)
    out.print(
        f"{spec.name} · providers {len(spec.providers)}, arbitrageurs {arbitrageurs}, "
        f"buyers {buyers:,} · ticks {spec.ticks} · seed {spec.seed}"
    )
    quarter = len(last_quarter_ticks(spec.ticks))
    twin = [] if baseline is None else ["without arbitrageurs", "change"]
    table = plain_table(f"Means of the last {quarter} ticks", ["measure"], ["this market", *twin])
    sides = [one.summary for one in (result, baseline) if one is not None]
    names = [name for name in (*HEADLINES, *OWN_ROUTING, *VERIFIED) if name in result.summary]
    shown = fitted({name: [side.get(name, math.nan) for side in sides] for name in names})
    for name, known in shown.items():
        value = result.summary[name]
        row = [row_label(known), known.text(value)]
        if baseline is not None:
            base = baseline.summary.get(name, math.nan)
            row += [known.text(base), change(value - base, base)]
        table.add_row(*row)
    out.print(table)
    out.print(_who_earned(result, baseline, shown["provider_revenue"]))
    out.print(_who_gains(result, baseline))
    for line in (*spec.assumed, *_what_happened(result)):
        out.print(line)
    if folder is not None:
        out.print(f"Tables, scenario and manifest: {folder}")


def _what_happened(result: "RunResult") -> Iterator[str]:
    """Lines on what happened: interventions, entrants, bankruptcies, and providers' prices."""
    from market.scenario.validation_messages import show

    spec = result.scenario
    for names in spec.mergers:
        yield f"{' and '.join(names)} have one owner; {names[0]} decides the prices of all"
    for name in spec.remove:
        yield f"{name} is not in the market"
    for event in sorted(spec.interventions, key=lambda event: event.at):
        values = ", ".join(f"{path} = {show(value)}" for path, value in event.set.items())
        yield f"From tick {event.at} ({event.name}): {values}"
    for provider in spec.providers:
        if provider.active_from >= spec.ticks:
            yield (
                f"{provider.name} never enters: it would at tick {provider.active_from}, and the "
                f"run has {spec.ticks}"
            )
    for name, agent in result.agents.items():
        if "entered" in agent:
            ticks = agent["ticks_to_first_revenue"]
            earned = "earned nothing" if ticks is None else f"first earned after {ticks} ticks"
            yield f"{name} entered at tick {agent['entered']} and {earned}"
        if "cost_of_learning" in agent:
            ticks = agent["ticks_to_profit"]
            paid = "which has not paid"
            if ticks is not None:
                paid = f"and is in profit after {counted(ticks, 'tick')}"
                if ticks == 0:
                    paid = "and has never owned less than it began with"
            yield f"{name}: learning cost {dollars(agent['cost_of_learning'])}, {paid}"
    for name, tick in result.exits.items():
        yield f"{name} is out of the market from tick {tick}"
    prices = result.price_dynamics
    measured = math.isfinite(prices.deviation_gain)
    hosts = result.models.groupby(["model", "provider"])["price_multiplier"]
    if measured or (hosts.nunique() > 1).any():
        said = {
            "settled": "converge",
            "cycling": f"cycle with a period of {prices.period} ticks",
            "moving": "neither converge nor cycle",
        }[prices.state]
        gain = "; at the end another price would raise a provider's expected profit "
        if prices.deviation_gain < MANIFOLD:
            gain += f"by at most {100 * prices.deviation_gain:.1f}%"
        else:  # it sells next to nothing at the price that it has
            gain += "many times over"
        yield f"Providers' prices {said}{gain if measured else ''}"
    for text in result.warnings:
        yield f"Warning: {text}"


def _who_earned(result: "RunResult", baseline: "RunResult | None", known: Measure) -> FittedTable:
    """Revenue and profit by agent, written as the measure `known`."""
    twin = [] if baseline is None else ["revenue without arbitrageurs"]
    table = plain_table(
        f"Who earned what, {known.unit.name}, and price elasticity, ± half of the 95% interval",
        ["agent", "role"],
        ["revenue", "profit", "elasticity", *twin],
    )
    before = baseline.agents if baseline is not None else {}
    for name, agent in result.agents.items():
        row = [whole(name), agent["role"], *(known.text(agent[k]) for k in ("revenue", "profit"))]
        row.append(_elasticity(agent))
        if baseline is not None:
            row.append(known.text(before.get(name, {}).get("revenue", math.nan)))
        table.add_row(*row)
    return table


def _elasticity(agent: Mapping[str, Any]) -> str:
    """The elasticity of a provider's quantity, and how well it is known."""
    value, half = (agent.get(name, math.nan) for name in ("elasticity", "elasticity_error"))
    text = number(value, "{:.2f}")
    return f"{text} ± {SURE * half:.2f}" if math.isfinite(half) else text


def _who_gains(result: "RunResult", baseline: "RunResult | None") -> FittedTable:
    """Price paid and surplus per query, by whom buyers know and by their need.

    Changes are by need alone: without arbitrageurs everybody is among those who know none, so they
    would be between other buyers.
    """
    sides = [one.summary for one in (result, baseline) if one is not None]
    names = [f"{kind}_{who}" for kind in ("price", "surplus") for who in BUYERS]
    unit = fitted({name: [side[name] for side in sides] for name in names})
    twin = [] if baseline is None else ["change"]
    note = "; changes are from the market without arbitrageurs" if twin else ""
    table = plain_table(
        f"Who gains, {unit[names[0]].unit.name}{note}",
        ["buyers"],
        ["paid", *twin, "surplus", *twin],
    )
    for who, words in BUYERS.items():
        row = [words]
        for name in (f"price_{who}", f"surplus_{who}"):
            row.append(unit[name].text(sides[0][name]))
            if len(sides) > 1:
                base = sides[1][name] if who in BY_NEED else math.nan
                row.append(change(sides[0][name] - base, base))
        table.add_row(*row)
    return table


def print_scenarios(scenarios: Sequence[Mapping[str, str]]) -> None:
    """Names of the shipped scenarios and their questions."""
    table = plain_table("Shipped scenarios", ["scenario", "question"])
    for scenario in scenarios:
        table.add_row(whole(scenario["name"]), scenario["description"])
    out.print(table)


def print_verbs(verbs: Sequence["Verb"]) -> None:
    """What each verb does, an example, and what it stands for."""
    for verb in verbs:
        at = "" if verb.in_interventions else "; not at a tick of an intervention"
        out.print(f"{verb.name}: {verb.says}{at}")
        out.print(f"    --set '{verb.example}'")
        out.print(f"    sets {', '.join(verb.stands_for)}")
