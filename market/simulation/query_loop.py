"""Queries in one loop: each is drawn, goes down its policy's stages, is paid for and counted.

Draws are by counter: a hash of what is drawn, keyed by seed, segment and tick. A buyer's key is a
hash of the tick's key and the buyer's number; a query's of the buyer's key and how many queries the
buyer sent before; a draw of the query's key and what it is of (its problem, the effort of a
model, …). So a draw depends on nothing else: not on other buyers, models or sellers, nor on how
many are drawn at once, in what order or in how many threads. The hash is the finaliser of
SplitMix64 (Steele, Lea & Flood 2014, with constants Mix13 of Stafford), one to one on 64 bits, and
numbers are told apart by steps of the golden ratio, as there.

`market.simulation.queries` and `query_service` do the same in plain numpy, batch by batch.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.compiled import compiled
from market.foundation.random_streams import hashed

Keys = npt.NDArray[np.uint64]

ARRIVAL, PROBLEM, MIXTURE, SIGNAL, VERDICT = (
    hashed(name) for name in (b"arrival", b"problem", b"mixture", b"signal", b"verdict")
)
STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_LAST_BIT = 2.0**-53
_ONE = np.uint64(1)
_ROUNDING = 1 + 1e-12  # of a budget, as in `market.frontier.attempt_costs`

MOST_AT_ONCE = 16.0  # queries expected of one uniform draw: e^−16 is far from rounding
_STEPS = 128  # counts that a law of such a mean may give: chances above 60 are lost in rounding
_AT_ONCE = 1024  # draws that stay in the processor's nearest cache


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

    `keep` and `alias` [n] as in `ProblemSampler`; `effort_key` [M]; `draw_of` [M] the first model
    with the same efforts; `patience`, `failed`, `solved` as in `PolicyTable`, flat; `most` attempts
    of a stage; `kept` whether a budget's remainder is.
    """

    keep: FloatArray
    alias: IntArray
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


def scrambled(bits: Any) -> Any:  # a number or an array, here and below
    """Hash 64 bits to 64 bits."""
    bits = (bits ^ (bits >> _30)) * _FIRST
    bits = (bits ^ (bits >> _27)) * _SECOND
    return bits ^ (bits >> _31)


def uniform(bits: Any) -> Any:
    """Give a number in [0, 1) of hashed bits."""
    return (bits >> _11) * _LAST_BIT


def positive(bits: Any) -> Any:
    """Give a number in (0, 1] of hashed bits: minus its logarithm is Exp(1)."""
    return ((bits >> _11) + _ONE) * _LAST_BIT


_scrambled, _uniform, _positive = compiled(scrambled), compiled(uniform), compiled(positive)


def _count_arrivals(key: np.uint64, rate: float, relative: FloatArray, sent: IntArray) -> None:
    """Draw how many queries each buyer sends: Poisson, by inversion of one uniform draw.

    Rates above `MOST_AT_ONCE` are split into equal parts with a draw each.
    """
    last, nobody = -1.0, 1.0
    for j in range(len(relative)):
        expected = rate * relative[j]
        parts = max(math.ceil(expected / MOST_AT_ONCE), 1)
        part = expected / parts
        if part != last:
            last, nobody = part, math.exp(-part)
        buyer = _scrambled(key + STEP * np.uint64(j + 1))
        count = 0
        for i in range(parts):
            draw = _uniform(_scrambled(buyer + ARRIVAL + STEP * np.uint64(i)))
            chance = nobody
            below, k = chance, 0
            while draw >= below:
                k += 1
                chance *= part / k
                if below + chance == below:
                    break
                below += chance
            count += k
        sent[j] = count


def _count_alike(key: np.uint64, rate: float, parts: int, sent: IntArray) -> None:
    """The same where every buyer is expected to send `rate` in each of the equal parts.

    A count is how many steps of the law's cumulative chance a draw is not below.
    """
    step, steps = np.empty(_STEPS), 1
    chance = math.exp(-rate)
    step[0] = chance
    while steps < _STEPS:
        chance *= rate / steps
        step[steps] = step[steps - 1] + chance
        if step[steps] == step[steps - 1]:  # the rest is lost in rounding
            break
        steps += 1
    draws = np.empty(_AT_ONCE)
    sent[:] = 0
    for first in range(0, len(sent), _AT_ONCE):
        some = sent[first : first + _AT_ONCE]
        for i in range(parts):
            for j in range(len(some)):
                buyer = _scrambled(key + STEP * np.uint64(first + j + 1))
                draws[j] = _uniform(_scrambled(buyer + ARRIVAL + STEP * np.uint64(i)))
            for k in range(steps):
                for j in range(len(some)):
                    some[j] += draws[j] >= step[k]


