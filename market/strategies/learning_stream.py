"""A router that learns, and a stream of queries: what its learning costs.

Regret is what the best cascades for what it sees would be worth, less what its own are: US dollars,
a solution being worth `value`, both in expectation. So it is measured without the luck of the draw,
but what the router learns from has it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray, zero_where_infinite
from market.frontier.cascade_steps import cascade_worths, true_steps
from market.frontier.cascade_tree import CascadeTree
from market.frontier.fitting_sample import draw_attempts
from market.frontier.market_price import market_price
from market.frontier.pass_curves import CurveTables
from market.frontier.query_signal import QuerySignal
from market.frontier.tree_trials import LevelDraws, Trials
from market.strategies.learning_routers import LearningRouter, Seen
from market.strategies.menu import steps

_RATES = 256  # solve rates at which the market price is worked out


@dataclass(frozen=True, eq=False)
class World:
    """What a router meets.

    Attributes
    ----------
    tables
        Curves of the models, and the query mix.
    query_signal
        What is seen of a query.
    price
        [M] US dollars per list dollar; infinite where a model is not for sale.
    value
        US dollars that a solution is worth.
    coordinates
        [n, F] features of the problems, where those are seen of a query and not its type.
    noise
        Standard deviation of what is seen around them, normal and independent.
    """

    tables: CurveTables
    query_signal: QuerySignal
    price: FloatArray
    value: float
    coordinates: FloatArray | None = None
    noise: float = 0.0

    def seen(self, problem: IntArray, rng: np.random.Generator) -> Seen:
        """What is seen of queries at problems [Q]."""
        if self.coordinates is None:
            kind = self.query_signal.seen(problem, rng.random(len(problem)))
            return Seen(kind, np.empty((len(problem), 0)))
        at = self.coordinates[problem]
        features = at + self.noise * rng.standard_normal(at.shape)
        return Seen(np.zeros(len(problem), dtype=np.int64), features)

    def kinds(self, seen: Seen) -> tuple[FloatArray, IntArray]:
        """What there is to know of queries: [K, n] weights of problems, and [Q] which each has."""
        weight = self.tables.population.weight
        if self.coordinates is None:
            return self.query_signal.joint(weight), seen.kind
        square = ((seen.features[:, None] - self.coordinates) ** 2).sum(axis=2)
        near = -square / (2 * self.noise**2) if self.noise > 0 else np.where(square > 0, -np.inf, 0)
        chance = weight * np.exp(near - near.max(axis=1, keepdims=True))
        return chance / chance.sum(axis=1, keepdims=True), np.arange(len(square))


@dataclass(frozen=True, eq=False)
class LearningCurve:
    """What B batches of queries showed, one after the other; [B] each.

    Attributes
    ----------
    queries
        Number in each batch.
    best
        US dollars per query that the best cascades for what is seen are worth, net of spend.
    net
        US dollars per query that the router's own are worth.
    solve_rate, spend
        Of the router's own cascades: chance of a solution, US dollars per query.
    sampled
        US dollars per batch paid for trying every model, which no query asked for.
    market
        US dollars per query that the cheapest single model costs at the same solve rate; at the
        highest that one reaches, where none reaches it.
    """

    queries: IntArray
    best: FloatArray
    net: FloatArray
    solve_rate: FloatArray
    spend: FloatArray
    sampled: FloatArray
    market: FloatArray

    @property
    def served(self) -> FloatArray:
        """Queries up to the end of each batch."""
        return np.cumsum(self.queries).astype(np.float64)

    @property
    def regret(self) -> FloatArray:
        """US dollars lost in each batch against the best cascades, samples included."""
        return self.queries * np.maximum(self.best - self.net, 0.0) + self.sampled

    @property
    def cumulative(self) -> FloatArray:
        """US dollars lost up to the end of each batch: the cost of learning."""
        return np.cumsum(self.regret)

    def slope(self, share: float = 0.5) -> float:
        """Slope of log cumulative regret on log queries, over the last `share` of the log queries.

        Below 1 regret per query falls; at 0 nothing more is lost. NaN where nothing was lost.
        """
        queries, lost = np.log(self.served), self.cumulative
        late = (queries >= queries[-1] - share * (queries[-1] - queries[0])) & (lost > 0)
        if np.count_nonzero(late) < 2:
            return float("nan")
        return float(np.polyfit(queries[late], np.log(lost[late]), 1)[0])

    @property
    def profit(self) -> FloatArray:
        """US dollars earned up to the end of each batch by selling at the market price."""
        return np.cumsum(self.queries * (self.market - self.spend) - self.sampled)

    @property
    def profitable_after(self) -> float:
        """Queries until all that was lost at first is earned back for good; NaN if never."""
        lossy = np.flatnonzero(self.profit < 0)
        last = int(lossy[-1]) + 1 if len(lossy) else 0
        return float(self.served[last]) if last < len(self.queries) else float("nan")


def learn_stream(
    tree: CascadeTree,
    worlds: Mapping[int, World],
    router: LearningRouter,
    sizes: Sequence[int],
    rng: np.random.Generator,
    own: np.random.Generator,
    *,
    fitting: int = 0,
    explore: float = 0.0,
) -> LearningCurve:
    """Let a router meet a stream of queries.

    Parameters
    ----------
    tree
        The cascades that it chooses from, over the models of all worlds.
    worlds
        By batch, what it meets from then on; the first from batch 0. Problems and models are the
        same in all: a model that is new has an infinite price before.
    router
        It learns; it is changed.
    sizes
        Queries of each batch: chosen for together, and learned from when all were served.
    rng
        Of queries and samples: the same for routers that are to be compared.
    own
        Of the router's own draws.
    fitting
        Queries at which every model is tried before the first batch, and paid for with it.
    explore
        Share of queries at which every model is tried besides, after the batch that they are of.
    """
    rows: list[tuple[float, ...]] = []
    meets = _Meets(tree, worlds[0])
    # of all so far, so that a small share of small batches is some, too
    explored = np.diff(np.round(explore * np.cumsum(sizes)).astype(np.int64), prepend=0)
    for batch, (size, tries) in enumerate(zip(sizes, explored.tolist(), strict=True)):
        if batch in worlds:
            meets = _Meets(tree, worlds[batch])
        sampled = meets.sample(router, fitting, rng) if batch == 0 else 0.0
        served = meets.serve(router, size, rng, own)
        sampled += meets.sample(router, tries, rng)
        rows.append((size, *served, sampled))
    size, best, net, rate, spend, market, sampled = np.array(rows, dtype=np.float64).T
    return LearningCurve(size.astype(np.int64), best, net, rate, spend, sampled, market)


class _Meets:
    """A world, and what the cascades of a tree do in it."""

    def __init__(self, tree: CascadeTree, world: World) -> None:
        self.tree, self.world = tree, world
        each = np.eye(world.tables.population.size)
        # of problems one by one: what a cascade does at several is their mean
        self.rate, self.paid = cascade_worths(
            tree, true_steps(tree, world.tables, each), world.price
        )
        self.unsold = tree.uses[:, ~np.isfinite(world.price)].any(axis=1)
        self.paid[:, self.unsold] = 0.0
        highest = max(
            float(world.tables.mean_curves(m)[0].max())
            for m in np.flatnonzero(np.isfinite(world.price)).tolist()
        )
        rates = highest * steps(_RATES)
        asked = market_price(world.tables, rates, world.price).price
        self.market = rates[np.isfinite(asked)], asked[np.isfinite(asked)]
        self.held: tuple[FloatArray, FloatArray] | None = None

    def worths(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """[K, N] solve rate and spend of every cascade, at problems of weights [K, n]."""
        if self.world.coordinates is None and self.held is not None:
            return self.held
        share = np.maximum(weights.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
        self.held = weights @ self.rate / share, weights @ self.paid / share
        return self.held

    def draw(self, size: int, rng: np.random.Generator) -> tuple[Seen, LevelDraws]:
        """Queries as they come."""
        tables = self.world.tables
        population = tables.population
        problem = rng.choice(population.size, size, p=population.weight)
        seen = self.world.seen(problem, rng)
        needed = draw_attempts(population.solve_prob[problem], rng)
        return seen, LevelDraws.of(self.tree, population, problem, needed, tables.remainder)

    def serve(
        self,
        router: LearningRouter,
        size: int,
        rng: np.random.Generator,
        own: np.random.Generator,
    ) -> tuple[float, float, float, float, float]:
        """Serve a batch: what the best and what its own are worth, its rate, spend, and price."""
        world = self.world
        seen, draws = self.draw(size, rng)
        routed = router.route(seen, world.price, world.value, own)
        path = self.tree.paths(routed.end)
        router.observe(seen, Trials.serve(self.tree, path, routed.row, seen.kind, draws))
        weights, kind = world.kinds(seen)
        all_rates, all_paid = self.worths(weights)
        net = np.where(self.unsold, -np.inf, world.value * all_rates - all_paid)
        best = float(net.max(axis=1)[kind].mean())
        end = routed.end[routed.row]
        rate, paid = (float(of[kind, end].mean()) for of in (all_rates, all_paid))
        return best, world.value * rate - paid, rate, paid, float(np.interp(rate, *self.market))

    def sample(self, router: LearningRouter, size: int, rng: np.random.Generator) -> float:
        """Try every model at some queries; US dollars paid."""
        if size == 0:
            return 0.0
        seen, draws = self.draw(size, rng)
        sold = np.isfinite(self.world.price)
        router.observe_sample(seen, draws, sold)
        return float((draws.whole[:, sold] @ zero_where_infinite(self.world.price)[sold]).sum())
