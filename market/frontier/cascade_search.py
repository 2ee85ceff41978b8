"""The search for good cascades at given prices: wide first, then near every solve rate.

A walk changes one model's place and budget at a time, to the best there is, until nothing improves.
First it walks along a ladder of shadow prices λ, solve rate per dollar, on solve rate − λ·spend.
That alone reaches only policies on the convex hull of (solve rate, spend). Then, for each solve
rate u of a lattice, it walks from the best policy known for u on

    spend / K − η·(q − u) + η·(q − u)² / 2δ,

where K is the least spend known at u, η = K'/K its slope there and δ a few steps of the lattice: an
augmented Lagrangian (Hestenes 1969; Powell 1969), whose quadratic term makes policies off the hull
local optima too. Whatever a walk looks at is kept.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

import numpy as np
from threadpoolctl import threadpool_limits

from market.foundation.arrays import FloatArray, IntArray
from market.frontier.cascade_space import CascadeSpace, distinct_models
from market.frontier.grid_cascade import GridCascade, Placement, best_place, without

_GAIN = 1e-10  # an improvement smaller than this is rounding
_LAMBDA_RATIO = 0.75
_LAMBDA_SPAN = 1e-7
_LATTICE = 192  # solve rates that are searched near
_WIDTH = 4  # steps of the lattice from u at which the quadratic term undoes the slope
_FLATTEST = 1e-3  # η, where spend hardly rises

Objective = Callable[[FloatArray, FloatArray], FloatArray]
"""From solve rates and bills [X] to [X] what is to be least."""


class CascadeSearch:
    """A search over a cascade space at one price list.

    Parameters
    ----------
    space
        The cascades.
    price
        [M] price multipliers; infinite where a model is not for sale.

    Attributes
    ----------
    seen
        Every placement that was looked at, in order.
    models
        Indices of the models on sale that are worth a stage.
    max_solve_rate
        Highest solve rate of any cascade of them.
    """

    def __init__(self, space: CascadeSpace, price: FloatArray) -> None:
        self.space, self.price = space, price
        self.models = distinct_models(space.tables, price)
        self.seen: dict[tuple[GridCascade, int], Placement] = {}
        top = space.tables.budget.shape[1] - 1
        self.everything: GridCascade = tuple((m, top) for m in self.models)
        self.max_solve_rate = space.solve_rate(self.everything)
        self.lattice = self.max_solve_rate * np.arange(1, _LATTICE + 1) / _LATTICE
        self._cost = np.full(_LATTICE, np.inf)
        self._best: list[tuple[Placement, int, int] | None] = [None] * _LATTICE
        self._valued: dict[tuple[GridCascade, int], tuple[FloatArray, FloatArray, IntArray]] = {}

    def run(self, known: Iterable[Placement] | None = None) -> None:
        """Search.

        Parameters
        ----------
        known
            Placements found at other prices, to begin from; a ladder of shadow prices if None.
        """
        if not self.models or self.max_solve_rate <= 0:
            return
        with one_thread():
            for model in self.models:
                self._look((), model)
                self._look(without(self.everything, model), model)
            if known is None:
                self._down_the_ladder()
            else:
                for placement in known:
                    self._look(placement.rest, placement.model)
            self._near_every_solve_rate()
        self._valued.clear()  # what is kept is in `seen`

    def _look(self, rest: GridCascade, model: int) -> tuple[FloatArray, FloatArray, IntArray]:
        """[X] solve rate, [X] least bill over places, and [X] the place; kept if it is new."""
        key = (rest, model)
        valued = self._valued.get(key)
        if valued is None:
            placement = self.seen[key] = self.space.place(rest, model)
            bill = placement.bill(self.price)
            least, place = best_place(bill)
            valued = self._valued[key] = placement.solve_rate, least, place
            self._keep_best(placement, bill)
        return valued

    def _keep_best(self, placement: Placement, bill: FloatArray) -> None:
        low, high, share, reached = crossing(placement.solve_rate, self.lattice)
        cost = bill[:, low] * (1 - share) + bill[:, high] * share
        place = cost.argmin(axis=0)
        least = np.where(reached, cost[place, np.arange(len(place))], np.inf)
        better = np.flatnonzero(least < self._cost * (1 - 1e-12))
        self._cost[better] = least[better]
        nearer = np.where(share >= 0.5, high, low)
        for g in better.tolist():
            self._best[g] = placement, int(place[g]), int(nearer[g])

    def walk(self, here: GridCascade, objective: Objective) -> GridCascade:
        """Change one model at a time, in turn, until none improves."""
        score, idle, turn = np.inf, 0, 0
        while idle < len(self.models):
            model = self.models[turn % len(self.models)]
            turn += 1
            rest = without(here, model)
            solve_rate, bill, place = self._look(rest, model)
            scores = objective(solve_rate, bill)
            x = int(scores.argmin())
            idle += 1
            if scores[x] < score - _GAIN:
                at = int(place[x])
                moved = (*rest[:at], (model, x), *rest[at:]) if x > 0 else rest
                if moved != here or score == np.inf:
                    idle = 1 if moved == here else 0
                here, score = moved, float(scores[x])
        return here

    def _down_the_ladder(self) -> None:
        here: GridCascade = ()
        for shadow_price in shadow_prices(self.space, self.price, self.models):

            def gain(
                q: FloatArray, bill: FloatArray, worth: float = float(shadow_price)
            ) -> FloatArray:
                return worth * bill - q

            here = self.walk(here, gain)
            if self.space.solve_rate(here) >= self.max_solve_rate - 1e-6:
                break

    def _near_every_solve_rate(self) -> None:
        """Walk near each solve rate of the lattice, upwards and then downwards."""
        walked: list[object] = [None] * _LATTICE
        for g in (*range(_LATTICE), *reversed(range(_LATTICE))):
            best = self._best[g]
            if best is None or best is walked[g] or not self._cost[g] > 0:
                continue
            walked[g] = best
            objective = local_objective(self._cost, self.lattice, g)
            self.walk(best[0].policy(best[1], best[2]), objective)


def local_objective(cost: FloatArray, lattice: FloatArray, g: int) -> Objective:
    """What is least at the best policies near solve rate `lattice[g]`, given the costs known."""
    low, high = max(g - 2, 0), min(g + 2, len(lattice) - 1)
    rate, known = float(lattice[g]), float(cost[g])
    rise = float(cost[high] - cost[low]) / (high - low) if high > low else known
    step = float(lattice[1] - lattice[0]) if len(lattice) > 1 else rate
    # slope of ln K and curvature by solve rate; K is finite up to the end of the lattice
    slope = max(rise / (step * known), _FLATTEST) if np.isfinite(rise) else 1 / step
    curvature = slope / (2 * _WIDTH * step)

    def objective(solve_rate: FloatArray, bill: FloatArray) -> FloatArray:
        away = solve_rate - rate
        return bill / known - slope * away + curvature * away * away

    return objective


def crossing(
    solve_rate: FloatArray, target: FloatArray
) -> tuple[IntArray, IntArray, FloatArray, np.ndarray]:
    """Where a curve that does not fall first reaches each target.

    Parameters
    ----------
    solve_rate
        [X] by budget.
    target
        [G] solve rates.

    Returns
    -------
    low, high, share, reached
        [G] each: neighbouring budgets, and the chance of the higher one with which their mixture
        solves the target; whether the curve gets there. Where the lowest budget solves more than
        is wanted, it is both.
    """
    high = np.searchsorted(solve_rate, target - 1e-12)
    reached = high < len(solve_rate)
    high = np.minimum(high, len(solve_rate) - 1)
    below = solve_rate[np.maximum(high - 1, 0)]
    low = np.minimum(np.searchsorted(solve_rate, below), np.maximum(high - 1, 0))
    rise = solve_rate[high] - solve_rate[low]
    part = np.divide(target - solve_rate[low], rise, out=np.ones_like(rise), where=rise > 0)
    return low, high, np.clip(part, 0.0, 1.0), reached


def one_thread() -> AbstractContextManager[object]:
    """Run small matrix products on one thread: more would only wait for each other."""
    limits: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits


def shadow_prices(space: CascadeSpace, price: FloatArray, models: Iterable[int]) -> FloatArray:
    """Descending λ: from where nothing is worth buying to where everything is."""
    highest = 0.0
    for model in models:
        alone = space.place((), model)
        bill = price[model] * alone.own[0]
        paid = bill > 0
        highest = max(highest, float((alone.solve_rate[paid] / bill[paid]).max(initial=0.0)))
    if highest == 0:
        return np.empty(0)
    steps = int(np.ceil(np.log(_LAMBDA_SPAN) / np.log(_LAMBDA_RATIO)))
    return np.asarray(highest * _LAMBDA_RATIO ** np.arange(steps + 1.0), dtype=np.float64)
