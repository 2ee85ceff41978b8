"""Which charts a result has, in the order in which they are read."""

from collections.abc import Iterator

from market import charts
from market.charts import Colours
from market.report.answer_sections import of_answer
from market.report.comparison_sections import of_comparison
from market.report.run_sections import of_run
from market.report.section import Section
from market.report.study_sections import of_study
from market.report.subject import Subject


def sections(subject: Subject) -> list[Section]:
    """Charts of a result; those for which it has no data are left out."""
    found = {
        "run": of_run,
        "study": of_study,
        "comparison": of_comparison,
        "frontier": _of_frontier,
    }.get(subject.kind, of_answer)
    return list(found(subject))


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
