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
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.compiled import compiled
from market.foundation.random_streams import hashed
from market.simulation.query_arrays import (
    Block,
    Buying,
    Checks,
    Counted,
    Logged,
    Problems,
    Rows,
    Runs,
)

ARRIVAL, PROBLEM, MIXTURE, SIGNAL, VERDICT = (
    hashed(name) for name in (b"arrival", b"problem", b"mixture", b"signal", b"verdict")
)
STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_LAST_BIT = 2.0**-53
_ONE = np.uint64(1)
_MANTISSA, _UNIT = (1 << 52) - 1, 1023 << 52  # of 64 bits that are a number: its digits; those of 1
_ROOT, _LOG_2 = math.sqrt(2.0), math.log(2.0)
_NEAR = 1e-9  # a number of attempts so near to a whole one is worked out to the last digit
_ROUNDING = 1 + 1e-12  # of a budget, as in `market.frontier.attempt_costs`

MOST_AT_ONCE = 16.0  # queries expected of one uniform draw: e^−16 is far from rounding
_STEPS = 128  # counts that a law of such a mean may give: chances above 60 are lost in rounding
_AT_ONCE = 1024  # draws that stay in the processor's nearest cache


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


def mixed(values: FloatArray, point: Any, lower: Any, share: float) -> float:
    """Values of a point of a menu and of a lower one, mixed as `share` says."""
    upper, below = values[point], values[lower]
    mean: float = below + share * (upper - below)
    return mean


_mixed = compiled(mixed)


def buy(count: int, buying: Buying, counted: Counted, runs: Runs) -> None:
    """Write down what a block's buyers buy, and count what is the same for all of a buyer."""
    bought, beyond = counted.whole[0], counted.whole[1]
    for k in range(count):
        j, sent = np.uint64(runs.buyer[k]), runs.sent[k]
        share, place, who = buying.share[j], buying.place[j], buying.who[j]
        buys = buying.point[j] >= 0
        point = np.int64(buying.point[j]) + len(buying.lower) * (not buys)  # else the last
        lower = buying.lower[point]
        lower += (point - lower) * (share == 1)  # no jump that could be guessed wrong
        quality = _mixed(buying.quality, point, lower, share)
        counted.who[0, who] += sent
        bought += sent * quality
        beyond += sent * (quality > buying.reach)
        counted.place[0, place] += sent * buys
        counted.who[1, who] += sent * buys
        worth = buying.surplus[j] + _mixed(buying.price, point, lower, share)
        if len(buying.own_cost):
            worth += buying.own_cost[j]
        runs.place[k], runs.who[k], runs.payer[k] = place, who, buying.payer[point]
        runs.buys[k], runs.point[k], runs.share[k], runs.worth[k] = buys, point, share, worth
        runs.asked[k] = _mixed(buying.asked, point, lower, share)
    counted.whole[0], counted.whole[1] = bought, beyond


_buy = compiled(buy)


def _number(
    key: np.uint64,
    span: tuple[int, int, int, int],
    buyer: int,
    ends: IntArray,
    buying: Buying,
    counted: Counted,
    of: Block,
) -> int:
    """Say whose each query of a block is, and count what is the same for all of a buyer.

    `span` is where the chunk begins and ends, where the block does, and how long it is; `buyer`
    sends the block's first query, and the one given back that of the next block. Who sends nothing
    is written down, too, and the next buyer over it: that is sooner done than told apart.
    """
    first, last, start, size = span
    run, runs = of.run, of.runs
    at, j, r, stop = 0, buyer, 0, 0
    before = ends[j - 1] if j > 0 else 0
    while at < size:
        stop = min(ends[j], last) - start
        upto = min(stop, size)
        runs.buyer[r], runs.before[r] = j, before
        runs.sent[r] = stop - at if start + at == max(before, first) else 0
        run[at], run[at + 1], run[at + 2], run[at + 3] = r, r, r, r
        for i in range(at + 4, upto):
            run[i] = r
        r += upto > at
        at = upto
        before = ends[j]
        j += 1
    if stop > size:  # the last has more queries in the next block
        j -= 1
    _buy(r, buying, counted, runs)
    for k in range(r):
        runs.key[k] = _scrambled(key + STEP * np.uint64(runs.buyer[k] + 1))
    for i in range(size):
        number = start + i - runs.before[run[i]] + 1
        of.seed[i] = runs.key[run[i]] + STEP * np.uint64(number)
    for i in range(size):
        of.key[i] = _scrambled(of.seed[i])
    return j


