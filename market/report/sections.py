"""Which charts a result has, in the order in which they are read."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from market import charts
from market.charts import Colours
from market.charts.ticks import MOVING
from market.measures.labels import HEADLINES
from market.report.subject import Subject


@dataclass(frozen=True)
class Section:
    """A chart and what to see in it.

    Attributes
    ----------
    chart
        Its title is the section's heading.
    note
        How to read it, in a sentence or two.
    """

    chart: go.Figure
    note: str


def sections(subject: Subject) -> list[Section]:
    """Charts of a result; those for which it has no data are left out."""
    found = {
        "run": _of_run,
        "study": _of_study,
        "comparison": _of_comparison,
        "frontier": _of_frontier,
    }[subject.kind]
    return list(found(subject))


def _of_run(subject: Subject) -> Iterator[Section]:
    tables = subject.tables
    resold = tables["arbitrageurs"]
    arbitrageurs = [str(n) for n in resold["arbitrageur"].unique()] if len(resold) else []
    hosts = tables["models"].drop_duplicates(["model", "provider"])
    owners = hosts.drop_duplicates("model", keep=False).set_index("model")["provider"]
    owned = {str(model): str(provider) for model, provider in owners.items()}
    colours = Colours.of_market(tables["providers"]["provider"], arbitrageurs, owned)
    yield from _prices(subject, arbitrageurs, colours)
    yield from _over_ticks(subject, colours)
    earned = charts.tier_revenue(charts.last_quarter(tables["trades"]))
    if earned.to_numpy().sum() > 0:
        before = None
        if subject.against is not None:
            before = charts.tier_revenue(charts.last_quarter(subject.against.tables["trades"]))
        yield Section(
            charts.segmentation_map(earned, before, (subject.against_name, "this market")),
            "A tier that one provider serves alone is one dark cell in its column; where "
            "arbitrageurs spread their attempts, a column has several lighter cells.",
        )


def _prices(subject: Subject, arbitrageurs: list[str], colours: Colours) -> Iterator[Section]:
    """What queries cost, who buys from whom, and how arbitrageurs undercut each other."""
    late = charts.last_quarter(subject.tables["trades"])
    for mix, trades in charts.by_problems(late).items():
        if trades["posted_price"].notna().any():
            yield Section(
                charts.cost_by_solve_rate(
                    charts.menu_costs(trades, arbitrageurs),
                    colours,
                    question="What does a solve rate cost from providers, and with arbitrage?"
                    + (f" Query mix: {mix}" if mix else ""),
                ),
                "Each provider's posted price, the lowest of them (the market price), and what "
                "arbitrageurs spent on a query that they served. The shaded margin is what "
                "arbitrage saves; competition passes it on to consumers.",
            )
    if late["paid"].sum() > 0:
        yield Section(
            charts.who_buys_from_whom(late, arbitrageurs, colours),
            "Money per tick, last quarter of the run.",
        )
    mix, trades = next(iter(charts.by_problems(subject.tables["trades"]).items()))
    offers = trades[trades["seller"].isin(arbitrageurs)]
    if offers["posted_price"].notna().any():
        yield Section(
            charts.price_war(trades, arbitrageurs, colours, subject.interventions),
            "The solve rate at which arbitrageurs earn most fees. Each acts once a tick and "
            "undercuts the cheapest rival, but not below its own cost."
            + (f" Prices and cost for the query mix: {mix}." if mix else ""),
        )


def _over_ticks(subject: Subject, colours: Colours) -> Iterator[Section]:
    tables, events = subject.tables, subject.interventions
    yield Section(
        charts.measures_over_ticks(
            tables["market"],
            MOVING,
            events,
            None if subject.against is None else subject.against.tables["market"],
            subject.against_name,
            {
                "price_index": {"list prices": 1.0},
                "price_per_query": {"marginal cost of what was served": _marginal_cost(subject)},
            },
        ),
        "A price index of 1 is what the same quality costs at list prices without arbitrage. "
        "Marginal revenue is what all providers together would earn from one more query.",
    )
    if charts.prices_move(tables["models"]):
        yield Section(
            charts.provider_prices(tables["models"], colours, events),
            "1 is the list price. A provider that sets a price for each model has several lines.",
        )
    for what, note in (
        ("revenue", "An arbitrageur's revenue is its fees, most of which it pays on to providers."),
        ("profit", "Revenue minus cost; for an arbitrageur, fees minus spend, tax and outlays."),
    ):
        chart = charts.agents_over_ticks(
            tables["providers"], tables["arbitrageurs"], what, colours, events
        )
        yield Section(chart, note)


def _marginal_cost(subject: Subject) -> float:
    """What providers spent on a query served, US dollars, last quarter; NaN where none was."""
    cost = charts.last_quarter(subject.tables["providers"])["cost"].sum()
    served = charts.last_quarter(subject.tables["market"])["queries_served"].sum()
    return float(cost / served) if served else math.nan


def _of_study(subject: Subject) -> Iterator[Section]:
    summary, differences = subject.tables["summary"], subject.tables.get("differences")
    sensitivity = subject.tables.get("sensitivity")
    measured = set(summary.loc[summary["mean"].notna(), "measure"])
    # a design that samples all parameters at once has no line to draw; it has indices
    sampled = sensitivity is not None and len(sensitivity) > 0
    if charts.varied(summary) and not sampled:
        if charts.routing_cost_varied(summary) is not None and len(charts.varied(summary)) == 1:
            yield Section(
                charts.build_or_buy(summary),
                "The rest is bought directly, from one model's provider. Means over replicates, "
                "with 95% intervals. A buyer pays for its router by the tick, however much it "
                "sends.",
            )
        for name in HEADLINES:
            if name in measured:
                yield Section(
                    charts.measure_by_parameter(summary, name, differences),
                    "Means over replicates, with 95% intervals. Paired differences compare runs "
                    "with the same queries, which removes most of the noise."
                    if differences is not None
                    else "Means over replicates, with 95% intervals.",
                )
    if sensitivity is not None:
        known = sensitivity.loc[sensitivity["value"].notna() & (sensitivity["index"] != "S2")]
        for name in known["measure"].unique():
            yield Section(
                charts.sensitivity_bars(sensitivity, str(name)),
                "How much of the measure's variation each parameter explains.",
            )


def _of_comparison(subject: Subject) -> Iterator[Section]:
    parts = [subject.tables[name] for name in ("agents", "segments") if name in subject.tables]
    agents = pd.concat(parts, ignore_index=True)
    wanted = agents["measure"].isin(["profit", "consumer_surplus"])
    if agents.loc[wanted, "difference"].notna().any():
        yield Section(
            charts.winners_and_losers(agents),
            "Profit of providers and arbitrageurs, and surplus of consumers, B − A, with 95% "
            "intervals. If the interval contains 0, the difference may be chance.",
        )
    if "measures" not in subject.tables:
        return
    measures = subject.tables["measures"]
    measures = measures[measures["measure"].isin(HEADLINES)].dropna(subset=["a", "difference"])
    if (measures["a"] != 0).any():
        yield Section(
            charts.changes(measures),
            "Means over replicates of paired runs, with 95% intervals.",
        )


def _of_frontier(subject: Subject) -> Iterator[Section]:
    found = subject.manifest
    costs = charts.frontier_costs(found)
    colours = Colours.of_market(str(model["name"]) for model in found["models"])
    if costs["cost"].notna().any():
        yield Section(
            charts.cost_by_solve_rate(costs, colours),
            "Expected spend per query at list prices. The market price is the cheapest single "
            "model's; the arbitrage cost is the cheapest cascade's; the margin is between them.",
        )
    both = costs.dropna(subset="cost").groupby("quality")["kind"].agg(set)
    if both.map({"market", "arbitrage"}.issubset).any():
        yield Section(
            charts.margin_by_solve_rate(costs),
            "The share of the market price that an arbitrageur without rivals could keep.",
        )
    checked = charts.verifier_margins(found)
    if checked["margin"].notna().any():
        yield Section(
            charts.margin_by_verifier(checked),
            "A verifier that accepts wrong answers ends cascades too early: what is left to earn "
            "is shown at the same solve rates of right answers.",
        )
    shares = charts.frontier_shares(found)
    if shares["share"].notna().any():
        yield Section(
            charts.revenue_shares(shares, colours),
            "Without arbitrage the cheapest model earns everything. With it, each model earns what "
            "the cascade spends on it, and the arbitrageur keeps the margin.",
        )
