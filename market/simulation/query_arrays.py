"""The arrays that queries are served by, and those that count what becomes of them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.foundation.arrays import BoolArray, FloatArray, IndexArray, IntArray

Keys = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.uint32]


def mean_of_points(
    values: FloatArray, before: IntArray, point: IndexArray, share: FloatArray
) -> FloatArray:
    """[N] values of menu points, mixed by chance with those of the points `before` them.

    `values` and `before` [P + 1] end with nothing bought, which a negative `point` [N] means; the
    point serves with chance `share` [N].
    """
    upper, lower = values[point], values[before][point]
    return np.where(share == 1, upper, lower + share * (upper - lower))


class Buying(NamedTuple):
    """What J buyers of a segment buy of P points of menus.

    `point` [J] is the point that serves with chance `share` [J], else the one before it; negative
    where nothing is bought. `surplus` [J] is as in `Bought`, `own_cost` [J] what a router of its
    own costs a buyer per query, which it does not pay by the query; empty where none has one.
    `place` and `who` [J] are where they are counted. `lower`, `quality` and `price` [P + 1] are as
    in `Points`, `asked` [P + 1] is the fee per query, 0 where attempts are billed; `payer` [P + 1]
    the row of prices that they are billed at, the one after the last where they are not. `reach` is
    the highest solve rate that anybody sold in the base market.
    """

    point: npt.NDArray[np.int32]
    share: FloatArray
    surplus: FloatArray
    own_cost: FloatArray
    place: npt.NDArray[np.int32]
    who: npt.NDArray[np.int8]
    lower: IntArray
    quality: FloatArray
    price: FloatArray
    asked: FloatArray
    payer: IntArray
    reach: float

    def mean(self, values: FloatArray, buyer: IntArray) -> FloatArray:
        """[Q] values [P + 1] of what the buyers [Q] buy."""
        return mean_of_points(values, self.lower, self.point.take(buyer), self.share.take(buyer))

    def worth(self, buyer: IntArray) -> FloatArray:
        """[Q] US dollars that a query is worth to the buyers [Q], before what is paid."""
        worth = self.surplus.take(buyer) + self.mean(self.price, buyer)
        return worth + self.own_cost.take(buyer) if len(self.own_cost) else worth


class Problems(NamedTuple):
    """n problems and M models: how problems are drawn, and what attempts at them do.

    `keep` [n] and `either` [2n] as in `ProblemSampler`; `effort_key` [M]; `draw_of` [M] the first
    model with the same efforts, `shared` whether any is another's; `patience`, `failed`, `solved`
    as in `PolicyTable`, flat; `most` attempts of a stage; `kept` whether a budget's remainder is.
    """

    keep: FloatArray
    either: IntArray
    shared: bool
    effort_key: Keys
    draw_of: IntArray
    patience: FloatArray
    failed: FloatArray
    solved: FloatArray
    most: float
    kept: bool


class Rows(NamedTuple):
    """P policies and their R rows, as in `PolicyTable`.

    `signal` [P] is which of the signals each policy uses, negative for none; of each signal `types`
    and `accuracy`, `label` [·, n] and cumulative `chance` [·, Z].
    """

    share: FloatArray
    first: IntArray
    length: IntArray
    model: IntArray
    budget: FloatArray
    signal: IntArray
    types: IntArray
    accuracy: FloatArray
    label: IntArray
    chance: FloatArray


class Checks(NamedTuple):
    """What verifiers make of attempts, as in `Verdicts`; empty arrays where there are none."""

    any: bool
    first: IntArray
    accuracy: FloatArray
    price: FloatArray
    wrong_answer_cost: FloatArray


class Counted(NamedTuple):
    """What queries led to.

    `place` [5, P] queries served, solved and accepted, US dollars paid and of checks; `spent` and
    `tried` [P, M] list dollars and attempts; `who` [4, W] queries sent and served, US dollars paid
    and of surplus; `whole` [5] Σ solve rate bought, queries beyond the base market's reach, US
    dollars of surplus, of payments and of wrong answers.
    """

    place: FloatArray
    spent: FloatArray
    tried: FloatArray
    who: FloatArray
    whole: FloatArray


class Logged(NamedTuple):
    """[Q] of each query: its buyer, problem, ends and payment; empty arrays if nothing is kept."""

    buyer: IntArray
    problem: IntArray
    solved: BoolArray
    accepted: BoolArray
    paid: FloatArray


class Runs(NamedTuple):
    """Up to B buyers of a block of B queries, one after the other: [B + 1] each.

    `before` is how many queries those before it sent, `sent` how many it sends in the chunk, 0 but
    in the first block that has any; `key` is that of its draws; `buys` whether it
    buys, `point`, `share`, `place`, `who` and `payer` are as in `Buying`; `asked` and `worth` are
    the fee per query, 0 where attempts are billed, and US dollars per query before what is paid.
    """

    buyer: IntArray
    before: IntArray
    sent: IntArray
    key: Keys
    buys: BoolArray
    point: IntArray
    share: FloatArray
    place: Indices
    who: Indices
    payer: Indices
    asked: FloatArray
    worth: FloatArray


class Block(NamedTuple):
    """B queries that are served at once: [B] each, and `model` and `spend` [D, B] by stage.

    `run` is the buyer in `runs`, `key` that of a query's draws, `going` are the queries that go on
    to the next stage, `made` says how many stages each went through; `uniform` and `effort` are of
    those. `left` [M, B] is what is left of efforts that models share, negative where it is not
    drawn yet; empty where none do. `bill` is for attempts, `checked` for checks of them, `borne`
    the part of that that the buyer bears, `harm` of wrong answers, US dollars. Indices are
    unsigned: a loop need not ask whether they count from the end.
    """

    runs: Runs
    run: Indices
    key: Keys
    draw: FloatArray
    problem: Indices
    row: Indices
    going: Indices
    seed: Keys
    uniform: FloatArray
    effort: FloatArray
    left: FloatArray
    made: Indices
    tries: FloatArray
    model: Indices
    spend: FloatArray
    bill: FloatArray
    checked: FloatArray
    borne: FloatArray
    harm: FloatArray
    accepted: BoolArray
    right: BoolArray

    @classmethod
    def room(cls, queries: int, models: int, stages: int, *, shared: bool) -> "Block":
        """Room for so many queries."""
        index, stages = np.uint32, max(stages, 2)  # of two stages zeros are counted
        named = {
            **dict.fromkeys(("problem", "row", "made"), index),
            **dict.fromkeys(("key", "seed"), np.uint64),
            **dict.fromkeys(("draw", "uniform", "effort", "tries", "bill", "checked"), np.float64),
            **dict.fromkeys(("borne", "harm"), np.float64),
            **dict.fromkeys(("accepted", "right"), np.bool_),
        }
        of_runs = {
            **dict.fromkeys(("buyer", "before", "sent", "point"), np.int64),
            **dict.fromkeys(("place", "who", "payer"), index),
            "buys": np.bool_,
            **dict.fromkeys(("share", "asked", "worth"), np.float64),
            "key": np.uint64,
        }
        return cls(
            runs=Runs(**{name: np.empty(queries + 1, kind) for name, kind in of_runs.items()}),
            **{name: np.empty(queries, kind) for name, kind in named.items()},
            run=np.empty(queries + 4, index),  # four are written at once
            going=np.empty(queries + 1, index),  # one more is written to than is kept
            left=np.empty((models, queries if shared else 0)),
            model=np.empty((stages, queries), index),
            spend=np.empty((stages, queries)),
        )
