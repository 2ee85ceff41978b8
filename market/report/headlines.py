"""The figures of a result in words: a few headlines, and a table of all measures."""

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from market.charts import varied
from market.measures.labels import HEADLINES, Measure, fitted
from market.measures.money_units import MISSING
from market.measures.parameter_words import parameter_in_words
from market.measures.percent import tells_in_percent
from market.report.answer_headlines import of_answer
from market.report.cards import Headline, card, known_of, percent
from market.report.comparison_sides import sides
from market.report.export_table import sure
from market.report.frontier_headlines import of_frontier
from market.report.subject import Subject

MAIN_MEASURES = (
    "price_index",
    "revenue_per_query",
    "arbitrage_profit",
    "segmentation",
    "consumer_surplus",
    "welfare",
)


@dataclass(frozen=True)
class Table:
    """Rows of words and numbers, written out.

    Attributes
    ----------
    columns, rows
        Headings, and texts below them.
    words
        How many of the first columns are words.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


def headlines(subject: Subject) -> list[Headline]:
    """Headline numbers; those that the result lacks are left out."""
    found = {
        "run": _of_run,
        "study": _of_study,
        "comparison": _of_comparison,
        "frontier": of_frontier,
    }.get(subject.kind, of_answer)(subject)
    return [headline for headline in found if headline is not None]


def table(subject: Subject) -> Table | None:
    """All headline measures of a run (beside another) or of a comparison; None of other kinds."""
    if subject.kind == "run":
        return _run_table(subject)
    if subject.kind == "comparison":
        return _comparison_table(subject)
    return None


def _text(known: Measure, value: float) -> str:
    return known.text(value).replace("-", "−")


def _relative(value: float, base: float) -> float:
    return (value - base) / abs(base) if base else math.nan


def _summaries(subject: Subject) -> dict[str, list[float]]:
    """Headline measures of a run, each followed by that of the run it is held against."""
    runs = [subject] if subject.against is None else [subject, subject.against]
    found = [run.manifest.get("summary", {}) for run in runs]
    return {name: [known_of(summary, name) for summary in found] for name in HEADLINES}


def _of_run(subject: Subject) -> list[Headline | None]:
    values = _summaries(subject)
    shown = fitted(values)  # the cards have the units of the table below them
    margin = known_of(subject.manifest.get("summary", {}), "arbitrage_margin")
    here = {name: value[0] for name, value in values.items()}
    index, share, small = here["price_index"], here["arbitrage_share"], here["small_provider_share"]
    revenue = here["provider_revenue"]
    kept, earned = (
        shown[name].sentence(here[name]) for name in ("arbitrage_profit", "provider_revenue")
    )
    cards = [
        card(
            index,
            percent(index - 1, signed=True),
            "is the change of prices at constant quality, against the same market without "
            "arbitrageurs at list prices",
        ),
        card(share, percent(share), "of the queries served go through arbitrageurs"),
        card(
            margin,
            kept,
            f"is what arbitrageurs keep: {percent(margin)} of their fees",
        ),
        card(revenue, earned, "is what providers earn together"),
        card(small, percent(small), "of it goes to all providers but the two largest"),
    ]
    if subject.against is not None:
        for name in ("revenue_per_query", "consumer_surplus"):
            known, (value, before) = shown[name], values[name]
            change = _relative(value, before)
            cards.append(
                card(
                    change,
                    percent(change, signed=True),
                    f"is the change of {known.noun}: {_text(known, before)} "
                    f"{subject.against_name}, {_text(known, value)} here, {known.unit.name}",
                )
            )
    return cards


def _of_study(subject: Subject) -> list[Headline | None]:
    summary = subject.tables["summary"]
    parameters = varied(summary)
    cards = []
    measured = summary.dropna(subset="mean").groupby("measure")
    found = {name: measured.get_group(name) for name in MAIN_MEASURES if name in measured.groups}
    for name, known in fitted({name: rows["mean"] for name, rows in found.items()}).items():
        rows = found[name]
        ordered = rows.sort_values("mean", kind="stable")
        low, high = ordered.iloc[0], ordered.iloc[-1]
        if len(rows) == 1 or not parameters:
            interval = f"{_text(known, low['low'])} to {_text(known, low['high'])}"
            cards.append(
                card(low["mean"], _text(known, low["mean"]), f"{known.label} ({interval})")
            )
            continue
        cards.append(
            card(
                low["mean"],
                f"{_text(known, low['mean'])} to {_text(known, high['mean'])}",
                f"{known.label}: lowest at {_point(low, parameters)}, "
                f"highest at {_point(high, parameters)}",
            )
        )
    return cards


def _point(row: "pd.Series[Any]", parameters: list[str]) -> str:
    """A design point in words."""
    return ", ".join(f"{parameter_in_words(path)} = {_short(row[path])}" for path in parameters)


def _short(value: Any) -> str:
    """A parameter's value; a number that is not whole with four digits."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _of_comparison(subject: Subject) -> list[Headline | None]:
    cards: list[Headline | None] = []
    pairs = _compared(subject)
    for name in MAIN_MEASURES:
        found = {letter: pair[name] for letter, pair in pairs.items() if name in pair}
        if not found:
            continue
        known, base = next(iter(found.values()))
        values = {"A": base["a"], **{letter: row["b"] for letter, (_, row) in found.items()}}
        ends = (float(base[end]) for end in ("a", "difference", "low", "high"))
        told_so = len(found) == 1 and tells_in_percent(*ends)
        change = _relative(float(base["b"]), float(base["a"])) if told_so else math.nan
        texts = {letter: _text(known, value) for letter, value in values.items()}
        told = ", ".join(f"{text} in {letter}" for letter, text in texts.items())
        figure = percent(change, signed=True)
        if not math.isfinite(change):
            figure = texts["B"] if len(found) == 1 else _range(list(values.values()), known)
        cards.append(card(float(base["difference"]), figure, f"{known.label}: {told}"))
    return cards


