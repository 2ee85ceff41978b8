"""Questions to begin with, made for a scenario: each is a set of answers to its controls."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from market.explore.address import search_of
from market.explore.controls import Answer
from market.explore.settings import setting
from market.scenario.prices import ModelPrice
from market.scenario.schema import Scenario, dotted

TAX = 0.05  # of each fee: a rate in the range of sales taxes; the slider has others
WEAK = 0.1  # wrong answers that weak tests accept: as in the scenario weak_tests
HALF = 0.5
MOST_PROVIDERS = 6  # of which a question each is offered, for a list that is read at a glance


@dataclass(frozen=True)
class Preset:
    """A question in words, and the answers of controls that ask it."""

    words: str
    answers: dict[str, Answer]

    @property
    def search(self) -> str:
        """Its place in the page's address."""
        return search_of(self.answers)


def presets(scenario: Scenario) -> tuple[Preset, ...]:
    """Those that apply to a scenario; one that would change nothing is not offered."""
    return tuple(
        chain(
            _of_arbitrageurs(scenario),
            _half_price(scenario),
            _weak_tests(scenario),
            _no_distillation(scenario),
        )
    )


def _of_arbitrageurs(scenario: Scenario) -> Iterator[Preset]:
    groups = scenario.arbitrageurs
    for group in groups:
        which = f" in {group.name}" if len(groups) > 1 else ""
        count = dotted(("arbitrageurs", group.name, "count"))
        yield Preset(f"One more arbitrageur{which}", {count: str(group.count + 1)})
    if any(group.count for group in groups) and scenario.policy.routing_tax != TAX:
        yield Preset(f"A routing tax of {TAX:.0%}", {"policy.routing_tax": f"{TAX:g}"})


def _half_price(scenario: Scenario) -> Iterator[Preset]:
    """Of each provider whose models nobody else sells; their marginal costs stay."""
    known = {} if scenario.prices is None else scenario.prices.models
    sold = Counter(model for provider in scenario.providers for model in provider.sold)
    for provider in scenario.providers[:MOST_PROVIDERS]:
        models = list(provider.sold)
        factors = [_halved(known.get(model)) for model in models]
        if None not in factors and all(sold[model] == 1 for model in models):
            lines = [
                setting(("prices", "models", model, "factor"), factor)
                for model, factor in zip(models, factors, strict=True)
            ]
            yield Preset(f"{provider.name} halves its price", {"other": "\n".join(lines)})


def _halved(price: ModelPrice | None) -> float | None:
    """Half of the factor that the scenario has; None where it gives a price by tokens."""
    if price is None:
        return HALF
    return None if price.factor is None else HALF * price.factor


def _weak_tests(scenario: Scenario) -> Iterator[Preset]:
    samples = any(known.from_sample for known in scenario.knowledge.values())
    if scenario.verifier is None and not samples:  # what is bought shows what is accepted
        yield Preset(
            f"Weak tests: {WEAK:.0%} of wrong answers pass",
            {"other": setting(("verifier", "false_accept"), WEAK)},
        )
    elif scenario.verifier is not None and scenario.verifier.false_accept:
        yield Preset("Tests without error", {"other": setting(("verifier", "false_accept"), 0.0)})


def _no_distillation(scenario: Scenario) -> Iterator[Preset]:
    distils = any(group.distillation is not None for group in scenario.arbitrageurs)
    if distils and not scenario.policy.distillation_ban:
        yield Preset(
            "No distillation", {"other": setting(("policy", "distillation_ban"), value=True)}
        )
