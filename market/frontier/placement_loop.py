"""Placements over many problems: in blocks that fit the cache, in threads, added up in order.

With many problems a placement takes as long as it takes to read the curves of the model that is
placed. So they are read once, a few rows at a time, and all stages take from a row what they need.
Rows are dealt out in chunks that are as long whatever the number of threads.
`CascadeSpace` does the same in plain numpy.
"""

import numpy as np

from market.foundation.arrays import FloatArray, IntArray, read_only
from market.foundation.compiled import compiled
from market.foundation.in_threads import CHUNK, in_threads
from market.frontier.grid_cascade import GridCascade
from market.frontier.pass_curves import CurveTables

_ROOM = 64  # stages that there is room for at first


@compiled
def add_rows(
    column: FloatArray,
    stage: IntArray,
    weight: FloatArray,
    solved: FloatArray,
    spend: FloatArray,
    first: int,
    last: int,
    rows: int,
    due: FloatArray,
    saved: FloatArray,
    own: FloatArray,
) -> None:
    """Add up chunks `first` to `last` of `rows` rows each.

    `column` [C, 2, n] has stages' chances to fail and their spend, `stage` [L] says which are in
    the cascade, `solved` and `spend` [n, X or more] are of the model that is placed. To `due`
    [chunk, L + 1] the spend of each stage is added, and last the weight that none solves; to
    `saved` [chunk, L + 1, X] the same times `solved`; to `own` [chunk, L + 1, X] what reaches each
    place, times `spend`.
    """
    stages, budgets = len(stage), own.shape[2]
    reach, paid = np.zeros((stages + 1, 4)), np.zeros((stages + 1, 4))
    for c in range(first, last):
        end = min((c + 1) * rows, len(weight))
        for i in range(c * rows, end, 4):
            for r in range(4):
                row = min(i + r, end - 1)  # one too many counts for nothing
                left = weight[row] if i + r < end else 0.0
                for k in range(stages):
                    reach[k, r] = left
                    paid[k, r] = left * column[stage[k], 1, row]
                    left *= column[stage[k], 0, row]
                reach[stages, r] = left
                paid[stages, r] = left
            one, two, three = min(i + 1, end - 1), min(i + 2, end - 1), min(i + 3, end - 1)
            for k in range(stages + 1):
                a, b, d, e = paid[k, 0], paid[k, 1], paid[k, 2], paid[k, 3]
                due[c, k] += (a + b) + (d + e)
                for x in range(budgets):
                    saved[c, k, x] += (a * solved[i, x] + b * solved[one, x]) + (
                        d * solved[two, x] + e * solved[three, x]
                    )
                a, b, d, e = reach[k, 0], reach[k, 1], reach[k, 2], reach[k, 3]
                for x in range(budgets):
                    own[c, k, x] += (a * spend[i, x] + b * spend[one, x]) + (
                        d * spend[two, x] + e * spend[three, x]
                    )


class PlacementLoop:
    """Placements over the problems of one cascade space.

    Parameters
    ----------
    tables
        Curves without a verifier that errs or costs.
    weight
        [n] problem weights.
    solved, spend
        [n, X] by model: the curves at the budgets that are placed.
    """

    def __init__(
        self,
        tables: CurveTables,
        weight: FloatArray,
        solved: list[FloatArray],
        spend: list[FloatArray],
    ) -> None:
        self._tables, self._weight = tables, read_only(weight)
        self._solved, self._spend = ([_in_rows(of) for of in every] for every in (solved, spend))
        self._column = np.empty((_ROOM, 2, len(weight)))
        self._stage: dict[tuple[int, int], int] = {}

    def column(self, model: int, budget: int) -> tuple[FloatArray, FloatArray]:
        """[n] chance that a stage fails, and [n] its expected list dollars."""
        at = self._at(model, budget)  # may make more room
        fail, spend = self._column[at]
        return fail, spend

    def place(
        self, rest: GridCascade, model: int, budgets: int
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Put a model everywhere in a cascade of L stages, at the first X = `budgets` of its row.

        Returns
        -------
        due
            [L + 1] list dollars by stage, and last the weight that no stage solves.
        saved
            [L + 1, X] the same, of the problems that the model solves.
        own
            [L + 1, X] list dollars spent on the model, by place.
        """
        stage = np.array([self._at(*of) for of in rest], dtype=np.int64)
        solved, spend = self._solved[model], self._spend[model]
        chunks = -(-len(self._weight) // CHUNK)
        due = np.zeros((chunks, len(rest) + 1))
        saved, own = np.zeros((2, chunks, len(rest) + 1, budgets))

        def add(first: int, last: int) -> None:
            sums = due, saved, own
            add_rows(self._column, stage, self._weight, solved, spend, first, last, CHUNK, *sums)

        in_threads(add, chunks)
        return due.sum(axis=0), saved.sum(axis=0), own.sum(axis=0)

    def _at(self, model: int, budget: int) -> int:
        """Where a stage stands among the columns; it is put there if it is new."""
        found = self._stage.get((model, budget))
        if found is None:
            found = self._stage[model, budget] = len(self._stage)
            if found == len(self._column):
                more = np.empty((2 * found, *self._column.shape[1:]))
                more[:found] = self._column
                self._column = more
            np.subtract(1, self._tables.solved[model][:, budget], out=self._column[found, 0])
            self._column[found, 1] = self._tables.spend[model][:, budget]
        return found


def _in_rows(curves: FloatArray) -> FloatArray:
    """Row by row in memory, and read-only: loops are compiled for one kind of array."""
    rows = np.ascontiguousarray(curves)
    rows.flags.writeable = False
    return rows
