"""Frontiers of routers with a query signal, up to the oracle.

For each type seen the router solves the cascade problem under the posterior weights, all at the
same shadow price λ, and adds up. Accuracy 0 is the query-independent cascade; every problem its own
type at accuracy 1 is the oracle. Between two neighbouring λ a router mixes what it does at them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray
from market.frontier.cascade import Cascade, cascade_on_grid
from market.frontier.cascade_search import climb, one_thread, shadow_prices
from market.frontier.cascade_space import CascadeSpace
from market.frontier.frontier import Frontier, solve_frontier
from market.frontier.grid_cascade import GridCascade
from market.frontier.pass_curves import CurveTables
from market.frontier.query_signal import QuerySignal


@dataclass(frozen=True)
class CascadesByType:
    """What a router does at one shadow price: a cascade for each type seen.

    Attributes
    ----------
    solve_rate, spend
        Expected per query, over all problems.
    cascades
        By seen type, of those that have weight; by problem for the oracle; empty to do nothing.
    """

    solve_rate: float
    spend: float
    cascades: tuple[Cascade, ...]


@dataclass(frozen=True)
class SignalFrontier:
    """Least spend by solve rate of a router with a signal.

    Attributes
    ----------
    quality
        [G] wanted solve rates.
    spend
        [G] US dollars per query; infinite out of reach.
    hull
        By rising solve rate: the convex hull of what the router can do. Where it lies above the
        frontier without a signal, that is the cheaper and `spend` is that.
    max_quality
        Highest solve rate.
    """

    quality: FloatArray
    spend: FloatArray
    hull: tuple[CascadesByType, ...]
    max_quality: float


def solve_signal(
    tables: CurveTables,
    quality: FloatArray,
    query_signal: QuerySignal,
    price: FloatArray | None = None,
    blind: Frontier | None = None,
) -> SignalFrontier:
    """Frontier of a router with a query signal.

    Parameters
    ----------
    tables
        Curves on the budget grid.
    quality
        [G] wanted solve rates.
    query_signal
        Of the problems of `tables`.
    price
        [M] price multipliers, all 1 if None.
    blind
        Frontier without a signal at the same solve rates and prices, searched if None: a router
        may ignore what it sees, and at accuracy 0 it can do nothing better.
    """
    target = np.asarray(quality, dtype=np.float64)
    unseeing = solve_frontier(tables, target, price) if blind is None else blind
    multipliers = np.ones(len(tables.models)) if price is None else price
    seeing = _climb_by_type(tables, query_signal, multipliers) if query_signal.accuracy else ()
    with one_thread():
        return _cheaper(convex_frontier(target, seeing), unseeing)


def _climb_by_type(
    tables: CurveTables, query_signal: QuerySignal, price: FloatArray
) -> Iterator[CascadesByType]:
    joint = query_signal.joint(tables.population.weight)[query_signal.share > 0]
    mass = joint.sum(axis=1)
    of_all = CascadeSpace(tables, price)
    spaces = [
        CascadeSpace(tables, price, row / total) for row, total in zip(joint, mass, strict=True)
    ]
    best, common = [GridCascade()] * len(spaces), GridCascade()
    for shadow_price in shadow_prices(of_all):
        common, _ = climb(of_all, common, shadow_price)
        for z, space in enumerate(spaces):
            # nothing seen can make the best common cascade worse: start there too
            best[z], _ = max(
                (climb(space, start, shadow_price) for start in {best[z], common}),
                key=lambda climbed: climbed[1],
            )
        rate, value = (
            np.array([s.score(b, worth) for s, b in zip(spaces, best, strict=True)])
            for worth in (0.0, shadow_price)
        )
        yield CascadesByType(
            float(mass @ rate),
            float(mass @ (rate - value)) / shadow_price,
            tuple(cascade_on_grid(tables, b.order, b.budgets) for b in best),
        )


def solve_oracle(
    tables: CurveTables,
    quality: FloatArray,
    price: FloatArray | None = None,
    blind: Frontier | None = None,
) -> SignalFrontier:
    """Frontier of a router that knows every problem: each is its own type, seen surely.

    Per problem, models are tried in the order of their best solve rate per dollar, which is
    optimal for attempts that are independent given the problem, each with the budget that is best
    given what follows it.

    Parameters
    ----------
    tables
        Curves on the budget grid.
    quality
        [G] wanted solve rates.
    price
        [M] price multipliers, all 1 if None.
    blind
        Frontier without knowledge at the same solve rates and prices, searched if None.
    """
    target = np.asarray(quality, dtype=np.float64)
    unseeing = solve_frontier(tables, target, price) if blind is None else blind
    multipliers = np.ones(len(tables.models)) if price is None else price
    return _cheaper(convex_frontier(target, _best_by_problem(tables, multipliers)), unseeing)


def _best_by_problem(tables: CurveTables, price: FloatArray) -> Iterator[CascadesByType]:
    models = CascadeSpace(tables, price).candidates
    if not models:
        return
    solved, bill = tables.solved[models], price[models, None, None] * tables.spend[models]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(bill > 0, solved / bill, 0.0).max(axis=2)  # [m, n]
    order = np.argsort(-rate, axis=0, kind="stable")
    ratio, weight = 0.8, tables.population.weight
    everyone = np.arange(len(weight))
    for shadow_price in float(rate.max()) * ratio ** np.arange(
        np.ceil(np.log(1e-7) / np.log(ratio))
    ):
        value = np.zeros(len(everyone))  # of going on after the stage fails
        fail, spend = np.ones(len(everyone)), np.zeros(len(everyone))
        budgets = np.zeros(order.shape, dtype=np.int64)
        for j in range(len(models) - 1, -1, -1):
            u, s = solved[order[j], everyone], bill[order[j], everyone]
            gain = u * (1 - value[:, None]) - shadow_price * s
            budgets[j] = np.argmax(gain, axis=1)
            value = value + gain[everyone, budgets[j]]
            kept = 1 - u[everyone, budgets[j]]
            spend = s[everyone, budgets[j]] + kept * spend
            fail = kept * fail
        cascades = tuple(
            cascade_on_grid(tables, [models[k] for k in order[:, i]], budgets[:, i].tolist())
            for i in everyone
        )
        yield CascadesByType(float(weight @ (1 - fail)), float(weight @ spend), cascades)


def _cheaper(seeing: SignalFrontier, blind: Frontier) -> SignalFrontier:
    """Ignore the signal where that is cheaper."""
    return SignalFrontier(
        seeing.quality,
        np.minimum(seeing.spend, blind.spend),
        seeing.hull,
        max(seeing.max_quality, blind.max_quality),
    )


def convex_frontier(target: FloatArray, choices: Iterable[CascadesByType]) -> SignalFrontier:
    """Lower convex hull of doing nothing and of the choices, read at the targets.

    Parameters
    ----------
    target
        [G] solve rates.
    choices
        At falling shadow prices; no more are taken than reach the highest target.
    """
    taken = []
    for choice in choices:
        taken.append(choice)
        if choice.solve_rate >= target.max(initial=0.0):
            break
    hull = [CascadesByType(0.0, 0.0, ())]
    for choice in sorted(taken, key=lambda c: (c.solve_rate, c.spend)):
        if choice.solve_rate <= hull[-1].solve_rate:
            continue
        while len(hull) > 1 and _slope(hull[-2], hull[-1]) >= _slope(hull[-1], choice):
            hull.pop()
        hull.append(choice)
    q, s = np.array([choice.solve_rate for choice in hull]), np.array([c.spend for c in hull])
    spend = np.where(target <= q[-1] + 1e-12, np.interp(target, q, s), np.inf)
    return SignalFrontier(target, spend, tuple(hull), float(q[-1]))


def _slope(one: CascadesByType, other: CascadesByType) -> float:
    return (other.spend - one.spend) / (other.solve_rate - one.solve_rate)
