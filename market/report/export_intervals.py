"""Exported tables of results with intervals: studies and comparisons."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from market.charts import varied
from market.measures.labels import BUYERS, HEADLINES, VERIFIED, fitted, measure
from market.measures.money_units import MISSING
from market.measures.number_text import short, with_half
from market.report.comparison_sides import sides
from market.report.export_table import ExportTable, half, sure, unit_of
from market.report.headlines import MAIN_MEASURES
from market.report.subject import Subject

_ROLES = {"segment": "buyers"}


def of_study(subject: Subject, wanted: tuple[str, ...]) -> Iterator[ExportTable]:
    """Means and paired differences by design point, and sensitivities."""
    summary = subject.tables["summary"]
    parameters = varied(summary)
    every = wanted or tuple(str(name) for name in summary["measure"].unique())
    shown = wanted or tuple(name for name in MAIN_MEASURES if name in every)
    for name, value, caption in (
        ("summary", "mean", "Means over replicates"),
        ("differences", "difference", "Paired differences from the baseline"),
    ):
        found = subject.tables.get(name)
        if found is not None and len(found):
            yield _by_point(name, caption, found, parameters, value, every, shown)
    indices = subject.tables.get("sensitivity")
    if indices is not None and len(indices):
        yield _sensitivity(indices, every)


def _by_point(
    name: str,
    caption: str,
    found: pd.DataFrame,
    parameters: list[str],
    value: str,
    every: Sequence[str],
    shown: Sequence[str],
) -> ExportTable:
    """A row per design point for papers, and per design point and measure for spreadsheets."""
    found = found[found["measure"].isin(every)]
    full = found[[*parameters, "measure"]].copy()
    full["unit"] = [unit_of(measure(str(n))) for n in found["measure"]]
    columns = [value, "low", "high", "replicates"]
    full[columns] = found[columns]
    full["measure"] = [measure(str(n)).words for n in found["measure"]]
    values = {n: found.loc[found["measure"] == n, value].to_numpy(dtype=float) for n in shown}
    known = fitted(values)
    rows: dict[tuple[Any, ...], dict[str, str]] = {}
    for row in found.to_dict("records"):
        point = tuple(row[path] for path in parameters)
        of_point = rows.setdefault(point, {})
        if row["measure"] in known:
            of_point[row["measure"]] = sure(known[row["measure"]], row[value], row)
    texts = tuple(
        (*map(_parameter, point), *(of.get(n, MISSING) for n in shown))
        for point, of in rows.items()
    )
    headings = (*parameters, *(known[n].label for n in shown))
    caption = f"{caption}, ± half of the 95% interval"
    return ExportTable(name, caption, full, headings, texts, len(parameters))


def _sensitivity(found: pd.DataFrame, every: Sequence[str]) -> ExportTable:
    found = found[found["measure"].isin(every)]
    numbers = ["value", "low", "high"]
    full = found[["measure", "parameter", "index", "method"]].copy()
    full["measure"] = [measure(str(n)).words for n in found["measure"]]
    full[numbers] = found[numbers].astype(float)
    rows = tuple(
        (row["measure"], row["parameter"], row["index"], with_half(row["value"], half(row)))
        for row in full.to_dict("records")
    )
    headings = ("measure", "parameter", "index", "value")
    return ExportTable("sensitivity", "Sensitivity indices", full, headings, rows, 3)


def of_comparison(subject: Subject, wanted: tuple[str, ...]) -> Iterator[ExportTable]:
    """Measures, buyers and agents of both markets, and their paired differences; of each pair."""
    found = sides(subject)
    for letter, tables in found.items():
        ending = f"-{letter.lower()}" if len(found) > 1 else ""
        yield from _of_pair(subject, tables, wanted, letter, ending)


def _of_pair(
    subject: Subject,
    tables: Mapping[str, pd.DataFrame],
    wanted: tuple[str, ...],
    letter: str,
    ending: str,
) -> Iterator[ExportTable]:
    if (found := tables.get("measures")) is not None:
        every = [str(name) for name in found["measure"]]
        chosen = wanted or [n for n in (*HEADLINES, *VERIFIED) if n in every]
        rows = {row["measure"]: row for row in found.to_dict("records")}
        kept = [((), n, rows[n]) for n in chosen]
        yield _paired(f"measures{ending}", subject, kept, letter)
        buyers = [f"{kind}_{who}" for kind in ("price", "surplus") for who in BUYERS]
        if not wanted and set(buyers) <= set(every):
            kept = [((), n, rows[n]) for n in buyers]
            yield _paired(f"buyers{ending}", subject, kept, letter)
    if wanted:
        return
    for name, earned in (("agents", "profit"), ("segments", "consumer_surplus")):
        if (found := tables.get(name)) is not None:
            of_kind = found[found["measure"] == earned].to_dict("records")
            who = [
                ((row["name"], _ROLES.get(row["role"], row["role"])), earned, row)
                for row in of_kind
            ]
            yield _paired(f"{name}{ending}", subject, who, letter)


def _paired(
    name: str,
    subject: Subject,
    found: Sequence[tuple[tuple[str, ...], str, Mapping[Any, Any]]],
    letter: str,
) -> ExportTable:
    """Rows of a comparison: who, which measure, and the row of its frame."""
    values: dict[str, list[float]] = {}
    for _, n, row in found:
        values.setdefault(n, []).extend((row["a"], row["b"]))
    known = fitted(values)
    who = ["who", "role"] if found and found[0][0] else []
    numbers = ["a", "b", "difference", "low", "high"]
    full = [
        (*of, known[n].words, unit_of(known[n]), *(row[c] for c in numbers)) for of, n, row in found
    ]
    rows = tuple(
        (
            *of,
            known[n].label,
            known[n].text(row["a"]),
            known[n].text(row["b"]),
            sure(known[n], row["difference"], row),
        )
        for of, n, row in found
    )
    less = f"{letter} - A"
    columns = [*who, "measure", "unit", "A", letter, less, f"{less}, low", f"{less}, high"]
    frame = pd.DataFrame(full, columns=columns)
    less = f"{letter} − A"
    caption = f"{subject.sides} {less} with ± half of its 95% interval".strip()
    return ExportTable(
        name, caption, frame, (*who, "measure", "A", letter, less), rows, len(who) + 1
    )


def _parameter(value: Any) -> str:
    return short(value) if isinstance(value, float) else str(value)