def _serve(
    key: np.uint64,
    first: int,
    last: int,
    ends: IntArray,
    buying: Buying,
    rows: Rows,
    problems: Problems,
    checks: Checks,
    price: FloatArray,
    counted: Counted,
    logged: Logged,
) -> None:
    """Serve the queries from `first` to before `last`, numbered buyer by buyer.

    `ends` [J] are the queries sent by each buyer and those before it; `price` [S, M] by payer.
    """
    n, models = len(problems.keep), len(problems.effort_key)
    left = np.empty(models)
    log = len(logged.buyer) > 0
    q, j = first, np.searchsorted(ends, first, side="right")
    while q < last:
        buyer = _scrambled(key + STEP * np.uint64(j + 1))
        before = ends[j - 1] if j > 0 else 0
        point, place, who, payer = (
            buying.point[j],
            buying.place[j],
            buying.who[j],
            buying.payer[j],
        )
        stop = min(ends[j], last)
        counted.who[0, who] += stop - q
        counted.whole[0] += (stop - q) * buying.quality[j]
        if buying.beyond[j]:
            counted.whole[1] += stop - q
        while q < stop:
            query = _scrambled(buyer + STEP * np.uint64(q - before + 1))
            position = _uniform(_scrambled(query + PROBLEM)) * n
            problem = int(position)
            if position - problem >= problems.keep[problem]:
                problem = problems.alias[problem]
            bill, checked, harm = 0.0, 0.0, 0.0
            accepted, right = False, False
            if point >= 0:
                # one draw decides between two points of a menu, and again between two cascades
                draw, share = _uniform(_scrambled(query + MIXTURE)), buying.share[j]
                policy = point
                if draw < share:
                    draw /= share
                else:
                    policy -= 1
                    draw = (draw - share) / (1 - share)
                row = rows.first[policy]
                if draw < rows.share[policy]:
                    row += 1
                signal = rows.signal[policy]
                if signal >= 0:
                    seen = _uniform(_scrambled(query + SIGNAL))
                    accuracy = rows.accuracy[signal]
                    if seen < accuracy:
                        kind = rows.label[signal, problem]
                    else:
                        again = (seen - accuracy) / max(1 - accuracy, np.finfo(np.float64).tiny)
                        kind, most = 0, rows.types[signal] - 1
                        while kind < most and again >= rows.chance[signal, kind]:
                            kind += 1
                    row += 2 * kind
                left[:] = -1.0
                cell = 0
                for depth in range(rows.length[row]):
                    model, budget = rows.model[depth, row], rows.budget[depth, row]
                    cell = model * n + problem
                    if checks.any:
                        cell += checks.first[row]
                    failed, solved = problems.failed[cell], problems.solved[cell]
                    least = solved
                    if problems.kept:
                        least = max(failed, solved)
                    allowed = np.floor((budget * _ROUNDING - least) / failed) + 1.0
                    if allowed < 0.0:
                        allowed = 0.0
                    if allowed > problems.most:
                        allowed = problems.most
                    like, patience = problems.draw_of[model], problems.patience[cell]
                    if left[like] < 0:
                        bits = _scrambled(query + problems.effort_key[model])
                        left[like] = -math.log(_positive(bits))
                    needed = np.ceil(left[like] * patience)
                    if needed < 1.0:
                        needed = 1.0
                    accepted = needed <= allowed
                    if accepted:
                        tries, spend = needed, (needed - 1) * failed + solved
                    else:
                        tries = allowed
                        if problems.kept:
                            spend = allowed * failed
                        else:
                            spend = budget
                            if problems.most < np.inf:
                                spend = min(budget, problems.most * failed)
                    if checks.any:
                        made = tries
                        if not accepted and allowed * failed > budget * _ROUNDING:
                            made = max(allowed - 1, 0.0)
                        checked += checks.price[cell] * made
                    if payer >= 0:
                        bill += price[payer, model] * spend
                    counted.spent[place, model] += spend
                    counted.tried[place, model] += tries
                    if accepted:
                        break
                    if patience > 0:  # what failed attempts used up, others of the weights have not
                        left[like] = max(left[like] - allowed / patience, 0.0)
                right = accepted
                if accepted and checks.any:
                    right = _uniform(_scrambled(query + VERDICT)) < checks.accuracy[cell]
                    if not right:
                        harm = checks.wrong_answer_cost[cell]
            paid = bill
            if payer < 0:
                paid += buying.asked[j]
            gained = buying.worth[j] - paid - harm
            if payer >= 0:  # attempts that a buyer buys directly it checks itself
                gained -= checked
            if point >= 0:
                counted.place[0, place] += 1
                counted.who[1, who] += 1
            counted.place[1, place] += right
            counted.place[2, place] += accepted
            counted.place[3, place] += paid
            counted.place[4, place] += checked
            counted.who[2, who] += paid
            counted.who[3, who] += gained
            counted.whole[2] += gained
            counted.whole[3] += paid
            counted.whole[4] += harm
            if log:
                logged.buyer[q], logged.problem[q] = j, problem
                logged.solved[q], logged.accepted[q], logged.paid[q] = right, accepted, paid
            q += 1
        j += 1


count_arrivals, count_alike = compiled(_count_arrivals), compiled(_count_alike)
serve_queries = compiled(_serve)
