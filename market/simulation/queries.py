"""Queries as they arrive: whose they are, of which problem, and how hard it is for each model.

Each query draws its problem, one Exp(1) effort e per model, and a uniform number. Model m needs
T = ⌈e / −ln(1 − p)⌉ attempts at it, at least 1, infinite where p = 0: T is geometric with success
chance p. So what happens to a query under any policy is settled by draws that do not depend on the
policy, and runs that differ in policy are paired query by query.

Queries are drawn and served in batches: what a batch needs stays in the processor's cache, so a
query costs the same in a large market as in a small one, and memory does not grow with queries.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.random_streams import Streams

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
    mixture_draw
        [Q] uniform in [0, 1): decides between the two cascades of a mixture.
    signal_draw
        [Q] uniform in [0, 1): decides the signal of the query; empty where no router has one.
    draw_of
        [M] index of the first model with the same efforts: of the same weights, served otherwise.
        None where all have efforts of their own.
    verdict_draw
        [Q] uniform in [0, 1): decides whether the answer that is accepted is right, which is one of
        one model's; empty where no verifier errs or costs.
    """

    buyer: IntArray
    problem: IntArray
    effort: FloatArray
    mixture_draw: FloatArray
    signal_draw: FloatArray
    draw_of: IntArray | None = None
    verdict_draw: FloatArray = field(default_factory=lambda: np.empty(0))


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


def _dealt(rng: np.random.Generator, buyers: int, size: int, part: FloatArray | None) -> IntArray:
    """[size] whose queries are; [J] cumulative parts of all, None where they are even."""
    if part is None:
        return rng.integers(buyers, size=size)
    at = np.searchsorted(part, rng.random(size), side="right")
    return np.minimum(at, buyers - 1)  # rounding may leave the last part a little below 1


def draw_queries(
    streams: Streams,
    segment: str,
    tick: int,
    buyers: int,
    rate: float,
    models: Sequence[str],
    sampler: ProblemSampler,
    with_signals: bool = False,
    with_verdicts: bool = False,
    batch: int = BATCH,
    relative: FloatArray | None = None,
) -> Iterator[Queries]:
    """Draw a tick's queries of one segment, in batches of at most `batch`; at least one batch.

    Each buyer sends Poisson(rate): a Poisson number of arrivals, dealt evenly among the buyers.
    Every stream is keyed by segment, model and tick, so neither the models on sale nor the sellers
    move another's draws; how many are drawn at once moves none either. Draws of signals are
    made only where `with_signals`, those of verdicts where `with_verdicts`. Where buyers send
    unlike numbers of queries, `relative` [J] to their mean, arrivals are dealt in proportion.
    """
    arrivals = streams.generator("arrivals", segment, tick)
    efforts = [streams.generator("effort", f"{segment}/{model}", tick) for model in models]
    problems = streams.generator("problems", segment, tick)
    # another name of a stream would change every figure: these two keep their first ones
    mixtures = streams.generator("lots", segment, tick)
    signals = streams.generator("sight", segment, tick)
    verdicts = streams.generator("verdicts", segment, tick)
    first = np.array([list(models).index(model) for model in models])
    draw_of = first if len(set(models)) < len(models) else None
    count = int(arrivals.poisson(rate * buyers))
    part = None if relative is None else np.cumsum(relative) / relative.sum()
    for start in range(0, max(count, 1), batch):
        size = min(batch, count - start)
        effort = np.empty((len(models), size))
        for rng, row in zip(efforts, effort, strict=True):
            rng.standard_exponential(out=row)
        yield Queries(
            buyer=_dealt(arrivals, buyers, size, part),
            problem=sampler.draw(problems, size),
            effort=effort,
            mixture_draw=mixtures.random(size),
            signal_draw=signals.random(size if with_signals else 0),
            verdict_draw=verdicts.random(size if with_verdicts else 0),
            draw_of=draw_of,
        )
