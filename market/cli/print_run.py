"""What the command line prints for people; progress and notes go to standard error."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from market.measures.labels import HEADLINES, MEASURES

if TYPE_CHECKING:
    from market.calibration.calibrate import Calibration
    from market.frontier.appraisal import Appraisal
    from market.frontier.cascade import Mixture
    from market.paper import PaperFigure
    from market.results.run_result import RunResult

out = Console(highlight=False, soft_wrap=True, markup=False)
if not out.is_terminal:  # a file or a pipe is as wide as it needs to be
    out = Console(highlight=False, soft_wrap=True, markup=False, width=160)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)


def plain_table(title: str, left: Sequence[str], right: Sequence[str] = ()) -> Table:
    """Plain table: columns of words, then columns of numbers."""
    table = Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False
    )
    for heading in left:
        table.add_column(heading, no_wrap=True)
    for heading in right:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _number(value: float, form: str = "{:.3f}") -> str:
    return form.format(value) if math.isfinite(value) else "–"


def _change(value: float, base: float) -> str:
    if not (math.isfinite(value) and math.isfinite(base)) or base == 0:
        return "–"
    return f"{100 * (value / base - 1):+.1f}%"


@contextmanager
def progress(title: str, total: int) -> Iterator[Any]:
    """Bar on standard error; yields the function that takes the number of steps done."""
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    ) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=done)


def print_run(result: "RunResult", baseline: "RunResult | None", folder: str) -> None:
    """Summary of a run, beside the same market without arbitrageurs."""
    spec = result.scenario
    arbitrageurs = sum(group.count for group in spec.arbitrageurs)
    buyers = sum(segment.size for segment in spec.consumers)
    out.print(
        f"{spec.name} · providers {len(spec.providers)}, arbitrageurs {arbitrageurs}, "
        f"buyers {buyers:,} · ticks {spec.ticks} · seed {spec.seed}"
    )
    quarter = math.ceil(spec.ticks / 4)
    twin = [] if baseline is None else ["without arbitrageurs", "change"]
    table = plain_table(f"Means of the last {quarter} ticks", ["measure"], ["this market", *twin])
    for name in HEADLINES:
        known, value = MEASURES[name], result.summary[name]
        row = [known.label, known.text(value)]
        if baseline is not None:
            base = baseline.summary[name]
            row += [known.text(base), _change(value, base)]
        table.add_row(*row)
    out.print(table)
    out.print(_who_earned(result, baseline))
    for line in _what_happened(result):
        out.print(line)
    out.print(f"Tables, scenario and manifest: {folder}")


def _what_happened(result: "RunResult") -> Iterator[str]:
    """Lines on what moved: interventions, entrants, bankruptcies, and providers' prices."""
    from market.scenario.validation_messages import show

    spec = result.scenario
    for change in sorted(spec.interventions, key=lambda change: change.at):
        values = ", ".join(f"{path} = {show(value)}" for path, value in change.set.items())
        yield f"From tick {change.at} ({change.name}): {values}"
    for name, agent in result.agents.items():
        if "entered" in agent:
            ticks = agent["ticks_to_first_revenue"]
            earned = "has earned nothing" if ticks is None else f"earned after {ticks} ticks"
            yield f"{name} entered at tick {agent['entered']}, and {earned}"
    for name, tick in result.exits.items():
        yield f"{name} was gone by tick {tick}"
    if any(provider.pricing.kind not in ("list", "cost_plus") for provider in spec.providers):
        prices = result.price_dynamics
        said = {
            "settled": "have settled",
            "cycling": f"cycle with a period of {prices.period} ticks",
            "moving": "keep moving and do not repeat",
        }[prices.state]
        gain = ""
        if math.isfinite(prices.deviation_gain):
            gain = (
                f"; at the end another price would raise a provider's expected profit by at most "
                f"{100 * prices.deviation_gain:.1f}%"
            )
        yield f"Providers' prices {said}{gain}"


def _who_earned(result: "RunResult", baseline: "RunResult | None") -> Table:
    twin = [] if baseline is None else ["revenue without arbitrageurs"]
    table = plain_table(
        "Who earned what, USD per tick",
        ["agent", "role"],
        ["revenue", "profit", "elasticity", *twin],
    )
    before = baseline.agents if baseline is not None else {}
    for name, agent in result.agents.items():
        row = [name, agent["role"], *(_number(agent[k], "{:,.2f}") for k in ("revenue", "profit"))]
        row.append(_number(agent.get("elasticity", math.nan), "{:.2f}"))
        if baseline is not None:
            row.append(_number(before.get(name, {}).get("revenue", math.nan), "{:,.2f}"))
        table.add_row(*row)
    return table


