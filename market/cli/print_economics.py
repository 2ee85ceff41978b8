"""What the commands of the economics print for people: frontiers, figures, calibrations."""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from market.cli.line_breaks import whole
from market.cli.print_verdict import print_verdict
from market.cli.print_verifier import print_verification
from market.cli.tables import FittedTable, plain_table
from market.cli.terminal import number, out
from market.findings.of_frontier import of_frontier
from market.frontier.bootstrap import interval
from market.frontier.market_price import margin_summary
from market.measures.money_units import MISSING, MoneyUnit, dollars
from market.population.free_attempts import shown_money

if TYPE_CHECKING:
    from market.frontier.appraisal import Appraisal
    from market.frontier.bootstrap import Resamples
    from market.frontier.seen_types import SeenTypes
    from market.paper import PaperFigure


def print_appraisal(
    appraisal: "Appraisal", rows: int | None = None, assumed: Collection[str] = ()
) -> None:
    """Models, then market price, arbitrage cost, margin and cascade by solve rate.

    At most so many `rows` of solve rates, evenly spread; all if None. Models that are `assumed` are
    marked.
    """
    known = appraisal.to_json()
    print_verdict(of_frontier(known))
    population, market = appraisal.tables.population, appraisal.market
    budget = float(appraisal.tables.budget.max())
    out.print(
        f"{population.source} · {population.clusters} problems or classes · "
        f"{appraisal.tables.estimator} curves · budgets to {dollars(budget)}, "
        f"budget too small for an attempt is {appraisal.tables.remainder}"
        + ("" if population.most_attempts is None else f" · {_at_most(population.most_attempts)}")
    )
    lacking = {model: count for model, count in population.lacking.items() if count}
    if lacking:
        listed = ", ".join(f"{model} has none at {count}" for model, count in lacking.items())
        out.print(f"Problems left out because a model has no attempts at them: {listed}")
    costs = shown_money(
        appraisal.price * (population.weight @ population.list_cost), population.unseen
    )
    unit = MoneyUnit.fitting(costs, "attempt")
    models = plain_table(
        "Models", ["model"], ["one attempt solves", f"costs, {unit.name}", "highest solve rate"]
    )
    for m, model in enumerate(population.models):
        models.add_row(
            whole(f"{model} (assumed)" if model in assumed else model),
            number(float(population.weight @ population.solve_prob[:, m])),
            unit.text(costs[m]),
            number(float(market.max_quality[m])),
        )
    out.print(models)
    out.print(_by_quality(appraisal, rows))
    if appraisal.verification is not None:
        print_verification(
            appraisal.verification, market.quality, _shown(len(market.quality), rows)
        )
    known = appraisal.to_json()
    quality = known["max_quality"]
    over = f" over {market.quality[0]:.3f}..{market.quality[-1]:.3f}"
    out.print(f"Margin: {_margins(known)}{over}")
    if appraisal.resamples is not None:
        out.print(_sure(appraisal.resamples, "" if appraisal.signal is None else " without signal"))
    lotteries = known["with_lotteries"]
    out.print(f"Where both sides may draw lots between policies: {_margins(lotteries)}")
    out.print(
        f"Highest solve rate: {number(quality['single'])} from one model, "
        f"{number(quality['cascade'])} from a cascade"
    )
    judged = known.get("out_of_sample")
    if judged:
        out.print(f"On held-out problems: {_margins(judged)}")
    if appraisal.seen is not None:
        _print_seen(appraisal.seen, appraisal.equivalent)


def _print_seen(seen: "SeenTypes", equivalent: tuple[float, float] | None) -> None:
    """What the router sees, how well it was learned, and what accuracy is worth as much."""
    if seen.log_loss:
        base = seen.log_loss["base rates"]
        told = ", ".join(
            f"{100 * (1 - loss / base):.1f}% by {method}"
            for method, loss in seen.log_loss.items()
            if method != "base rates"
        )
        out.print(f"Uncertainty of an attempt that features take away, out of sample: {told}")
    by_domain = seen.sees == "domain"
    what = "a query's domain" if by_domain else "types that a query's features foretell"
    text = f"The router sees {what} ({seen.types} types)"
    if equivalent is not None:
        low, high = equivalent
        text += (
            f", worth as much as an abstract signal of as many types of accuracy {low:.2f} "
            f"(by held-out problems) to {high:.2f} (by those it was fitted on)"
        )
    out.print(text)


def print_assumed(assumed: Mapping[str, str], ends: Mapping[float, "Appraisal"]) -> None:
    """What is assumed of models, and the margin at both ends of `alike`."""
    for sentence in assumed.values():
        out.print(sentence)
    if ends:
        told = (f"{_margins(end.to_json())} at alike = {a:g}" for a, end in ends.items())
        out.print(f"Margin without a signal, all else as above: {'; '.join(told)}")


