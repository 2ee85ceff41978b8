"""Queries as they arrive: whose they are, of which problem, and how hard it is for each model.

Each query draws its problem, one Exp(1) effort e per model, and a uniform number. Model m needs
T = ⌈e / −ln(1 − p)⌉ attempts at it, at least 1, infinite where p = 0: T is geometric with success
chance p. So what happens to a query under any policy is settled by draws that do not depend on the
policy, and runs that differ in policy are paired query by query.

This is the plain reference of `market.simulation.query_loop`, which says what draws are keyed by.
Queries are drawn and served in batches: what a batch needs stays in the processor's cache, and
memory does not grow with queries.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.compiled import can_compile
from market.foundation.random_streams import Streams, hashed
from market.simulation.query_arrays import Keys
from market.simulation.query_loop import (
    ARRIVAL,
    MIXTURE,
    MOST_AT_ONCE,
    PROBLEM,
    SIGNAL,
    STEP,
    VERDICT,
    count_alike,
    count_arrivals,
    positive,
    scrambled,
    uniform,
)

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

    def take(self, some: IntArray) -> "Queries":
        """Some of them, by their places."""
        return Queries(
            buyer=self.buyer.take(some),
            problem=self.problem.take(some),
            effort=self.effort[:, some],
            mixture_draw=self.mixture_draw.take(some),
            signal_draw=self.signal_draw.take(some) if len(self.signal_draw) else self.signal_draw,
            draw_of=self.draw_of,
            verdict_draw=(
                self.verdict_draw.take(some) if len(self.verdict_draw) else self.verdict_draw
            ),
        )

    def between(self, share: FloatArray) -> tuple[BoolArray, FloatArray]:
        """Split the draws of mixtures between two points of a menu, and use them again.

        [Q] whether each goes to the upper point, of chance `share` [Q], and a uniform draw [Q]
        that does not depend on it, for the cascades of the point.
        """
        draw = self.mixture_draw
        upper = draw < share
        with np.errstate(divide="ignore", invalid="ignore"):
            again = np.where(upper, draw / share, (draw - share) / (1 - share))
        return upper, again


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
        self.either = np.stack([np.arange(n), self.alias], axis=1).ravel()  # [2n] of each cell

    def at(self, draw: FloatArray) -> IntArray:
        """[Q] problem indices; one uniform draw [Q] each."""
        position = draw * len(self.keep)
        cell = position.astype(np.int64)
        own = position - cell < self.keep.take(cell)
        return np.where(own, cell, self.alias.take(cell))


@dataclass(frozen=True)
class SentQueries:
    """How many queries the J buyers of a segment send in a tick, and what they are drawn by.

    Attributes
    ----------
    key
        Of the segment's draws in the tick.
    ends
        [J] queries sent by each buyer and by those before it: queries are numbered so.
    effort_key
        [M] of the efforts at each model; the same for models of the same weights.
    draw_of
        [M] index of the first model with the same efforts.
    sampler
        Of problems.
    """

    key: np.uint64
    ends: IntArray
    effort_key: Keys
    draw_of: IntArray
    sampler: ProblemSampler

    @classmethod
    def draw(
        cls,
        streams: Streams,
        segment: str,
        tick: int,
        rate: float,
        relative: FloatArray,
        models: Sequence[str],
        sampler: ProblemSampler,
    ) -> "SentQueries":
        """Draw how many queries each buyer sends: Poisson of `rate` times `relative` [J].

        Efforts are keyed by the `models`' names, so neither the models on sale nor the sellers
        move another's draws.
        """
        key = streams.counter_key("queries", segment, tick)
        sent = arrivals(key, rate, relative)
        return cls(
            key,
            np.cumsum(sent, out=sent),
            *_efforts(tuple(models)),
            sampler,
        )

    @property
    def shares_efforts(self) -> bool:
        """Whether a model has the efforts of another."""
        return len(set(self.draw_of.tolist())) < len(self.draw_of)

    def __len__(self) -> int:
        """Queries sent by all buyers."""
        return int(self.ends[-1]) if len(self.ends) else 0

    def batches(
        self, *, with_signals: bool = False, with_verdicts: bool = False, batch: int = BATCH
    ) -> Iterator[Queries]:
        """Queries in batches of at most `batch`; at least one batch, which may be empty.

        Draws of signals are made only where `with_signals`, those of verdicts where
        `with_verdicts`.
        """
        shared = self.shares_efforts
        for start in range(0, max(len(self), 1), batch):
            number = np.arange(start, min(start + batch, len(self)))
            buyer = np.searchsorted(self.ends, number, side="right")
            before = np.where(buyer > 0, self.ends.take(buyer - 1, mode="wrap"), 0)
            of_buyer = scrambled(self.key + STEP * (buyer + 1).astype(np.uint64))
            query = scrambled(of_buyer + STEP * (number - before + 1).astype(np.uint64))
            effort = [-np.log(positive(scrambled(query + key))) for key in self.effort_key]
            signals, verdicts = (query if on else query[:0] for on in (with_signals, with_verdicts))
            yield Queries(
                buyer=buyer,
                problem=self.sampler.at(uniform(scrambled(query + PROBLEM))),
                effort=np.array(effort),
                mixture_draw=uniform(scrambled(query + MIXTURE)),
                signal_draw=uniform(scrambled(signals + SIGNAL)),
                verdict_draw=uniform(scrambled(verdicts + VERDICT)),
                draw_of=self.draw_of if shared else None,
            )


@lru_cache(maxsize=16)
def _efforts(models: tuple[str, ...]) -> tuple[Keys, IntArray]:
    """[M] what the efforts at each model are keyed by, and the first model of the same weights."""
    keys = np.array([hashed(f"effort/{model}".encode()) for model in models], dtype=np.uint64)
    first = np.array([models.index(model) for model in models], dtype=np.int64)
    keys.flags.writeable = first.flags.writeable = False
    return keys, first


def arrivals(key: np.uint64, rate: float, relative: FloatArray) -> IntArray:
    """[J] queries that each buyer sends: Poisson of `rate` times `relative` [J]."""
    if not can_compile():
        return plain_arrivals(key, rate, relative)
    sent = np.empty(len(relative), dtype=np.int64)
    most = float(relative.max(initial=0.0))
    if most == relative.min(initial=most):
        parts = max(math.ceil(rate * most / MOST_AT_ONCE), 1)
        count_alike(key, rate * most / parts, parts, sent)
    else:
        count_arrivals(key, rate, relative, sent)
    return sent


def plain_arrivals(key: np.uint64, rate: float, relative: FloatArray) -> IntArray:
    """The same in plain numpy."""
    expected = rate * relative
    parts = np.maximum(np.ceil(expected / MOST_AT_ONCE), 1)
    part = expected / parts
    buyer = scrambled(key + STEP * np.arange(1, len(relative) + 1, dtype=np.uint64))
    sent = np.zeros(len(relative), dtype=np.int64)
    for i in range(int(parts.max(initial=0))):
        at = np.flatnonzero(i < parts)
        steps = STEP * np.full(1, i, dtype=np.uint64)  # of arrays, which wrap around
        draw = uniform(scrambled(buyer.take(at) + ARRIVAL + steps))
        sent[at] += _poisson(draw, part.take(at))
    return sent


def _poisson(draw: FloatArray, rate: FloatArray) -> IntArray:
    """[J] the counts that uniform draws [J] stand for at rates [J], which are small."""
    chance = np.array([math.exp(-each) for each in rate.tolist()])
    count, below = np.zeros(len(draw), dtype=np.int64), chance.copy()
    on, k = np.flatnonzero(draw >= below), 0
    while len(on):
        k += 1
        count[on] = k
        chance[on] *= rate.take(on) / k
        more = below.take(on) + chance.take(on)
        ends = more == below.take(on)  # the rest is lost in rounding
        below[on] = more
        on = on[~ends & (draw.take(on) >= more)]
    return count
