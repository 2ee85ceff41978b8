"""What `market router` prints for people."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from market.cli.line_breaks import whole
from market.cli.tables import plain_table
from market.cli.terminal import number, out, short
from market.frontier.router_point import arena_score
from market.measures.money_units import MoneyUnit, dollars

if TYPE_CHECKING:
    from market.frontier.router_point import Estimate
    from market.frontier.router_worth import RouterWorth

_GROUPS = 10  # rows of the last table


def print_router(worth: "RouterWorth", notes: Sequence[str]) -> None:
    """What all comes to in words, what its models could do, and where the router goes wrong."""
    population, point, at = worth.tables.population, worth.point, worth.own
    rate, cost = point.solve_rate.value, point.cost.value
    out.paragraph(" ".join(in_words(worth)))
    out.print(
        f"{len(worth.served.problem)} queries against {population.source} · "
        f"{worth.tables.estimator} curves"
    )
    for note in notes:
        out.print(note)
    rows = [("your router", cost, rate)]
    rows += [
        (f"{m} alone", float(worth.market.cost[k, at]), float(worth.market.max_quality[k]))
        for k, m in enumerate(worth.tables.models)
    ]
    rows.append(("best cascade, no signal", float(worth.frontier.spend[at]), math.nan))
    rows += [
        (f"signal right {rho:.0%} of the time", float(spend[at]), math.nan)
        for rho, spend in worth.signals.items()
    ]
    rows.append(("oracle", float(worth.oracle[at]), math.nan))
    unit = MoneyUnit.fitting([price for _, price, _ in rows if math.isfinite(price)], "query")
    table = plain_table(
        f"To solve {rate:.1%} of these queries",
        ["who"],
        [f"cost, {unit.name}", "of your router's", "solves at most"],
    )
    for who, price, most in rows:
        share = number(100 * price / cost if cost else math.nan, "{:.0f}%")
        table.add_row(whole(who), unit.text(price), share, number(most))
    out.print(table)
    table = plain_table(
        f"By {worth.grouped_by}, the largest regret first",
        [worth.grouped_by],
        [
            "share of queries",
            "solved",
            "solved, best cascade",
            f"cost, {unit.name}",
            f"cost, best cascade, {unit.name}",
            "regret, $ per 1,000 queries",
        ],
    )
    for group in worth.groups[:_GROUPS]:
        table.add_row(
            whole(group.name),
            f"{group.share:.1%}",
            number(group.solve_rate),
            number(group.frontier_solve_rate),
            unit.text(group.cost),
            unit.text(group.frontier_cost),
            short(group.regret),
        )
    out.print(table)
    if len(worth.groups) > _GROUPS:
        out.print(f"and {len(worth.groups) - _GROUPS} more (--json has all)")
    out.print(
        f"RouterArena's score: {arena_score(rate, cost):.4f} (solve rate {rate:.4f} at "
        f"{dollars(1000 * cost)} per thousand queries)"
    )


def in_words(worth: "RouterWorth") -> tuple[str, ...]:
    """Whether the router is worth it, in the sentences of a paragraph."""
    point, at = worth.point, worth.own
    rate, cost = point.solve_rate, point.cost
    told = [
        f"Your router solves {_percent(rate)} of the queries at {dollars(cost.value)} each"
        f"{_ends(cost, dollars)}."
    ]
    price = float(worth.market.price[at])
    if math.isfinite(price):
        name = worth.tables.models[int(worth.market.cost[:, at].argmin())]
        told.append(
            f"The cheapest single model that solves as many, {name}, costs {dollars(price)}: "
            f"at that market price the router's margin is {_percent(point.margin)}."
        )
    else:
        told.append("No single model of the records solves as many, so there is no market price.")
    least = float(worth.frontier.spend[at])
    if math.isfinite(least):
        regret = point.regret
        told.append(
            f"The best cascade of these models does it for {dollars(least)}: the regret is "
            f"{_money(regret.value)} per thousand queries{_ends(regret, _money)}"
            + (
                "; below 0, the router knows something of queries that a cascade does not."
                if regret.high < 0
                else "."
            )
        )
        if worth.groups and worth.groups[0].regret > 0:
            first = worth.groups[0]
            told.append(
                f"The largest part arises at {first.name}: "
                f"{_money(first.regret)} per thousand queries."
            )
    else:
        told.append("No cascade of these models solves as many on what the records tell.")
    known = worth.consistent
    told.append(
        "It is cheaper than any router that sees only these problem types could be."
        if known is None
        else f"Its choices and its cost are consistent with seeing a query's type correctly in "
        f"anything from {known[0]:.0%} to {known[1]:.0%} of cases; logs cannot say more."
    )
    told.append("Cascades are told at once, and free of charge, whether an answer solves.")
    return tuple(told)


def _percent(estimate: "Estimate") -> str:
    return f"{100 * estimate.value:.1f}%" + _ends(estimate, lambda v: f"{100 * v:.1f}%")


def _ends(estimate: "Estimate", form: Callable[[float], str]) -> str:
    if not (math.isfinite(estimate.low) and math.isfinite(estimate.high)):
        return ""
    return f" (95% interval {form(estimate.low)} to {form(estimate.high)})"


def _money(amount: float) -> str:
    return f"-{dollars(-amount)}" if amount < 0 else dollars(amount)
