"""Changes in the words of the trade: a price halved, a tax, a merger, a newcomer.

A verb stands beside a scenario's fields, in a file, an override or an intervention, and is resolved
into them here, at one place: what is run and written is the ordinary fields.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from market.foundation.config import nearest
from market.foundation.errors import ScenarioError
from market.scenario.paths import dotted
from market.scenario.schema import Scenario
from market.scenario.validation_messages import show


@dataclass(frozen=True)
class Verb:
    """A change that people name.

    Attributes
    ----------
    name
        The key.
    says
        What it does, in words.
    example
        As after `--set`.
    stands_for
        Paths of the fields that it sets.
    in_interventions
        Whether it may come at a tick.
    """

    name: str
    says: str
    example: str
    stands_for: tuple[str, ...]
    in_interventions: bool = True


VERBS = (
    Verb(
        "price_factor",
        "list prices of a provider or a model, times a number; marginal costs stay",
        "price_factor.DeepSeek=0.5",
        ("prices.models.MODEL.factor", "at a tick: providers.NAME.pricing"),
    ),
    Verb(
        "tax",
        "share of arbitrageurs' fees that goes to the treasury",
        "tax=0.05",
        ("policy.routing_tax",),
    ),
    Verb(
        "ban",
        'forbid "distillation", or "resale" by any provider',
        'ban="distillation"',
        ("policy.distillation_ban", "policy.gated"),
    ),
    Verb(
        "merge",
        "providers that have one owner",
        'merge=["OpenAI", "DeepSeek"]',
        ("merge",),
    ),
    Verb("remove", "providers that are not in the market", 'remove=["Alibaba"]', ("remove",)),
    Verb(
        "enter",
        "a provider that is listed enters at a tick",
        "enter.Alibaba=5",
        ("providers.NAME.active_from",),
        in_interventions=False,
    ),
    Verb(
        "add",
        "a model of which only a solve rate and a cost are known, and a provider that sells it",
        'add.newcomer={ like = "gpt5mini", solve_rate = 0.6, cost = 0.02 }',
        ("added_models", "providers"),
        in_interventions=False,
    ),
)
_FIELDS = frozenset({"merge", "remove"})  # verbs that are fields already
NAMES = frozenset(verb.name for verb in VERBS) - _FIELDS


_SETS = {
    "price_factor": ("prices",),
    "tax": ("policy", "routing_tax"),
    "ban": ("policy", "distillation_ban"),
}
"""Fields that are not to be given beside a verb, in one file or one list of overrides."""


def leaf_paths(data: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Paths of what a file gives, two segments deep, which is as deep as verbs conflict."""
    found: list[tuple[str, ...]] = []
    for name, value in data.items():
        below = value if isinstance(value, Mapping) and value else None
        found += [(name,)] if below is None else [(name, str(key)) for key in below]
    return found


def require_no_conflict(paths: Sequence[tuple[str, ...]], place: str) -> None:
    """Refuse a verb beside the field that it sets.

    Raises
    ------
    ScenarioError
        Both are given.
    """
    given = {path[0] for path in paths}
    for verb, field in _SETS.items():
        if verb not in given:
            continue
        for path in paths:
            if path[: len(field)] == field:
                raise ScenarioError(f"{place}: {verb} sets {dotted(path)}, too; give one of them")


def resolved(data: dict[str, Any], place: str, *, at_a_tick: bool = False) -> dict[str, Any]:
    """The same scenario, as plain values, with its verbs resolved into fields.

    Parameters
    ----------
    data
        As a file or :meth:`pydantic.BaseModel.model_dump` has it, with verbs at the top.
    place
        What errors begin with.
    at_a_tick
        Whether an intervention has them.

    Raises
    ------
    ScenarioError
        A verb has a value that it cannot have, or names what is not there.
    """
    _require_no_misspelt(data, place)
    given = {name: data[name] for name in data if name in NAMES}
    if not given:
        return data
    changed = {name: value for name, value in data.items() if name not in NAMES}
    for name, value in given.items():
        known = next(verb for verb in VERBS if verb.name == name)
        if at_a_tick and not known.in_interventions:
            raise ScenarioError(
                f"{place}: {name} cannot come at a tick of an intervention; set {name} in the "
                "scenario itself, with the tick in it"
            )
        changed = _Change(changed, f"{place}: {name}", at_a_tick).by(name, value)
    return changed


def _require_no_misspelt(data: Mapping[str, Any], place: str) -> None:
    """Name the verb that an unknown key is nearest to; other unknown keys are the schema's."""
    known = [*Scenario.model_fields, *sorted(NAMES)]
    for name in data:
        close = [] if name in known else get_close_matches(str(name), known, n=1)
        if close and close[0] in NAMES:
            raise ScenarioError(
                f"{place}: {name}: unknown key; did you mean {close[0]!r}? `market verbs` has an "
                "example"
            )


