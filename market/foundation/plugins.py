"""Rules from other packages: classes that a package offers through an entry point.

A package that declares, for example,

    [project.entry-points."market.provider_pricing"]
    tit_for_tat = "my_rules:TitForTat"

has its rule known to scenario files by the rule's `kind`, which is the entry point's name.
"""

import sys
from contextlib import redirect_stdout
from importlib.metadata import EntryPoint, entry_points
from typing import Annotated, Any, Literal, Union, get_args

from pydantic import Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from market.foundation.config import Part


def with_plugins(group: str, *own: type[Part]) -> Any:
    """Union of a family's own rules and those of other packages, told apart by `kind`.

    An entry point that cannot be used stops no scenario but those that name it: its kind is then
    refused, with the reason.

    Parameters
    ----------
    group
        Entry point group, `market.` and the family.
    own
        The rules that come with the program.
    """
    rules = dict(zip(map(_kind, own), own, strict=True))
    for point in sorted(entry_points(group=group), key=lambda point: (point.name, point.value)):
        kind, rule = _load(point)
        if kind in rules:
            reason = f"its kind {kind!r} is taken; choose another"
            # only who names the entry point is stopped, not who means the rule that was there
            kind, rule = point.name, _refused(point.name, point, reason)
        rules[kind] = rule
    return Annotated[Union[tuple(rules.values())], Field(discriminator="kind")]  # noqa: UP007


def _load(point: EntryPoint) -> tuple[str, type[Part]]:
    """The kind and the rule of an entry point; a rule that is always refused if it has none."""
    try:
        with redirect_stdout(sys.stderr):  # what it prints is no part of a command's answer
            rule = point.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever another package raises, `sys.exit` included
        return point.name, _refused(point.name, point, f"cannot be imported: {error}")
    if isinstance(rule, type) and issubclass(rule, Part) and _kind(rule):
        return _kind(rule), rule
    reason = (
        "is no rule; make it a class of market.strategies.Part with a field "
        f'`kind: Literal["{point.name}"] = "{point.name}"`'
    )
    return point.name, _refused(point.name, point, reason)


def _refused(kind: str, point: EntryPoint, reason: str) -> type[Part]:
    """A rule of this kind that no scenario can use."""
    says = f"entry point {point.name!r} of {point.group} ({point.value}): {reason}"

    class RefusedRule(Part):
        kind: str = ""

        @model_validator(mode="before")
        @classmethod
        def _know_the_keys(cls, data: Any) -> Any:  # in place of it, so that no more is said
            raise PydanticCustomError("refused_rule", "{says}", {"says": says})

    told: Any = (Literal[kind], kind)  # known only now
    return create_model("RefusedRule", __base__=RefusedRule, kind=told)


def _kind(rule: type[Part]) -> str:
    """A rule's kind; empty where it has none."""
    field = rule.model_fields.get("kind")
    told = get_args(field.annotation) if field is not None else ()
    return str(told[0]) if len(told) == 1 else ""
