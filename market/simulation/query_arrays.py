"""The arrays that queries are served by, and those that count what becomes of them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.foundation.arrays import BoolArray, FloatArray, IntArray

Keys = npt.NDArray[np.uint64]


class Buying(NamedTuple):
    """What J buyers of a segment buy; [J] each.

    `point` is the policy that serves with chance `share`, else the one before it; negative where
    nothing is bought. `payer` is the row of prices that attempts are billed at, negative where
    they are not. `asked` is the fee per query, `worth` US dollars per query before what is paid,
    `place` and `who` where they are counted, `beyond` whether nobody sold it in the base market.
    """

    point: IntArray
    share: FloatArray
    payer: IntArray
    asked: FloatArray
    worth: FloatArray
    quality: FloatArray
    beyond: BoolArray
    place: IntArray
    who: IntArray


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

    `number` counts a buyer's queries, `key` is that of its draws, `going` are the queries that go
    on to the next stage, `made` says how many stages each went through. `left` [M, B] is what is
    left of efforts that models share, negative where it is not drawn yet; empty where none do.
    `bill` is for attempts, `checked` for checks of them, `borne` the part of that that the buyer
    bears, `harm` of wrong answers, US dollars.
    """

    buyer: IntArray
    number: IntArray
    key: Keys
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
            **dict.fromkeys(("buyer", "number", "problem", "row", "made"), whole),
            **dict.fromkeys(("key", "seed"), keys),
            **dict.fromkeys(("draw", "effort", "tries", "bill", "checked"), numbers),
            **dict.fromkeys(("borne", "harm"), numbers),
            **dict.fromkeys(("accepted", "right"), np.bool_),
        }
        return cls(
            **{name: np.empty(queries, kind) for name, kind in kinds.items()},
            going=np.empty(queries + 1, whole),  # one more is written to than is kept
            left=np.empty((models, queries if shared else 0)),
            model=np.empty((queries, stages), whole),
            spend=np.empty((queries, stages)),
        )