def print_appraisal(appraisal: "Appraisal", rows: int | None = None) -> None:
    """Models, then market price, arbitrage cost, margin and cascade by solve rate.

    At most so many `rows` of solve rates, evenly spread; all if None.
    """
    population, market = appraisal.tables.population, appraisal.market
    out.print(
        f"{population.source} · {population.size} problems or classes · "
        f"{appraisal.tables.estimator} curves · budgets to {appraisal.tables.budget[-1]:g} USD, "
        f"what no attempt fits is {appraisal.tables.remainder}"
    )
    unshared = {model: count for model, count in population.left_out.items() if count}
    if unshared:
        listed = ", ".join(f"{model} {count}" for model, count in unshared.items())
        out.print(f"Problems left out, as not all models have them: {listed}")
    models = plain_table(
        "Models", ["model"], ["one attempt solves", "costs, USD", "highest solve rate"]
    )
    for m, model in enumerate(population.models):
        models.add_row(
            model,
            _number(float(population.weight @ population.solve_prob[:, m])),
            _number(
                appraisal.price[m] * (population.weight @ population.list_cost[:, m]), "{:.4f}"
            ),
            _number(float(market.max_quality[m])),
        )
    out.print(models)
    out.print(_by_quality(appraisal, rows))
    known = appraisal.to_json()
    quality = known["max_quality"]
    out.print(
        f"Margin: {_number(100 * known['max_margin'], '{:.1f}')}% at most, "
        f"{_number(100 * known['mean_margin'], '{:.1f}')}% on average over "
        f"{market.quality[0]:.3f}..{market.quality[-1]:.3f}"
    )
    out.print(
        f"Highest solve rate: {_number(quality['single'])} from one model, "
        f"{_number(quality['cascade'])} from a cascade"
    )
    judged = known.get("out_of_sample")
    if judged:
        out.print(
            f"On problems left out of the choice: {_number(100 * judged['max_margin'], '{:.1f}')}% "
            f"at most, {_number(100 * judged['mean_margin'], '{:.1f}')}% on average"
        )


def _by_quality(appraisal: "Appraisal", rows: int | None) -> Table:
    market, frontier = appraisal.market, appraisal.frontier
    points = len(market.quality)
    headings = ["market price", "arbitrage cost", "margin"]
    if appraisal.out_of_sample is not None:
        headings.append("on problems left out")
    table = plain_table("USD per query, by solve rate", ["solve rate", "cheapest"], headings)
    if appraisal.signal is None:
        table.add_column("best cascade, with budgets in list dollars")
    count = points if rows is None else min(rows, points)
    shown = [round(i * (points - 1) / max(count - 1, 1)) for i in range(count)]
    for g in shown:
        priced = math.isfinite(market.price[g])
        row = [
            f"{market.quality[g]:.3f}",
            appraisal.tables.models[int(market.cost[:, g].argmin())] if priced else "nobody",
            _number(market.price[g], "{:.4f}"),
            _number(appraisal.cost[g], "{:.4f}"),
            _number(100 * appraisal.margin[g], "{:.1f}%"),
        ]
        if appraisal.out_of_sample is not None:
            row.append(_number(100 * appraisal.out_of_sample.margin[g], "{:.1f}%"))
        if appraisal.signal is None:
            row.append(_policy(frontier.policies[g]))
        table.add_row(*row)
    return table


def _policy(policy: "Mixture | None") -> str:
    return "out of reach" if policy is None else str(policy)


def print_figures(figures: "Sequence[PaperFigure]") -> None:
    """Published against computed, figure by figure."""
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
    out.print(f"{len(figures) - failed} of {len(figures)} figures agree with the publication")


def print_calibration(calibration: "Calibration", folder: str) -> None:
    """How well the classes keep the economics of the records."""
    fit = calibration.fit
    table = plain_table("Records against classes", ["figure"], ["records", "classes"])
    for quality, records, classes in zip(
        fit.quality, fit.records.price, fit.pack.price, strict=True
    ):
        table.add_row(
            f"market price at {quality:g}, USD",
            _number(records, "{:.4f}"),
            _number(classes, "{:.4f}"),
        )
    pair = " + ".join(fit.pair)
    for words, name in (
        (f"margin of {pair}, maximum", "pair_max_margin"),
        (f"margin of {pair}, mean", "pair_mean_margin"),
        ("margin of all models, maximum", "all_max_margin"),
        ("margin of all models, mean", "all_mean_margin"),
    ):
        table.add_row(words, *(_number(getattr(e, name)) for e in (fit.records, fit.pack)))
    out.print(table)
    out.print(
        f"{calibration.problems} problems became {calibration.population.size} classes: {folder}"
    )


def print_scenarios(scenarios: Sequence[Mapping[str, str]]) -> None:
    """Names of the shipped scenarios, and what each asks."""
    table = plain_table("Shipped scenarios", ["scenario", "what it asks"])
    for scenario in scenarios:
        table.add_row(scenario["name"], scenario["description"])
    out.print(table)