def _range(values: list[float], known: Measure) -> str:
    return f"{_text(known, min(values))} to {_text(known, max(values))}"


def _compared(subject: Subject) -> dict[str, dict[str, tuple[Measure, Mapping[Hashable, Any]]]]:
    """Measures of each pair of a comparison and their rows, by the letter of the second side."""
    rows = {
        letter: {str(row["measure"]): row for row in tables["measures"].to_dict("records")}
        for letter, tables in sides(subject).items()
        if "measures" in tables
    }
    values: dict[str, list[float]] = {}
    for pair in rows.values():
        for name, row in pair.items():
            values.setdefault(name, []).extend((row["a"], row["b"]))
    shown = fitted(values)
    return {
        letter: {name: (shown[name], row) for name, row in pair.items()}
        for letter, pair in rows.items()
    }


def _run_table(subject: Subject) -> Table:
    columns = ["measure, mean of the last quarter", "this market"]
    if subject.against is not None:
        columns += [subject.against_name, "change"]
    values = _summaries(subject)
    rows = []
    for name, known in fitted(values).items():
        row = [known.label, *(_text(known, value) for value in values[name])]
        if subject.against is not None:
            change = _relative(*values[name])
            row.append(percent(change, signed=True) if math.isfinite(change) else MISSING)
        rows.append(tuple(row))
    return Table(tuple(columns), tuple(rows))


def _comparison_table(subject: Subject) -> Table | None:
    pairs = _compared(subject)
    if not any(pairs.values()):
        return None
    if len(pairs) == 1:
        columns = ("a", "b", "difference", "low", "high")
        rows = [
            (known.label, *(_text(known, row[column]) for column in columns))
            for known, row in pairs["B"].values()
        ]
        return Table(("measure", "A", "B", "B − A", "low", "high"), tuple(rows))
    rows = []
    for name, (known, base) in pairs["B"].items():
        row = [known.label, _text(known, base["a"])]
        for pair in pairs.values():
            value, difference = (
                pair[name][1]["b"],
                sure(known, pair[name][1]["difference"], pair[name][1]),
            )
            row += [_text(known, value), difference.replace("-", "−")]
        rows.append(tuple(row))
    headings = [heading for letter in pairs for heading in (letter, f"{letter} − A")]
    return Table(("measure", "A", *headings), tuple(rows))
