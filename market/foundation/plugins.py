"""Rules from elsewhere: classes that another package offers through an entry point.

A package that declares, for example,

    [project.entry-points."market.provider_pricing"]
    tit_for_tat = "my_rules:TitForTat"

has its rule known to scenario files by the rule's own `kind`.
"""

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import Annotated, Any, Union, get_args

from pydantic import Field

from market.foundation.config import Part
from market.foundation.errors import ScenarioError


def with_plugins(group: str, *own: type[Part]) -> Any:
    """Union of a family's own rules and those offered from elsewhere, told apart by `kind`.

    Parameters
    ----------
    group
        Entry point group, `market.` and the family.
    own
        The rules that come with the program.

    Raises
    ------
    ScenarioError
        An entry point cannot be imported, is no rule, or takes a kind that there is.
    """
    rules = dict(zip(map(_kind, own), own, strict=True))
    for point in _sorted(entry_points(group=group)):
        place = f"entry point {point.name!r} of {group} ({point.value})"
        try:
            rule = point.load()
        except Exception as error:
            raise ScenarioError(f"{place}: cannot be imported: {error}") from error
        if not (isinstance(rule, type) and issubclass(rule, Part) and _kind(rule)):
            raise ScenarioError(
                f"{place}: is no rule; make it a class of market.parts.Part with a field "
                '`kind: Literal["…"] = "…"`'
            )
        if _kind(rule) in rules:
            raise ScenarioError(f"{place}: its kind {_kind(rule)!r} is taken; choose another")
        rules[_kind(rule)] = rule
    return Annotated[Union[tuple(rules.values())], Field(discriminator="kind")]  # noqa: UP007


def _sorted(points: Iterable[EntryPoint]) -> list[EntryPoint]:
    return sorted(points, key=lambda point: (point.name, point.value))


def _kind(rule: type[Part]) -> str:
    """A rule's kind; empty where it has none."""
    field = rule.model_fields.get("kind")
    told = get_args(field.annotation) if field is not None else ()
    return str(told[0]) if len(told) == 1 else ""
