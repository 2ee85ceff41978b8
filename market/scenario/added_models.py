"""Models that a scenario adds to its source: what it may say of them, and how they are added."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from market.foundation.config import Money, Part, PositiveMoney, Text, nearest
from market.foundation.errors import DataError, ScenarioError
from market.foundation.random_streams import Streams
from market.measures.money_units import dollars
from market.population.added_models import PublicFigures, with_added_model
from market.population.population import Population
from market.scenario.paths import dotted

SolveRate = Annotated[float, Field(gt=0, lt=1)]
_TOKENS = "tokens_in", "tokens_out", "input", "output"


class AddedModel(Part):
    """A model that the source has no records of: assumed, from what is publicly known."""

    name: Text
    """The name under which a provider sells it."""
    like: Text
    """The model of the source whose solve probabilities and costs it follows."""
    solve_rate: SolveRate | None = None
    """Share of the problems that one of its attempts solves; or `solve_rates`."""
    solve_rates: dict[Text, SolveRate] | None = None
    """The same by domain."""
    cost: PositiveMoney | None = None
    """US dollars of a mean attempt at list price; or tokens and their prices."""
    tokens_in: Annotated[float, Field(ge=0)] | None = None
    """Input tokens of a mean attempt."""
    tokens_out: Annotated[float, Field(ge=0)] | None = None
    """Output tokens of a mean attempt."""
    input: Money | None = None
    """US dollars per million input tokens."""
    output: Money | None = None
    """US dollars per million output tokens."""
    alike: Annotated[float, Field(ge=0, le=1)] = 0.25
    """How alike the two are: 1 if the same problems are hard for both, 0 if they have no more in
    common than what makes problems hard for all models."""

    @model_validator(mode="after")
    def _says_each_thing_once(self) -> Self:
        if (self.solve_rate is None) == (self.solve_rates is None):
            raise PydanticCustomError("rate", "give either solve_rate or solve_rates", {})
        if self.solve_rates is not None and not self.solve_rates:
            raise PydanticCustomError("rate", "solve_rates names no domain", {})
        by_tokens = [getattr(self, key) is not None for key in _TOKENS]
        stated = any(by_tokens) if self.cost is not None else not all(by_tokens)
        if stated or self.attempt_cost <= 0:
            raise PydanticCustomError(
                "cost",
                "give either cost in USD, or tokens_in and tokens_out with input and output in USD "
                "per million tokens, that an attempt costs something",
                {},
            )
        return self

    @property
    def attempt_cost(self) -> float:
        """US dollars of a mean attempt at list price."""
        if self.cost is not None:
            return self.cost
        tokens_in, tokens_out, plain, out = (getattr(self, key) or 0.0 for key in _TOKENS)
        return float(tokens_in * plain + tokens_out * out) / 1e6

    @property
    def in_words(self) -> str:
        """That it is assumed, and what."""
        rate = f"{self.solve_rate:g}"
        if self.solve_rates is not None:
            rate = f"{min(self.solve_rates.values()):g} to {max(self.solve_rates.values()):g}"
            rate += " by domain"
        return (
            f"{self.name} is assumed, not recorded: one attempt solves {rate} and costs "
            f"{dollars(self.attempt_cost)}, like {self.like} (alike {self.alike:g})"
        )


def unknown_names(added: Sequence[AddedModel], known: Sequence[str]) -> Iterator[str]:
    """What is wrong with the names of added models, beside those `known` to the source."""
    for model in added:
        if model.name in known:
            yield f"{_place(model)}: the population has a model of this name; choose another"
        if model.like not in known:
            hint = nearest(model.like, list(known))
            yield f"{_place(model)}.like: the population has no model {model.like!r}; {hint}"


def with_added_models(population: Population, added: Sequence[AddedModel], seed: int) -> Population:
    """The population and the added models, each drawn by its name.

    Raises
    ------
    ScenarioError
        What is stated of a model cannot be met, by its path.
    """
    whole = population
    for model in added:
        noise = Streams(seed).generator("added model", model.name)
        rate = model.solve_rate if model.solve_rates is None else model.solve_rates
        assert rate is not None  # as the model's own check has it
        known = PublicFigures(rate, model.attempt_cost, model.like, model.alike)
        try:
            whole = with_added_model(whole, model.name, known, noise.standard_normal(whole.size))
        except DataError as error:
            raise ScenarioError(f"{_place(model)}.{error}") from error
    return whole


def _place(model: AddedModel) -> str:
    return dotted(("added_models", model.name))
