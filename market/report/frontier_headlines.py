"""The figures that a report on a frontier begins with."""

import math
from collections.abc import Mapping
from typing import Any

from market.report.cards import Headline, card, known_of, percent
from market.report.subject import Subject


def of_frontier(subject: Subject) -> list[Headline | None]:
    """Highest and mean margin, how sure they are, and how far cascades reach."""
    found = subject.manifest
    known = [
        (float(margin), float(quality))
        for margin, quality in zip(found["margin"], found["quality"], strict=True)
        if margin is not None and math.isfinite(margin)
    ]
    best, at = max(known, default=(math.nan, math.nan))
    mean = known_of(found, "mean_margin")
    reach = found.get("max_quality", {})
    single, cascade = known_of(reach, "single"), known_of(reach, "cascade")
    cards = [
        card(best, percent(best), f"is the highest margin, at a solve rate of {percent(at)}"),
        card(mean, percent(mean), "is the mean margin over the solve rates shown"),
        *_sure(found.get("uncertainty", {}).get("mean_margin", {})),
        card(
            cascade,
            percent(cascade),
            f"is the highest solve rate of a cascade; {percent(single)} of a single model",
        ),
    ]
    judged = found.get("out_of_sample")
    if judged is not None:
        held = known_of(judged, "mean_margin")
        words = "is the mean margin on held-out problems, which the cascades were not chosen on"
        cards.append(card(held, percent(held), words))
    return cards


def _sure(mean: Mapping[str, Any]) -> list[Headline | None]:
    """The interval of a mean margin, and the solve rates that it is over."""
    low, high, first, last = (known_of(mean, name) for name in ("low", "high", "from", "to"))
    if not math.isfinite(low + high):
        return []
    words = (
        f"is the 95% interval of the mean margin over solve rates of {percent(first)} to "
        f"{percent(last)}, which nearly all resamples of the problems reach"
    )
    return [card(low, f"{percent(low)} to {percent(high)}", words)]
