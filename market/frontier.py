"""Least expected spend to reach a solve rate with any cascade.

For a shadow price λ (solve rate per dollar) the search climbs on solve rate − λ·spend: one stage's
budget at a time, over the whole grid, then insertions of models left out and swaps of neighbours.
Everything it looks at is kept: each variation of one stage's budget is a curve of (solve rate,
spend), and the frontier is the least spend over all of these curves at each wanted solve rate. So
it also holds policies off the convex hull, which no λ alone would reach, and every single-model
policy: it is nowhere above the market price.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np

from market.cascade import Mixture, cascade_on_grid
from market.curves import CurveTables, least_spend
from market.population import FloatArray

ALL_ORDERS_UP_TO = 3
_GAIN = 1e-10  # an improvement smaller than this is rounding
_LAMBDA_RATIO = 0.75
_LAMBDA_SPAN = 1e-7


@dataclass(frozen=True)
class Plan:
    """A cascade in indices: models in order, and a budget of the grid for each."""

    order: tuple[int, ...] = ()
    budgets: tuple[int, ...] = ()

    def without_idle(self) -> "Plan":
        """Leave out stages of budget 0."""
        kept = [(m, b) for m, b in zip(self.order, self.budgets, strict=True) if b > 0]
        return Plan(tuple(m for m, _ in kept), tuple(b for _, b in kept))

    def with_budget(self, stage: int, budget: int) -> "Plan":
        """Replace one stage's budget."""
        return Plan(self.order, (*self.budgets[:stage], budget, *self.budgets[stage + 1 :]))

    def with_stage(self, stage: int, model: int) -> "Plan":
        """Insert a model, at budget 0, before `stage`."""
        return Plan(
            (*self.order[:stage], model, *self.order[stage:]),
            (*self.budgets[:stage], 0, *self.budgets[stage:]),
        )

    def swapped(self, stage: int) -> "Plan":
        """Exchange a stage with the next."""
        order, budgets = list(self.order), list(self.budgets)
        for items in (order, budgets):
            items[stage], items[stage + 1] = items[stage + 1], items[stage]
        return Plan(tuple(order), tuple(budgets))


@dataclass(frozen=True)
class Family:
    """One stage's budget varied over the grid, the rest of the plan held.

    Attributes
    ----------
    plan, stage
        What is varied.
    solve_rate, spend
        [X] of the whole plan, by the budget of that stage.
    """

    plan: Plan
    stage: int
    solve_rate: FloatArray
    spend: FloatArray

    def best(self, shadow_price: float) -> tuple[float, int]:
        """Highest solve rate − λ·spend, and the budget index that gives it."""
        objective = self.solve_rate - shadow_price * self.spend
        budget = int(np.argmax(objective))
        return float(objective[budget]), budget


@dataclass(frozen=True)
class Frontier:
    """Least spend K(u) by solve rate, and the policy that gives it.

    Attributes
    ----------
    quality
        [G] wanted solve rates.
    spend
        [G] US dollars per query, at the prices searched; infinite where no cascade reaches.
    policies
        G mixtures; None where no cascade reaches.
    max_quality
        Highest solve rate of any cascade on the grid.
    """

    quality: FloatArray
    spend: FloatArray
    policies: tuple[Mixture | None, ...]
    max_quality: float


class CascadeSpace:
    """All cascades over the models of the tables, at given prices and problem weights.

    Parameters
    ----------
    tables
        Curves on the budget grid.
    price
        [M] price multipliers; infinite where a model is not for sale.
    weight
        [n] problem weights; the population's own if None.
    """

    def __init__(
        self, tables: CurveTables, price: FloatArray, weight: FloatArray | None = None
    ) -> None:
        self.tables = tables
        self.price = price
        self.weight = tables.population.weight if weight is None else weight
        self.candidates = distinct_models(tables, price)

    def families(self, plan: Plan, stages: Sequence[int] | None = None) -> Iterator[Family]:
        """Yield the variation of each stage (or of those named) of a plan."""
        solved, spend = self.tables.solved, self.tables.spend
        fail = [1 - solved[m][:, b] for m, b in zip(plan.order, plan.budgets, strict=True)]
        bill = [
            self.price[m] * spend[m][:, b] for m, b in zip(plan.order, plan.budgets, strict=True)
        ]
        for stage in range(len(plan.order)) if stages is None else stages:
            reach, spent = self.weight, 0.0
            for j in range(stage):
                spent += float(reach @ bill[j])
                reach = reach * fail[j]
            later_fail = np.ones_like(reach)
            later_spend = np.zeros_like(reach)
            for j in range(len(plan.order) - 1, stage, -1):
                later_fail = fail[j] * later_fail
                later_spend = bill[j] + fail[j] * later_spend
            model = plan.order[stage]
            gain, saving = np.stack((reach * later_fail, reach * later_spend)) @ solved[model]
            yield Family(
                plan,
                stage,
                1 - float(reach @ later_fail) + gain,
                spent
                + float(reach @ later_spend)
                + self.price[model] * (reach @ spend[model])
                - saving,
            )

    def score(self, plan: Plan, shadow_price: float) -> float:
        """Solve rate − λ·spend of one plan."""
        solved, spend = self.tables.solved, self.tables.spend
        reach, spent = self.weight, 0.0
        for m, b in zip(plan.order, plan.budgets, strict=True):
            spent += self.price[m] * float(reach @ spend[m][:, b])
            reach = reach * (1 - solved[m][:, b])
        return float(self.weight.sum() - reach.sum()) - shadow_price * spent

    def everything(self) -> Plan:
        """All models at the highest budget, cheapest attempt per dollar first."""
        top = len(self.tables.budget) - 1
        return Plan(tuple(self.candidates), (top,) * len(self.candidates))


