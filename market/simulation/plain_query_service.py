"""Queries go down policies in plain numpy, stage by stage: the reference of `query_loop`."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IndexArray, IntArray
from market.results.roster import NEED_THIRDS
from market.simulation.policy_table import PolicyTable
from market.simulation.queries import Queries, SentQueries
from market.simulation.query_arrays import Buying, Counted, Logged


@dataclass(frozen=True)
class Served:
    """What became of Q queries; those that were not served were neither solved nor paid for.

    Attributes
    ----------
    solved
        [Q] whether it has a right answer.
    bill
        [Q] US dollars at the market's prices for the attempts made, under a metered policy; else 0.
    list_spend
        [P, M] list dollars by place and model.
    attempts
        [P, M] whole attempts made, by place and model.
    verified
        What a verifier made of it, where one errs or costs; else None.
    """

    solved: BoolArray
    bill: FloatArray
    list_spend: FloatArray
    attempts: IntArray
    verified: "Verified | None" = None


@dataclass(frozen=True)
class Verified:
    """What verifiers made of Q queries.

    Attributes
    ----------
    accepted
        [Q] whether an answer was accepted, right or wrong.
    checks, harm
        [Q] US dollars of checks, and of a wrong answer that was accepted.
    """

    accepted: BoolArray
    checks: FloatArray
    harm: FloatArray


@dataclass(frozen=True)
class Dispatch:
    """Which policy serves each of Q queries, and where what it does is counted.

    Attributes
    ----------
    policy
        [Q] index in the table; negative where none serves.
    draw
        [Q] uniform in [0, 1): decides between the two cascades of the policy's mixture.
    place
        [Q] where its list spend is counted, 0 .. P−1.
    places
        P.
    metered
        [Q] whether its attempts are billed as they are made.
    payer
        [Q] row of the prices that they are billed at, any where they are not; None: the first.
    """

    policy: IntArray
    draw: FloatArray
    place: IndexArray
    places: int
    metered: BoolArray
    payer: IntArray | None = None


def serve(table: PolicyTable, dispatch: Dispatch, queries: Queries, price: FloatArray) -> Served:
    """Serve queries: each goes down its policy's stages until an answer is accepted.

    An accepted answer is right with a chance that does not depend on how many attempts it took:
    one draw of the query decides, whichever model it is of.

    Parameters
    ----------
    table
        Policies, bound to the population that the queries were drawn from.
    dispatch
        Which of them serves each query.
    queries
        Q queries as drawn.
    price
        [M] price multipliers, or a row of them for each payer.
    """
    models, sent = queries.effort.shape
    problems = table.patience.shape[1]
    solved, bill = np.zeros(sent, dtype=bool), np.zeros(sent)
    spent, tried = np.zeros((2, dispatch.places * models))
    row = table.rows(dispatch.policy, dispatch.draw, queries)
    effort = queries.effort if queries.draw_of is None else queries.effort.copy()
    # the queries that go on: indices among all, and their rows, problems and places
    going = np.flatnonzero((dispatch.policy >= 0) & (table.length.take(row) > 0))
    row, problem = row.take(going), queries.problem.take(going)
    place, metered = dispatch.place.take(going) * models, dispatch.metered.take(going)
    verdicts = table.verdicts
    checks = np.zeros(sent if verdicts is not None else 0)
    judged = np.zeros(len(checks), dtype=np.int64)  # the cell of the answer that was accepted
    for depth, (model_of, budget_of) in enumerate(zip(table.model, table.budget, strict=True)):
        model = model_of.take(row)
        cell = model * problems + problem
        if verdicts is not None:
            cell += verdicts.first.take(row)
        costs, budget = table.costs.take(cell), budget_of.take(row)
        allowed = costs.attempts(budget)
        needed = attempts_needed(effort.take(model * sent + going), table.patience.take(cell))
        won = needed <= allowed
        tries = np.fmin(needed, allowed)
        spend = costs.spend(needed, allowed, budget)
        solved[going] = won
        if verdicts is not None:
            made = np.where(won, needed, costs.all_whole(budget, allowed))
            checks[going] += verdicts.price.take(cell) * made
            judged[going] = cell
        billed = np.flatnonzero(metered)
        at = going.take(billed)
        row_of = 0 if dispatch.payer is None else dispatch.payer.take(at) * models
        bill[at] += price.take(row_of + model.take(billed)) * spend.take(billed)
        spent += np.bincount(place + model, spend, len(spent))
        tried += np.bincount(place + model, tries, len(tried))
        on = np.flatnonzero((table.length > depth + 1).take(row) & ~won)
        if queries.draw_of is not None:
            failed = allowed.take(on), table.patience.take(cell.take(on))
            _use_up(effort, queries.draw_of, going.take(on), model.take(on), *failed)
        going, row, problem = going.take(on), row.take(on), problem.take(on)
        place, metered = place.take(on), metered.take(on)
    verified = None
    if verdicts is not None:
        right = solved & (queries.verdict_draw < verdicts.accuracy.take(judged))
        harm = np.where(solved & ~right, verdicts.wrong_answer_cost.take(judged), 0.0)
        verified = Verified(solved, checks, harm)
        solved = right
    return Served(
        solved,
        bill,
        list_spend=spent.reshape(-1, models),
        attempts=tried.reshape(-1, models).astype(np.int64),
        verified=verified,
    )


def _use_up(
    effort: FloatArray,
    draw_of: IntArray,
    query: IntArray,
    model: IntArray,
    tried: FloatArray,
    patience: FloatArray,
) -> None:
    """Take what failed attempts have used from efforts [M, Q] that models of one kind share.

    What is left of an exponential draw that was not enough is one again, so attempts at the next
    model are independent of those that failed, given the problem.
    """
    used = np.divide(tried, patience, out=np.zeros(len(tried)), where=patience > 0)
    for m, first in enumerate(draw_of.tolist()):
        shared = np.flatnonzero(draw_of.take(model) == first)
        at = query.take(shared)
        effort[m, at] = np.maximum(effort[m, at] - used.take(shared), 0.0)


def attempts_needed(effort: FloatArray, patience: FloatArray) -> FloatArray:
    """Attempts until solved, at least 1; not finite where they never solve."""
    with np.errstate(invalid="ignore"):  # no effort, infinite patience
        needed = np.ceil(effort * patience)
    return np.maximum(needed, 1.0, out=needed)


def serve_plainly(
    sent: SentQueries,
    buying: Buying,
    table: PolicyTable,
    price: FloatArray,
    counted: Counted,
    logged: Logged,
) -> None:
    """Serve a segment's queries batch by batch, and count what they led to.

    Parameters
    ----------
    sent
        By J buyers.
    buying
        What they buy.
    table
        The policies of all offers, offer by offer and point by point.
    price
        [S, M] price multipliers by seller.
    counted, logged
        What is added to, and where each query is written down, if it is.
    """
    start = 0
    batches = sent.batches(
        with_signals=bool(table.signals), with_verdicts=table.verdicts is not None
    )
    for queries in batches:
        _serve_batch(queries, buying, table, price, counted, logged, start)
        start += len(queries.buyer)


def _serve_batch(
    queries: Queries,
    buying: Buying,
    table: PolicyTable,
    price: FloatArray,
    counted: Counted,
    logged: Logged,
    start: int,
) -> None:
    buyer = queries.buyer
    # one draw decides between two points of a menu, and again between the cascades of the point
    point = buying.point.take(buyer)
    upper, again = queries.between(buying.share.take(buyer))
    payer, place, who = buying.payer[point], buying.place.take(buyer), buying.who.take(buyer)
    # attempts bought of a provider are paid as they are made; an arbitrageur asks a fixed fee
    metered = payer < len(price)
    served = serve(
        table,
        Dispatch(
            policy=np.where(upper, point, point - 1),
            draw=again,
            place=place,
            places=len(counted.spent),
            metered=metered,
            payer=np.where(metered, payer, 0),
        ),
        queries,
        price,
    )
    paid = served.bill + buying.mean(buying.asked, buyer)
    accepted, checks, harm = served.solved, np.zeros(len(buyer)), np.zeros(len(buyer))
    if served.verified is not None:
        accepted, checks, harm = (
            served.verified.accepted,
            served.verified.checks,
            served.verified.harm,
        )
    # attempts that a buyer buys directly it checks itself; wrong answers are its own, always
    gained = buying.worth(buyer) - paid - harm - np.where(metered, checks, 0.0)
    buys = point >= 0
    places, classes = len(counted.spent), 2 * NEED_THIRDS
    by_place = np.array([buys, served.solved, accepted, paid, checks], dtype=np.float64)
    for row, of_query in enumerate(by_place):
        counted.place[row] += np.bincount(place, of_query, places)
    by_who = np.array([np.ones(len(buyer)), buys, paid, gained], dtype=np.float64)
    for row, of_query in enumerate(by_who):
        counted.who[row] += np.bincount(who, of_query, classes)
    counted.spent[:] += served.list_spend
    counted.tried[:] += served.attempts
    quality = buying.mean(buying.quality, buyer)
    beyond = np.count_nonzero(quality > buying.reach)
    counted.whole[:] += quality.sum(), beyond, gained.sum(), paid.sum(), harm.sum()
    if len(logged.buyer):
        at = slice(start, start + len(buyer))
        logged.buyer[at], logged.problem[at] = buyer, queries.problem
        logged.solved[at], logged.accepted[at], logged.paid[at] = served.solved, accepted, paid
