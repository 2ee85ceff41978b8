"""What the commands of the economics print for people: frontiers, figures, calibrations."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from market.cli.terminal import number, out, plain_table
from market.measures.money_units import MoneyUnit, dollars

if TYPE_CHECKING:
    from market.calibration.calibrate import Calibration
    from market.frontier.appraisal import Appraisal
    from market.paper import PaperFigure


def print_appraisal(appraisal: "Appraisal", rows: int | None = None) -> None:
    """Models, then market price, arbitrage cost, margin and cascade by solve rate.

    At most so many `rows` of solve rates, evenly spread; all if None.
    """
    population, market = appraisal.tables.population, appraisal.market
    budget = float(appraisal.tables.budget.max())
    out.print(
        f"{population.source} · {population.problems} problems or classes · "
        f"{appraisal.tables.estimator} curves · budgets to {dollars(budget)}, "
        f"budget too small for an attempt is {appraisal.tables.remainder}"
    )
    unshared = {model: count for model, count in population.left_out.items() if count}
    if unshared:
        listed = ", ".join(f"{model} {count}" for model, count in unshared.items())
        out.print(f"Problems left out because some model has no attempts at them: {listed}")
    costs = appraisal.price * (population.weight @ population.list_cost)
    unit = MoneyUnit.fitting(costs, "attempt")
    models = plain_table(
        "Models", ["model"], ["one attempt solves", f"costs, {unit.name}", "highest solve rate"]
    )
    for m, model in enumerate(population.models):
        models.add_row(
            model,
            number(float(population.weight @ population.solve_prob[:, m])),
            unit.text(costs[m]),
            number(float(market.max_quality[m])),
        )
    out.print(models)
    out.print(_by_quality(appraisal, rows))
    known = appraisal.to_json()
    quality = known["max_quality"]
    over = f" over {market.quality[0]:.3f}..{market.quality[-1]:.3f}"
    out.print(f"Margin: {_margins(known)}{over}")
    lotteries = known["with_lotteries"]
    out.print(f"Where both sides may draw lots between policies: {_margins(lotteries)}")
    out.print(
        f"Highest solve rate: {number(quality['single'])} from one model, "
        f"{number(quality['cascade'])} from a cascade"
    )
    judged = known.get("out_of_sample")
    if judged:
        out.print(f"On held-out problems: {_margins(judged)}")
    print_evidence(appraisal.evidence)


def print_evidence(sentences: Sequence[str]) -> None:
    """What the evidence is too thin for, a sentence a line."""
    for sentence in sentences:
        out.print(sentence)


def _margins(known: Mapping[str, float]) -> str:
    most, mean = (number(100 * known[f"{what}_margin"], "{:.1f}") for what in ("max", "mean"))
    return f"{most}% at most, {mean}% on average"


def _by_quality(appraisal: "Appraisal", rows: int | None) -> Table:
    market, frontier = appraisal.market, appraisal.frontier
    points = len(market.quality)
    headings = ["market price", "arbitrage cost", "margin"]
    if appraisal.out_of_sample is not None:
        headings.append("held out")
    count = points if rows is None else min(rows, points)
    shown = [round(i * (points - 1) / max(count - 1, 1)) for i in range(count)]
    unit = MoneyUnit.fitting([market.price[shown], appraisal.cost[shown]], "query")
    table = plain_table(f"{unit.name}, by solve rate", ["solve rate", "cheapest"], headings)
    if appraisal.signal is None:
        table.add_column("best cascade, budgets at list", overflow="fold")
    for g in shown:
        priced = math.isfinite(market.price[g])
        row = [
            f"{market.quality[g]:.3f}",
            appraisal.tables.models[int(market.cost[:, g].argmin())] if priced else "none",
            unit.text(market.price[g]),
            unit.text(appraisal.cost[g]),
            number(100 * appraisal.margin[g], "{:.1f}%"),
        ]
        if appraisal.out_of_sample is not None:
            row.append(number(100 * appraisal.out_of_sample.margin[g], "{:.1f}%"))
        if appraisal.signal is None:
            policy = frontier.policies[g]
            row.append("out of reach" if policy is None else policy.written(unit.text))
        table.add_row(*row)
    return table


def print_figures(figures: "Sequence[PaperFigure]", evidence: Sequence[str] = ()) -> None:
    """Published against computed, figure by figure, and what the records are too thin for."""
    table = plain_table(
        "The paper's figures (arXiv:2603.22404)",
        ["figure"],
        ["published", "computed", "difference", "tolerance", ""],
    )
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.published:g}",
            f"{figure.computed:.4f}",
            f"{figure.computed - figure.published:+.4f}",
            f"{figure.tolerance:g}",
            "pass" if figure.passed else "FAIL",
        )
    out.print(table)
    failed = sum(not figure.passed for figure in figures)
    out.print(f"{len(figures) - failed} of {len(figures)} figures agree with the paper")
    print_evidence(evidence)


def print_calibration(calibration: "Calibration", folder: str) -> None:
    """How well the classes keep the economics of the records."""
    fit = calibration.fit
    table = plain_table("Records against classes", ["figure"], ["records", "classes"])
    prices = (fit.records.price, fit.pack.price)
    unit = MoneyUnit.fitting(prices, "query")
    for quality, *both in zip(fit.quality, *prices, strict=True):
        table.add_row(f"market price at {quality:g}, {unit.name}", *map(unit.text, both))
    pair = " + ".join(fit.pair)
    for words, name in (
        (f"margin of {pair}, maximum", "pair_max_margin"),
        (f"margin of {pair}, mean", "pair_mean_margin"),
        ("margin of all models, maximum", "all_max_margin"),
        ("margin of all models, mean", "all_mean_margin"),
    ):
        table.add_row(words, *(number(getattr(e, name)) for e in (fit.records, fit.pack)))
    out.print(table)
    out.print(
        f"{calibration.problems} problems became {calibration.population.size} classes: {folder}"
    )
    print_evidence(calibration.evidence)
