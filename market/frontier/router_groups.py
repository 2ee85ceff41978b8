"""Where a router goes wrong: its regret by domain or problem type."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.frontier.cascade import Cascade, Mixture, stage_curves
from market.frontier.frontier import Frontier
from market.frontier.pass_curves import CurveTables
from market.frontier.served_queries import ServedQueries
from market.population.domains import domain_shares


@dataclass(frozen=True)
class GroupOutcome:
    """What a router and the frontier's cascade do with the queries of one domain or type.

    Attributes
    ----------
    name
        Of the domain or type.
    share
        Of the queries.
    solve_rate, cost
        Of the router there.
    frontier_solve_rate, frontier_cost
        Of the cascade; NaN where none reaches the router's solve rate.
    regret
        Part of the regret that arises there, US dollars per thousand of all queries: what is paid
        more, less what is solved more at the frontier's marginal cost. These parts add up.
    """

    name: str
    share: float
    solve_rate: float
    cost: float
    frontier_solve_rate: float
    frontier_cost: float
    regret: float


def group_outcomes(
    tables: CurveTables, served: ServedQueries, frontier: Frontier, own: int, label: IntArray
) -> tuple[str, tuple[GroupOutcome, ...]]:
    """What groups are, and each group's outcome, the largest regret first.

    Parameters
    ----------
    tables
        Curves, weighted by the queries.
    served
        The queries.
    frontier, own
        Cascades by solve rate, and at which of these the router is.
    label
        [P] type of each problem, where there are no domains.
    """
    each = tables.population.strata or 1
    names, share = domain_shares(tables.population)
    by = "domain"
    if len(names) < 2:
        by, kinds = "problem type", np.unique(label)
        names = tuple(f"type {kind}" for kind in kinds.tolist())
        share = np.equal.outer(np.repeat(label, each), kinds).astype(np.float64)
    member = share[::each][served.problem]  # [Q, groups]
    policy = frontier.policies[own]
    solved = bill = np.full(len(tables.population.weight), np.nan)
    if policy is not None:
        solved, bill = _by_row(policy, tables)
    theirs = [v.reshape(-1, each).mean(axis=1)[served.problem] for v in (solved, bill)]
    slope = _slope(frontier, own)
    worse = served.cost - theirs[1] - slope * (served.solved - theirs[0])
    found = []
    for g, name in enumerate(names):
        of = member[:, g]
        total = of.sum()
        if total > 0:
            rate, paid, their_rate, their_cost = (
                float(of @ v / total) for v in (served.solved, served.cost, *theirs)
            )
            regret = 1000 * float(of @ worse) / len(of)
            part = float(total / len(of))
            found.append(GroupOutcome(name, part, rate, paid, their_rate, their_cost, regret))
    return by, tuple(sorted(found, key=lambda g: (-np.nan_to_num(g.regret), -g.share)))


def _slope(frontier: Frontier, own: int) -> float:
    """Dollars per solve rate at the router's own: between the neighbouring rates in reach."""
    low, high = max(own - 1, 0), min(own + 1, len(frontier.quality) - 1)
    high = high if np.isfinite(frontier.spend[high]) else own
    if high == low or not np.isfinite(frontier.spend[high]):
        return 0.0
    rise = frontier.quality[high] - frontier.quality[low]
    return float((frontier.spend[high] - frontier.spend[low]) / rise)


def _by_row(policy: Mixture, tables: CurveTables) -> tuple[FloatArray, FloatArray]:
    """[n] chance to solve and list dollars of a mixture, row by row."""
    solved, bill = np.zeros(tables.population.size), np.zeros(tables.population.size)
    for cascade, share in ((policy.high, policy.share), (policy.low, 1 - policy.share)):
        if share > 0:
            rate, spend = _cascade_by_row(cascade, tables)
            solved, bill = solved + share * rate, bill + share * spend
    return solved, bill


def _cascade_by_row(cascade: Cascade, tables: CurveTables) -> tuple[FloatArray, FloatArray]:
    reach, bill = np.ones(tables.population.size), np.zeros(tables.population.size)
    for stage in cascade.stages:
        here = stage_curves(tables, tables.population.index(stage.model), stage.budget)
        bill = bill + reach * here.spend
        reach = reach * (1 - here.solved)
    return 1 - reach, bill
