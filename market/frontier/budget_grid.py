"""Budget grids from the data: dense where curves bend, from the cheapest attempt to the limit.

Between two budgets of its grid a seller mixes them, so a coarse grid misstates what a solve rate
costs. Each model has a grid of its own, made of budgets at which some problem's next attempt just
fits: any other budget solves no more than the one below it, and spends more. Of these budgets, as
many are kept as put the model's cost within `TOLERANCE` of what all of them would make it (Ramer
1972; Douglas and Peucker 1973, worst point first). Where a long way gains nothing, a budget shortly
before its end is in, too, so that nobody mixes across it. All is in units of the model's cheapest
attempt: what a dollar is worth changes nothing, nor do the other models that are for sale.
"""

from functools import cached_property
from hashlib import blake2b

import numpy as np

from market.foundation.answer_cache import kept_or_found
from market.foundation.arrays import BoolArray, FloatArray
from market.foundation.content_digest import content_digest
from market.foundation.errors import DataError
from market.foundation.memory import remember
from market.foundation.threads import on_one_thread
from market.frontier.attempt_costs import REMAINDERS, AttemptCosts, Remainder
from market.frontier.checked_curves import checked_curves
from market.frontier.pass_curves import (
    ESTIMATORS,
    CurveTables,
    Estimator,
    curve_loop,
    estimated,
    geometric_attempts,
    model_curves,
    require_affordable,
    usual_estimator,
)
from market.frontier.verifier import Checked, Verifier
from market.frontier.worst_first import worst_first
from market.population.population import Population

TOLERANCE = 0.003  # of a cost: so that a grid twice as dense moves none by more than 0.5%
REACH = 1 - 1e-4  # of its limit, to which a curve is followed
_FAINT = 0.02  # of its limit: what solves less is nothing that a market sells
_GAP = 0.01  # of a budget: neighbours that are further apart are not mixed
_CANDIDATES = 8192  # budgets of which the grid is chosen, fewer where problems are very many
_WORK = 2**21  # problems times candidates worked out at once
_REMEMBERED = 512  # grids, so that the runs of a study choose theirs once
_GRIDS: dict[bytes, FloatArray] = {}


@on_one_thread
def build_tables(
    population: Population,
    budget: FloatArray | None = None,
    estimator: Estimator | None = None,
    remainder: Remainder = "spent",
    *,
    tolerance: float = TOLERANCE,
    highest: float | None = None,
    verifier: Verifier | None = None,
) -> CurveTables:
    """Curves of all models of a population.

    Parameters
    ----------
    population
        Problems and models.
    budget
        [X] list dollars rising from 0, the same for all models, or [M, X]; from the data if None.
    estimator
        :func:`market.frontier.pass_curves.usual_estimator` if None. With `beta_binomial` the tables
        have a row for each stratum of a recorded problem.
    remainder
        Whether what is left of a budget is spent or kept.
    tolerance
        How far a grid from the data may put a cost off, as a share of it.
    highest
        List dollars above which nobody goes; no limit if None.
    verifier
        What tells success; at once, free of charge and without error if None.

    Raises
    ------
    DataError
        A grid that does not rise from 0, an estimator that is unknown or has no counts, or a model
        of which no attempt fits the highest budget.
    """
    chosen = usual_estimator(population) if estimator is None else estimator
    if chosen not in ESTIMATORS:
        raise DataError(f"estimator {chosen!r} is unknown; there are: {', '.join(ESTIMATORS)}")
    if remainder not in REMAINDERS:
        raise DataError(f"remainder {remainder!r} is unknown; there are: {', '.join(REMAINDERS)}")
    population = estimated(population, chosen)
    models = len(population.models)
    checked = None if verifier is None or verifier.flawless else verifier.bind(population)
    if budget is None:
        grid = data_budgets(population, chosen, remainder, tolerance, highest, checked)
    else:
        given = np.asarray(budget, dtype=np.float64)
        if (
            given.ndim not in (1, 2)
            or given.shape[-1] < 2
            or (given.ndim == 2 and len(given) != models)
        ):
            raise DataError(f"budget grid: shape {given.shape}, expected [X] or [{models}, X]")
        grid = np.array(np.broadcast_to(given, (models, given.shape[-1])))
        rises = (grid[:, 0] == 0) & (grid[:, -1] > 0) & (np.diff(grid) >= 0).all(axis=1)
        if not (rises & np.isfinite(grid).all(axis=1)).all():
            raise DataError("budget grid: must rise from 0, each budget a number")
        if given.ndim == 1:
            require_affordable(population, float(given[-1]))
    if checked is not None:
        return checked_tables(population, chosen, remainder, grid, checked)
    shape = (models, population.size, grid.shape[1])
    solved, spend = np.empty(shape), np.empty(shape)
    for m in range(models):
        loop = curve_loop(population, m, chosen, remainder)
        if loop is not None:
            loop.write(grid[m], solved[m], spend[m])
        else:
            solved[m], spend[m] = model_curves(population, m, grid[m], chosen, remainder)
    return CurveTables(population, chosen, remainder, grid, solved, spend)


def checked_tables(
    population: Population,
    estimator: Estimator,
    remainder: Remainder,
    budget: FloatArray,
    checked: Checked,
) -> CurveTables:
    """Curves on budget grids [M, X], where a verifier errs or costs."""
    curves = [
        checked_curves(population, m, row, estimator, remainder, checked)
        for m, row in enumerate(budget)
    ]
    return CurveTables(
        population,
        estimator,
        remainder,
        budget,
        solved=np.stack([of.solved for of in curves]),
        spend=np.stack([of.spend for of in curves]),
        checked=checked,
        accepted=np.stack([of.accepted for of in curves]),
        checks=np.stack([of.checks for of in curves]),
        harm=np.stack([of.harm for of in curves]),
    )


def data_budgets(
    population: Population,
    estimator: Estimator,
    remainder: Remainder = "spent",
    tolerance: float = TOLERANCE,
    highest: float | None = None,
    checked: Checked | None = None,
) -> FloatArray:
    """[M, X] budget grids in list dollars, each from 0 up; a shorter one repeats its last.

    Parameters
    ----------
    population, estimator, remainder, tolerance, highest
        As :func:`build_tables` takes them.
    checked
        What a verifier accepts of the attempts, where it errs or costs.

    Raises
    ------
    DataError
        `tolerance` is not above 0 and below 1, or an attempt costs more than `highest`.
    """
    if not 0 < tolerance < 1:
        raise DataError(f"tolerance: {tolerance:g} of a cost is not above 0 and below 1")
    if highest is not None:
        require_affordable(population, highest)
    curves = [
        _Curve(population, m, estimator, remainder, checked) for m in range(len(population.models))
    ]
    told = repr((tolerance, highest)).encode()
    known = {c.digest: _GRIDS[c.digest + told] for c in curves if c.digest + told in _GRIDS}
    unknown = {curve.digest: curve for curve in curves if curve.digest not in known}

    def find() -> dict[str, FloatArray]:
        return {str(n): c.grid(tolerance, highest) for n, c in enumerate(unknown.values())}

    if unknown:
        found = kept_or_found(content_digest("grids", list(unknown), told), find)
        for n, digest in enumerate(unknown):
            known[digest] = found[str(n)]
            remember(_GRIDS, digest + told, known[digest], _REMEMBERED)
    grids = [known[curve.digest] for curve in curves]
    longest = max(len(grid) for grid in grids)
    return np.stack([np.pad(grid, (0, longest - len(grid)), mode="edge") for grid in grids])


class _Curve:
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
