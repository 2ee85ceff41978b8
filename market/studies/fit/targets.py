"""Figures that a fit is to reach: a measure of the market, or of some of its agents."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from market.foundation.errors import ScenarioError, shown
from market.measures.labels import MEASURES
from market.measures.old_names import current
from market.scenario.schema import Scenario
from market.studies.run_task import RunOutcome

OPTION = "--target"
ASSUMED = 0.1
"""Standard error of a target that states none, as a share of it: published figures of markets
rarely agree any better. Where there are as many targets as parameters it moves no estimate."""

OF_SELLERS: Mapping[str, tuple[str, ...]] = {
    "provider": (
        *("revenue", "profit", "net_profit", "margin"),
        *("revenue_share", "query_share", "elasticity"),
    ),
    "arbitrageur": ("revenue", "profit", "net_profit", "margin", "query_share"),
    "model": ("revenue", "profit", "margin", "revenue_share", "elasticity"),
}
"""Measures by what kind of seller or good has them."""
OF_SEGMENTS = (
    *("paid", "consumer_surplus", "price_per_query", "price_per_solution", "solve_rate"),
    *("mean_tier", "queries_sent", "queries_served", "queries_solved"),
)
"""Measures of a segment of buyers."""
_OF_ONE = frozenset({"revenue", "fees", "profit", "net_profit", "margin"})
OF_MARKET = ("elasticity", *(name for name in MEASURES if name not in _OF_ONE))
"""Measures of the whole market."""
_VALUE = re.compile(r"\s*(.+?)\s*(?:(?:±|\+-)\s*(.+?)\s*)?")


@dataclass(frozen=True)
class Target:
    """A figure that a fit is to reach.

    Attributes
    ----------
    name
        As it was given.
    subjects
        Agents, models or the segment that it is of, all of one role; none: the market.
    role
        `market`, `provider`, `arbitrageur`, `model` or `segment`.
    measure
        Of them.
    value
        What it is to be.
    error
        Standard error of that.
    assumed
        Whether the error is not stated but taken to be a tenth.
    """

    name: str
    subjects: tuple[str, ...]
    role: str
    measure: str
    value: float
    error: float
    assumed: bool

    def of(self, run: RunOutcome) -> float:
        """What it is in a run; NaN where it was not measured.

        Of several agents: sums, and their elasticities weighted by revenue. An elasticity is that
        of quantity by price, of each agent's own price; of a model, its sellers'.
        """
        if self.role == "market":
            if self.measure == "elasticity":
                return run.measures.get("revenue_elasticity", np.nan) - 1
            return run.measures.get(self.measure, np.nan)
        found = {
            (m.name, m.measure): m.value
            for m in run.members
            if m.role == self.role and m.name in self.subjects
        }

        def total(measure: str) -> float:
            return sum(found.get((name, measure), np.nan) for name in self.subjects)

        match self.measure:
            case "margin":
                return _ratio(total("profit"), total("revenue"))
            case "revenue_share":
                return _ratio(total("revenue"), run.measures["provider_revenue"])
            case "query_share":
                return _ratio(total("queries"), run.measures["queries_served"])
            case "elasticity":
                weights = {name: found.get((name, "revenue"), 0.0) for name in self.subjects}
                sold = {name: weight for name, weight in weights.items() if weight > 0}
                slopes = sum(w * found.get((n, "elasticity"), np.nan) for n, w in sold.items())
                return _ratio(slopes, sum(sold.values()))
            case _:
                return total(self.measure)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else np.nan


def read_targets(
    spec: Scenario, given: Mapping[str, Any] | Sequence[str] | str
) -> tuple[Target, ...]:
    """Read targets, each a measure of this scenario.

    Parameters
    ----------
    spec
        The scenario.
    given
        Values by name, each a number, or a pair of it and its standard error; or texts
        `NAME=VALUE` and `NAME=VALUE+-ERROR`.

    Raises
    ------
    ScenarioError
        There is none, a text has not that form, or the scenario has no such measure.
    """
    if isinstance(given, str):
        given = [given]
    pairs = given.items() if isinstance(given, Mapping) else map(_parted, given)
    found = tuple(_read(spec, name, value) for name, value in pairs)
    if not found:
        raise ScenarioError(
            f"{OPTION}: give at least one figure to reach, as {OPTION} arbitrage_share=0.3"
        )
    names = [(one.subjects, one.measure) for one in found]
    for n, one in enumerate(found):
        if names[n] in names[:n]:
            raise ScenarioError(f"{OPTION} {one.name}: is given twice; give it once")
    return found


def _parted(text: str) -> tuple[str, tuple[str, ...]]:
    name, equals, value = text.rpartition("=")
    match = _VALUE.fullmatch(value)
    if not equals or not name.strip() or match is None:
        raise ScenarioError(
            f"{OPTION} {shown(text, quoted=False)}: write NAME=VALUE, or NAME=VALUE+-ERROR with "
            "its standard error, for example elasticity=-1.1+-0.2"
        )
    return name.strip(), tuple(part for part in match.groups() if part is not None)


def _given(value: Any) -> str:
    return shown(value[0] if isinstance(value, tuple) and len(value) == 1 else value)


def _read(spec: Scenario, name: str, value: Any) -> Target:
    parts = value if isinstance(value, tuple | list) else (value,)
    try:
        numbers = [float(part) for part in parts]
        assumed = len(numbers) == 1
        reached, error = (*numbers, ASSUMED * abs(numbers[0])) if assumed else numbers
    except (TypeError, ValueError):
        raise ScenarioError(
            f"{OPTION} {name}: must be a number, or a number and its standard error "
            f"(value: {_given(value)})"
        ) from None
    if not np.isfinite([reached, error]).all():
        raise ScenarioError(f"{OPTION} {name}: must be finite (value: {_given(value)})")
    if not error > 0:
        way_out = (
            f"a target of 0 needs one: {name}=0+-0.01"
            if assumed
            else "leave it out for a tenth of the value"
        )
        raise ScenarioError(f"{OPTION} {name}: its standard error must be above 0; {way_out}")
    return Target(name, *_named(spec, name), reached, error, assumed)


def _named(spec: Scenario, name: str) -> tuple[tuple[str, ...], str, str]:
    """Whom a name means, their role, and which measure of them."""
    if current(name) in OF_MARKET:
        return (), "market", current(name)
    who, dot, measure = name.rpartition(".")
    roles = _roles(spec)
    if not dot:
        raise _unknown(name, [*OF_MARKET, *_examples(roles)])
    subjects = (who,) if who in roles else tuple(part.strip() for part in who.split("+"))
    for subject in subjects:
        if subject not in roles:
            near = get_close_matches(subject, roles, n=1)
            said = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(roles)}"
            raise ScenarioError(
                f"{OPTION} {name}: {spec.name} has no agent, model or segment {subject!r}; {said}"
            )
    kinds = {roles[subject][0] for subject in subjects}
    if len(kinds) > 1 or (kinds == {"segment"} and len(subjects) > 1):
        raise ScenarioError(
            f"{OPTION} {name}: only providers, only arbitrageurs, or only models can be added up"
        )
    (role,) = kinds
    known = OF_SEGMENTS if role == "segment" else OF_SELLERS[role]
    if measure not in known:
        raise _unknown(name, [f"{who}.{one}" for one in known])
    members = tuple(dict.fromkeys(m for subject in subjects for m in roles[subject][1]))
    return members, role, measure


def _roles(spec: Scenario) -> dict[str, tuple[str, tuple[str, ...]]]:
    """By name, what has it and which agents it stands for; providers come first."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {
        one.name: ("segment", (one.name,)) for one in spec.consumers
    }
    found |= {model: ("model", (model,)) for model in spec.models}
    for group in spec.arbitrageurs:
        members = tuple(f"{group.name}-{i}" for i in range(1, group.count + 1))
        found |= {name: ("arbitrageur", (name,)) for name in members}
        if members:
            found[group.name] = ("arbitrageur", members)
    return found | {one.name: ("provider", (one.name,)) for one in spec.providers}


def _examples(roles: Mapping[str, tuple[str, tuple[str, ...]]]) -> list[str]:
    return [
        f"{name}.{measure}"
        for name, (role, _) in roles.items()
        for measure in (OF_SEGMENTS if role == "segment" else OF_SELLERS[role])
    ]


def _unknown(name: str, known: Sequence[str]) -> ScenarioError:
    near = get_close_matches(name, known, n=1)
    return ScenarioError(
        f"{OPTION} {name}: no such measure; "
        + (
            f"did you mean {near[0]!r}?"
            if near
            else "name one of the market, such as arbitrage_share or price_index, or of agents or "
            f"models, such as {known[-1]}; several are added up by +"
            if any("." in one and one.rpartition(".")[0] not in name for one in known)
            else f"choose from: {', '.join(known)}"
        )
    )
