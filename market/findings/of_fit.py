"""The verdict on a fit: what is reached, what it says of parameters, and what it leaves open."""

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any

from market.findings.verdict import Verdict, listed, sentence, verdict
from market.measures.intervals import LEVEL
from market.measures.number_text import short
from market.measures.parameter_words import parameter_in_words

_FAR = NormalDist().inv_cdf((1 + LEVEL) / 2)  # standard errors from which a target counts as missed
_NEAR = 0.05  # standard errors up to which a target counts as reached, as 0.0 would be printed
_MOST = 0.9  # of a mix's squared length: parameters that make up so much of it are named


def of_fit(found: Mapping[str, Any], question: str = "") -> Verdict:
    """Say which targets are reached, and what they tell of the parameters.

    Parameters
    ----------
    found
        What `market fit --json` prints.
    question
        That of the scenario.
    """
    return verdict(
        question,
        [
            _reached(found["targets"]),
            _known(found["parameters"]),
            _open(found["parameters"]),
            _mixed(found),
            _bounds(found["parameters"]),
            _tested(found),
            _assumed(found["targets"]),
        ],
    )


def _reached(targets: Sequence[Mapping[str, Any]]) -> str:
    missed = [of for of in targets if abs(of["distance"]) > _FAR]
    if not missed:
        furthest = max(abs(of["distance"]) for of in targets)
        near = f"within {furthest:.1f} standard errors" if furthest >= _NEAR else "as asked"
        return f"The market gives {listed([of['name'] for of in targets])} {near}"
    return sentence(
        f"{of['name']} is {short(of['fitted'])} at the nearest, where {short(of['asked'])} was "
        f"asked ({abs(of['distance']):.1f} standard errors)"
        for of in missed
    )


def _known(parameters: Sequence[Mapping[str, Any]]) -> str:
    """Parameters that have an interval within their bounds."""
    return sentence(
        f"{parameter_in_words(of['path'])} is {short(of['value'])} "
        f"({short(of['low'])} to {short(of['high'])})"
        for of in parameters
        if not of["open_low"] and not of["open_high"]
    )


def _open(parameters: Sequence[Mapping[str, Any]]) -> str:
    """Parameters that may lie at a bound, or anywhere."""
    parts = []
    anywhere = [of for of in parameters if of["open_low"] and of["open_high"]]
    if anywhere:
        names = listed([parameter_in_words(of["path"]) for of in anywhere])
        parts.append(f"the targets leave {names} anywhere within the bounds")
    for of in parameters:
        name = parameter_in_words(of["path"])
        if of["open_low"] and not of["open_high"]:
            parts.append(f"of {name} the targets say only that it is at most {short(of['high'])}")
        elif of["open_high"] and not of["open_low"]:
            parts.append(f"of {name} the targets say only that it is at least {short(of['low'])}")
    return sentence(parts)


def _mixed(found: Mapping[str, Any]) -> str:
    """Parameters that targets do not tell from each other."""
    loose = [of["loads"] for of in found["directions"] if not of["pinned"]]
    several = [names for loads in loose if len(names := _carried_by(loads)) > 1]
    if len(several) == 1:
        loads = next(of for of in loose if len(_carried_by(of)) > 1)
        first, *others = several[0]
        if len(others) == 1:
            same = loads[first] * loads[others[0]] > 0
            trade = "more of both" if same else "more of one with less of the other"
            return (
                f"The targets do not tell {parameter_in_words(first)} from "
                f"{parameter_in_words(others[0])}: {trade} leaves them as they are"
            )
    if not several:
        return ""
    names = list(dict.fromkeys(name for of in several for name in of))
    told = len(found["directions"]) - len(loose)
    return (
        f"The targets do not tell {listed([parameter_in_words(name) for name in names])} from each "
        f"other: of {len(found['directions'])} mixes of parameters they pin down {told}"
    )


def _carried_by(loads: Mapping[str, float]) -> list[str]:
    """Parameters that make up most of a mix, the heaviest first."""
    names: list[str] = []
    for name in sorted(loads, key=lambda of: -abs(loads[of])):
        if sum(loads[of] ** 2 for of in names) >= _MOST:
            break
        names.append(name)
    return names


def _bounds(parameters: Sequence[Mapping[str, Any]]) -> str:
    told = (of for of in parameters if not (of["open_low"] and of["open_high"]))
    names = [parameter_in_words(of["path"]) for of in told if of["at_bound"]]
    verb, whose = ("lies", "its bound") if len(names) == 1 else ("lie", "their bounds")
    return sentence(
        [f"{listed(names)} {verb} at {whose}, and may fit better beyond"] if names else []
    )


def _tested(found: Mapping[str, Any]) -> str:
    """What targets to spare say of the market itself."""
    chance = found["p_value"]
    if chance is None:
        return ""
    degrees = f"{found['degrees']} degree{'s' if found['degrees'] > 1 else ''}"
    test = f"J = {found['loss']:.1f}, {degrees}, p = {chance:.2g}"
    if chance < 1 - LEVEL:
        return f"No parameters within the bounds give all targets at once ({test})"
    return f"The targets agree with each other in this market ({test})"


def _assumed(targets: Sequence[Mapping[str, Any]]) -> str:
    names = [of["name"] for of in targets if of["error_assumed"]]
    if not names:
        return ""
    return f"How sure {listed(names)} is was not said: a standard error of a tenth is assumed"
