"""Queries go down cascades: what is solved, and what is spent, in arrays.

Each query draws its problem, one Exp(1) effort e per model, and a lot in [0, 1). Model m needs
T = ⌈e / −ln(1 − p)⌉ attempts at it, at least 1, infinite where p = 0: T is geometric with success
chance p. So what happens to a query under any policy is settled by draws that do not depend on the
policy, and runs that differ in policy are paired query by query.

Queries are drawn and served in batches: what a batch needs stays in the processor's cache, so a
query costs the same in a large market as in a small one, and memory does not grow with queries.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.random_streams import Streams
from market.frontier.cascade import Cascade, Mixture
from market.frontier.pass_curves import Remainder, whole_attempts
from market.frontier.query_signal import QuerySignal, RoutingPolicy, SignalMixture
from market.population.population import Population

BATCH = 16_384  # queries drawn and served at once


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
    sight
        [Q] uniform in [0, 1): decides what a router sees of the query; empty where none looks.
    """

    buyer: IntArray
    problem: IntArray
    effort: FloatArray
    lot: FloatArray
    sight: FloatArray


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
        self._either = np.stack((self.alias, np.arange(n)), axis=1)

    def draw(self, rng: np.random.Generator, size: int) -> IntArray:
        """[size] problem indices; one uniform each."""
        position = rng.random(size) * len(self.keep)
        cell = position.astype(np.int64)
        own = position - cell < self.keep.take(cell)
        problem: IntArray = self._either.take(2 * cell + own)
        return problem


def draw_queries(
    streams: Streams,
    segment: str,
    tick: int,
    buyers: int,
    rate: float,
    models: Sequence[str],
    sampler: ProblemSampler,
    sighted: bool = False,
    batch: int = BATCH,
) -> Iterator[Queries]:
    """Draw a tick's queries of one segment, in batches of at most `batch`; at least one batch.

    Each buyer sends Poisson(rate): a Poisson number of arrivals, dealt evenly among the buyers.
    Every stream is keyed by segment, model and tick, so neither the models on sale nor the sellers
    move another's draws; how many are drawn at once moves none either. Lots of what routers see
    are drawn only where `sighted`.
    """
    arrivals = streams.generator("arrivals", segment, tick)
    efforts = [streams.generator("effort", f"{segment}/{model}", tick) for model in models]
    problems = streams.generator("problems", segment, tick)
    lots = streams.generator("lots", segment, tick)
    looks = streams.generator("sight", segment, tick)
    count = int(arrivals.poisson(rate * buyers))
    for start in range(0, max(count, 1), batch):
        size = min(batch, count - start)
        effort = np.empty((len(models), size))
        for rng, row in zip(efforts, effort, strict=True):
            rng.standard_exponential(out=row)
        yield Queries(
            buyer=arrivals.integers(buyers, size=size),
            problem=sampler.draw(problems, size),
            effort=effort,
            lot=lots.random(size),
            sight=looks.random(size if sighted else 0),
        )


@dataclass(frozen=True)
class PolicyTable:
    """P policies over a population as tables, ready to serve; :func:`bind` makes it.

    A policy has two rows, its low and its high cascade, or two for each type that it sees; D is the
    longest cascade's length.

    Attributes
    ----------
    share
        [P] chance of the high cascade.
    first
        [P] first row of each policy, R rows in all.
    sighted
        Ways to look at a query, each with the policies [P] that do so.
    length
        [R] number of stages.
    model
        [D, R] model index by stage; 0 where the row has no such stage.
    budget
        [D, R] list dollars by stage; 0 where the row has no such stage.
    patience
        [M, n] attempts per unit of effort: 0 where p = 1, infinite where p = 0.
    cost
        [M, n] list dollars per attempt.
    remainder
        Whether what is left of a budget that did not solve is kept or spent.
    """

    share: FloatArray
    first: IntArray
    sighted: tuple[tuple[QuerySignal, BoolArray], ...]
    length: IntArray
    model: IntArray
    budget: FloatArray
    patience: FloatArray
    cost: FloatArray
    remainder: Remainder

    def rows(self, policy: IntArray, queries: Queries) -> IntArray:
        """[Q] the row that each query goes down, by what is seen of it and its lot."""
        row = self.first.take(policy) + (queries.lot < self.share.take(policy))
        for sight, looks in self.sighted:
            at = np.flatnonzero(looks.take(policy) & (policy >= 0))
            row[at] += 2 * sight.seen(queries.problem.take(at), queries.sight.take(at))
        return row