def _draw(size: int, rows: Rows, problems: Problems, of: Block) -> int:
    """Draw each query's problem, and the row of its policy; how many any stage awaits."""
    n, run, runs = len(problems.keep), of.run, of.runs
    for i in range(size):
        of.draw[i] = _uniform(_scrambled(of.key[i] + PROBLEM)) * n
    for i in range(size):
        position = of.draw[i]
        cell = np.uint64(position)
        of.problem[i] = problems.either[
            np.uint64(2) * cell + np.uint64(position - cell >= problems.keep[cell])
        ]
    for i in range(size):
        of.draw[i] = _uniform(_scrambled(of.key[i] + MIXTURE))
    some, signals = 0, len(rows.types) > 0
    spread = 3 if len(problems.effort_key) > 3 else 0
    for i in range(size):
        r = run[i]
        # one draw decides between two points of a menu, and again between two cascades
        point, share, draw, buys = runs.point[r], runs.share[r], of.draw[i], runs.buys[r]
        upper = draw < share
        policy = np.uint64(max(point - 1 + upper, 0) * buys)
        again = (draw if upper else draw - share) / (share if upper else 1 - share)
        row = rows.first[policy] + (again < rows.share[policy])
        if signals and rows.signal[policy] >= 0 and buys:
            row += 2 * _seen(of.key[i], of.problem[i], rows.signal[policy], rows)
        of.row[i] = row
        of.model[0, i], of.model[1, i] = 0, i & spread
        of.going[some] = i
        some += buys & (rows.length[np.uint64(row)] > 0)
    return some


def seen(key: np.uint64, problem: int, signal: int, rows: Rows) -> int:
    """The type that a signal shows of a query."""
    draw, accuracy = _uniform(_scrambled(key + SIGNAL)), rows.accuracy[signal]
    if draw < accuracy:
        return int(rows.label[signal, problem])
    again = (draw - accuracy) / max(1 - accuracy, np.finfo(np.float64).tiny)
    kind, most = 0, rows.types[signal] - 1
    while kind < most and again >= rows.chance[signal, kind]:
        kind += 1
    return kind


def nearly_exponential(some: int, of: Block) -> None:
    """Efforts of the first `some` uniform draws, but for some 10⁻¹²: minus their logarithms.

    By 2 artanh s = 2s (1 + s²/3 + s⁴/5 + …) of s = (m − 1) / (m + 1), where a draw is m times a
    power of 2 and m lies around 1. Only whole attempts matter, which such an error does not change
    but where it is next to a whole number; the loops here are of the kind that a processor does
    several turns of at once.
    """
    bits, mantissa, power = of.uniform.view(np.int64), of.effort.view(np.int64), of.tries
    for k in range(some):
        mantissa[k] = (bits[k] & _MANTISSA) | _UNIT
        power[k] = (bits[k] >> 52) - 1023
    for k in range(some):
        m, p = of.effort[k], power[k]
        above = m > _ROOT
        m, p = m * 0.5 if above else m, p + 1.0 if above else p
        s = (m - 1.0) / (m + 1.0)
        t = s * s
        series = 1 / 9 + t * (1 / 11 + t * (1 / 13))
        series = 1.0 + t * (1 / 3 + t * (1 / 5 + t * (1 / 7 + t * series)))
        of.effort[k] = -(p * _LOG_2 + 2.0 * s * series)


_nearly_exponential = compiled(nearly_exponential)


def _attempt(
    depth: int,
    some: int,
    rows: Rows,
    problems: Problems,
    checks: Checks,
    price: FloatArray,
    counted: Counted,
    of: Block,
) -> int:
    """Have the first `some` queries that go on make the attempts of a stage; how many go on."""
    n, models, budgets = len(problems.keep), rows.model[depth], rows.budget[depth]
    run, runs = of.run, of.runs
    for k in range(some):
        i = of.going[k]
        of.seed[k] = of.key[i] + problems.effort_key[np.uint64(models[of.row[i]])]
    for k in range(some):
        of.uniform[k] = _positive(_scrambled(of.seed[k]))
    if problems.shared:
        for k in range(some):
            of.effort[k] = -math.log(of.uniform[k])
    else:
        _nearly_exponential(some, of)
    for k in range(some):
        i = of.going[k]
        row, r, effort = of.row[i], run[i], of.effort[k]
        model, budget = np.uint64(models[row]), budgets[row]
        cell = np.uint64(models[row] * n + of.problem[i] + checks.first[row])
        failed, solved = problems.failed[cell], problems.solved[cell]
        patience = problems.patience[cell]
        least = max(failed, solved) if problems.kept else solved
        allowed = np.floor((budget * _ROUNDING - least) / failed) + 1.0
        allowed = 0.0 if allowed < 0.0 else allowed
        allowed = problems.most if allowed > problems.most else allowed
        if problems.shared:
            like = problems.draw_of[model]
            if of.left[like, i] >= 0:
                effort = of.left[like, i]
            # what failed attempts used up, others of the weights have not
            used = allowed / patience if patience > 0 else 0.0
            of.left[like, i] = max(effort - used, 0.0)
        needed = effort * patience
        if abs(needed - np.rint(needed)) <= _NEAR * needed:
            needed = (effort if problems.shared else -math.log(of.uniform[k])) * patience
        needed = np.ceil(needed)
        needed = 1.0 if needed < 1.0 else needed
        accepted = needed <= allowed
        tries = needed if accepted else allowed
        if problems.kept:
            lost = allowed * failed
        else:
            lost = budget
            if problems.most < np.inf:
                lost = min(budget, problems.most * failed)
        won = (needed - 1) * failed + solved
        spend = won if accepted else lost
        counted.tried[np.uint64(runs.place[r]), model] += tries
        of.bill[i] += spend * price[np.uint64(runs.payer[r]), model]
        of.model[depth, i], of.spend[depth, i] = model, spend
        of.made[i], of.tries[k] = depth + 1, tries
        of.accepted[i] = of.right[i] = accepted
    if checks.any:
        _check(depth, some, rows, problems, checks, price, of)
    more = 0
    for k in range(some):
        i = of.going[k]
        of.going[more] = i
        more += (not of.accepted[i]) & (rows.length[of.row[i]] > depth + 1)
    return more


