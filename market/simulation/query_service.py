"""Queries go down the policies of the sellers chosen: what is solved, and what is spent."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.results.flows import QueryLog, SegmentFlow
from market.simulation.agents import ConsumerSegment
from market.simulation.policy_table import PolicyTable
from market.simulation.queries import Queries
from market.strategies.choice import OUTSIDE_OPTION


@dataclass(frozen=True)
class Served:
    """What became of Q queries; those that were not served were neither solved nor paid for.

    Attributes
    ----------
    solved
        [Q] whether it was solved.
    bill
        [Q] US dollars at the market's prices for the attempts made, under a metered policy; else 0.
    list_spend
        [P, M] list dollars by policy and model.
    attempts
        [M] whole attempts made.
    """

    solved: BoolArray
    bill: FloatArray
    list_spend: FloatArray
    attempts: IntArray


def serve(
    table: PolicyTable, policy: IntArray, queries: Queries, price: FloatArray, metered: BoolArray
) -> Served:
    """Serve queries: each goes down its policy's stages until solved.

    Parameters
    ----------
    table
        The P policies, bound to the population that the queries were drawn from.
    policy
        [Q] policy that serves each query; negative where none does.
    queries
        Q queries as drawn.
    price
        [M] price multipliers.
    metered
        [P] whether the policy's attempts are billed as they are made.
    """
    models, sent = queries.effort.shape
    problems = table.patience.shape[1]
    solved, bill = np.zeros(sent, dtype=bool), np.zeros(sent)
    spent, made = np.zeros((2, len(table.length), models))  # list dollars, attempts, by row
    size = np.diff(table.first, append=len(table.length))
    every_row, metered_row = np.arange(len(table.length)), np.repeat(metered, size)
    row = table.rows(policy, queries)
    # the queries that go on: indices among all, and their rows and problems
    going = np.flatnonzero((policy >= 0) & (table.length.take(row) > 0))
    row, problem = row.take(going), queries.problem.take(going)
    for depth, (model_of, budget_of) in enumerate(zip(table.model, table.budget, strict=True)):
        model = model_of.take(row)
        cell = model * problems + problem
        costs, budget = table.costs.take(cell), budget_of.take(row)
        allowed = costs.attempts(budget)
        needed = attempts_needed(
            queries.effort.take(model * sent + going), table.patience.take(cell)
        )
        won = needed <= allowed
        tries = np.fmin(needed, allowed)
        spend = costs.spend(needed, allowed, budget)
        solved[going] = won
        billed = np.flatnonzero(metered_row.take(row))
        bill[going.take(billed)] += price.take(model.take(billed)) * spend.take(billed)
        spent[every_row, model_of] += np.bincount(row, spend, len(every_row))
        made[every_row, model_of] += np.bincount(row, tries, len(every_row))
        on = np.flatnonzero((table.length > depth + 1).take(row) & ~won)
        going, row, problem = going.take(on), row.take(on), problem.take(on)
    return Served(
        solved,
        bill,
        list_spend=np.add.reduceat(spent, table.first) if len(table.first) else spent,
        attempts=made.sum(axis=0).astype(np.int64),
    )


def attempts_needed(effort: FloatArray, patience: FloatArray) -> FloatArray:
    """Attempts until solved, at least 1; not finite where they never solve."""
    with np.errstate(invalid="ignore"):  # no effort, infinite patience
        needed = np.ceil(effort * patience)
    return np.maximum(needed, 1.0, out=needed)


@dataclass(frozen=True)
class SellerOffers:
    """What the S sellers offer this tick to buyers of one mix of problems.

    Attributes
    ----------
    table
        The policies of all sellers, seller by seller and tier by tier: S·G of them.
    menus
        [S, G] posted prices.
    price
        [M] price multipliers.
    providers
        How many of the sellers, the first ones, are providers.
    """

    table: PolicyTable
    menus: FloatArray
    price: FloatArray
    providers: int


def trade(
    segment: ConsumerSegment, batches: Iterable[Queries], offers: SellerOffers, *, log: bool
) -> tuple[SegmentFlow, QueryLog | None]:
    """Serve a segment's queries, batch by batch.

    Parameters
    ----------
    segment
        Its buyers have chosen.
    batches
        Queries as drawn.
    offers
        The sellers' offers.
    log
        Whether to keep a row per query.
    """
    served = [_trade_batch(segment, queries, offers, log) for queries in batches]
    logs = [rows for _, rows in served if rows]
    return SegmentFlow.total([flow for flow, _ in served]), QueryLog.join(logs) if logs else None


def _trade_batch(
    segment: ConsumerSegment, queries: Queries, offers: SellerOffers, log: bool
) -> tuple[SegmentFlow, QueryLog | None]:
    menus = offers.menus
    policy = segment.policy.take(queries.buyer)
    # attempts bought of a provider are paid as they are made; an arbitrageur asks a fixed fee
    metered = np.arange(menus.size) < offers.providers * menus.shape[1]
    served = serve(offers.table, policy, queries, offers.price, metered)
    fee = np.append(np.where(metered, 0.0, menus.ravel()), 0.0)  # the last is for not buying
    paid = served.bill + fee.take(policy)
    place = policy + 1  # the outside option first

    def total(weights: FloatArray | None = None) -> FloatArray:
        counted = np.bincount(place, weights=weights, minlength=menus.size + 1)
        return counted[1:].reshape(menus.shape).astype(np.float64)

    flow = SegmentFlow(
        sent=len(policy),
        served=total(),
        solved=total(served.solved.astype(np.float64)),
        paid=total(paid),
        list_spend=served.list_spend.reshape(*menus.shape, -1),
        attempts=served.attempts,
        surplus=float((segment.worth.take(queries.buyer) - paid).sum()),
        payments=float(paid.sum()),
    )
    if not log:
        return flow, None
    seller, tier = np.divmod(policy, menus.shape[1])
    tier[policy == OUTSIDE_OPTION] = OUTSIDE_OPTION
    return flow, QueryLog(
        segment.name, queries.buyer, queries.problem, seller, tier, served.solved, paid
    )