def distinct_models(tables: CurveTables, price: FloatArray) -> list[int]:
    """Models worth a stage: for sale, and not the copy of another at no lower a price.

    Two identical models are one model at the lower of their prices. A cascade over both could
    only play with the rounding of budgets to whole attempts.
    """
    population = tables.population
    kept: list[int] = []
    for m in np.argsort(price, kind="stable").tolist():
        same = any(
            np.array_equal(population.solve_prob[:, m], population.solve_prob[:, k])
            and np.array_equal(population.list_cost[:, m], population.list_cost[:, k])
            for k in kept
        )
        if np.isfinite(price[m]) and not same:
            kept.append(m)
    return sorted(kept)


@dataclass
class _Envelope:
    """Least spend so far at each target over all families offered."""

    target: FloatArray
    spend: FloatArray = field(init=False)
    source: list[tuple[Plan, int, int, int, float] | None] = field(init=False)
    pending: list[Family] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.spend = np.full(len(self.target), np.inf)
        self.source = [None] * len(self.target)

    def offer(self, family: Family) -> None:
        self.pending.append(family)
        if len(self.pending) >= 64:
            self.settle()

    def settle(self) -> None:
        if not self.pending or not len(self.target):
            self.pending.clear()
            return
        crossing = least_spend(
            np.stack([f.solve_rate for f in self.pending]),
            np.stack([f.spend for f in self.pending]),
            self.target,
        )
        best = np.argmin(crossing.spend, axis=0)
        columns = np.arange(len(self.target))
        better = crossing.spend[best, columns] < self.spend * (1 - 1e-12)
        for g in np.flatnonzero(better & np.isfinite(crossing.spend[best, columns])).tolist():
            f = best[g]
            family = self.pending[f]
            self.spend[g] = crossing.spend[f, g]
            self.source[g] = (
                family.plan,
                family.stage,
                int(crossing.low[f, g]),
                int(crossing.high[f, g]),
                float(crossing.share[f, g]),
            )
        self.pending.clear()


def climb(
    space: CascadeSpace, start: Plan, shadow_price: float, seen: _Envelope | None = None
) -> tuple[Plan, float]:
    """Local optimum of solve rate − λ·spend from a plan: budgets, insertions, swaps.

    Returns
    -------
    plan, score
        No single change of a budget, insertion of a model or swap of neighbours improves it.
    """
    plan, score = start, space.score(start, shadow_price)
    while True:
        plan, score = _climb_budgets(space, plan, score, shadow_price, seen)
        better = _best_insertion(space, plan, score, shadow_price, seen) or _best_swap(
            space, plan, score, shadow_price
        )
        if better is None:
            return plan, score
        plan, score = better


def _climb_budgets(
    space: CascadeSpace, plan: Plan, score: float, shadow_price: float, seen: _Envelope | None
) -> tuple[Plan, float]:
    stale, stage = 0, 0  # stages in a row that could not be improved
    while stale < len(plan.order):
        (family,) = space.families(plan, [stage])
        if seen is not None:
            seen.offer(family)
        value, budget = family.best(shadow_price)
        if value > score + _GAIN and budget != plan.budgets[stage]:
            plan, score, stale = plan.with_budget(stage, budget), value, 0
        stale, stage = stale + 1, (stage + 1) % len(plan.order)
    return plan.without_idle(), score