@dataclass(frozen=True)
class _Change:
    """How verbs change plain values; nothing that is given is changed in place."""

    data: dict[str, Any]
    place: str
    at_a_tick: bool

    def by(self, name: str, value: Any) -> dict[str, Any]:
        rules: Mapping[str, Callable[[Any], dict[str, Any]]] = {
            "price_factor": self.price_factor,
            "tax": lambda share: self._policy("routing_tax", share),
            "ban": self.ban,
            "enter": self.enter,
            "add": self.add,
        }
        return rules[name](value)

    def price_factor(self, value: Any) -> dict[str, Any]:
        data = self.data
        for name, factor in self._table(value).items():
            if isinstance(factor, bool) or not isinstance(factor, int | float) or not factor > 0:
                dot = "; quote a name that holds a dot" if isinstance(factor, Mapping) else ""
                raise self._wrong(f".{name}: must be a number above 0 (value: {show(factor)}){dot}")
            if self.at_a_tick:
                data = self._priced_at_a_tick(data, name, float(factor))
                continue
            prices = dict(data.get("prices") or {})
            models = dict(prices.get("models") or {})
            for model in self._models_of(name):
                models[model] = {"factor": float(factor)}
            data = {**data, "prices": {**prices, "models": models}}
        return data

    def _priced_at_a_tick(self, data: dict[str, Any], name: str, factor: float) -> dict[str, Any]:
        providers = []
        for provider in data.get("providers", ()):
            if name in (provider["name"], *provider["models"]):
                if name != provider["name"] and len(provider["models"]) > 1:
                    raise self._wrong(
                        f".{name}: at a tick all models of a provider move; name {provider['name']}"
                    )
                if provider["pricing"]["kind"] != "list":
                    raise self._wrong(
                        f".{name}: {provider['name']} does not sell at list price, but sets its "
                        f"own ({provider['pricing']['kind']}); change its pricing instead"
                    )
                provider = {**provider, "pricing": {"kind": "list", "factor": factor}}
            providers.append(provider)
        self._models_of(name)  # or there is none
        return {**data, "providers": providers}

    def ban(self, value: Any) -> dict[str, Any]:
        if value == "distillation":
            return self._policy("distillation_ban", True)
        if value == "resale":
            return self._policy("gated", [provider["name"] for provider in self._providers()])
        raise self._wrong(f': must be "distillation" or "resale" (value: {show(value)})')

    def enter(self, value: Any) -> dict[str, Any]:
        wanted = self._table(value)
        names = [provider["name"] for provider in self._providers()]
        for name in wanted:
            if name not in names:
                raise self._wrong(
                    f".{name}: no such provider; {nearest(name, names)}. A model that nobody "
                    "sells yet comes by `add`"
                )
        providers = [
            {**provider, "active_from": wanted[provider["name"]]}
            if provider["name"] in wanted
            else provider
            for provider in self._providers()
        ]
        return {**self.data, "providers": providers}

    def add(self, value: Any) -> dict[str, Any]:
        data = self.data
        for name, told in self._table(value).items():
            if not isinstance(told, Mapping):
                raise self._wrong(
                    f".{name}: must be a table, such as "
                    f'{{ like = "gpt5mini", solve_rate = 0.6, cost = 0.02 }} (value: {show(told)})'
                )
            figures = {key: of for key, of in told.items() if key not in ("at", "by")}
            seller = {"name": told.get("by", name), "models": [name]}
            if seller["name"] in [provider["name"] for provider in data.get("providers", ())]:
                raise self._wrong(
                    f".{name}.by: a provider is called {seller['name']!r} already; give the seller "
                    'another name by `by = "…"`'
                )
            if "at" in told:
                seller["active_from"] = told["at"]
            data = {
                **data,
                "added_models": [*data.get("added_models", ()), {"name": name, **figures}],
                "providers": [*data.get("providers", ()), seller],
            }
        return data

    def _policy(self, lever: str, value: Any) -> dict[str, Any]:
        return {**self.data, "policy": {**(self.data.get("policy") or {}), lever: value}}

    def _providers(self) -> list[dict[str, Any]]:
        return [dict(p) for p in self.data.get("providers", ()) if isinstance(p, Mapping)]

    def _models_of(self, name: str) -> list[str]:
        """The models that a name stands for: a provider's, or itself."""
        models = {
            str(provider.get("name")): provider.get("models") for provider in self._providers()
        }
        if name in models:
            return list(models[name] or ())
        every = [str(model) for of in models.values() for model in of or ()]
        if name in every:
            return [name]
        raise self._wrong(f".{name}: no such provider or model; {nearest(name, [*models, *every])}")

    def _table(self, value: Any) -> Mapping[str, Any]:
        if isinstance(value, Mapping) and value:
            return value
        example = next(v.example for v in VERBS if self.place.endswith(f": {v.name}"))
        raise self._wrong(f": must be by name, such as {example} (value: {show(value)})")

    def _wrong(self, text: str) -> ScenarioError:
        return ScenarioError(f"{self.place}{text}")
