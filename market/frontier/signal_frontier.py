"""What a router knows: types of problems, seen through a noisy signal, up to the oracle.

Problems fall into types z. The router sees ẑ = z with chance ρ, else a type drawn by weight, so
P(ẑ | z) = ρ·1[ẑ = z] + (1 − ρ)·w_ẑ. For each ẑ it solves the cascade problem under the posterior
weights, all at the same shadow price λ, and adds up. ρ = 0 is the query-independent cascade; every
problem its own type at ρ = 1 is the oracle. Between two neighbouring λ a router mixes their routes.
"""

from dataclasses import dataclass

import numpy as np
from scipy.cluster.vq import kmeans2, whiten

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.errors import DataError
from market.frontier.cascade import Cascade, cascade_on_grid
from market.frontier.cascade_search import CascadeSpace, climb, one_thread, shadow_prices
from market.frontier.frontier import Frontier, solve_frontier
from market.frontier.grid_cascade import GridCascade
from market.frontier.pass_curves import CurveTables
from market.frontier.query_signal import signal_of
from market.population.population import Population


@dataclass(frozen=True)
class Route:
    """What a router does at one shadow price: a cascade by what it sees.

    Attributes
    ----------
    solve_rate, spend
        Expected per query, over all problems.
    cascades
        By seen type; by problem for the oracle.
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
    routes
        [R] by rising solve rate: the convex hull of what the router can do. Where it lies above
        the frontier without a signal, that is the cheaper and `spend` is that.
    max_quality
        Highest solve rate.
    """

    quality: FloatArray
    spend: FloatArray
    routes: tuple[Route, ...]
    max_quality: float


def problem_types(population: Population, types: int, rng: np.random.Generator) -> IntArray:
    """Split problems into types by k-means on their solve probabilities.

    Parameters
    ----------
    population
        n problems.
    types
        Number of types Z, from 1 to n.
    rng
        For the seeding of k-means++; the best of ten tries is kept.

    Returns
    -------
    [n] type of each problem, 0 .. Z−1; a type may be empty.
    """
    if not 1 <= types <= population.size:
        raise DataError(f"types: {types} is not from 1 to the number of problems {population.size}")
    spread = population.solve_prob.std(axis=0) > 0
    features = whiten(population.solve_prob[:, spread]) if spread.any() else None
    if types == 1 or features is None:
        return np.zeros(population.size, dtype=np.int64)
    kinds, kind = np.unique(features, axis=0, return_inverse=True)
    if types >= len(kinds):  # each kind of problem is a type of its own
        return kind.ravel().astype(np.int64)
    best, least = np.zeros(population.size, dtype=np.int64), np.inf
    for _ in range(10):
        centre, label = kmeans2(features, types, minit="++", rng=rng, missing="warn")
        distance = float((population.weight * ((features - centre[label]) ** 2).sum(axis=1)).sum())
        if distance < least:
            best, least = label.astype(np.int64), distance
    return best


def posterior_weights(population: Population, label: IntArray, accuracy: float) -> FloatArray:
    """Weight of each problem jointly with each seen type.

    Parameters
    ----------
    population
        n problems.
    label
        [n] type of each problem.
    accuracy
        ρ, from 0 to 1.

    Returns
    -------
    [Z, n] w_i·P(ẑ | z_i); sums to 1. Types of no weight are left out.
    """
    query_signal = signal_of(population, label, accuracy)
    return query_signal.joint(population.weight)[query_signal.share > 0]


def solve_signal(
    tables: CurveTables,
    quality: FloatArray,
    label: IntArray,
    accuracy: float,
    price: FloatArray | None = None,
    blind: Frontier | None = None,
) -> SignalFrontier:
    """Frontier of a router that sees a type with accuracy ρ.

    Parameters
    ----------
    tables
        Curves on the budget grid.
    quality
        [G] wanted solve rates.
    label
        [n] type of each problem, as :func:`problem_types` gives it.
    accuracy
        ρ, from 0 (sees nothing) to 1 (sees the type).
    price
        [M] price multipliers, all 1 if None.
    blind
        Frontier without a signal at the same solve rates and prices, searched if None: a router
        may ignore what it sees, and at ρ = 0 it can do nothing better.
    """
    target = np.asarray(quality, dtype=np.float64)
    unseeing = solve_frontier(tables, target, price) if blind is None else blind
    routes: list[Route] = []
    if accuracy > 0:
        with one_thread():
            routes = _signal_routes(tables, target, label, accuracy, price)
    return _with_blind(hull(target, routes), unseeing)


