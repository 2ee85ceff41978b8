"""Policies that were looked at, one solve rate at a time: which are cheapest as some prices move.

Menus are read at their own solve rates, of which few change from tick to tick as prices do. So what
policies cost is worked out solve rate by solve rate, and kept. At each of them most policies cost
more than some other on every model, and so more at all prices; these are left out.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.memory import Remembered, array_bytes
from market.frontier.crossing import APART, REACHED
from market.frontier.grid_cascade import Placement
from market.frontier.policy_families import by_stages

MOST_BYTES = 2**26  # of all solve rates that are kept; those that were not asked for longest go
_PROBED = 8.0  # times that a model is dearer or cheaper where policies to compare with are sought


class _Row:
    """One solve rate: a row of numbers, and the policies that some prices might make cheapest."""

    def __init__(
        self, numbers: FloatArray, index: IntArray, spend: FloatArray, gross: FloatArray
    ) -> None:
        self.numbers, self.index, self.spend, self.gross = numbers, index, spend, gross

    @property
    def nbytes(self) -> int:
        return sum(of.nbytes for of in (self.numbers, self.index, self.spend, self.gross))


class _Block:
    """The rows of a menu [G] one under another, as a compiled loop reads them."""

    def __init__(self, quality: FloatArray, rows: Sequence[_Row]) -> None:
        most = max(len(row.index) for row in rows)
        self.quality = np.full(len(quality), np.nan)
        self.numbers = np.empty((len(rows), len(rows[0].numbers)))
        self.spend = np.empty((len(rows), len(rows[0].spend), most))
        self.gross, self.index = np.empty((len(rows), most)), np.empty((len(rows), most), np.int64)
        self.count = np.zeros(len(rows), dtype=np.int64)
        self.priced: tuple[bytes, tuple[FloatArray, IntArray]] | None = None
        self.become(quality, rows)

    def fits(self, rows: Sequence[_Row]) -> bool:
        """Whether there is room for other rows."""
        return len(rows) == len(self.count) and all(
            len(row.index) <= self.index.shape[1] for row in rows
        )

    def become(self, quality: FloatArray, rows: Sequence[_Row]) -> None:
        """Take the rows of another menu, where it differs."""
        for g in np.flatnonzero(self.quality != quality).tolist():
            row, count = rows[g], len(rows[g].index)
            self.numbers[g], self.count[g] = row.numbers, count
            self.spend[g, :, :count] = row.spend
            self.gross[g, :count], self.index[g, :count] = row.gross, row.index
        self.quality, self.priced = quality, None


class _Stages(NamedTuple):
    """What placements are made of, group after group of those with as many other stages.

    `due` and `rest` are the list dollars and the models of other stages, `model` [P] is placed.
    `groups` [K, 6] has by group the index of its first policy, the number of its placements F and
    of their other stages L, and where its part of a row, of `due` and of `model` begins. Its part
    of a row is what is spent on the model by place [L + 1, F], and what other stages cost less
    [L, F].
    """

    due: FloatArray
    rest: IntArray
    model: IntArray
    groups: IntArray

    @classmethod
    def of(cls, alike: Sequence[Sequence[Placement]]) -> "_Stages":
        sizes = [(len(group), len(group[0].rest)) for group in alike]
        steps = [(f * (s + 1), f, s, f * (2 * s + 1), f * s, f) for f, s in sizes]
        groups = np.array(steps, dtype=np.int64)
        for column in (0, 3, 4, 5):
            groups[:, column] = groups[:, column].cumsum() - groups[:, column]
        rest = [np.array([[m for m, _ in p.rest] for p in group], np.int64) for group in alike]
        due = [np.stack([p.due for p in group], axis=1) for group in alike]
        return cls(
            np.concatenate([of.ravel() for of in due]),
            np.concatenate([of.T.ravel() for of in rest]),
            np.array([p.model for group in alike for p in group], dtype=np.int64),
            groups,
        )


class _Curves(NamedTuple):
    """Placements by budget: P of them, over X budgets each, and W numbers of a row.

    `highest` [P, X] is the highest solve rate up to each budget, `shift` [P] what is added to solve
    rates that are compared, and `spend` [W, X] what a row is made of.
    """

    highest: FloatArray
    shift: FloatArray
    spend: FloatArray

    @classmethod
    def of(cls, alike: Sequence[Sequence[Placement]]) -> "_Curves":
        rates = np.array([p.solve_rate for group in alike for p in group])
        parts = [
            np.stack(part, axis=1)
            for group in alike
            for part in ([p.own for p in group], [p.saved for p in group])
        ]
        return cls(
            np.maximum.accumulate(rates, axis=1),
            np.concatenate([APART * np.arange(len(group)) for group in alike]),
            np.concatenate([part.reshape(-1, rates.shape[1]) for part in parts]),
        )


class PolicyRows:
    """Policies that no verifier checks; told by an index, as :class:`Families` of them tells them.

    Parameters
    ----------
    placements
        What was looked at, over as many budgets each.
    models
        M, of the market.
    """

    def __init__(self, placements: Sequence[Placement], models: int) -> None:
        self._alike = by_stages(placements)
        self._stages, self._curves = _Stages.of(self._alike), _Curves.of(self._alike)
        self._probes = np.ones((2 * models + 1, models))
        for m in range(models):
            self._probes[[2 * m, 2 * m + 1], m] = _PROBED, 1 / _PROBED
        self._rows = Remembered[float, _Row](MOST_BYTES)
        self._block: _Block | None = None

    @property
    def nbytes(self) -> int:
        """Bytes that it takes: of curves, and of the solve rates that are kept."""
        curves = sum(of.nbytes for of in (*self._stages, *self._curves))
        return curves + self._rows.nbytes + (array_bytes(self._block) if self._block else 0)

    def along(
        self, price: FloatArray, own: BoolArray, quality: FloatArray, factors: FloatArray
    ) -> tuple[IntArray, FloatArray]:
        """The policies that are cheapest when the prices of some models move together.

        Parameters
        ----------
        price
            [M] multipliers, finite and above 0.
        own
            [M] which of them move.
        quality
            [G] solve rates.
        factors
            [L] by which they are multiplied, some below 1 and some above.

        Returns
        -------
        [L, G] as :meth:`Families.along` has them, and [G, L, M] list dollars of each by model;
        infinite for none.
        """
        from market.frontier.cheapest_policy_loops import bills, cheapest_along

        of = self._block_at(quality)
        key = price.tobytes()
        if of.priced is None or of.priced[0] != key:  # several owners ask at the same prices
            of.priced = key, bills(of.spend, of.count, price)
        rows = of.numbers, of.spend, of.gross, of.index, of.count, *of.priced[1]
        return cheapest_along(*rows, *self._stages, price, own, factors)

    def placed(self, at: IntArray) -> list[Placement]:
        """The placements of policies, each once."""
        found: list[Placement] = []
        for group, first in zip(self._alike, self._stages.groups[:, 0].tolist(), strict=True):
            own = at[(at >= first) & (at < first + len(group) * (len(group[0].rest) + 1))] - first
            found += [group[f] for f in np.unique(own % len(group)).tolist()]
        return found

    def _block_at(self, quality: FloatArray) -> _Block:
        if self._block is not None and np.array_equal(self._block.quality, quality):
            return self._block
        rows = [self._rows.get(rate) or self._made(rate) for rate in quality.tolist()]
        if self._block is None or not self._block.fits(rows):
            self._block = _Block(quality, rows)
        else:
            self._block.become(quality, rows)
        return self._block

    def _made(self, rate: float) -> _Row:
        from market.frontier.policy_row_loops import row_at, undominated

        row, reached = row_at(rate, rate - REACHED, *self._curves, self._stages.groups)
        made = _Row(row, *undominated(row, reached, *self._stages, self._probes))
        self._rows.keep(rate, made, made.nbytes)
        return made
