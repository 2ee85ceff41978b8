"""Parameters that a fit may move: a dotted path of the scenario, and bounds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from market.foundation.config import DOLLARS, NOT_FITTED
from market.foundation.errors import ScenarioError, shown
from market.scenario.agent_specs import ArbitrageurGroup, ConsumerGroup
from market.scenario.files import override
from market.scenario.overrides import split_path
from market.scenario.schema import Scenario, dotted

OPTION = "--free"
ALL = "all"
_FAR = 10.0  # bounds that are further apart than this factor are searched by ratios
_DIGITS = 6  # significant, of the values that are tried: far more than any target can tell


@dataclass(frozen=True)
class FreeParameter:
    """A number of a scenario, and how far it may be moved.

    Attributes
    ----------
    path
        Dotted, as after `--set`.
    low, high
        Bounds.
    """

    path: str
    low: float
    high: float

    @property
    def by_ratio(self) -> bool:
        """Whether equal steps are equal ratios: both bounds are above 0 and far apart."""
        return self.low > 0 and self.high >= _FAR * self.low

    def value(self, place: float) -> float:
        """The value at a place from 0, the lower bound, to 1, the upper."""
        if self.by_ratio:
            found = self.low * (self.high / self.low) ** place
        else:
            found = self.low + (self.high - self.low) * place
        return min(max(_short(found), self.low), self.high)

    def place(self, value: float) -> float:
        """The place of a value: 0 at the lower bound, 1 at the upper."""
        if self.by_ratio:
            return float(np.log(value / self.low) / np.log(self.high / self.low))
        return (value - self.low) / (self.high - self.low)

    def slope(self, value: float) -> float:
        """Change of the value per change of its place, there."""
        if self.by_ratio:
            return value * float(np.log(self.high / self.low))
        return self.high - self.low


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def behavioural(spec: Scenario) -> tuple[FreeParameter, ...]:
    """What says how buyers and sellers of a scenario behave, with bounds to fit it within.

    Prices, costs, models and needs are data, and not among them. What may be as large as one likes
    has bounds a tenth and ten times of what it is.
    """
    found = (
        *(of for group in spec.consumers for of in _of_buyers(group)),
        *(
            of
            for group in spec.arbitrageurs
            if group.count
            for of in _of_resellers(group, known=spec.policy.transparency)
        ),
        *(
            FreeParameter(dotted(("providers", provider.name, "pricing", name)), low, high)
            for provider in spec.providers
            for name, low, high in bounds_of_rule(provider.pricing)
        ),
    )
    rounded = (FreeParameter(of.path, _short(of.low), _short(of.high)) for of in found)
    return tuple(one for one in rounded if _outside(spec, one) is None)


def _of_buyers(group: ConsumerGroup) -> Iterator[FreeParameter]:
    def free(name: str, low: float, high: float) -> FreeParameter:
        return FreeParameter(dotted(("consumers", group.name, name)), low, high)

    if group.tastes:
        yield free(
            "price_sensitivity", group.price_sensitivity / _FAR, _FAR * group.price_sensitivity
        )
        yield free("taste_correlation", 0.0, 1.0)
    yield free("switching_cost", 0.0, max(1.0, _FAR * group.switching_cost))


def _of_resellers(group: ArbitrageurGroup, *, known: bool) -> Iterator[FreeParameter]:
    path = ("arbitrageurs", group.name)
    if not known:
        yield FreeParameter(dotted((*path, "awareness")), 0.0, 1.0)
    for name, low, high in bounds_of_rule(group.pricing):
        yield FreeParameter(dotted((*path, "pricing", name)), low, high)


def bounds_of_rule(rule: Any) -> Iterator[tuple[str, float, float]]:
    """Numbers that say how eager a pricing rule is, whoever wrote it, and bounds of each.

    Parameters
    ----------
    rule
        A part of a scenario, whose fields say what they may be (`ge`, `gt`, `le`, `lt`). Amounts of
        money, and what is marked `NOT_FITTED`, are left out.
    """
    for name, field in type(rule).model_fields.items():
        if field.annotation is not float or {NOT_FITTED, DOLLARS} & set(field.metadata):
            continue
        low, high = _bounds(field.metadata, getattr(rule, name))
        if low < high:
            yield name, low, high


def _bounds(metadata: Sequence[Any], value: float) -> tuple[float, float]:
    """Bounds around a value: those of its field where they may be reached, else within them.

    A value that must be above a bound comes within a tenth of its distance from it, one that must
    be below a bound up to half of it. Without an upper bound it is ten times what it is, and 1 at
    the least if it may be 0 (so that what is 0 may be moved, too).
    """
    limits = {
        name: float(of)
        for one in metadata
        for name in _LIMITS
        if (of := getattr(one, name, None)) is not None
    }
    if "ge" in limits:
        low = limits["ge"]
    elif "gt" in limits:
        low = limits["gt"] + (value - limits["gt"]) / _FAR
    else:
        low = min(value / _FAR, _FAR * value)
    far = max(value / _FAR, _FAR * value)
    if "le" in limits:
        return low, limits["le"]
    if "lt" in limits:
        return low, min(far, (value + limits["lt"]) / 2)
    return low, max(1.0, far) if limits.get("ge") == 0 else far


_LIMITS = ("ge", "gt", "le", "lt")


def read_free(
    spec: Scenario, free: Mapping[str, Any] | Sequence[str] | str
) -> tuple[FreeParameter, ...]:
    """Read what a fit may move.

    Parameters
    ----------
    spec
        The scenario.
    free
        Bounds (low, high) by dotted path; or texts `PATH=LOW:HIGH`, or `PATH` alone for a
        behavioural parameter; or `all` of these.

    Raises
    ------
    ScenarioError
        Nothing is free, bounds are no bounds, or a path is of no number of the scenario.
    """
    known = behavioural(spec)
    if isinstance(free, str):
        free = [free]
    texts = list(free.items()) if isinstance(free, Mapping) else [_parted(text) for text in free]
    if not texts:
        raise ScenarioError(f"{spec.name}: what may be fitted? {_list(known)}")
    if texts == [(ALL, None)]:
        found = known
        if not found:
            raise ScenarioError(
                f"{OPTION} {ALL}: {spec.name} has no behavioural parameter; name a path and bounds"
            )
    else:
        for path, _ in texts:
            _require_number(spec, path)
        found = tuple(_read(path, bounds, known) for path, bounds in texts)
    names = [split_path(one.path, OPTION)[0] for one in found]
    for n, name in enumerate(names):
        if name in names[:n]:
            raise ScenarioError(f"{OPTION} {found[n].path}: is given twice; give it once")
    for one in found:
        _require_scenarios(spec, one)
    return found


def start(spec: Scenario, free: Sequence[FreeParameter]) -> list[float | None]:
    """The place at which the scenario itself has each parameter; None outside of the bounds."""
    data = spec.model_dump()
    places: list[float | None] = []
    for one in free:
        value = _found(data, split_path(one.path, OPTION)[0])
        inside = isinstance(value, float) and one.low <= value <= one.high
        places.append(one.place(value) if inside else None)
    return places


def _parted(text: str) -> tuple[str, Any]:
    _, values = split_path(text, OPTION)
    path = text if values is None else text[: len(text) - len(values) - 1]
    return path.strip(), values


def _read(path: str, bounds: Any, known: Sequence[FreeParameter]) -> FreeParameter:
    if bounds is None:
        segments = split_path(path, OPTION)[0]
        for one in known:
            if split_path(one.path, OPTION)[0] == segments:
                return one
        raise ScenarioError(
            f"{OPTION} {path}: give its bounds, as {path}=LOW:HIGH; without them: {_list(known)}"
        )
    parts = bounds.split(":") if isinstance(bounds, str) else bounds
    try:
        low, high = (float(part) for part in parts)
    except (TypeError, ValueError):
        raise ScenarioError(
            f"{OPTION} {path}: bounds must be two numbers, LOW:HIGH (value: {shown(bounds)})"
        ) from None
    if not (np.isfinite([low, high]).all() and low < high):
        raise ScenarioError(
            f"{OPTION} {path}: the lower bound must be below the upper, both finite "
            f"(value: {low:g}:{high:g})"
        )
    return FreeParameter(path, low, high)


def _require_number(spec: Scenario, path: str) -> None:
    """Refuse what is there and is no number with decimals."""
    value = _found(spec.model_dump(), split_path(path, OPTION)[0])
    if type(value) is int:
        raise ScenarioError(
            f"{OPTION} {path}: is a whole number (value: {value}), and no slope of it is known; "
            f"set it, or try several: market sweep --vary {path}=LOW:HIGH"
        )
    if value is not None and not isinstance(value, float):
        raise ScenarioError(f"{OPTION} {path}: is no number (value: {shown(value)}); set it")


def _require_scenarios(spec: Scenario, one: FreeParameter) -> None:
    """Refuse bounds at which there is no scenario."""
    if (error := _outside(spec, one)) is not None:
        raise ScenarioError(f"{OPTION} {one.path}={one.low:g}:{one.high:g}: {error}") from error


def _outside(spec: Scenario, one: FreeParameter) -> ScenarioError | None:
    """Why there is no scenario at one of the bounds; None where there are both."""
    for bound in (one.low, one.high):
        try:
            override(spec, {one.path: bound}, OPTION)
        except ScenarioError as error:
            return error
    return None


def _found(data: Any, path: Sequence[str]) -> Any:
    """What stands at a path of plain values; None where nothing does."""
    for name in path:
        if isinstance(data, tuple | list):
            data = next((e for e in data if isinstance(e, dict) and e.get("name") == name), None)
        else:
            data = data.get(name) if isinstance(data, dict) else None
    return data


def _list(known: Sequence[FreeParameter]) -> str:
    listed = "\n".join(f"  {OPTION} {one.path}={one.low:g}:{one.high:g}" for one in known)
    return f"choose from these, or any other number of the scenario:\n{listed}" if known else ""
