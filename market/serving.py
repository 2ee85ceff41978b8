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


_TINY = 1e-300  # added to an effort that may be drawn as exactly 0: times infinity, it is infinite


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
    """Draw a tick's queries of one segment: Poisson(rate) per buyer.

    Every stream is keyed by segment, model and tick, so neither the models on sale nor the sellers
    move another's draws.
    """
    arrivals = streams.generator("arrivals", segment, tick).poisson(rate, buyers)
    buyer = np.repeat(np.arange(buyers), arrivals)
    count = len(buyer)
    effort = np.empty((len(models), count))
    for m, model in enumerate(models):
        rng = streams.generator("effort", f"{segment}/{model}", tick)
        rng.standard_exponential(out=effort[m])
    problem = sampler.draw(streams.generator("problems", segment, tick), count)
    lot = streams.generator("lots", segment, tick).random(count)
    return Queries(buyer, problem, effort, lot)


@dataclass(frozen=True)
class PlanBook:
    """P policies as arrays, ready to serve; see :func:`bind`.

    Attributes
    ----------
    share
        [P] chance of the second cascade of the mixture.
    model
        [2P, L] model index by stage, rows 2p (low) and 2p + 1 (high); −1 past the last stage.
    budget
        [2P, L] list dollars by stage.
    """

    share: FloatArray
    model: IntArray
    budget: FloatArray


def bind(policies: Sequence[Mixture | None], models: Sequence[str]) -> PlanBook:
    """Stack policies into arrays; None serves nothing.

    Parameters
    ----------
    policies
        P mixtures.
    models
        The M model names that stages refer to.
    """
    rows: list[tuple[Stage, ...]] = []
    for policy in policies:
        rows += [(), ()] if policy is None else [policy.low.stages, policy.high.stages]
    longest = max((len(stages) for stages in rows), default=0)
    model = np.full((len(rows), longest), -1, dtype=np.int64)
    budget = np.zeros((len(rows), longest))
    index = {name: m for m, name in enumerate(models)}
    for r, stages in enumerate(rows):
        for j, stage in enumerate(stages):
            model[r, j], budget[r, j] = index[stage.model], stage.budget
    share = np.array([1.0 if policy is None else policy.share for policy in policies])
    return PlanBook(share, model, budget)


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


class Server:
    """Runs queries of one population through policies.

    Parameters
    ----------
    population
        n problems, M models.
    """

    def __init__(self, population: Population) -> None:
        self.size = population.size
        self.models = len(population.models)
        with np.errstate(divide="ignore"):
            # attempts per unit of effort: 0 where p = 1, infinite where p = 0
            patience = -1 / np.log1p(-population.solve_prob)
        self.patience = np.ascontiguousarray(patience.T).ravel()  # [M·n]
        self.cost = np.ascontiguousarray(population.list_cost.T).ravel()

    def serve(
        self,
        book: PlanBook,
        policy: IntArray,
        queries: Queries,
        which: IntArray,
        price: FloatArray,
    ) -> Served:
        """Serve queries: each goes down its policy's stages until solved.

        Parameters
        ----------
        book
            The P policies.
        policy
            [N] policy of each served query.
        queries
            All Q queries drawn.
        which
            [N] indices of the served ones among them.
        price
            [M] price multipliers.
        """
        problem, sent = queries.problem[which], queries.effort.shape[1]
        effort = queries.effort.ravel()
        row = 2 * policy + (queries.lot[which] < book.share[policy])
        solved = np.zeros(len(which), dtype=bool)
        bill = np.zeros(len(which))
        list_spend = np.zeros(len(book.share) * self.models)
        attempts = np.zeros(self.models)
        going = np.arange(len(which))
        for stage in range(book.model.shape[1]):
            model = book.model[row[going], stage]
            budget = book.budget[row[going], stage]
            if stage > 0 or (model < 0).any():
                here = model >= 0
                going, model, budget = going[here], model[here], budget[here]
            if not len(going):
                break
            cell = model * self.size + problem[going]
            cost = self.cost[cell]
            allowed = whole_attempts(budget, cost)
            needed = np.ceil((effort[model * sent + which[going]] + _TINY) * self.patience[cell])
            done = np.maximum(needed, 1.0, out=needed) <= allowed
            made = np.minimum(needed, allowed, out=needed)
            spend = cost * made
            solved[going] = done
            bill[going] += price[model] * spend
            list_spend += np.bincount(
                policy[going] * self.models + model, weights=spend, minlength=len(list_spend)
            )
            attempts += np.bincount(model, weights=made, minlength=self.models)
            going = going[~done]
        return Served(
            solved,
            bill,
            list_spend.reshape(-1, self.models),
            np.rint(attempts).astype(np.int64),
        )
