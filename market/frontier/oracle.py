"""Routers that know every problem, and routers that pick one model per type and no second."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.threads import on_one_thread
from market.frontier.cascade import Cascade, cascade_on_grid
from market.frontier.cascade_space import CascadeSpace, distinct_models
from market.frontier.crossing import crossing
from market.frontier.frontier import Frontier, solve_frontier
from market.frontier.pass_curves import CurveTables
from market.frontier.query_signal import QuerySignal
from market.frontier.search_by_type import MixtureByType
from market.frontier.search_steps import shadow_prices
from market.frontier.signal_frontier import SignalFrontier, cheaper


@dataclass(frozen=True, eq=False)
class _Plan:
    """What an oracle does at one λ.

    [m, n] models in the order in which they are tried, and their budgets, as indices; [n] chance to
    solve, and bill.
    """

    order: IntArray
    budgets: IntArray
    solved: FloatArray
    bill: FloatArray

    def differs(self, other: "_Plan") -> BoolArray:
        """[n] whether a problem is done in another way."""
        same_order = (self.order == other.order) | (self.budgets == 0) & (other.budgets == 0)
        return np.asarray((~same_order | (self.budgets != other.budgets)).any(axis=0))


@on_one_thread
def solve_oracle(
    tables: CurveTables,
    quality: FloatArray,
    price: FloatArray | None = None,
    blind: Frontier | None = None,
) -> SignalFrontier:
    """Frontier of a router that knows every problem: each is its own type, seen surely.

    Per problem, models are tried in the order of their best solve rate per dollar, which is
    optimal for attempts that are independent given the problem, each with the budget that is best
    given what follows it. (Where a verifier errs, in the order of what they are worth per answer
    accepted, at the shadow price: nobody would turn from the first of them to another but for
    what budgets leave over.) From one shadow price to the next, problems change over one at a time,
    those of the least spend per solve rate first; between two steps one problem's cascades are
    mixed.

    Parameters
    ----------
    tables
        Curves on the budget grids.
    quality
        [G] wanted solve rates.
    price
        [M] price multipliers, all 1 if None.
    blind
        Frontier without knowledge at the same solve rates and prices, searched if None.
    """
    target = np.asarray(quality, dtype=np.float64)
    unseeing = solve_frontier(tables, target, price) if blind is None else blind
    multipliers = np.ones(len(tables.models)) if price is None else price
    models = np.array(distinct_models(tables, multipliers), dtype=np.int64)
    spend = np.full(len(target), np.inf)
    policies: list[MixtureByType | None] = [None] * len(target)
    if len(models):
        plans = _plans(tables, multipliers, models)
        weight = tables.population.weight

        def cascades(before: _Plan, after: _Plan, changed: IntArray) -> tuple[Cascade, ...]:
            budgets, order = before.budgets.copy(), before.order.copy()
            budgets[:, changed] = after.budgets[:, changed]
            order[:, changed] = after.order[:, changed]
            return tuple(
                cascade_on_grid(tables, tuple(zip(models[order[:, i]].tolist(), b, strict=True)))
                for i, b in enumerate(budgets.T.tolist())
            )

        before = next(plans)
        for after in plans:
            gain, dearer = (
                weight * (after.solved - before.solved),
                weight * (after.bill - before.bill),
            )
            changes = np.flatnonzero(after.differs(before) & (gain > 0))
            changes = changes[np.argsort(dearer[changes] / gain[changes], kind="stable")]
            rates = float(weight @ before.solved) + np.append(0.0, np.cumsum(gain[changes]))
            bills = float(weight @ before.bill) + np.append(0.0, np.cumsum(dearer[changes]))
            low, high, share, reached = crossing(rates, target)
            cost = np.where(reached, bills[low] * (1 - share) + bills[high] * share, np.inf)
            for g in np.flatnonzero((cost < spend) & (target > rates[0])).tolist():
                spend[g] = cost[g]
                policies[g] = MixtureByType(
                    cascades(before, after, changes[: low[g]]),
                    cascades(before, after, changes[: high[g]]),
                    float(share[g]),
                    (float(rates[low[g]]), float(rates[high[g]])),
                    (float(bills[low[g]]), float(bills[high[g]])),
                )
            before = after
    return cheaper(target, spend, policies, unseeing)


def _plans(tables: CurveTables, price: FloatArray, models: IntArray) -> Iterator[_Plan]:
    """What is done at falling λ."""
    solved, bill = tables.solved[models], price[models, None, None] * tables.spend[models]
    ends = tables.ends[models]
    if tables.beside is not None:
        bill = bill + tables.beside[models]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(bill > 0, solved / bill, 0.0).max(axis=2)  # [m, n]
    everyone = np.arange(tables.population.size)

    def first_to_last(shadow_price: float) -> IntArray:
        """[m, n] order in which each problem's models are tried."""
        if tables.beside is None:
            return np.argsort(-rate, axis=0, kind="stable")
        worth = np.divide(
            solved - shadow_price * bill, ends, out=np.full(ends.shape, -np.inf), where=ends > 0
        )
        return np.argsort(-worth.max(axis=2), axis=0, kind="stable")

    usual = first_to_last(0.0)

    def at(shadow_price: float) -> _Plan:
        order = usual if tables.beside is None else first_to_last(shadow_price)
        value = np.zeros(len(everyone))  # of going on after the stage fails
        right, fail, spend = (
            np.zeros(len(everyone)),
            np.ones(len(everyone)),
            np.zeros(len(everyone)),
        )
        budgets = np.zeros(order.shape, dtype=np.int64)
        for j in range(len(models) - 1, -1, -1):
            u, s = solved[order[j], everyone], bill[order[j], everyone]
            end = u if tables.beside is None else ends[order[j], everyone]
            gain = u * (1 - value[:, None]) - shadow_price * s
            if tables.beside is not None:
                gain = u - end * value[:, None] - shadow_price * s
            budgets[j] = np.argmax(gain, axis=1)
            value = value + gain[everyone, budgets[j]]
            kept = 1 - end[everyone, budgets[j]]
            spend = s[everyone, budgets[j]] + kept * spend
            right = u[everyone, budgets[j]] + kept * right
            fail = kept * fail
        return _Plan(order, budgets, 1 - fail if tables.beside is None else right, spend)

    ratio = 0.8
    steps = np.ceil(np.log(1e-7) / np.log(ratio))
    ladder = float(rate.max()) * ratio ** np.arange(-1.0, steps)  # at first nothing is bought
    return (at(worth) for worth in ladder.tolist())


