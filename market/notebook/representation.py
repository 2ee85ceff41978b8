"""A value as a notebook and a terminal show it: verdict, key figures, what it can be asked."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from market.charts import varied
from market.findings.of_fit import of_fit
from market.findings.of_frontier import of_frontier
from market.findings.of_results import (
    comparison_verdict,
    comparisons_verdict,
    run_verdict,
    study_verdict,
)
from market.findings.verdict import Verdict
from market.foundation.formats import letter
from market.foundation.json_values import finite
from market.frontier.appraisal import Appraisal
from market.measures.counted import counted
from market.measures.labels import Measure, fitted, parameter
from market.measures.number_text import short
from market.notebook.card import Card, card_html, card_text
from market.notebook.plots import plots
from market.results.run_result import RunResult
from market.scenario.schema import Scenario
from market.studies.comparison import Comparison
from market.studies.comparisons import Comparisons
from market.studies.fit.fitted import Fit
from market.studies.study import Study

FIGURES = (
    "price_index",
    "price_per_query",
    "arbitrage_share",
    "provider_profit",
    "arbitrage_profit",
    "consumer_surplus",
    "welfare",
)
MOST_ROWS = 12  # of a study; more design points are in its frames


def card(value: object) -> Card:
    """What is shown of a scenario or a result."""
    match value:
        case RunResult():
            return _of_run(value)
        case Study():
            return _of_study(value)
        case Comparison() | Comparisons():
            return _of_comparison(value)
        case Appraisal():
            return _of_frontier(value)
        case Fit():
            return _of_fit(value)
        case Scenario():
            return _of_scenario(value)
    raise TypeError(f"nothing is known of how to show a {type(value).__name__}")


def text(value: object) -> str:
    """A value as a terminal shows it."""
    return card_text(card(value))


def html(value: object) -> str:
    """A value as a notebook shows it."""
    return card_html(card(value))


def _charts(value: object) -> tuple[str, ...]:
    """Its charts, but for one that its data cannot draw."""
    names = dir(plots(value))
    if isinstance(value, Study) and value.sensitivity().empty:
        names.remove("sensitivity")
    return tuple(f".plot.{name}()" for name in names)


def _said(found: Verdict) -> str:
    return str(found)


def _of_run(found: RunResult) -> Card:
    spec, summary = found.scenario, found.summary
    known = fitted({name: summary[name] for name in FIGURES if name in summary})
    return Card(
        f"Run of {spec.name}: {spec.ticks} ticks, seed {spec.seed}",
        _said(run_verdict(found)),
        ("mean over the last quarter", "value"),
        tuple((shown.label, _text(shown, summary[name])) for name, shown in known.items()),
        (*_charts(found), ".summary", ".agents", ".tables", ".columns"),
    )


def _of_comparison(found: Comparison | Comparisons) -> Card:
    """Every market's mean of two, the first's of several, and differences from the first."""
    pairs = found.pairs if isinstance(found, Comparisons) else (found,)
    letters = [letter(s).upper() for s in range(len(pairs) + 1)]
    sides = ", ".join(f"{name} ({own})" for name, own in zip(found.names, letters, strict=True))
    means = ("a", "b") if len(pairs) == 1 else ("a",)
    tables = [pair.measures.set_index("measure") for pair in pairs]
    names = [name for name in FIGURES if name in tables[0].index]
    ends = ["a", "b", "difference", "low", "high"]
    known = fitted(  # one unit for all sides
        {name: np.array([table.loc[name, ends] for table in tables], float) for name in names}
    )
    rows = []
    for name, shown in known.items():
        of_pair = [dict(table.loc[name].items()) for table in tables]
        first = (_text(shown, of_pair[0][mean]) for mean in means)
        rows.append((shown.label, *first, *(_sure(shown, row, "difference") for row in of_pair)))
    several = found if isinstance(found, Comparisons) else None
    return Card(
        f"{sides}, on {len(found.seeds)} common seeds",
        _said(comparison_verdict(pairs[0]) if several is None else comparisons_verdict(several)),
        (
            "measure",
            *(mean.upper() for mean in means),
            *(f"{own} − A, 95% interval" for own in letters[1:]),
        ),
        tuple(rows),
        (*_charts(found), ".measures", ".agents", ".segments", ".columns"),
    )


def _of_study(study: Study) -> Card:
    summary = study.summary()
    names = varied(summary)
    rows = summary[summary["measure"] == "price_index"]
    ends = rows[["mean", "low", "high"]].to_numpy(dtype=float)
    shown = fitted({"price_index": ends})["price_index"]
    seeds = counted(len(study.design.seeds), "replicate")
    points = f"{counted(len(study.design.points), 'point')} × {seeds}"
    left = f", of which {MOST_ROWS} are shown" if len(rows) > MOST_ROWS else ""
    return Card(
        f"Study of {study.design.scenario.name}: {points}{left}",
        _said(study_verdict(study)),
        (*map(parameter, names), f"{shown.label}, 95% interval"),
        tuple(
            (*(_plain(row[name]) for name in names), _sure(shown, dict(row.items()), "mean"))
            for _, row in rows.head(MOST_ROWS).iterrows()
        ),
        (
            *(name.replace("()", '("welfare")') for name in _charts(study)),
            ".summary()",
            ".differences()",
            ".runs",
            ".run(run_id)",
            ".columns",
        ),
    )


def _of_frontier(found: Appraisal) -> Card:
    answer = finite(found.to_json())
    chosen = range(0, len(answer["quality"]), max(1, len(answer["quality"]) // 6))
    return Card(
        f"Frontier of {answer['source']}: {answer['problems']} problems, "
        f"{len(answer['models'])} models",
        _said(of_frontier(answer)),
        ("solve rate", "market price, USD", "arbitrage cost, USD", "margin"),
        tuple(
            (
                f"{100 * answer['quality'][i]:.1f}%",
                *(_money(answer[name][i]) for name in ("market_price", "arbitrage_cost")),
                "–" if answer["margin"][i] is None else f"{100 * answer['margin'][i]:.1f}%",
            )
            for i in chosen
        ),
        (*_charts(found), ".to_json()"),
    )


def _of_fit(found: Fit) -> Card:
    answer = found.to_json()
    return Card(
        f"Fit of {found.scenario.name}: {counted(len(answer['parameters']), 'parameter')}, "
        f"{len(answer['targets'])} targets",
        _said(of_fit(answer)),
        ("parameter", "fitted", "low", "high"),
        tuple(
            (parameter(row["path"]), *(short(row[name]) for name in ("value", "low", "high")))
            for row in answer["parameters"]
        ),
        (".values", ".scenario", ".save(file)", ".to_json()"),
    )


def _of_scenario(spec: Scenario) -> Card:
    return Card(
        f"Scenario {spec.name}: {spec.ticks} ticks, seed {spec.seed}",
        spec.description,
        ("", ""),
        (
            (
                "providers",
                ", ".join(f"{p.name} ({', '.join(p.sold)})" for p in spec.providers),
            ),
            (
                "arbitrageurs",
                ", ".join(f"{g.name} × {g.count}" for g in spec.arbitrageurs) or "none",
            ),
            ("consumers", ", ".join(f"{c.name} × {c.size:,}" for c in spec.consumers)),
            (
                "interventions",
                ", ".join(f"{i.name} at {i.at}" for i in spec.interventions) or "none",
            ),
        ),
        ("market.run(scenario)", "scenario.change(ticks=30)", "market.what_if(scenario)"),
    )


def _text(known: Measure, value: Any) -> str:
    return known.text(float(value)).replace("-", "−")


def _sure(known: Measure, row: Mapping[Any, Any], name: str) -> str:
    middle, low, high = (_text(known, row[end]) for end in (name, "low", "high"))
    return middle if pd.isna(row["low"]) else f"{middle} ({low} to {high})"


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _money(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
