"""What single agents and models of a run did, beside what they earned."""

from collections.abc import Iterator

from market.measures.formulas import last_quarter_ticks
from market.results.run_result import RunResult


def agent_measures(result: RunResult) -> Iterator[tuple[str, str, str, float]]:
    """Name, role, measure and value: means over the last quarter of the ticks, US dollars per tick.

    Of providers and arbitrageurs the queries that buyers sent them, of providers the price
    elasticity of their quantity as last measured; of models revenue, profit, and the elasticity
    of those who sell them, weighted by revenue.
    """
    first = last_quarter_ticks(result.scenario.ticks).start
    elasticity = {
        name: agent["elasticity"] for name, agent in result.agents.items() if "elasticity" in agent
    }
    for provider, slope in elasticity.items():
        yield provider, "provider", "elasticity", float(slope)
    for role, table, queries in (
        ("provider", result.providers, "direct_queries"),
        ("arbitrageur", result.arbitrageurs, "queries"),
    ):
        last = table[table["tick"] >= first]
        for name, value in last.groupby(role, sort=False)[queries].mean().items():
            yield str(name), role, "queries", float(value)
    ticks = result.scenario.ticks - first
    sold = result.models[result.models["tick"] >= first]
    by_listing = sold.groupby(["model", "provider"], sort=False)[["revenue", "profit"]].sum()
    for model, rows in by_listing.groupby(level="model", sort=False):
        revenue = rows["revenue"].droplevel("model") / ticks
        yield str(model), "model", "revenue", float(revenue.sum())
        yield str(model), "model", "profit", float(rows["profit"].sum() / ticks)
        slopes = [
            paid * elasticity.get(str(seller), float("nan"))
            for seller, paid in revenue.items()
            if paid > 0
        ]
        total = float(revenue.sum())
        yield str(model), "model", "elasticity", sum(slopes) / total if total else float("nan")
