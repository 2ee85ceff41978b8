"""Routing policies written down as rows of stages, so that tables of many are made at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.frontier.cascade import Cascade, Mixture
from market.frontier.query_signal import QuerySignal, RoutingPolicy, SignalMixture
from market.population.population import Population


@dataclass(frozen=True, eq=False)
class Book:
    """P policies as R rows, their stages up to D.

    Attributes
    ----------
    share
        [P] chance of the high cascade.
    count
        [P] how many rows each policy has.
    signal
        Of each policy, the query signal that it uses, if any.
    length
        [R] number of stages.
    model, budget
        [D, R] index and list dollars by stage; 0 where the row has no such stage.
    """

    share: FloatArray
    count: IntArray
    signal: tuple[QuerySignal | None, ...]
    length: IntArray
    model: IntArray
    budget: FloatArray

    @classmethod
    def of(cls, policies: Sequence[RoutingPolicy | None], population: Population) -> "Book":
        """Write policies down; None serves nothing."""
        nothing = Mixture(Cascade(()), Cascade(()), 1.0)
        every = [policy or nothing for policy in policies]
        cascades = [_cascades(policy) for policy in every]
        rows = [row.stages for of_policy in cascades for row in of_policy]
        length = np.array([len(row) for row in rows], dtype=np.int64)
        column = {name: m for m, name in enumerate(population.models)}
        told = [(column[stage.model], stage.budget) for row in rows for stage in row]
        model = np.zeros((length.max(initial=0), len(rows)), dtype=np.int64)
        budget = np.zeros(model.shape)
        r = np.repeat(np.arange(len(rows)), length)
        depth = np.arange(len(r)) - (length.cumsum() - length)[r]
        model[depth, r], budget[depth, r] = np.array(told).reshape(len(r), 2).T
        return cls(
            np.array([policy.share for policy in every]),
            np.array([len(of_policy) for of_policy in cascades], dtype=np.int64),
            tuple(p.query_signal if isinstance(p, SignalMixture) else None for p in every),
            length,
            model,
            budget,
        )

    @classmethod
    def of_all(cls, books: Sequence["Book"]) -> "Book":
        """One after the other."""
        deepest = max(len(book.model) for book in books)

        deeper = [[(0, deepest - len(book.model)), (0, 0)] for book in books]
        return cls(
            np.concatenate([book.share for book in books]),
            np.concatenate([book.count for book in books]),
            tuple(signal for book in books for signal in book.signal),
            np.concatenate([book.length for book in books]),
            np.concatenate(
                [np.pad(b.model, d) for b, d in zip(books, deeper, strict=True)], axis=1
            ),
            np.concatenate(
                [np.pad(b.budget, d) for b, d in zip(books, deeper, strict=True)], axis=1
            ),
        )

    @property
    def signals(self) -> tuple[tuple[QuerySignal, BoolArray], ...]:
        """Query signals, each with the policies [P] that use it."""
        named = dict.fromkeys(signal for signal in self.signal if signal is not None)
        return tuple((one, np.array([s is one for s in self.signal])) for one in named)


def _cascades(policy: RoutingPolicy) -> list[Cascade]:
    """Rows of a policy: low and high, for each type that it sees."""
    if isinstance(policy, Mixture):
        return [policy.low, policy.high]
    pairs = zip(policy.low, policy.high, strict=True)
    return [cascade for pair in pairs for cascade in pair]