def _best_insertion(
    space: CascadeSpace, plan: Plan, score: float, shadow_price: float, seen: _Envelope | None
) -> tuple[Plan, float] | None:
    best: tuple[Plan, float] | None = None
    for model in space.candidates:
        if model in plan.order:
            continue
        for stage in range(len(plan.order) + 1):
            (family,) = space.families(plan.with_stage(stage, model), [stage])
            if seen is not None:
                seen.offer(family)
            value, budget = family.best(shadow_price)
            if value > (best[1] if best else score) + _GAIN:
                best = family.plan.with_budget(stage, budget), value
    return best


def _best_swap(
    space: CascadeSpace, plan: Plan, score: float, shadow_price: float
) -> tuple[Plan, float] | None:
    best: tuple[Plan, float] | None = None
    for stage in range(len(plan.order) - 1):
        swapped = plan.swapped(stage)
        value = space.score(swapped, shadow_price)
        if value > (best[1] if best else score) + _GAIN:
            best = swapped, value
    return best


def shadow_prices(space: CascadeSpace) -> FloatArray:
    """Descending λ: from where nothing is worth buying to where everything is."""
    highest = 0.0
    for model in space.candidates:
        (family,) = space.families(Plan((model,), (0,)), [0])
        paid = family.spend > 0
        highest = max(highest, float((family.solve_rate[paid] / family.spend[paid]).max(initial=0)))
    steps = int(np.ceil(np.log(_LAMBDA_SPAN) / np.log(_LAMBDA_RATIO)))
    return np.asarray(highest * _LAMBDA_RATIO ** np.arange(steps + 1), dtype=np.float64)


def solve_frontier(
    tables: CurveTables,
    quality: FloatArray,
    price: FloatArray | None = None,
    weight: FloatArray | None = None,
) -> Frontier:
    """Search the frontier K(u) at the wanted solve rates.

    Parameters
    ----------
    tables
        Curves on the budget grid.
    quality
        [G] wanted solve rates.
    price
        [M] price multipliers, all 1 if None; infinite where a model is not for sale.
    weight
        [n] problem weights; the population's own if None.

    Returns
    -------
    Frontier
        With K(u) ≤ C(u) at every u, C being the cheapest single model.
    """
    multipliers = np.ones(len(tables.models)) if price is None else price
    space = CascadeSpace(tables, multipliers, weight)
    target = np.asarray(quality, dtype=np.float64)
    seen = _Envelope(target)
    for model in space.candidates:
        for family in space.families(Plan((model,), (0,))):
            seen.offer(family)
    max_quality = 0.0
    if space.candidates:
        whole = space.everything()
        for family in space.families(whole):
            seen.offer(family)
            max_quality = float(family.solve_rate[-1])
        _sweep(space, seen, max_quality)
    seen.settle()
    return Frontier(
        target,
        seen.spend,
        tuple(_mixture(tables, source) for source in seen.source),
        max_quality,
    )


def _sweep(space: CascadeSpace, seen: _Envelope, max_quality: float) -> None:
    """Climb at every λ, downwards and back, each start warm from the λ before."""
    top = min(float(seen.target.max(initial=0.0)), max_quality)
    used = []
    plan = Plan()
    for shadow_price in shadow_prices(space):
        plan, _ = climb(space, plan, shadow_price, seen)
        used.append(shadow_price)
        if space.score(plan, 0.0) >= top - 1e-9:
            break
    for shadow_price in reversed(used[:-1]):
        plan, _ = climb(space, plan, shadow_price, seen)
    if len(space.candidates) <= ALL_ORDERS_UP_TO:
        for order in permutations(space.candidates):
            start = Plan(order, (0,) * len(order))
            for shadow_price in used:
                start, _ = _climb_order(space, start, shadow_price, seen)


def _climb_order(
    space: CascadeSpace, plan: Plan, shadow_price: float, seen: _Envelope
) -> tuple[Plan, float]:
    """Climb over budgets alone, the order held; idle stages stay in it."""
    score = space.score(plan, shadow_price)
    climbed, value = _climb_budgets(space, plan, score, shadow_price, seen)
    budget = dict(zip(climbed.order, climbed.budgets, strict=True))
    return Plan(plan.order, tuple(budget.get(m, 0) for m in plan.order)), value


def _mixture(
    tables: CurveTables, source: tuple[Plan, int, int, int, float] | None
) -> Mixture | None:
    if source is None:
        return None
    plan, stage, low, high, share = source
    lower, upper = plan.with_budget(stage, low), plan.with_budget(stage, high)
    return Mixture(
        cascade_on_grid(tables, lower.order, lower.budgets),
        cascade_on_grid(tables, upper.order, upper.budgets),
        share,
    )
