"""Tables of a result for papers and spreadsheets: numbers in full, and the same as a reader sees.

Each kind of result has few: measures with their units, agents, design points, solve rates.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from market.foundation.errors import DataError
from market.measures.elasticity import SURE
from market.measures.labels import BUYERS, HEADLINES, VERIFIED, fitted
from market.measures.number_text import formatted, short, with_half
from market.report.export_intervals import of_comparison, of_study
from market.report.export_table import ExportTable, number, unit_of
from market.report.subject import Subject


def export_tables(subject: Subject, measures: Sequence[str] = ()) -> list[ExportTable]:
    """Tables of a result.

    Parameters
    ----------
    subject
        As :func:`market.report.read_subject` gives it.
    measures
        Names of the measures that are wanted, as :func:`measured` lists them; if empty, those that
        a report shows.

    Raises
    ------
    DataError
        Measures of a frontier are wanted, which has none.
    """
    if subject.kind == "frontier":
        if measures:
            raise DataError("--measures: a frontier has no measures of a market; leave it out")
        return list(_of_frontier(subject.manifest))
    makers = {"run": _of_run, "study": of_study, "comparison": of_comparison}
    return list(makers[subject.kind](subject, tuple(measures)))


def measured(subject: Subject) -> list[str]:
    """Names of the measures that a result has."""
    if subject.kind == "run":
        return list(subject.manifest.get("summary", {}))
    table = subject.tables.get("summary" if subject.kind == "study" else "measures")
    return [] if table is None else [str(name) for name in table["measure"].unique()]


def _of_run(subject: Subject, wanted: tuple[str, ...]) -> Iterator[ExportTable]:
    runs = [subject] if subject.against is None else [subject, subject.against]
    sides = ["this market", *([] if subject.against is None else [subject.against_name])]
    summaries = [run.manifest.get("summary", {}) for run in runs]
    buyers = [f"{kind}_{who}" for kind in ("price", "surplus") for who in BUYERS]
    for name, caption, found in (
        ("measures", "Means of the last quarter of the ticks", wanted or (*HEADLINES, *VERIFIED)),
        ("buyers", "What buyers pay and their surplus", () if wanted else buyers),
    ):
        values = {
            n: [number(summary.get(n)) for summary in summaries] for n in found if n in summaries[0]
        }
        if values:
            yield _side_by_side(name, caption, values, sides)
    if not wanted:
        yield _agents([run.manifest.get("agents", {}) for run in runs], sides)


def _side_by_side(
    name: str, caption: str, values: Mapping[str, list[float]], sides: list[str]
) -> ExportTable:
    """Measures of one or two runs; of two, their difference, too."""
    two = len(sides) > 1
    columns, rows, full = ["measure", *sides], [], []
    if two:
        columns.append("difference")
    for known, each in ((known, values[n]) for n, known in fitted(values).items()):
        difference = [each[0] - each[1]] if two else []
        rows.append((known.label, *(known.text(value) for value in [*each, *difference])))
        full.append((known.words, unit_of(known), *each, *difference))
    frame = pd.DataFrame(full, columns=["measure", "unit", *columns[1:]])
    return ExportTable(name, caption, frame, tuple(columns), tuple(rows))


def _agents(agents: Sequence[Mapping[str, Any]], sides: list[str]) -> ExportTable:
    """Revenue, profit and elasticity by agent, with the revenue in the other run."""
    columns = ["agent", "role", "revenue", "profit", "elasticity", "elasticity, ± half of 95%"]
    full = []
    for name, agent in agents[0].items():
        value, error = (number(agent.get(k)) for k in ("elasticity", "elasticity_error"))
        money = [number(agent.get(k)) for k in ("revenue", "profit")]
        others = [number(other.get(name, {}).get("revenue")) for other in agents[1:]]
        full.append([name, agent.get("role", ""), *money, value, SURE * error, *others])
    columns += [f"revenue {side}" for side in sides[1:]]
    frame = pd.DataFrame(full, columns=columns)
    known = fitted({"revenue": frame[["revenue", "profit"]].to_numpy(dtype=float)})["revenue"]
    rows = [
        (
            *map(str, row[:2]),
            *map(known.text, row[2:4]),
            with_half(*row[4:6]),
            *map(known.text, row[6:]),
        )
        for row in full
    ]
    unit = known.unit.name
    money_columns = [f"revenue, {unit}", f"profit, {unit}"]
    headings = (
        "agent",
        "role",
        *money_columns,
        "elasticity",
        *(f"{c}, {unit}" for c in columns[6:]),
    )
    stored = {c: f"{c}, $ per tick" for c in columns if c.startswith(("revenue", "profit"))}
    caption = "What agents earn, and the price elasticity of providers' quantities"
    return ExportTable("agents", caption, frame.rename(columns=stored), headings, tuple(rows), 2)


def _of_frontier(found: Mapping[str, Any]) -> Iterator[ExportTable]:
    frame = pd.DataFrame({"solve rate": found["quality"]})
    money = {"market price": found["market_price"], "arbitrage cost": found["arbitrage_cost"]}
    for name, amounts in money.items():
        frame[f"{name}, $ per query"] = pd.Series(amounts, dtype=float)
    frame["margin"] = pd.Series(found.get("margin"), dtype=float)
    ends = found.get("uncertainty", {}).get("margin")
    if isinstance(ends, Mapping):
        for end in ("low", "high"):
            frame[f"margin, {end} end"] = pd.Series(ends[end], dtype=float)
    unit = fitted({"price_per_query": frame.iloc[:, 1:3].to_numpy(dtype=float)})["price_per_query"]
    rows = tuple(
        (
            f"{row[0]:.3f}",
            unit.text(row[1]),
            unit.text(row[2]),
            *(formatted(100 * share, "{:.1f}%") for share in row[3:]),
        )
        for row in frame.to_numpy(dtype=float).tolist()
    )
    headings = (
        "solve rate",
        *(f"{name}, {unit.unit.name}" for name in money),
        *frame.columns[3:],
    )
    caption = "Market price, arbitrage cost and margin by solve rate"
    if isinstance(ends, Mapping):
        caption += ", with the ends of the margin's 95% interval"
    yield ExportTable("frontier", caption, frame, headings, rows, 0)
    models = pd.DataFrame(
        [
            (m["name"], m["single_attempt_solve_rate"], m["mean_attempt_cost"], m["max_quality"])
            for m in found["models"]
        ],
        columns=["model", "one attempt solves", "one attempt costs, $", "highest solve rate"],
    )
    texts = tuple(
        (str(m), formatted(p, "{:.3f}"), short(c), formatted(q, "{:.3f}"))
        for m, p, c, q in models.itertuples(index=False)
    )
    yield ExportTable("models", "Models", models, tuple(models.columns), texts)
