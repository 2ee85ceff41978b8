"""Frontiers of routers with a query signal, up to the oracle.

A router that sees types has a cascade for each. Its policies are searched as plain cascades are
(:mod:`market.frontier.cascade_search`): down a ladder of shadow prices, the same λ for all types,
and then near every solve rate, one model of one type's cascade at a time. Between two budgets of
one stage of one type's cascade it mixes, as a plain cascade does; never between different policies.
Accuracy 0 is the query-independent cascade; every problem its own type at accuracy 1 is the oracle.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.threads import one_thread
from market.frontier.cascade import Mixture
from market.frontier.cascade_space import coarse_levels
from market.frontier.frontier import Frontier, solve_frontier
from market.frontier.pass_curves import CurveTables
from market.frontier.query_signal import QuerySignal
from market.frontier.search_by_type import MixtureByType, SearchByType

_QUICK = 0.1  # of a cost: how far off the budgets may be that a quick search goes over


@dataclass(frozen=True)
class SignalFrontier:
    """Least spend by solve rate of a router with a signal.

    Attributes
    ----------
    quality
        [G] wanted solve rates.
    spend
        [G] US dollars per query; infinite out of reach.
    policies
        G policies: a plain one where what is seen is better ignored; None out of reach.
    max_quality
        Highest solve rate.
    """

    quality: FloatArray
    spend: FloatArray
    policies: tuple[MixtureByType | Mixture | None, ...]
    max_quality: float


def solve_signal(
    tables: CurveTables,
    quality: FloatArray,
    query_signal: QuerySignal,
    price: FloatArray | None = None,
    blind: Frontier | None = None,
    *,
    quick: bool = False,
) -> SignalFrontier:
    """Frontier of a router with a query signal.

    Parameters
    ----------
    tables
        Curves on the budget grids.
    quality
        [G] wanted solve rates.
    query_signal
        Of the problems of `tables`.
    price
        [M] price multipliers, all 1 if None.
    blind
        Frontier without a signal at the same solve rates and prices, searched if None: a router
        may ignore what it sees, and at accuracy 0 it can do nothing better.
    quick
        Whether the search goes over fewer budgets before it looks closely near the solve rates
        wanted: half the time, and costs that differ by less than a thousandth.
    """
    target = np.asarray(quality, dtype=np.float64)
    unseeing = solve_frontier(tables, target, price) if blind is None else blind
    multipliers = np.ones(len(tables.models)) if price is None else price
    if query_signal.accuracy == 0:
        return SignalFrontier(target, unseeing.spend, unseeing.policies, unseeing.max_quality)
    joint = query_signal.joint(tables.population.weight)[query_signal.share > 0]
    levels = coarse_levels(tables, _QUICK) if quick else coarse_levels(tables)
    coarse = SearchByType(tables, multipliers, joint, target, levels)
    fine = SearchByType(tables, multipliers, joint, target)
    with one_thread():
        coarse.run()
        fine.refine(coarse)
    return cheaper(target, fine.costs(), fine.policies(), unseeing)


def cheaper(
    target: FloatArray,
    spend: FloatArray,
    policies: Sequence[MixtureByType | None],
    blind: Frontier,
) -> SignalFrontier:
    """Ignore what is seen where that is no dearer."""
    seeing = spend < blind.spend
    chosen = [
        policy if better else plain
        for policy, better, plain in zip(policies, seeing.tolist(), blind.policies, strict=True)
    ]
    return SignalFrontier(
        target, np.where(seeing, spend, blind.spend), tuple(chosen), blind.max_quality
    )
