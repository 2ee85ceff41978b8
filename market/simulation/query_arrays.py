"""The arrays that queries are served by, and those that count what becomes of them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.foundation.arrays import BoolArray, FloatArray, IndexArray, IntArray

Keys = npt.NDArray[np.uint64]


def mean_of_points(
    values: FloatArray, before: IntArray, point: IndexArray, share: FloatArray
) -> FloatArray:
    """[N] values [P] of menu points, mixed by chance with those of the points `before` [P] them.

    `point` [N] serves with chance `share` [N]; 0 where it is negative.
    """
    upper, lower = np.append(values, 0.0)[point], np.append(values[before], 0.0)[point]
    return np.where(share == 1, upper, lower + share * (upper - lower))


class Buying(NamedTuple):
    """What J buyers of a segment buy of P points of menus.

    `point` [J] is the point that serves with chance `share` [J], else the one before it; negative
    where nothing is bought. `surplus` [J] is as in `Bought`, `own_cost` [J] what a router of its
    own costs a buyer per query, which it does not pay by the query; empty where none has one.
    `place` and `who` [J] are where they are counted. `lower`, `quality`, `price` and `asked` [P]
    are as in `Points`, `payer` [P] the row of prices that attempts are billed at, negative where
    they are not. `reach` is the highest solve rate that anybody sold in the base market.
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
        """[Q] values [P] of what the buyers [Q] buy; 0 where they buy nothing."""
        return mean_of_points(values, self.lower, self.point.take(buyer), self.share.take(buyer))

    def payers(self, buyer: IntArray) -> IntArray:
        """[Q] rows of prices that attempts of the buyers [Q] are billed at; negative for none."""
        payer: IntArray = np.append(self.payer, -1)[self.point.take(buyer)]
        return payer

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


class Block(NamedTuple):
    """B queries that are served at once: [B] each, and `model` and `spend` [B, D] by stage.

    `number` counts a buyer's queries, `key` is that of its draws, `payer`, `asked` and `worth` are
    of what the buyer buys: the row of prices that attempts are billed at, negative where they are
    not, the fee and US dollars before what is paid. `going` are the queries that go on to the next
    stage, `made` says how many stages each went through. `left` [M, B] is what is
    left of efforts that models share, negative where it is not drawn yet; empty where none do.
    `bill` is for attempts, `checked` for checks of them, `borne` the part of that that the buyer
    bears, `harm` of wrong answers, US dollars.
    """

    buyer: IntArray
    number: IntArray
    key: Keys
    payer: IntArray
    asked: FloatArray
    worth: FloatArray
    draw: FloatArray
    problem: IntArray
    row: IntArray
    going: IntArray
    seed: Keys
    effort: FloatArray
    left: FloatArray
    made: IntArray
    tries: FloatArray
    model: IntArray
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
        whole, numbers, keys = np.int64, np.float64, np.uint64
        kinds = {
            **dict.fromkeys(("buyer", "number", "payer", "problem", "row", "made"), whole),
            **dict.fromkeys(("key", "seed"), keys),
            **dict.fromkeys(("draw", "effort", "tries", "bill", "checked"), numbers),
            **dict.fromkeys(("borne", "harm", "asked", "worth"), numbers),
            **dict.fromkeys(("accepted", "right"), np.bool_),
        }
        return cls(
            **{name: np.empty(queries, kind) for name, kind in kinds.items()},
            going=np.empty(queries + 1, whole),  # one more is written to than is kept
            left=np.empty((models, queries if shared else 0)),
            model=np.empty((queries, stages), whole),
            spend=np.empty((queries, stages)),
        )
