"""Budget grids from the data: dense where curves bend, from the cheapest attempt to the limit.

Between two budgets of its grid a seller mixes them, so a coarse grid misstates what a solve rate
costs. Each model has a grid of its own, made of budgets at which some problem's next attempt just
fits: any other budget solves no more than the one below it, and spends more. Of these budgets, as
many are kept as put the model's cost within `TOLERANCE` of what all of them would make it (Ramer
1972; Douglas and Peucker 1973, worst point first). Where a long way gains nothing, a budget shortly
before its end is in, too, so that nobody mixes across it. All is in units of the model's cheapest
attempt: what a dollar is worth changes nothing, nor do the other models that are for sale.
"""

import numpy as np

from market.foundation.answer_cache import kept_or_found
from market.foundation.arrays import FloatArray
from market.foundation.content_digest import content_digest
from market.foundation.errors import DataError
from market.foundation.memory import remember
from market.foundation.threads import on_one_thread
from market.frontier.attempt_costs import REMAINDERS, Remainder
from market.frontier.checked_curves import checked_curves
from market.frontier.model_curve import ModelCurve
from market.frontier.pass_curves import (
    ESTIMATORS,
    CurveTables,
    Estimator,
    curve_loop,
    estimated,
    model_curves,
    require_affordable,
    usual_estimator,
)
from market.frontier.verifier import Checked, Verifier
from market.population.population import Population

TOLERANCE = 0.003  # of a cost: so that a grid twice as dense moves none by more than 0.5%
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
    made_of = _made_of(population, chosen, remainder, grid)
    return CurveTables(population, chosen, remainder, grid, solved, spend, made_of=made_of)


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
        made_of=_made_of(population, estimator, remainder, budget, checked),
    )


def _made_of(*values: object) -> bytes:
    """Digest of what curves are worked out from."""
    return content_digest("curves", *values)


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
        ModelCurve(population, m, estimator, remainder, checked)
        for m in range(len(population.models))
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
