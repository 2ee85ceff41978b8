"""A policy for a wanted solve rate; and many of them at once, where a verifier errs or costs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.frontier.crossing import REACHED, falling, rising
from market.frontier.grid_cascade import GridCascade, Placement


@dataclass(frozen=True)
class Pick:
    """A policy that solves a wanted rate: two neighbouring budgets of one model, mixed.

    Attributes
    ----------
    placement, place
        Which model is varied, and where it is tried.
    low, high, share
        Its budgets, and the chance of `high`.
    """

    placement: Placement
    place: int
    low: int
    high: int
    share: float

    def list_spend(self, models: int) -> FloatArray:
        """[M] expected list dollars by model."""
        high = self.placement.list_spend(self.place, self.high, models)
        if self.share >= 1:
            return high
        low = self.placement.list_spend(self.place, self.low, models)
        return np.asarray(self.share * high + (1 - self.share) * low, dtype=np.float64)

    def cascades(self) -> tuple[GridCascade, GridCascade]:
        """The two cascades that are mixed."""
        low, high = (self.placement.policy(self.place, budget) for budget in (self.low, self.high))
        return low, high


@dataclass(frozen=True, eq=False)
class CheckedPolicies:
    """Placements with L other stages each, where a verifier errs or costs, at G solve rates.

    There each place of a model has solve rates of its own, and where a higher budget solves less,
    a solve rate is met from below and from above: N policies in all, each a placement at one place.

    `placements` and `place` [N] say which; `models` [L + 1, N] are the other stages, then the model
    that is placed; `spend` [G, L + 1, N] are list dollars on each, `beside` [G, N] US dollars of
    checks and of wrong answers; `low`, `high`, `share` and `reached` [N, G] say how.
    """

    placements: Sequence[Placement]
    place: IntArray
    models: IntArray
    spend: FloatArray
    beside: FloatArray
    low: IntArray
    high: IntArray
    share: FloatArray
    reached: BoolArray

    @classmethod
    def of(cls, placements: Sequence[Placement], quality: FloatArray) -> "CheckedPolicies":
        """All policies of placements with as many other stages each."""
        stages = len(placements[0].rest)
        rates = np.concatenate([p.solve_rate for p in placements])  # [F·(L + 1), X]
        falls = np.flatnonzero(rates.max(axis=1) > rates[:, -1] + REACHED)
        ways = rising(rates, quality), falling(rates[falls], quality)
        low, high, share, reached = (np.concatenate(part) for part in zip(*ways, strict=True))
        f, place = np.divmod(np.concatenate((np.arange(len(rates)), falls)), stages + 1)
        own = np.stack([p.own for p in placements])
        beside = np.stack([p.beside for p in placements if p.beside is not None])
        saved = np.stack([p.saved for p in placements])
        spend = np.empty((len(quality), stages + 1, len(f)))
        for k in range(stages):
            due = np.array([p.due[k] for p in placements])[f]
            rows = k >= place  # it comes after the model
            spend[:, k] = due
            at = f[rows], low[rows], high[rows], share[rows]
            spend[:, k, rows] -= _mixed(saved[:, k], *at)
        each = f * (stages + 1) + place, low, high, share
        spend[:, stages] = _mixed(own.reshape(len(rates), -1), *each)
        models = [[*(m for m, _ in p.rest), p.model] for p in placements]
        return cls(
            [placements[k] for k in f.tolist()],
            place,
            np.array(models, dtype=np.int64).T[:, f],
            spend,
            _mixed(beside.reshape(len(rates), -1), *each),
            low,
            high,
            share,
            reached,
        )

    @property
    def policies(self) -> int:
        """N."""
        return len(self.placements)

    def bill(self, price: FloatArray, out: FloatArray, moving: bool = False) -> None:
        """Write [G, N] US dollars; infinite out of reach, or a model is not for sale.

        Without what is paid whatever the prices, if only what is `moving` is asked.
        """
        paid: FloatArray = price[self.models]
        sold = np.asarray(np.isfinite(paid).all(axis=0), dtype=np.bool_)
        paid = np.where(sold, paid, 0.0)
        np.einsum("gkn,kn->gn", self.spend, paid, out=out)
        if not moving:
            out += self.beside
        np.copyto(out, np.inf, where=~(self.reached & sold[:, None]).T)

    def list_spend(self, at: IntArray, g: IntArray, models: int) -> FloatArray:
        """[K, M] list dollars by model of K policies, each at one solve rate."""
        spend, row = np.zeros((len(at), models)), np.arange(len(at))
        for k, of_stage in enumerate(self.models):
            spend[row, of_stage[at]] = self.spend[g, k, at]
        return spend

    def paid_beside(self, at: IntArray, g: IntArray) -> FloatArray:
        """[K] US dollars of checks and of wrong answers of K policies, each at one solve rate."""
        return np.asarray(self.beside[g, at], dtype=np.float64)

    def pick(self, at: int, g: int) -> Pick:
        """A policy at one solve rate."""
        low, high, share = int(self.low[at, g]), int(self.high[at, g]), float(self.share[at, g])
        return Pick(self.placements[at], int(self.place[at]), low, high, share)


def _mixed(
    curves: FloatArray, row: IntArray, low: IntArray, high: IntArray, share: FloatArray
) -> FloatArray:
    """[G, N] what curves [F, X] are in the mean, by rows [N] and neighbouring budgets [N, G]."""
    below, above = (curves[row[:, None], index] for index in (low, high))
    return np.asarray((below + share * (above - below)).T, dtype=np.float64)
