"""List prices other than those of the source: what a scenario may say of them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from market.foundation.config import Money, Part, Text

TODAY = "today"


class ModelPrice(Part):
    """The list price of one model: so many times the source's, or by its tokens."""

    factor: Annotated[float, Field(gt=0)] | None = None
    """Times the list price of the source."""
    input: Money | None = None
    """US dollars per million input tokens, where records keep tokens."""
    output: Money | None = None
    """US dollars per million output tokens."""
    cached: Money | None = None
    """US dollars per million input tokens read from a cache; as `input` if not given."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        by_tokens = {self.input is not None, self.output is not None}
        if self.factor is not None:
            valid = by_tokens == {False} and self.cached is None
        else:
            valid = by_tokens == {True}
        if not valid:
            raise PydanticCustomError(
                "price",
                "give either a factor, or input and output in USD per million tokens",
                {},
            )
        return self


def _day(value: Any) -> Any:
    """A date as text: TOML has dates of its own, and today is another one tomorrow."""
    if value == TODAY:
        return datetime.now(UTC).date().isoformat()
    text = value.isoformat() if isinstance(value, date) else value
    try:
        return date.fromisoformat(text).isoformat()
    except (TypeError, ValueError):
        raise PydanticCustomError(
            "date", "must be a date, YYYY-MM-DD, or {today!r}", {"today": TODAY}
        ) from None


class Prices(Part):
    """List prices other than the source's; marginal costs stay what they are."""

    date: Annotated[str, BeforeValidator(_day)] | None = None
    """All models at the public list prices of this date, YYYY-MM-DD or `today`, by the tokens of
    records; where the list has no dates, at its latest. But for the `models` below."""
    models: dict[Text, ModelPrice] = Field(default_factory=dict)
    """By model: `{ factor = 0.5 }`, or `{ input = 0.25, output = 2.0 }`."""
    names: dict[Text, Text] = Field(default_factory=dict)
    """By model: what the public list calls it, where that is another name."""

    def by_tokens(self) -> Iterator[tuple[str, ...]]:
        """Paths of what only records with tokens can be priced by."""
        if self.date is not None:
            yield ("date",)
        for model, price in self.models.items():
            if price.factor is None:
                yield ("models", model)
