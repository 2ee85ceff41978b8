"""Least expected spend to reach a solve rate with any cascade.

The search climbs (:mod:`market.frontier.cascade_search`) at a ladder of shadow prices. Everything
it tries is kept: each variation of one stage's budget is a curve of (solve rate, spend), and the
frontier is the least spend over all of these curves at each wanted solve rate. So it also holds
policies off the convex hull, which no shadow price alone would reach, and every single-model
policy: it is nowhere above the market price.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from market.foundation.arrays import FloatArray
from market.frontier.cascade import Mixture, cascade_on_grid
from market.frontier.cascade_search import climb, one_thread, shadow_prices
from market.frontier.cascade_space import CascadeSpace
from market.frontier.grid_cascade import BudgetSweep, GridCascade
from market.frontier.least_spend import least_spend
from market.frontier.pass_curves import CurveTables

ALL_SETS_UP_TO = 6


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


@dataclass
class _Envelope:
    """Least spend so far at each target over all budget sweeps offered."""

    target: FloatArray
    spend: FloatArray = field(init=False)
    source: list[tuple[BudgetSweep, int, int, float] | None] = field(init=False)
    pending: list[BudgetSweep] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.spend = np.full(len(self.target), np.inf)
        self.source = [None] * len(self.target)

    def offer(self, budget_sweep: BudgetSweep) -> None:
        self.pending.append(budget_sweep)
        if len(self.pending) >= 64:
            self.flush()

    def flush(self) -> None:
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
            self.spend[g] = crossing.spend[f, g]
            self.source[g] = (
                self.pending[f],
                int(crossing.low[f, g]),
                int(crossing.high[f, g]),
                float(crossing.share[f, g]),
            )
        self.pending.clear()


def solve_frontier(
    tables: CurveTables,
    quality: FloatArray,
    price: FloatArray | None = None,
    weight: FloatArray | None = None,
    *,
    thorough: bool = True,
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
    thorough
        Climb over every set of the models on sale. If not, over all of them together and over each
        alone: a twelfth of the time for six models, and dearer by a few thousandths here and there.

    Returns
    -------
    Frontier
        With K(u) ≤ C(u) at every u, C being the cheapest single model. The search goes as far as
        the highest solve rate wanted, and keeps all that it tries: asked together with higher ones,
        a solve rate may come out cheaper by up to about 1%.
    """
    multipliers = np.ones(len(tables.models)) if price is None else price
    target = np.asarray(quality, dtype=np.float64)
    envelope = _Envelope(target)
    space = CascadeSpace(tables, multipliers, weight, envelope.offer)
    max_quality = 0.0
    if space.candidates:
        whole = space.everything()
        max_quality = max(
            float(space.vary(whole, j).solve_rate[-1]) for j in range(len(whole.order))
        )
        with one_thread():
            _sweep(space, min(float(target.max(initial=0.0)), max_quality), thorough)
    envelope.flush()
    return Frontier(
        target,
        envelope.spend,
        tuple(_mixture(tables, source) for source in envelope.source),
        max_quality,
    )


def _sweep(space: CascadeSpace, top: float, thorough: bool) -> None:
    """Climb at every λ downwards, each start warm, until the solve rate `top` is reached.

    Once for every set of the models on sale, so that a wider market finds all that a narrower one
    does. Of more than six models, the sets of one or two, and of all or all but one; if not
    `thorough`, of one and of all.
    """
    everyone = space.candidates
    ladder = shadow_prices(space)
    sizes: Sequence[int] = range(1, len(everyone) + 1)
    if not thorough:
        sizes = sorted({1, len(everyone)})
    elif len(everyone) > ALL_SETS_UP_TO:
        sizes = (*sizes[:2], *sizes[-2:])
    for count in sizes:
        for models in combinations(everyone, count):
            space.candidates = list(models)
            enough = min(top, space.score(space.everything(), 0.0)) - 1e-6
            grid_cascade = GridCascade()
            for shadow_price in ladder:
                grid_cascade, _ = climb(space, grid_cascade, shadow_price)
                if space.score(grid_cascade, 0.0) >= enough:
                    break


def _mixture(
    tables: CurveTables, source: tuple[BudgetSweep, int, int, float] | None
) -> Mixture | None:
    if source is None:
        return None
    varied, low, high, share = source
    lower, upper = (varied.grid_cascade.with_budget(varied.stage, b) for b in (low, high))
    return Mixture(
        cascade_on_grid(tables, lower.order, lower.budgets),
        cascade_on_grid(tables, upper.order, upper.budgets),
        share,
    )
