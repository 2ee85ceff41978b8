"""Queries go down cascades: what is solved, and what is spent, in arrays.

Each query draws its problem, one Exp(1) effort e per model, and a lot in [0, 1). Model m needs
T = ⌈e / −ln(1 − p)⌉ attempts at it, at least 1, infinite where p = 0: T is geometric with success
chance p. So what happens to a query under any policy is settled by draws that do not depend on the
policy, and runs that differ in policy are paired query by query.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from market.cascade import Mixture, Stage
from market.curves import whole_attempts
from market.population import FloatArray, IntArray, Population
from market.streams import Streams


@dataclass(frozen=True)
class Queries:
    """Q queries, as drawn.

    Attributes
    ----------
    buyer
        [Q] index of the buyer that sends it.
    problem
        [Q] index into the population.
    effort
        [M, Q] Exp(1) per model: how far attempts must go to solve it.
    lot
        [Q] uniform in [0, 1): decides between the two cascades of a mixture.
    """

    buyer: IntArray
    problem: IntArray
    effort: FloatArray
    lot: FloatArray


class ProblemSampler:
    """Draws problem indices by weight, two table look-ups per draw (Walker 1977; Vose 1991)."""

    def __init__(self, weight: FloatArray) -> None:
        n = len(weight)
        self.keep = np.ones(n)
        self.alias = np.arange(n)
        scaled = np.asarray(weight, dtype=np.float64) * n
        small = [i for i in range(n) if scaled[i] < 1]
        large = [i for i in range(n) if scaled[i] >= 1]
        while small and large:
            i, k = small.pop(), large.pop()
            self.keep[i], self.alias[i] = scaled[i], k
            scaled[k] -= 1 - scaled[i]
            (small if scaled[k] < 1 else large).append(k)

    def draw(self, rng: np.random.Generator, size: int) -> IntArray:
        """[size] problem indices; one uniform each."""
        position = rng.random(size) * len(self.keep)
        cell = position.astype(np.int64)
        own = position - cell < self.keep[cell]
        return np.where(own, cell, self.alias[cell])


def draw_queries(
    streams: Streams,
    segment: str,
    tick: int,
    buyers: int,
    rate: float,
    models: Sequence[str],
    sampler: ProblemSampler,
) -> Queries:
    """Draw a tick's queries of one segment.

    Each buyer sends Poisson(rate): a Poisson number of arrivals, dealt evenly among the buyers.
    Every stream is keyed by segment, model and tick, so neither the models on sale nor the sellers
    move another's draws.
    """
    arrivals = streams.generator("arrivals", segment, tick)
    count = int(arrivals.poisson(rate * buyers))
    buyer = arrivals.integers(buyers, size=count)
    effort = np.empty((len(models), count))
    for m, model in enumerate(models):
        rng = streams.generator("effort", f"{segment}/{model}", tick)
        rng.standard_exponential(out=effort[m])
    problem = sampler.draw(streams.generator("problems", segment, tick), count)
    lot = streams.generator("lots", segment, tick).random(count)
    return Queries(buyer, problem, effort, lot)


@dataclass(frozen=True)
class PlanBook:
    """P policies over a population as tables, ready to serve; :func:`bind` makes it.

    Tables are flat, by row and problem: row 2p is the low cascade of policy p, 2p + 1 the high one.

    Attributes
    ----------
    share
        [P] chance of the high cascade.
    problems
        n.
    model
        Per stage, [2P] model index; −1 where the row has no such stage.
    limit
        Per stage, [2P·n] effort up to which the budget suffices; negative where nothing fits.
    patience
        Per stage, [2P·n] attempts per unit of effort.
    cost
        Per stage, [2P·n] list dollars per attempt.
    full
        Per stage, [2P·n] list dollars spent if it is not solved.
    """

    share: FloatArray
    problems: int
    model: tuple[IntArray, ...]
    limit: tuple[FloatArray, ...]
    patience: tuple[FloatArray, ...]
    cost: tuple[FloatArray, ...]
    full: tuple[FloatArray, ...]


def bind(policies: Sequence[Mixture | None], population: Population) -> PlanBook:
    """Work policies out over a population; None serves nothing.

    Parameters
    ----------
    policies
        P mixtures.
    population
        n problems, M models; stages name models of it.
    """
    rows: list[tuple[Stage, ...]] = []
    for policy in policies:
        rows += [(), ()] if policy is None else [policy.low.stages, policy.high.stages]
    index = {name: m for m, name in enumerate(population.models)}
    with np.errstate(divide="ignore"):
        # attempts per unit of effort: 0 where p = 1, infinite where p = 0
        patience = np.ascontiguousarray((-1 / np.log1p(-population.solve_prob)).T)
    cost = np.ascontiguousarray(population.list_cost.T)
    stages = []
    for stage in range(max((len(row) for row in rows), default=0)):
        model = np.array(
            [index[row[stage].model] if len(row) > stage else -1 for row in rows], dtype=np.int64
        )
        budget = np.array([row[stage].budget if len(row) > stage else 0.0 for row in rows])
        price, slow = cost[model], patience[model]
        allowed = whole_attempts(budget[:, None], price)
        with np.errstate(divide="ignore", invalid="ignore"):
            limit = allowed / slow  # infinite where p = 1, 0 where p = 0
        limit[(allowed == 0) | (slow == np.inf)] = -1.0
        stages.append(
            (model, limit.ravel(), slow.ravel(), price.ravel(), (allowed * price).ravel())
        )
    share = np.array([1.0 if policy is None else policy.share for policy in policies])
    columns = tuple(zip(*stages, strict=True)) if stages else ((),) * 5
    return PlanBook(share, population.size, *columns)


@dataclass(frozen=True)
class Served:
    """What became of N served queries.

    Attributes
    ----------
    solved
        [N] whether it was solved.
    bill
        [N] US dollars at the market's prices for the attempts made.
    list_spend
        [P, M] list dollars by policy and model.
    attempts
        [M] attempts made.
    """

    solved: npt.NDArray[np.bool_]
    bill: FloatArray
    list_spend: FloatArray
    attempts: IntArray


def serve(
    book: PlanBook, policy: IntArray, queries: Queries, which: IntArray, price: FloatArray
) -> Served:
    """Serve queries: each goes down its policy's stages until solved.

    Parameters
    ----------
    book
        The P policies, bound to the population that the queries were drawn from.
    policy
        [N] policy of each served query.
    queries
        All Q queries drawn.
    which
        [N] indices of the served ones among them, rising.
    price
        [M] price multipliers.
    """
    models, sent = queries.effort.shape
    effort = queries.effort.ravel()
    everyone = len(which) == sent
    lot = queries.lot if everyone else queries.lot[which]
    problem = queries.problem if everyone else queries.problem[which]
    solved = np.zeros(len(which), dtype=bool)
    bill = np.zeros(len(which))
    list_spend = np.zeros(len(book.share) * models)
    attempts = np.zeros(models)
    # of the queries that go on: their place among the served, row, cell, and own effort
    going = np.arange(len(which))
    row = 2 * policy + (lot < book.share[policy])
    cell = row * book.problems + problem
    own, key = which, policy * models
    for stage, model_of in enumerate(book.model):
        model = model_of[row]
        if model.min(initial=0) < 0:
            here = np.flatnonzero(model >= 0)
            going, row, cell, own, key, model = (
                x[here] for x in (going, row, cell, own, key, model)
            )
        if not len(going):
            break
        needed = effort[model * sent + own]
        done = needed <= book.limit[stage][cell]
        spend = book.full[stage][cell]
        won = np.flatnonzero(done)
        won_cell = cell[won]
        cost = book.cost[stage]
        tries = np.maximum(np.ceil(needed[won] * book.patience[stage][won_cell]), 1.0)
        spend[won] = np.minimum(tries * cost[won_cell], spend[won])
        solved[going[won]] = True
        bill[going] += price[model] * spend
        list_spend += np.bincount(key + model, weights=spend, minlength=len(list_spend))
        attempts += np.bincount(model, weights=spend / cost[cell], minlength=models)
        lost = np.flatnonzero(~done)
        going, row, cell, own, key = (x[lost] for x in (going, row, cell, own, key))
    return Served(solved, bill, list_spend.reshape(-1, models), np.rint(attempts).astype(np.int64))