def _signal_routes(
    tables: CurveTables,
    target: FloatArray,
    label: IntArray,
    accuracy: float,
    price: FloatArray | None,
) -> list[Route]:
    multipliers = np.ones(len(tables.models)) if price is None else price
    space_without = CascadeSpace(tables, multipliers)
    joint = posterior_weights(tables.population, label, accuracy)
    mass = joint.sum(axis=1)
    spaces = [
        CascadeSpace(tables, multipliers, row / total)
        for row, total in zip(joint, mass, strict=True)
    ]
    grid_cascades = [GridCascade()] * len(spaces)
    common = GridCascade()
    routes = []
    for shadow_price in shadow_prices(space_without):
        common, _ = climb(space_without, common, shadow_price)
        for z, space in enumerate(spaces):
            # nothing seen can make the best common plan worse: start there too
            grid_cascades[z], _ = max(
                (climb(space, start, shadow_price) for start in {grid_cascades[z], common}),
                key=lambda climbed: climbed[1],
            )
        rate = np.array(
            [space.score(p, 0.0) for space, p in zip(spaces, grid_cascades, strict=True)]
        )
        value = np.array(
            [space.score(p, shadow_price) for space, p in zip(spaces, grid_cascades, strict=True)]
        )
        routes.append(
            Route(
                float(mass @ rate),
                float(mass @ (rate - value)) / shadow_price,
                tuple(cascade_on_grid(tables, p.order, p.budgets) for p in grid_cascades),
            )
        )
        if routes[-1].solve_rate >= target.max(initial=0.0):
            break
    return routes


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
    multipliers = np.ones(len(tables.models)) if price is None else price
    space = CascadeSpace(tables, multipliers)
    target = np.asarray(quality, dtype=np.float64)
    models = space.candidates
    if not models:
        return hull(target, [])
    unseeing = solve_frontier(tables, target, price) if blind is None else blind
    solved = tables.solved[models]
    bill = multipliers[models, None, None] * tables.spend[models]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(bill > 0, solved / bill, 0.0).max(axis=2)  # [m, n]
    order = np.argsort(-rate, axis=0, kind="stable")
    highest = float(rate.max())
    ratio = 0.8
    routes = []
    everyone = np.arange(tables.population.size)
    for shadow_price in highest * ratio ** np.arange(np.ceil(np.log(1e-7) / np.log(ratio))):
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
        weight = tables.population.weight
        cascades = tuple(
            cascade_on_grid(tables, [models[k] for k in order[:, i]], budgets[:, i].tolist())
            for i in everyone
        )
        routes.append(Route(float(weight @ (1 - fail)), float(weight @ spend), cascades))
        if routes[-1].solve_rate >= target.max(initial=0.0):
            break
    return _with_blind(hull(target, routes), unseeing)


def _with_blind(seeing: SignalFrontier, blind: Frontier) -> SignalFrontier:
    """Ignore the signal where that is cheaper."""
    return SignalFrontier(
        seeing.quality,
        np.minimum(seeing.spend, blind.spend),
        seeing.routes,
        max(seeing.max_quality, blind.max_quality),
    )


def hull(target: FloatArray, routes: list[Route]) -> SignalFrontier:
    """Lower convex hull of the routes, from doing nothing, read at the targets [G]."""
    hull = [Route(0.0, 0.0, ())]
    for route in sorted(routes, key=lambda r: (r.solve_rate, r.spend)):
        if route.solve_rate <= hull[-1].solve_rate:
            continue
        while len(hull) > 1 and _slope(hull[-2], hull[-1]) >= _slope(hull[-1], route):
            hull.pop()
        hull.append(route)
    q = np.array([route.solve_rate for route in hull])
    s = np.array([route.spend for route in hull])
    spend = np.where(target <= q[-1] + 1e-12, np.interp(target, q, s), np.inf)
    return SignalFrontier(target, spend, tuple(hull), float(q[-1]))


def _slope(one: Route, other: Route) -> float:
    return (other.spend - one.spend) / (other.solve_rate - one.solve_rate)
