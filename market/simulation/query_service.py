"""A segment's queries go down the policies of the offers chosen: what is solved, and spent.

They are numbered buyer by buyer and served in chunks, which are as long whatever the number of
threads, and are added up in order: so no byte of a result hangs on how many threads there are.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.compiled import can_compile
from market.foundation.in_threads import answers_in_threads
from market.results.flows import QueryLog, SegmentFlow
from market.results.roster import NEED_THIRDS
from market.simulation.agents import ConsumerSegment
from market.simulation.buyer_classes import BuyerClasses
from market.simulation.plain_query_service import serve_plainly
from market.simulation.policy_table import PolicyTable
from market.simulation.queries import SentQueries
from market.simulation.query_arrays import Block, Buying, Counted, Logged, Problems
from market.simulation.query_loop import serve_queries

BLOCK = 4096  # queries that are served together: what is known of them stays in the cache
CHUNK = 16_384  # queries that one thread serves at once: some 0.4 ms of work
_SHAPES = 4  # of blocks, by markets, that room is kept for
_AHEAD = 4  # chunks for each thread that are begun before the first is added up


def trade(
    segment: ConsumerSegment,
    sent: SentQueries,
    table: PolicyTable,
    price: FloatArray,
    classes: BuyerClasses,
    *,
    log: bool,
) -> tuple[SegmentFlow, QueryLog | None]:
    """Serve a segment's queries.

    Parameters
    ----------
    segment
        Its buyers have chosen.
    sent
        Queries that they send.
    table
        The policies of all offers, offer by offer and point by point.
    price
        [S, M] price multipliers by seller.
    classes
        How its buyers are counted.
    log
        Whether to keep a row per query.
    """
    checked = table.verdicts is not None
    counted = _nothing(classes.places, price.shape[1])
    logged = _blank(len(sent) if log else 0)
    serve = _serve_compiled if can_compile() else serve_plainly
    serve(sent, classes.buying, table, price, counted, logged)
    flow = classes.flow(counted, checked=checked)
    if segment.may_ever_route:
        routing = segment.own_routing
        fixed_cost = 0.0 if routing is None else routing.fixed_cost
        by_who = classes.count(segment.routes_itself)
        flow = flow.with_own_routers(by_who, segment.size, fixed_cost)
    return flow, _query_log(segment, logged, checked=checked) if log else None


def _serve_compiled(
    sent: SentQueries,
    buying: Buying,
    table: PolicyTable,
    price: FloatArray,
    counted: Counted,
    logged: Logged,
) -> None:
    """Serve queries by the compiled loop, in threads; the same as :func:`serve_plainly`."""
    problems = Problems(
        sent.sampler.keep,
        sent.sampler.either,
        sent.shares_efforts,
        sent.effort_key,
        sent.draw_of,
        *table.attempts,
    )
    rows, checks = table.by_policy, table.checks
    price = np.vstack([price, np.zeros(price.shape[1])])  # of who does not pay for attempts

    shape = price.shape[1], len(rows.model), problems.shared

    def serve(chunk: tuple[int, int]) -> Counted:
        of_chunk = _nothing(*counted.spent.shape)
        with _block(*shape) as block:
            serve_queries(
                sent.key,
                *chunk,
                sent.ends,
                buying,
                rows,
                problems,
                checks,
                price,
                of_chunk,
                logged,
                block,
            )
        return of_chunk

    total = len(sent)
    chunks = [(first, min(first + CHUNK, total)) for first in range(0, total, CHUNK)]
    for of_chunk in answers_in_threads(serve, chunks, _AHEAD):
        _add(counted, of_chunk)


_FREE: dict[tuple[int, int, bool], list[Block]] = {}  # room for blocks that nobody serves now


@contextmanager
def _block(models: int, stages: int, shared: bool) -> Iterator[Block]:
    """Room for a block, which is used again: a process that asks for new memory waits for it."""
    if len(_FREE) > _SHAPES:
        _FREE.clear()
    free = _FREE.setdefault((models, stages, shared), [])
    try:
        block = free.pop()
    except IndexError:
        block = Block.room(BLOCK, models, stages, shared=shared)
    yield block
    free.append(block)


def _add(counted: Counted, more: Counted) -> None:
    for total, part in zip(counted, more, strict=True):
        np.add(total, part, out=total)


def _nothing(places: int, models: int) -> Counted:
    """No query counted yet."""
    return Counted(
        place=np.zeros((5, places)),
        spent=np.zeros((places, models)),
        tried=np.zeros((places, models)),
        who=np.zeros((4, 2 * NEED_THIRDS)),
        whole=np.zeros(5),
    )


def _blank(queries: int) -> Logged:
    """Nothing written down yet."""
    index, flag = (np.zeros((2, queries), dtype=kind) for kind in (np.int64, np.bool_))
    return Logged(index[0], index[1], flag[0], flag[1], np.zeros(queries))


def _query_log(segment: ConsumerSegment, logged: Logged, *, checked: bool) -> QueryLog:
    bought, buyer = segment.bought, logged.buyer
    buys = bought.point.take(buyer) >= 0
    return QueryLog(
        segment.name,
        buyer,
        logged.problem,
        bought.seller.take(buyer),
        np.where(buys, bought.quality.take(buyer), np.nan),
        logged.solved,
        logged.paid,
        logged.accepted if checked else None,
    )
