"""The curve of one model, and the budgets of its own that it is told by."""

from functools import cached_property
from hashlib import blake2b

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray
from market.frontier.attempt_costs import AttemptCosts, Remainder
from market.frontier.checked_curves import checked_curves
from market.frontier.pass_curves import (
    Estimator,
    curve_loop,
    geometric_attempts,
    model_curves,
)
from market.frontier.verifier import Checked
from market.frontier.worst_first import worst_first
from market.population.population import Population

REACH = 1 - 1e-4  # of its limit, to which a curve is followed
_FAINT = 0.02  # of its limit: what solves less is nothing that a market sells
_GAP = 0.01  # of a budget: neighbours that are further apart are not mixed
_CANDIDATES = 8192  # budgets of which the grid is chosen, fewer where problems are very many
_WORK = 2**21  # problems times candidates worked out at once


class ModelCurve:
    """Mean solve rate and spend of one model, to choose a grid by."""

    def __init__(
        self,
        population: Population,
        model: int,
        estimator: Estimator,
        remainder: Remainder,
        checked: Checked | None = None,
    ) -> None:
        self.population, self.model = population, model
        self.estimator, self.remainder, self.checked = estimator, remainder, checked
        self.costs = AttemptCosts.of(population, model, remainder, checked)
        self.first = float(self.costs.first.min())
        self.loop = curve_loop(population, model, estimator, remainder) if checked is None else None
        self.costly = checked is not None and bool(
            (checked.price[:, model] + checked.wrong_answer_cost[:, model]).any()
        )

    @cached_property
    def digest(self) -> bytes:
        """Content of the curve: equal digests have equal grids."""
        said = f"{self.estimator} {self.remainder} {self.costs.most:g}"
        told = blake2b(said.encode(), digest_size=20)
        population, m = self.population, self.model
        by_model = [population.solve_prob, population.successes, population.attempts]
        if self.checked is not None:
            errors = self.checked.false_accept, self.checked.false_reject
            by_model += [*errors, self.checked.price, self.checked.wrong_answer_cost]
        columns = [None if values is None else values[:, m] for values in by_model]
        for values in (population.weight, self.costs.failed, self.costs.solved, *columns):
            if values is not None:
                told.update(np.ascontiguousarray(values).tobytes())
        return told.digest()

    def at(self, budget: FloatArray) -> tuple[FloatArray, ...]:
        """[x] budgets, each moved down to where the last attempt just fits, and means there.

        Of U and S; where checks or wrong answers cost anything, also of S and that.
        """
        weight = self.population.weight
        if self.loop is not None:
            x = self.loop.fits(budget)
            return x, *self.loop.means(x, weight)
        step = max(_WORK // self.population.size, 1)
        parts = []
        for start in range(0, len(budget), step):
            wanted = budget[start : start + step]
            k = self.costs.attempts(wanted)
            x = np.where(k > 0, self.costs.first + (k - 1) * self.costs.failed, 0.0).max(axis=0)
            parts.append((x, *(weight @ curve for curve in self._curves(x))))
        return tuple(np.concatenate(part) for part in zip(*parts, strict=True))

    def _curves(self, budget: FloatArray) -> tuple[FloatArray, ...]:
        of = self.population, self.model, budget, self.estimator, self.remainder
        if self.checked is None:
            return model_curves(*of)
        found = checked_curves(*of, self.checked)
        if not self.costly:
            return found.solved, found.spend
        return found.solved, found.spend, found.spend + found.checks + found.harm

    def grid(self, tolerance: float, highest: float | None) -> FloatArray:
        """[X] budgets from 0 to where the curve is near its limit, or to `highest`."""
        last = self._last() if highest is None else min(self._last(), highest)
        few = max(min(_CANDIDATES, _WORK // self.population.size), 512)
        # even steps of ln S bound what a cost can be off; of ln x, for where S is small
        x, u, s, *_ = self.at(self.first * np.geomspace(1.0, last / self.first, 512))
        whole: list[FloatArray] = []
        floor = max(float(np.interp(_FAINT * u[-1], u, s)), float(s[0]))
        step = np.log(np.maximum(s, floor) / floor) + 0.02 * np.log(x / self.first)
        if step[-1] > 0:
            even = np.interp(np.linspace(0.0, step[-1], few), step, np.log(x / self.first))
            wanted = self.first * np.exp(even)
            x, u, s, *whole = self.at(np.concatenate((wanted, [last])))
        if u[-1] == 0:  # it never solves anything: one budget says so
            return np.array([0.0, last])
        gains = np.flatnonzero(np.diff(np.maximum.accumulate(u), prepend=-1.0) > 0)
        x, u, *costs = (np.concatenate(([0.0], values[gains])) for values in (x, u, s, *whole))
        faint = _FAINT * float(u[-1])
        kept = np.unique(np.concatenate([worst_first(u, of, tolerance, faint) for of in costs]))
        # Who mixes two budgets that are far apart pays for the way between only in part. So where a
        # long way gains nothing, its beginning is in, and a budget shortly before its end, which
        # solves no more than the beginning and costs what it is.
        before = x[kept[1:] - 1]
        wide = before * (1 + _GAP) < x[kept[1:]]
        ends = x[kept[1:]][wide] / (1 + _GAP)
        return np.unique(np.concatenate((x[kept], before[wide], ends)))

    def _last(self) -> float:
        """The budget at which the solve rate is `REACH` of its limit."""
        counted = self.population.successes
        solvable = self.population.solve_prob[:, self.model] > 0
        if self.estimator == "unbiased" and counted is not None:
            solvable = counted[:, self.model] > 0
        limit = REACH * self._limit(solvable)
        low = high = self.first
        while self._solve_rate(high) < limit:
            low, high = high, 2 * high
        while high > low * (1 + 1e-3):
            middle = low * np.sqrt(high / low)
            low, high = (middle, high) if self._solve_rate(middle) < limit else (low, middle)
        return max(high, float(self.costs.first.max()) if limit == 0 else high)

    def _limit(self, solvable: BoolArray) -> float:
        """The solve rate that no budget exceeds."""
        weight = self.population.weight
        if self.checked is None:
            return float(weight @ solvable)
        if self.estimator == "unbiased":  # nothing is accepted past the recorded attempts
            rare = self.costs.first + float(self._longest()) * self.costs.failed
            return self._solve_rate(float(rare.max()))
        accept, accuracy = (
            of[:, self.model] for of in (self.checked.accept, self.checked.accuracy)
        )
        ever, _ = geometric_attempts(accept, np.full(len(accept), self.costs.most))
        return float(weight @ np.where(accept > 0, solvable * accuracy * ever, 0.0))

    def _longest(self) -> int:
        assert self.population.attempts is not None
        return int(self.population.attempts[:, self.model].max())

    def _solve_rate(self, budget: float) -> float:
        return float(self.at(np.array([budget]))[1][0])
