"""What every part of a scenario has in common: frozen, strict, and helpful about misspelt keys."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from market.foundation.field_docs import field_docs
from market.foundation.names import not_a_file, unprintable


def _seen(text: str) -> str:
    found = unprintable(text)
    if found is not None:
        says = "has the character {code}, which cannot be seen; leave it out"
        raise PydanticCustomError("unprintable", says, {"code": found})
    return text


def _a_file(text: str) -> str:
    why = not_a_file(text)
    if why is not None:
        says = "{why}; folders are named after it: choose another name"
        raise PydanticCustomError("not_a_file", says, {"why": why})
    return text


Printable = AfterValidator(_seen)
"""Marks a text that is printed as it is read: :func:`market.foundation.names.unprintable`."""
NameOfFile = AfterValidator(_a_file)
"""Marks a text that names a file or folder: :func:`market.foundation.names.not_a_file`."""
Text = Annotated[str, Field(min_length=1), Printable]


@dataclass(frozen=True)
class Unit:
    """Marks a field whose amounts are all in one unit: times a constant, they mean the same."""

    name: str


@dataclass(frozen=True)
class NotFitted:
    """Marks a number of a rule that says what is charged, or how finely something is searched.

    The others say how eager a rule is: `market fit` knows bounds of them, by those of the field.
    """


NOT_FITTED = NotFitted()
DOLLARS = Unit("USD")
_IN_DOLLARS = {"unit": DOLLARS.name}
Money = Annotated[float, Field(ge=0, json_schema_extra=_IN_DOLLARS), DOLLARS]
"""US dollars, 0 or more."""
PositiveMoney = Annotated[float, Field(gt=0, json_schema_extra=_IN_DOLLARS), DOLLARS]
"""US dollars, above 0."""


def one_of(says: str) -> WrapValidator:
    """One message for a value that may be of several kinds, in place of one for each kind."""

    def check(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        try:
            return handler(value)
        except ValidationError:
            raise PydanticCustomError("one_of", "{says}", {"says": says}) from None

    return WrapValidator(check)


def nearest(name: str, known: list[str]) -> str:
    """`; did you mean 'x'?` for the nearest known name, else all known names."""
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"choose from: {', '.join(known)}" if known else "none are defined"


class Part(BaseModel):
    """A frozen table of a scenario file; a rule adds one decision method to it.

    Unknown keys are refused with the nearest valid name; numbers must be finite.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        strict=False,
    )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Make the schema, with what stands below each field as its description."""
        schema = handler(core_schema)
        fields = handler.resolve_ref_schema(schema).get("properties", {})
        for name, text in field_docs(cls).items():
            if name in fields:
                fields[name].setdefault("description", text)
        return schema

    @model_validator(mode="before")
    @classmethod
    def _know_the_keys(cls, data: Any) -> Any:
        if isinstance(data, dict):
            for key in data:
                if key not in cls.model_fields:
                    raise PydanticCustomError(
                        "unknown_key",
                        "unknown key; {hint}",
                        {"key": str(key), "hint": nearest(str(key), list(cls.model_fields))},
                    )
        return data
