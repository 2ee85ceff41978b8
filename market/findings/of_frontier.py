"""The verdict of a frontier: what routing is worth, and how sure that is."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from market.findings.verdict import Verdict, sentence, verdict


def of_frontier(found: Mapping[str, Any], question: str = "") -> Verdict:
    """Say what a cascade saves over the cheapest single model.

    Parameters
    ----------
    found
        What `market frontier --json` prints.
    question
        That of the scenario, if it is one's.
    """
    known = [
        (margin, quality)
        for margin, quality in zip(found["margin"], found["quality"], strict=True)
        if margin is not None and math.isfinite(margin)
    ]
    if not known:
        none = "no single model reaches the solve rates asked for, so that there is no margin"
        return verdict(question, [sentence([none])])
    best, at = max(known)
    return verdict(
        question,
        [
            _worth(found, best, at),
            _blind(found) if _by_type(found) else _held_out(found),
            _knows(found),
            _reach(found.get("max_quality", {})),
            *map(str, found.get("evidence", [])),
        ],
    )


def _worth(found: Mapping[str, Any], best: float, at: float) -> str:
    sure = found.get("uncertainty", {}).get("mean_margin", {})
    low, high = (_number(sure, name) for name in ("low", "high"))
    mean = _number(found, "mean_margin")
    who = "routing each query down a cascade"
    if not math.isfinite(mean) or best <= 0:
        return sentence([f"{who} saves nothing over the cheapest single model"])
    told, over = mean, "the solve rates shown"
    if math.isfinite(low + high):
        own, first, last = (_number(sure, name) for name in ("estimate", "from", "to"))
        if math.isfinite(own + first + last):  # of the rates that resamples reach, as the interval
            told, over = own, f"solve rates of {100 * first:.0f} to {100 * last:.0f}%"
    text = f"{who} costs {100 * told:.1f}% less than the cheapest single model, in the mean over "
    text += over
    if math.isfinite(low + high):
        text += f" (95% interval {100 * low:.1f} to {100 * high:.1f}%)"
        if low <= 0:
            text += ", so that it may save nothing"
    return sentence([text, f"at most {100 * best:.1f}%, at a solve rate of {100 * at:.1f}%"])


def _held_out(found: Mapping[str, Any]) -> str:
    held = _held_out_mean(found)
    if not math.isfinite(held):
        return ""
    return sentence([f"on problems that the cascades were not chosen on it is {100 * held:.1f}%"])


def _held_out_mean(found: Mapping[str, Any]) -> float:
    """Mean margin on held-out problems, over the solve rates that the margin beside it is over."""
    judged = found.get("out_of_sample") or {}
    sure = found.get("uncertainty", {}).get("mean_margin", {})
    first, last = (_number(sure, name) for name in ("from", "to"))
    if not math.isfinite(first + last) or "margin" not in judged:
        return _number(judged, "mean_margin")
    inside = [
        float(margin)
        for margin, quality in zip(judged["margin"], found["quality"], strict=True)
        if margin is not None and math.isfinite(margin) and first <= quality <= last
    ]
    return sum(inside) / len(inside) if inside else math.nan


def _by_type(found: Mapping[str, Any]) -> bool:
    """Whether the router is told something of a query that was not learned from its records.

    Then held-out problems and resamples are of cascades that see nothing.
    """
    return "without_signal" in found and "seen" not in found


def _blind(found: Mapping[str, Any]) -> str:
    blind = found["without_signal"]
    mean = _number(blind, "mean_margin")
    if not math.isfinite(mean):
        return ""
    sure = blind.get("uncertainty", {}).get("mean_margin", {})
    low, high = (_number(sure, name) for name in ("low", "high"))
    text = f"without what it sees of queries it is {100 * mean:.1f}%"
    if math.isfinite(low + high):
        text += f" (95% interval {100 * low:.1f} to {100 * high:.1f}%)"
    held = _number(found.get("out_of_sample") or {}, "mean_margin")
    if math.isfinite(held):
        text += f", and {100 * held:.1f}% on problems that the cascades were not chosen on"
    return sentence([text])


def _knows(found: Mapping[str, Any]) -> str:
    """What the router knows of a query, and how its answers are checked."""
    seen = found.get("seen")
    if seen:
        what = "its domain" if seen["sees"] == "domain" else "a type learned from its features"
        told = f"the router sees of a query {what}"
    elif "without_signal" in found:
        told = "the router is told something of each query before it answers, which is assumed"
    else:
        told = "the router sees nothing of a query before it answers"
    checks = "with the errors stated" if "verification" in found else "without error or charge"
    return sentence([f"{told}; answers are checked {checks}"])


def _reach(reach: Mapping[str, Any]) -> str:
    single, cascade = (_number(reach, name) for name in ("single", "cascade"))
    if not math.isfinite(single + cascade) or cascade <= single:
        return ""
    return sentence(
        [f"a cascade solves up to {100 * cascade:.1f}%, the best single model {100 * single:.1f}%"]
    )


def _number(values: Mapping[str, Any] | Sequence[Any], name: str) -> float:
    value = values.get(name) if isinstance(values, Mapping) else None
    return math.nan if value is None else float(value)