def assumed_json(assumed: Mapping[str, str], ends: Mapping[float, "Appraisal"]) -> dict[str, Any]:
    """The same for JSON; nothing where no model is assumed."""
    if not assumed:
        return {}
    known = {f"{a:g}": margin_summary(end.margin) for a, end in ends.items()}
    return {"assumed": list(assumed.values()), "margin_by_alike": known}


def _at_most(attempts: int) -> str:
    return f"at most {attempts} attempt{'s' if attempts > 1 else ''} at a problem"


def print_evidence(sentences: Sequence[str]) -> None:
    """What the evidence is too thin for, a sentence a line."""
    for sentence in sentences:
        out.print(sentence)


def _margins(known: Mapping[str, float]) -> str:
    most, mean = (number(100 * known[f"{what}_margin"], "{:.1f}%") for what in ("max", "mean"))
    return f"{most} at most, {mean} on average"


def _sure(resamples: "Resamples", which: str) -> str:
    """The mean margin with its interval, over the solve rates that nearly all resamples reach."""
    mean, draws = resamples.mean_margin
    low, high = interval(draws).tolist()
    if not math.isfinite(mean):
        return (
            "No 95% interval: at none of these solve rates do enough resamples of the problems "
            "have a market price"
        )
    over = resamples.quality[resamples.steady]
    return (
        f"Mean margin{which} over {over[0]:.3f}..{over[-1]:.3f}: {100 * mean:.1f}%, 95% interval "
        f"{100 * low:.1f} to {100 * high:.1f}% ({len(draws)} resamples of the problems)"
    )


def _shown(points: int, rows: int | None) -> list[int]:
    """Indices of at most so many solve rates, evenly spread; of all if None."""
    count = points if rows is None else min(rows, points)
    return [round(i * (points - 1) / max(count - 1, 1)) for i in range(count)]


def _by_quality(appraisal: "Appraisal", rows: int | None) -> FittedTable:
    market, frontier = appraisal.market, appraisal.frontier
    points = len(market.quality)
    headings = ["market price", "arbitrage cost", "margin"]
    ends = None
    if appraisal.resamples is not None and appraisal.signal is None:
        headings.append("95% interval")
        ends = 100 * interval(appraisal.resamples.margin)
    if appraisal.out_of_sample is not None:
        blind = appraisal.signal is not None and appraisal.seen is None
        headings.append("held out, no signal" if blind else "held out")
    shown = _shown(points, rows)
    unseen = appraisal.tables.population.unseen
    price, cost = shown_money(market.price, unseen), shown_money(appraisal.cost, unseen)
    unit = MoneyUnit.fitting([price[shown], cost[shown]], "query")
    table = plain_table(f"{unit.name}, by solve rate", ["solve rate", "cheapest model"], headings)
    if appraisal.signal is None:
        table.add_column(f"best cascade, budgets at list, {unit.name}")

    def budget(amount: float) -> str:
        return unit.text(float(shown_money(amount, unseen)))

    for g in shown:
        priced = math.isfinite(market.price[g])
        row = [
            f"{market.quality[g]:.3f}",
            whole(appraisal.tables.models[int(market.cost[:, g].argmin())]) if priced else "none",
            unit.text(price[g]),
            unit.text(cost[g]),
            number(100 * appraisal.margin[g], "{:.1f}%"),
        ]
        if ends is not None:
            low, high = ends[:, g].tolist()
            row.append(f"{low:.0f} to {high:.0f}%" if math.isfinite(low) else MISSING)
        if appraisal.out_of_sample is not None:
            row.append(number(100 * appraisal.out_of_sample.margin[g], "{:.1f}%"))
        if appraisal.signal is None:
            policy = frontier.policies[g]
            row.append("out of reach" if policy is None else _stages(policy.written(budget)))
        table.add_row(*row)
    return table


def _stages(cascade: str) -> str:
    """A cascade that breaks between its stages alone."""
    return " > ".join(map(whole, cascade.split(" > ")))


def print_figures(figures: "Sequence[PaperFigure]", evidence: Sequence[str] = ()) -> None:
    """Published against computed, figure by figure, and what the records are too thin for."""
    table = plain_table(
        "The paper's figures (arXiv:2603.22404)",
        ["figure"],
        ["published", "computed", "95% interval", "difference", "tolerance", "verdict"],
    )
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.published:g}",
            number(figure.computed, "{:.4f}"),
            MISSING if figure.interval is None else "{:.3g} to {:.3g}".format(*figure.interval),
            number(figure.computed - figure.published, "{:+.4f}"),
            f"{figure.tolerance:g}",
            "pass" if figure.passed else "FAIL",
        )
    out.print(table)
    failed = sum(not figure.passed for figure in figures)
    out.print(
        "Intervals: the procedure on 200 resamples of the problems; a dash where it is not rerun, "
        "where a figure is a largest or smallest one, or where resamples do not reach so far"
    )
    out.print(f"{len(figures) - failed} of {len(figures)} figures agree with the paper")
    print_evidence(evidence)