def check(
    depth: int,
    some: int,
    rows: Rows,
    problems: Problems,
    checks: Checks,
    price: FloatArray,
    of: Block,
) -> None:
    """Have a verifier check the answers of a stage's attempts."""
    n, free = len(problems.keep), len(price) - 1
    for k in range(some):
        i = of.going[k]
        row = of.row[i]
        cell = rows.model[depth, row] * n + of.problem[i] + checks.first[row]
        made, room = of.tries[k], rows.budget[depth, row] * _ROUNDING
        if not of.accepted[i] and made * problems.failed[cell] > room:
            made = max(made - 1, 0.0)
        of.checked[i] += checks.price[cell] * made
        if of.runs.payer[of.run[i]] != free:  # whoever buys attempts checks them itself
            of.borne[i] = of.checked[i]
        if of.accepted[i]:
            verdict = _uniform(_scrambled(of.key[i] + VERDICT))
            of.right[i] = verdict < checks.accuracy[cell]
            of.harm[i] = 0.0 if of.right[i] else checks.wrong_answer_cost[cell]


def _count(
    start: int, size: int, checks: Checks, counted: Counted, logged: Logged, of: Block
) -> None:
    """Count what became of a block's queries, in their order."""
    run, runs, nowhere = of.run, of.runs, len(counted.spent) - 1
    for i in range(size):  # who has no second stage adds 0 where it is not counted: no jump
        place, made = np.int64(runs.place[run[i]]), np.int64(of.made[i])
        counted.spent[np.uint64(place), of.model[0, i]] += of.spend[0, i]
        second = np.uint64(place + (nowhere - place) * (made < 2))
        counted.spent[second, of.model[1, i]] += of.spend[1, i]
        for depth in range(2, made):
            counted.spent[np.uint64(place), of.model[depth, i]] += of.spend[depth, i]
    surplus, payments = counted.whole[2], counted.whole[3]
    for i in range(size):
        r = run[i]
        at, who = np.uint64(runs.place[r]), np.uint64(runs.who[r])
        paid = of.bill[i] + runs.asked[r]  # one of them is 0
        gained = runs.worth[r] - paid
        if checks.any:
            gained = gained - of.harm[i] - of.borne[i]
        counted.place[1, at] += of.right[i]
        counted.place[2, at] += of.accepted[i]
        counted.place[3, at] += paid
        counted.who[2, who] += paid
        counted.who[3, who] += gained
        surplus += gained
        payments += paid
        of.bill[i] = paid
    counted.whole[2], counted.whole[3] = surplus, payments
    if checks.any:
        for i in range(size):
            counted.place[4, runs.place[run[i]]] += of.checked[i]
            counted.whole[4] += of.harm[i]
    if len(logged.buyer):
        for i in range(size):  # one by one: numba compiles seconds for a slice set to another
            query = start + i
            logged.buyer[query] = runs.buyer[run[i]]
            logged.problem[query], logged.paid[query] = of.problem[i], of.bill[i]
            logged.solved[query], logged.accepted[query] = of.right[i], of.accepted[i]


_number, _draw, _seen = compiled(_number), compiled(_draw), compiled(seen)
_check = compiled(check)
_attempt, _count = compiled(_attempt), compiled(_count)


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
    of: Block,
) -> None:
    """Serve the queries from `first` to before `last`, numbered buyer by buyer.

    `ends` [J] are the queries sent by each buyer and those before it; `price` [S + 1, M] is by
    payer, 0 in the last row.
    They are served a block `of` them at a time, and in it stage by stage: a processor does many
    alike things at once, and rarely guesses wrong what comes next. Money is added up query by
    query all the same.
    """
    buyer = int(np.searchsorted(ends, first, side="right"))
    most = len(of.key)
    for start in range(first, last, most):
        size = min(most, last - start)
        of.left[:, :size] = -1.0
        of.made[:size] = 0
        of.bill[:size] = 0.0
        of.spend[:2, :size] = 0.0
        of.accepted[:size] = False
        of.right[:size] = False
        if checks.any:
            of.checked[:size] = 0.0
            of.borne[:size] = 0.0
            of.harm[:size] = 0.0
        buyer = _number(key, (first, last, start, size), buyer, ends, buying, counted, of)
        # a literal 0 would have numba compile a stage twice
        some, depth = _draw(size, rows, problems, of), int(np.int64(0))
        while some > 0:
            some = _attempt(depth, some, rows, problems, checks, price, counted, of)
            depth += 1
        _count(start, size, checks, counted, logged, of)


count_arrivals, count_alike = compiled(_count_arrivals), compiled(_count_alike)
serve_queries = compiled(_serve)