def bind(
    policies: Sequence[RoutingPolicy | None], population: Population, remainder: Remainder = "kept"
) -> PolicyTable:
    """Work policies out over a population; None serves nothing.

    Parameters
    ----------
    policies
        P policies.
    population
        n problems, M models; stages name models of it.
    remainder
        As the curves have it that the policies were chosen by.
    """
    nothing = Mixture(Cascade(()), Cascade(()), 1.0)
    cascades = [_cascades(policy or nothing) for policy in policies]
    rows = [row.stages for of_policy in cascades for row in of_policy]
    count = np.array([len(of_policy) for of_policy in cascades], dtype=np.int64)
    length = np.array([len(row) for row in rows])
    model = np.zeros((length.max(initial=0), len(rows)), dtype=np.int64)
    budget = np.zeros(model.shape)
    column = {name: m for m, name in enumerate(population.models)}
    for r, row in enumerate(rows):
        for depth, stage in enumerate(row):
            model[depth, r] = column[stage.model]
            budget[depth, r] = stage.budget
    looks: dict[QuerySignal, BoolArray] = {}
    for p, policy in enumerate(policies):
        if isinstance(policy, SignalMixture):
            looks.setdefault(policy.query_signal, np.zeros(len(policies), dtype=bool))[p] = True
    with np.errstate(divide="ignore"):
        patience = -1 / np.log1p(-population.solve_prob)
    return PolicyTable(
        share=np.array([(policy or nothing).share for policy in policies]),
        first=np.cumsum(count) - count,
        sighted=tuple(looks.items()),
        length=length,
        model=model,
        budget=budget,
        patience=np.ascontiguousarray(patience.T),
        cost=np.ascontiguousarray(population.list_cost.T),
        remainder=remainder,
    )


def _cascades(policy: RoutingPolicy) -> list[Cascade]:
    """Rows of a policy: low and high, for each type that it sees."""
    if isinstance(policy, Mixture):
        return [policy.low, policy.high]
    pairs = zip(policy.low, policy.high, strict=True)
    return [cascade for pair in pairs for cascade in pair]


@dataclass(frozen=True)
class Served:
    """What became of Q queries; those that nobody served were neither solved nor paid for.

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
    book: PolicyTable, policy: IntArray, queries: Queries, price: FloatArray, metered: BoolArray
) -> Served:
    """Serve queries: each goes down its policy's stages until solved.

    Parameters
    ----------
    book
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
    problems = book.cost.shape[1]
    solved, bill = np.zeros(sent, dtype=bool), np.zeros(sent)
    spent, made = np.zeros((2, len(book.length), models))  # list dollars, attempts, by row
    size = np.diff(book.first, append=len(book.length))
    every_row, metered_row = np.arange(len(book.length)), np.repeat(metered, size)
    row = book.rows(policy, queries)
    # the queries that go on: indices among all, and their rows and problems
    going = np.flatnonzero((policy >= 0) & (book.length.take(row) > 0))
    row, problem = row.take(going), queries.problem.take(going)
    for depth, (model_of, budget_of) in enumerate(zip(book.model, book.budget, strict=True)):
        model = model_of.take(row)
        cell = model * problems + problem
        cost = book.cost.take(cell)
        budget = budget_of.take(row)
        allowed = whole_attempts(budget, cost)
        needed = attempts_needed(
            queries.effort.take(model * sent + going), book.patience.take(cell)
        )
        won = needed <= allowed
        tries = np.fmin(needed, allowed)
        spend = tries * cost if book.remainder == "kept" else np.where(won, tries * cost, budget)
        solved[going] = won
        billed = np.flatnonzero(metered_row.take(row))
        bill[going.take(billed)] += price.take(model.take(billed)) * spend.take(billed)
        spent[every_row, model_of] += np.bincount(row, spend, len(every_row))
        made[every_row, model_of] += np.bincount(row, tries, len(every_row))
        on = np.flatnonzero((book.length > depth + 1).take(row) & ~won)
        going, row, problem = going.take(on), row.take(on), problem.take(on)
    return Served(
        solved,
        bill,
        list_spend=np.add.reduceat(spent, book.first) if len(book.first) else spent,
        attempts=made.sum(axis=0).astype(np.int64),
    )


def attempts_needed(effort: FloatArray, patience: FloatArray) -> FloatArray:
    """Attempts until solved, at least 1; not finite where they never solve."""
    with np.errstate(invalid="ignore"):  # no effort, infinite patience
        needed = np.ceil(effort * patience)
    return np.maximum(needed, 1.0, out=needed)
