"""What the tables of a scenario must agree on: unique and known names, and ticks in the run."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from market.foundation.config import nearest
from market.scenario.population_source import Records, Synthetic
from market.strategies.learning_knowledge import Learns

if TYPE_CHECKING:
    from market.scenario.agent_specs import ArbitrageurGroup
    from market.scenario.schema import Scenario

Disagreement = tuple[tuple[str, ...], str]  # path and message


def disagreements(scenario: "Scenario", reserved: Collection[str]) -> Iterator[Disagreement]:
    """Every disagreement between a scenario's tables, with its path.

    Parameters
    ----------
    scenario
        Each of its tables is valid.
    reserved
        Names of accounts, which no provider may have.
    """
    yield from _repeated_names(scenario)
    yield from _clashing_sellers(scenario, reserved)
    yield from _models_sold_twice(scenario)
    yield from _clashing_models(scenario)
    yield from _unknown_sellers(scenario)
    yield from _unusable_mergers(scenario)
    yield from _unusable_students(scenario)
    yield from _unknown_to_verifiers(scenario)
    yield from _unusable_prices(scenario)
    yield from _unusable_additions(scenario)
    yield from _indistinct_models(scenario)
    yield from _shared_draws(scenario)
    for change in scenario.interventions:
        if change.at >= scenario.ticks:
            message = f"tick {change.at} is not before the end of the run, {scenario.ticks}"
            yield ("interventions", change.name, "at"), message


def _repeated_names(scenario: "Scenario") -> Iterator[Disagreement]:
    lists: dict[tuple[str, ...], list[str]] = {
        ("providers",): [provider.name for provider in scenario.providers],
        ("arbitrageurs",): [group.name for group in scenario.arbitrageurs],
        ("consumers",): [group.name for group in scenario.consumers],
        ("interventions",): [change.name for change in scenario.interventions],
        ("added_models",): [model.name for model in scenario.added_models],
    }
    if isinstance(scenario.population, Synthetic):
        models = lists["population", "models"] = [m.name for m in scenario.population.models]
        if "problems" in models:  # the key of the generator that all models share
            yield ("population", "models", "problems"), "this name is reserved; choose another"
    for path, names in lists.items():
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            message = f"{names.count(name)} entries have this name; rename all but one"
            yield (*path, name), message


def _clashing_sellers(scenario: "Scenario", reserved: Collection[str]) -> Iterator[Disagreement]:
    for name in (provider.name for provider in scenario.providers):
        if name in reserved:
            yield ("providers", name), "this name is reserved for an account; choose another"
        for group in scenario.arbitrageurs:
            if _is_member(name, group):
                message = f"an arbitrageur of {group.name!r} has this name too; rename one"
                yield ("providers", name), message


def _models_sold_twice(scenario: "Scenario") -> Iterator[Disagreement]:
    for provider in scenario.providers:
        for model in dict.fromkeys(m for m in provider.models if provider.models.count(m) > 1):
            message = f"{model!r} stands there {provider.models.count(model)} times; once is enough"
            yield ("providers", provider.name, "models"), message


def _clashing_models(scenario: "Scenario") -> Iterator[Disagreement]:
    plain = {
        m for provider in scenario.providers if not provider.solve_shift for m in provider.models
    }
    for provider in scenario.providers:
        for name in provider.sold if provider.solve_shift else ():
            if name in plain:
                message = f"its model is called {name!r}, as another is; choose another solve_shift"
                yield ("providers", provider.name, "solve_shift"), message


def _unknown_sellers(scenario: "Scenario") -> Iterator[Disagreement]:
    providers = [provider.name for provider in scenario.providers]
    sellers = providers + [group.name for group in scenario.arbitrageurs]
    for name in scenario.policy.gated:
        if name not in providers:
            yield ("policy", "gated"), f"no provider {name!r}; {nearest(name, providers)}"
    for segment in scenario.consumers:
        for name in segment.knows or ():
            if name not in sellers:
                message = f"no seller {name!r}; {nearest(name, sellers)}"
                yield ("consumers", segment.name, "knows"), message


def _unusable_mergers(scenario: "Scenario") -> Iterator[Disagreement]:
    providers = [provider.name for provider in scenario.providers]
    merged = [name for names in scenario.mergers for name in names]
    if len(merged) == 1:
        yield ("merge",), f"needs two providers or more, and names {merged[0]!r} alone"
    for field, names in (("merge", merged), ("remove", list(scenario.remove))):
        for name in dict.fromkeys(names):
            if name not in providers:
                yield (field,), f"no provider {name!r}; {nearest(name, providers)}"
            elif names.count(name) > 1:
                yield (field,), f"{name!r} stands there {names.count(name)} times; once is enough"
    if not set(providers) - set(scenario.remove):
        yield ("remove",), "nobody would be left to sell; keep one provider"


def _unusable_students(scenario: "Scenario") -> Iterator[Disagreement]:
    models = list(scenario.models)
    for group in scenario.arbitrageurs:
        if group.distillation is None:
            continue
        teacher = group.distillation.teacher
        if teacher not in models:
            message = f"no model {teacher!r}; {nearest(teacher, models)}"
            yield ("arbitrageurs", group.name, "distillation", "teacher"), message
        for model in models:
            if _is_member(model, group):
                message = (
                    f"a student is named after its owner, and {model!r} is also a model; "
                    "rename the group"
                )
                yield ("arbitrageurs", group.name, "name"), message


def _unknown_to_verifiers(scenario: "Scenario") -> Iterator[Disagreement]:
    models = list(scenario.models)
    own = [(("consumers", c.name, "verifier"), c.verifier) for c in scenario.consumers]
    for path, verifier in ((("verifier",), scenario.verifier), *own):
        for name in () if verifier is None else verifier.models:
            if name not in models:
                yield (*path, "models", name), f"no model {name!r}; {nearest(name, models)}"
    errs = scenario.verifier is not None and not scenario.verifier.verifier().flawless
    checks_itself = [c.name for c in scenario.consumers if c.verifier is not None]
    for path, knowledge in scenario.knowledge.items():
        itself = path[0] == "consumers" and path[1] in checks_itself
        if knowledge.from_sample and (errs or itself):
            of_whom = "the verifier of its buyers" if itself else "[verifier]"
            message = (
                "what it buys shows what is accepted, not what is right; set knowledge to "
                f"full, or leave out {of_whom}"
            )
            yield path, message


def _unusable_prices(scenario: "Scenario") -> Iterator[Disagreement]:
    if scenario.prices is None:
        return
    models = list(dict.fromkeys(scenario.weights_of.values()))
    added = [model.name for model in scenario.added_models]
    for model, price in scenario.prices.models.items():
        if model in added and price.factor is None:
            message = f"{model!r} is an added model: set its own input and output, or a factor here"
            yield ("prices", "models", model), message
    for key in ("models", "names"):
        for model in getattr(scenario.prices, key):
            if model not in models:
                yield ("prices", key, model), f"no provider sells it; {nearest(model, models)}"
    if not isinstance(scenario.population, Records):
        told = "a calibrated pack" if scenario.population.source == "calibrated" else "a law"
        for path in scenario.prices.by_tokens():
            model = path[-1] if len(path) > 1 else models[0]
            message = (
                f"{told} has no tokens to price; give each model a factor, as prices.models."
                f"{model}.factor = 0.5, or take records that keep tokens as the population"
            )
            yield ("prices", *path), message


def _unusable_additions(scenario: "Scenario") -> Iterator[Disagreement]:
    names = [model.name for model in scenario.added_models]
    for model in scenario.added_models:
        if model.name not in scenario.models:
            message = "no provider sells it; name it in the models of one"
            yield ("added_models", model.name), message
        if model.like in names:
            message = f"{model.like!r} is added itself; name a model of the source"
            yield ("added_models", model.name, "like"), message


def _indistinct_models(scenario: "Scenario") -> Iterator[Disagreement]:
    """Models of the same weights share draws, so that what one shows is no trial of its own."""
    weights = list(scenario.weights_of.values())
    twice = sorted({name for name in weights if weights.count(name) > 1})
    for group in scenario.arbitrageurs if twice else ():
        if isinstance(group.knowledge, Learns):
            message = (
                f"it cannot learn {twice[0]!r} apart from the same model served otherwise; set "
                "knowledge to full, or leave out solve_shift"
            )
            yield ("arbitrageurs", group.name, "knowledge"), message


def _shared_draws(scenario: "Scenario") -> Iterator[Disagreement]:
    """Models named as a stream of draws beside those of models, which they would share."""
    for path, knowledge in scenario.knowledge.items():
        if not knowledge.from_sample:
            continue
        taken = ("problems", "signals") if isinstance(knowledge, Learns) else ("problems",)
        for name in taken:
            if name in scenario.models:
                message = (
                    f"a model that is called {name!r} would share the draws of which {name} are "
                    "met; rename the model, or set knowledge to full"
                )
                yield path, message


def _is_member(name: str, group: "ArbitrageurGroup") -> bool:
    """Whether an arbitrageur of the group has this name."""
    stem, _, number = name.rpartition("-")
    k = int(number) if number.isdecimal() else 0
    return stem == group.name and number == str(k) and 1 <= k <= group.count
