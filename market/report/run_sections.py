"""Charts of one run."""

import math
from collections.abc import Iterator

from market import charts
from market.charts import Colours
from market.charts.ticks import MOVING
from market.report.section import Section
from market.report.subject import Subject

DETAILS = "Who earns what, and where"
TICK_BY_TICK = "Tick by tick"
_EARNED = {
    "revenue": "An arbitrageur's revenue is its fees, most of which it pays on to providers.",
    "profit": "Revenue minus cost; for an arbitrageur, fees minus spend, tax and outlays.",
}


def of_run(subject: Subject) -> Iterator[Section]:
    """Prices, payments and profits for all; the rest folded: ticks, sellers, who serves what."""
    tables = subject.tables
    resold = tables["arbitrageurs"]
    arbitrageurs = [str(n) for n in resold["arbitrageur"].unique()] if len(resold) else []
    hosts = tables["models"].drop_duplicates(["model", "provider"])
    owners = hosts.drop_duplicates("model", keep=False).set_index("model")["provider"]
    owned = {str(model): str(provider) for model, provider in owners.items()}
    colours = Colours.of_market(tables["providers"]["provider"], arbitrageurs, owned)
    yield from _prices(subject, arbitrageurs, colours)
    for what in ("profit", "revenue"):
        chart = charts.agents_over_ticks(
            tables["providers"], tables["arbitrageurs"], what, colours, subject.interventions
        )
        yield Section(chart, _EARNED[what], "" if what == "profit" else DETAILS)
    if tables["trades"]["paid"].sum() > 0:
        yield Section(
            charts.tick_player(tables["trades"], arbitrageurs, colours),
            "Each price is what a seller asks for a solve rate. Money to a provider comes from "
            "buyers, or from arbitrageurs who bought attempts for them.",
            TICK_BY_TICK,
        )
    yield from _over_ticks(subject, arbitrageurs, colours)
    earned = charts.tier_revenue(charts.last_quarter(tables["trades"]))
    if earned.to_numpy().sum() > 0:
        before = None
        if subject.against is not None:
            before = charts.tier_revenue(charts.last_quarter(subject.against.tables["trades"]))
        yield Section(
            charts.segmentation_map(earned, before, (subject.against_name, "this market")),
            "A tier that one provider serves alone is one cell of 100% in its column; where "
            "arbitrageurs spread their attempts, a column has several cells of less.",
            DETAILS,
        )


def _prices(subject: Subject, arbitrageurs: list[str], colours: Colours) -> Iterator[Section]:
    """What queries cost, by query mix, and who buys from whom."""
    late = charts.last_quarter(subject.tables["trades"])
    mixes = charts.by_problems(late)
    for i, (mix, trades) in enumerate(mixes.items()):
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
                "arbitrage saves; competition passes it on to consumers."
                if arbitrageurs
                else "Each provider's posted price, and the lowest of them (the market price).",
                "" if i == 0 else DETAILS,
            )
    if late["paid"].sum() > 0:
        yield Section(
            charts.who_buys_from_whom(late, arbitrageurs, colours),
            "Money per tick, last quarter of the run.",
        )


def _over_ticks(subject: Subject, arbitrageurs: list[str], colours: Colours) -> Iterator[Section]:
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
        TICK_BY_TICK,
    )
    mix, trades = next(iter(charts.by_problems(tables["trades"]).items()))
    offers = trades[trades["seller"].isin(arbitrageurs)]
    if offers["posted_price"].notna().any():
        yield Section(
            charts.price_war(trades, arbitrageurs, colours, events),
            "The solve rate at which arbitrageurs earn most fees. Each acts once a tick and "
            "undercuts the cheapest rival, but not below its own cost."
            + (f" Prices and cost for the query mix: {mix}." if mix else ""),
            TICK_BY_TICK,
        )
    if charts.prices_move(tables["models"]):
        yield Section(
            charts.provider_prices(tables["models"], colours, events),
            "1 is the list price. A provider that sets a price for each model has several lines.",
            TICK_BY_TICK,
        )


def _marginal_cost(subject: Subject) -> float:
    """What providers spent on a query served, US dollars, last quarter; NaN where none was."""
    cost = charts.last_quarter(subject.tables["providers"])["cost"].sum()
    served = charts.last_quarter(subject.tables["market"])["queries_served"].sum()
    return float(cost / served) if served else math.nan
