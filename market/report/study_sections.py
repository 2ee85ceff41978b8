"""Charts of a study: a row of small ones for each question, and each measure in full, folded."""

from collections.abc import Iterator

import pandas as pd

from market import charts
from market.measures.labels import HEADLINES
from market.measures.old_names import in_present_names
from market.report.measure_groups import QUESTIONS
from market.report.section import Section
from market.report.subject import Subject

EACH = "Each measure, with paired differences from the baseline"
_SENSITIVE = "How much of the measure's variation each parameter explains."


def of_study(subject: Subject) -> Iterator[Section]:
    """By question; of a design that samples all parameters at once, sensitivities instead."""
    summary, sensitivity = subject.tables["summary"], subject.tables.get("sensitivity")
    if sensitivity is not None and len(sensitivity) > 0:
        yield from _sensitivities(sensitivity)
    elif charts.varied(summary):
        if charts.routing_cost_varied(summary) is not None and len(charts.varied(summary)) == 1:
            yield Section(
                charts.build_or_buy(summary),
                "The rest is bought directly, from one model's provider. Means over replicates, "
                "with 95% intervals. A buyer pays for its router by the tick, however much it "
                "sends.",
            )
        yield from _by_question(summary)
        yield from _each(summary, subject.tables.get("differences"))


def _by_question(summary: pd.DataFrame) -> Iterator[Section]:
    summary = in_present_names(summary)
    means = summary.dropna(subset="mean").groupby("measure")["mean"]
    moves = means.agg(lambda found: found.max() > found.min())
    for question, names in QUESTIONS.items():
        for name in names:
            if moves.get(name, False):
                yield Section(charts.small_by_parameter(summary, name), "", group=question)


def _each(summary: pd.DataFrame, differences: pd.DataFrame | None) -> Iterator[Section]:
    measured = set(summary.loc[summary["mean"].notna(), "measure"])
    for name in HEADLINES:
        if name in measured:
            yield Section(
                charts.measure_by_parameter(summary, name, differences),
                "Means over replicates, with 95% intervals. Paired differences compare runs "
                "with the same queries, which removes most of the noise."
                if differences is not None
                else "Means over replicates, with 95% intervals.",
                EACH,
            )


def _sensitivities(sensitivity: pd.DataFrame) -> Iterator[Section]:
    known = sensitivity.loc[sensitivity["value"].notna() & (sensitivity["index"] != "S2")]
    names = [str(name) for name in known["measure"].unique()]
    asked = [name for group in QUESTIONS.values() for name in group if name in names]
    main = asked[:3] or names[:3]
    for name in [*main, *(n for n in names if n not in main)]:
        fold = "" if name in main else "What every other measure depends on"
        yield Section(charts.sensitivity_bars(sensitivity, name), _SENSITIVE, fold)