def solve_single(
    tables: CurveTables,
    quality: FloatArray,
    query_signal: QuerySignal,
    price: FloatArray,
    alone: Frontier,
) -> SignalFrontier:
    """One model for each type seen, the best per dollar, and no second.

    At each shadow price λ the model and budget of the highest solve rate − λ·spend for the type;
    what most routers do that pick a model per query, and never follow up with another. From one λ
    to the next, types change over one at a time.

    Parameters
    ----------
    tables
        Curves on the budget grids.
    quality
        [G] wanted solve rates.
    query_signal
        What is seen of a query.
    price
        [M] price multipliers; infinite where a model is not for sale.
    alone
        What the cheapest single model does at the same solve rates and prices.
    """
    target = np.asarray(quality, dtype=np.float64)
    models = distinct_models(tables, price)
    spend = np.full(len(target), np.inf)
    policies: list[MixtureByType | None] = [None] * len(target)
    if not models:
        return cheaper(target, spend, policies, alone)
    joint = query_signal.joint(tables.population.weight)[query_signal.share > 0]
    solved = np.stack([joint @ tables.solved[m] for m in models], axis=1)  # [Z, m, X]
    bill = np.stack([price[m] * (joint @ tables.spend[m]) for m in models], axis=1)
    if tables.beside is not None:
        bill = bill + np.stack([joint @ tables.beside[m] for m in models], axis=1)
    seen = np.arange(len(joint))
    now = np.zeros((len(joint), 2), dtype=np.int64)  # model and budget of each type

    def named(kind: int, model: int, budget: int) -> tuple[Cascade, ...]:
        stages = [(models[m], b) for m, b in now.tolist()]
        stages[kind] = models[model], budget
        return tuple(cascade_on_grid(tables, (stage,)) for stage in stages)

    for shadow_price in shadow_prices(CascadeSpace(tables), price, models).tolist():
        best = (solved - shadow_price * bill).reshape(len(joint), -1).argmax(axis=1)
        wanted = np.stack(np.divmod(best, tables.budget.shape[1]), axis=1)
        gain = solved[seen, *wanted.T] - solved[seen, *now.T]
        dearer = bill[seen, *wanted.T] - bill[seen, *now.T]
        slope = np.divide(dearer, gain, out=np.full(len(gain), np.inf), where=gain > 0)
        for z in np.argsort(slope, kind="stable").tolist():
            others = [float(part[seen, *now.T].sum() - part[z, *now[z]]) for part in (solved, bill)]
            model = int(wanted[z, 0])
            rates = others[0] + solved[z, model]
            low, high, share, reached = crossing(rates, target)
            paid = others[1] + bill[z, model]
            cost = np.where(reached, paid[low] * (1 - share) + paid[high] * share, np.inf)
            for g in np.flatnonzero(cost < spend).tolist():
                spend[g] = cost[g]
                policies[g] = MixtureByType(
                    named(z, model, int(low[g])),
                    named(z, model, int(high[g])),
                    float(share[g]),
                    (float(rates[low[g]]), float(rates[high[g]])),
                    (float(paid[low[g]]), float(paid[high[g]])),
                )
            now[z] = wanted[z]
    return cheaper(target, spend, policies, alone)
