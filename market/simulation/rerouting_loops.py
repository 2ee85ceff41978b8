"""Compiled loops over how routers answer K lists of prices.

The same stands in numpy in :mod:`market.simulation.rerouting` and
:mod:`market.simulation.expected_sales`.
"""

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.compiled import compiled


@compiled
def distinct(list_spend: FloatArray, beside: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Cascades [G, L, M] and [G, L], each once by solve rate; infinite where there are fewer."""
    points, ways, models = list_spend.shape
    spend, more = np.full(list_spend.shape, np.inf), np.zeros(beside.shape)
    most = 1
    for g in range(points):
        count = 0
        for way in range(ways):
            known = False
            for at in range(count):
                same = beside[g, way] == more[g, at]
                for m in range(models):
                    same = same and list_spend[g, way, m] == spend[g, at, m]
                known = known or same
            if not known:
                spend[g, count], more[g, count] = list_spend[g, way], beside[g, way]
                count += 1
        most = max(most, count)
    return spend[:, :most].copy(), more[:, :most].copy()


@compiled
def change(
    list_spend: FloatArray, beside: FloatArray, then: FloatArray, now: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """What is spent more than at prices `now` [M], at `then` [K, M].

    Parameters
    ----------
    list_spend, beside
        [G, L, M] and [G, L], as in :class:`market.simulation.rerouting.Alternatives`.
    then, now
        Multipliers, infinite where a model is not for sale.

    Returns
    -------
    [K, G, M] list dollars per query by model, and [K, G] US dollars beside them; 0 out of reach.
    """
    points, ways, models = list_spend.shape
    spend, more = np.zeros((len(then), points, models)), np.zeros((len(then), points))
    sold_then, sold_now = np.ones(models, dtype=np.bool_), np.isfinite(now)
    for k in range(len(then)):
        sold_then &= np.isfinite(then[k])
    open_then, open_now = np.empty(ways, dtype=np.bool_), np.empty(ways, dtype=np.bool_)
    for g in range(points):
        for way in range(ways):
            open_then[way] = _open(list_spend[g, way], sold_then)
            open_now[way] = _open(list_spend[g, way], sold_now)
        before = _cheapest(list_spend[g], beside[g], now, sold_now, open_now)
        if before < 0:
            continue
        for k in range(len(then)):
            after = _cheapest(list_spend[g], beside[g], then[k], sold_then, open_then)
            if after >= 0:
                more[k, g] = beside[g, after] - beside[g, before]
                for m in range(models):
                    spend[k, g, m] = list_spend[g, after, m] - list_spend[g, before, m]
    return spend, more


@compiled
def _open(spend: FloatArray, sold: BoolArray) -> bool:
    """Whether a cascade reaches the solve rate and needs no model that is not for sale."""
    there = True
    for m in range(len(spend)):
        there = there and np.isfinite(spend[m]) and (sold[m] or spend[m] == 0)
    return there


@compiled
def _cheapest(
    spend: FloatArray, beside: FloatArray, price: FloatArray, sold: BoolArray, open_: BoolArray
) -> int:
    """Index of the cheapest of L cascades; −1 for none."""
    best, least = -1, np.inf
    for way in range(len(beside)):
        if open_[way]:
            bill = 0.0
            for m in range(len(price)):
                if sold[m]:
                    bill += spend[way, m] * price[m]
            bill += beside[way]
            if bill < least:
                best, least = way, bill
    return best


@compiled
def answer(
    held: FloatArray,
    checks: FloatArray,
    beside: FloatArray,
    price: FloatArray,
    more: FloatArray,
    checked: FloatArray,
    now: FloatArray,
    paid: FloatArray,
    direct: bool,
) -> tuple[FloatArray, FloatArray]:
    """Menu and list spend of a router that keeps its present markup.

    Parameters
    ----------
    held
        [G, M] list dollars that it spends now.
    checks, beside, price
        [G] US dollars of checks, what buyers weigh beside the price, and that price.
    more, checked
        [K, G, M] and [K, G] as :func:`change` has them.
    now, paid
        [M] and [K, M] prices, 0 where a model is not for sale.
    direct
        Whether buyers bear the checks, beside the price of attempts.

    Returns
    -------
    [K, G] prices with what is weighed beside them, and [K, G, M] list dollars.
    """
    lists, points, models = more.shape
    asked, spend = np.empty((lists, points)), np.empty(more.shape)
    for g in range(points):
        old = 0.0 if direct else checks[g]
        for m in range(models):
            old += held[g, m] * now[m]
        for k in range(lists):
            new = 0.0 if direct else max(checks[g] + checked[k, g], 0.0)
            for m in range(models):
                spend[k, g, m] = max(held[g, m] + more[k, g, m], 0.0)
                new += spend[k, g, m] * paid[k, m]
            asked[k, g] = price[g] * (new / old) if old > 0 else price[g]
            asked[k, g] += max(beside[g] + checked[k, g], 0.0) if direct else beside[g]
    return asked, spend


@compiled
def direct(
    place: IntArray,
    seller: IntArray,
    at: IntArray,
    list_price: FloatArray,
    beside: FloatArray,
    spend: FloatArray,
    asked: FloatArray,
    models: IntArray,
    share: FloatArray,
    relative: FloatArray,
    cost_ratio: FloatArray,
    factor: FloatArray,
    price: FloatArray,
    value: FloatArray,
    cost: FloatArray,
) -> None:
    """Write what is asked and paid for D offers of attempts themselves, as :func:`bill` has it.

    Parameters
    ----------
    place, seller, at
        [D] which of J offers each is, whose, and which of the listings has its price.
    list_price, beside, spend
        [D, G] US dollars at list price and beside it, and [D, G, M] list dollars by model.
    asked, share, relative, factor
        [K, L], [K, S, L], [K, L] or [1, L], and [S].
    models, cost_ratio
        As :func:`bill` has them.
    price, value, cost
        [J, K, G] to write.
    """
    for d in range(len(place)):
        j, s = place[d], seller[d]
        for k in range(len(asked)):
            for g in range(list_price.shape[1]):
                price[j, k, g] = asked[k, at[d]] * list_price[d, g] + beside[d, g]
        of = spend[d : d + 1]
        bill(of, models, share[:, s], relative, cost_ratio, factor[s], value[j], cost[j])


@compiled
def resold(
    place: IntArray,
    seller: IntArray,
    alike: IntArray,
    held: FloatArray,
    checks: FloatArray,
    beside: FloatArray,
    menu: FloatArray,
    ways: FloatArray,
    ways_beside: FloatArray,
    now: FloatArray,
    then: FloatArray,
    models: IntArray,
    share: FloatArray,
    relative: FloatArray,
    cost_ratio: FloatArray,
    factor: FloatArray,
    price: FloatArray,
    value: FloatArray,
    cost: FloatArray,
) -> None:
    """Write what R arbitrageurs ask, as in :func:`answer`, and pay, as in :func:`bill`.

    Parameters
    ----------
    place, seller, alike
        [R] which of J offers each is, whose, and which of A sets of cascades it might turn to.
    held, checks, beside, menu
        [R, G, M] and [R, G] as in :func:`answer`.
    ways, ways_beside
        [A, G, L, M] and [A, G, L] as in :func:`change`.
    now, then
        [S, M] and [K, S, M] prices, infinite where a model is not for sale.
    models, share, relative, cost_ratio, factor, price, value, cost
        As :func:`direct` has them.
    """
    last = -1
    for r in range(len(place)):
        j, s = place[r], seller[r]
        paid = then[:, s].copy()
        if alike[r] != last:
            last = alike[r]
            more, checked = change(ways[last], ways_beside[last], paid, now[s])
        paid_now = np.where(np.isfinite(now[s]), now[s], 0.0)
        paid = np.where(np.isfinite(paid), paid, 0.0)
        of = held[r], checks[r], beside[r], menu[r], more, checked, paid_now, paid, False
        price[j], spend = answer(*of)
        bill(spend, models, share[:, s], relative, cost_ratio, factor[s], value[j], cost[j])


@compiled
def bill(
    spend: FloatArray,
    models: IntArray,
    share: FloatArray,
    relative: FloatArray,
    cost_ratio: FloatArray,
    factor: float,
    value: FloatArray,
    cost: FloatArray,
) -> None:
    """Write what the sellers of L listings are paid for what serves each point, and what it costs.

    Parameters
    ----------
    spend
        [K, G, M] list dollars by model, or [1, G, M] the same at all K prices.
    models, cost_ratio
        [L] index of each listing's model, and its marginal cost over list.
    share
        [K, L] part of a model's attempts that is bought at each listing.
    relative
        [K, L] or [1, L] prices over list that are multiplied.
    factor
        What is paid over what is asked of consumers.
    value, cost
        [K, G] to write: dollars at those prices, and US dollars.
    """
    lists, points = value.shape
    for k in range(lists):
        of, by = (k if len(spend) > 1 else 0), (k if len(relative) > 1 else 0)
        for g in range(points):
            worth, spent = 0.0, 0.0
            for i in range(len(models)):
                bought = spend[of, g, models[i]] * share[k, i]
                worth += bought * relative[by, i]
                spent += bought * cost_ratio[i]
            value[k, g], cost[k, g] = factor * worth, spent
