"""The search for good cascades at given prices: wide first, then near every solve rate.

A walk changes one model's place and budget at a time, to the best there is, until nothing improves.
First it walks along a ladder of shadow prices λ, solve rate per dollar, on solve rate − λ·spend.
That alone reaches only policies on the convex hull of (solve rate, spend). Then, for each solve
rate u of a lattice, it walks from the best policy known for u on

    spend / K − η·(q − u) + η·(q − u)² / 2δ,

where K is the least spend known at u, η = K'/K its slope there and δ a few hundredths of the
highest solve rate: an augmented Lagrangian (Hestenes 1969; Powell 1969), whose quadratic term makes
policies off the hull local optima too. Where cost rises steeply, as near the highest solve rate,
the lattice is the denser. Whatever a walk looks at is kept.
"""

import warnings
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import MarketWarning
from market.foundation.threads import one_thread
from market.frontier.cascade_space import CascadeSpace, distinct_models
from market.frontier.checked_policies import Pick
from market.frontier.crossing import REACHED
from market.frontier.grid_cascade import Choices, GridCascade, Placement, without
from market.frontier.search_objectives import (
    Objective,
    least_for,
    local_objective,
    most_right,
    worth,
)
from market.frontier.search_steps import denser_where_steep, even_rates, shadow_prices

_GAIN = 1e-10  # an improvement smaller than this is rounding
_ROUNDS = 1000  # of all models in a walk; the longest seen took ten
_CHEAPER = 1e-6  # of a spend: what is cheaper by less is not worth another walk


class CascadeSearch:
    """A search over a cascade space at one price list.

    Parameters
    ----------
    space
        The cascades.
    price
        [M] price multipliers; infinite where a model is not for sale.
    everything
        The cascade of the highest solve rate, where it is known.
    lattice
        Solve rates that are searched near; evenly apart up to the highest if None.
    models
        Indices of the models that are tried; those that are worth a stage if None.

    Attributes
    ----------
    seen
        Every placement that was looked at, in order.
    models
        Indices of the models on sale that are worth a stage.
    max_solve_rate
        Highest solve rate of any cascade of them.
    lattice
        Solve rates that are searched near; after :meth:`wide`, more where cost rises steeply.
    """

    def __init__(
        self,
        space: CascadeSpace,
        price: FloatArray,
        everything: GridCascade | None = None,
        lattice: FloatArray | None = None,
        models: tuple[int, ...] | None = None,
    ) -> None:
        self.space, self.price = space, price
        self.models = distinct_models(space.tables, price) if models is None else models
        self.seen: dict[tuple[GridCascade, int], Placement] = {}
        self._valued: dict[tuple[GridCascade, int], Choices] = {}
        self._cost, self._best = np.empty(0), list[GridCascade | None]()  # by solve rate
        self._twins: list[tuple[int, int]] = []
        self.everything = self._everything() if everything is None else everything
        self.max_solve_rate = space.solve_rate(self.everything)
        self.lattice = even_rates(self.max_solve_rate) if lattice is None else lattice
        prob = space.tables.population.solve_prob
        # one model at two prices: walks that move one at a time do not make them change places
        self._twins = [
            pair
            for pair in combinations(self.models, 2)
            if np.array_equal(prob[:, pair[0]], prob[:, pair[1]])
        ]

    def _everything(self) -> GridCascade:
        """The cascade of the highest solve rate: all models at their highest budgets.

        Where a verifier errs, more attempts of one model may keep a query from a better one. Then
        it is walked to, from each model alone and from all in the order of their accuracy.
        """
        most = tuple((m, int(self.space.level[m, -1])) for m in self.models)
        if self.space.tables.beside is None:
            return most
        ends, right = self.space.tables.ends, self.space.tables.solved
        weight = self.space.weight
        rates = {m: [float(weight @ of[m][:, -1]) for of in (right, ends)] for m in self.models}
        accuracy = {m: of[0] / of[1] if of[1] > 0 else 0.0 for m, of in rates.items()}
        starts: list[GridCascade] = [(stage,) for stage in most]
        starts.append(tuple(sorted(most, key=lambda stage: -accuracy[stage[0]])))
        with one_thread():
            found = [self.walk(start, most_right) for start in starts]
        return max(found, key=self.space.solve_rate, default=())

    def wide(self) -> None:
        """Look at each model alone and last of all, and walk down the ladder of shadow prices."""
        self.alone()
        ladder = shadow_prices(self.space, self.price, self.models)
        here: GridCascade = ()
        with one_thread():
            for shadow_price in ladder.tolist():
                here = self.walk(here, worth(shadow_price))
                if self.space.solve_rate(here) >= self.max_solve_rate - 1e-6:
                    break
        if self._valued:
            rate = np.concatenate([of.solve_rate for of in self._valued.values()])
            bill = np.concatenate([of.bill for of in self._valued.values()])
            self.lattice = denser_where_steep(self.lattice, rate, bill)

    def alone(self) -> None:
        """Look at each model alone, and added to all the others; and at orders of them all."""
        with one_thread():
            for model in self.models:
                self._look((), model)
                self._look(without(self.everything, model), model)
            if self.space.tables.beside is not None:  # there the order matters to the solve rate
                self.walk(self.everything, most_right)
            paid = self.space.bill(self.everything, self.price)
            if paid > 0:
                # less of some model may be enough: of the dearest, or of all the cheaper ones
                spend = self.space.list_spend(self.everything)
                turns = sorted(self.models, key=lambda model: float(spend[model]))
                for models in (turns, turns[::-1]):
                    self.walk(self.everything, least_for(self.max_solve_rate, paid), models)

    def again(self, picks: Iterable[Pick | None]) -> None:
        """Look at the placements of policies, at the budgets of this search."""
        with one_thread():
            for pick in picks:
                if pick is not None:
                    self._look(pick.placement.rest, pick.placement.model)

    def near(
        self,
        cost: FloatArray,
        starts: Sequence[GridCascade | None],
        *,
        own: Sequence[Iterable[int]] | None = None,
        only: Sequence[int] | None = None,
        back: bool = True,
        tell: Callable[[int, int], None] | None = None,
    ) -> FloatArray:
        """Walk near each solve rate of the lattice, upwards and then downwards.

        Parameters
        ----------
        cost
            [G] the least spend known at each.
        starts
            The policies that have it; None where there is nothing to begin from.
        own
            Models of which alone others than a policy's are tried; all if None.
        only
            Which solve rates are gone near, rising; all if None.
        back
            Whether downwards, too.
        tell
            Is told how many solve rates were gone near, of how many.

        Returns
        -------
        [G] the least spend known at each, now.
        """
        self._cost, self._best = cost.copy(), list(starts)
        rates = range(len(self.lattice)) if only is None else only
        walked: list[GridCascade | None] = [None] * len(self.lattice)
        with one_thread():
            way = (*rates, *(reversed(rates) if back else ()))
            for done, g in enumerate(way):
                if tell is not None:
                    tell(done, len(way))
                start = self._best[g]
                if start is None or start == walked[g] or not self._cost[g] > 0:
                    continue
                walked[g] = start
                tried = {model for model, _ in start}.union(self.models if own is None else own[g])
                models = tuple(model for model in self.models if model in tried)
                self.walk(start, local_objective(self._cost, self.lattice, g), models)
        self._best = []
        return self._cost

    def walk(
        self, here: GridCascade, objective: Objective, models: Sequence[int] | None = None
    ) -> GridCascade:
        """Change one model at a time, in turn, until none of `models` (all if None) improves."""
        models = self.models if models is None else models
        here, score = self._climb(here, np.inf, objective, models)
        for twins in self._twins:
            if not set(twins) <= set(models):
                continue
            there, other = self._climb(self._exchanged(here, twins), np.inf, objective, models)
            if other < score - _GAIN:
                here, score = there, other
        return here

    def _climb(
        self, here: GridCascade, score: float, objective: Objective, models: Sequence[int]
    ) -> tuple[GridCascade, float]:
        idle, turn = 0, 0
        while idle < len(models):
            if turn == _ROUNDS * len(models):
                self._stopped()
                break
            model = models[turn % len(models)]
            turn += 1
            rest = without(here, model)
            may = self._look(rest, model)
            scores = objective(may.solve_rate, may.bill)
            x = int(scores.argmin())
            idle += 1
            if scores[x] < score - _GAIN:
                at, budget = int(may.place[x]), int(may.budget[x])
                level = int(self.space.level[model, budget])
                moved = (*rest[:at], (model, level), *rest[at:]) if budget > 0 else rest
                if moved != here or score == np.inf:
                    idle = 1 if moved == here else 0
                here, score = moved, float(scores[x])
        return here, score

    @staticmethod
    def _stopped() -> None:
        text = (
            f"a search for cascades stopped after trying each model {_ROUNDS} times, while costs "
            "still fell: some may be higher than they need be"
        )
        warnings.warn(text, MarketWarning, stacklevel=2)

    def _exchanged(self, here: GridCascade, twins: tuple[int, int]) -> GridCascade:
        """The cascade with two models in each other's place, at budgets that solve as much."""
        other = dict(zip(twins, reversed(twins), strict=True))
        stages = []
        for model, budget in here:
            twin = other.get(model, model)
            solved = self.space.tables.solved[twin].sum(axis=0)
            as_much = self.space.tables.solved[model][:, budget].sum() * (1 - 1e-9)
            at = min(int(np.searchsorted(solved, as_much)), int(self.space.level[twin, -1]))
            stages.append((twin, budget if twin == model else at))
        return tuple(stages)

    def _look(self, rest: GridCascade, model: int) -> Choices:
        """What a model put into a cascade may do; kept if it is new."""
        key = (rest, model)
        valued = self._valued.get(key)
        if valued is None:
            placement = self.seen[key] = self.space.place(rest, model)
            bill = placement.bill(self.price)
            valued = self._valued[key] = placement.choices(bill)
            if self._best and self._might_improve(valued, mixed=placement.beside is None):
                self._improve(placement, bill)
        return valued

    def value(self, placement: Placement) -> Choices:
        """What a placement may do, whether or not it was looked at."""
        known = self._valued.get((placement.rest, placement.model))
        return placement.choices(placement.bill(self.price)) if known is None else known

    def _might_improve(self, best: Choices, mixed: bool) -> bool:
        """Whether the best places [X], mixed, are anywhere cheaper than what is known.

        Where each place has solve rates of its own, whether any may be once it is mixed.
        """
        if not mixed:
            above = np.searchsorted(self.lattice, best.solve_rate - REACHED)
            known = np.append(self._cost, np.inf)[above]
            return bool((best.bill < known).any())
        wanted = self.lattice - REACHED
        least = np.interp(wanted, best.solve_rate, best.bill, right=np.inf)
        return bool((least < self._cost).any())

    def _improve(self, placement: Placement, bill: FloatArray) -> None:
        """Where a placement is cheaper than what is known, walks begin from it."""
        least, place, low, high, share = placement.least(bill, self.lattice)
        for g in np.flatnonzero(least < self._cost * (1 - _CHEAPER)).tolist():
            self._cost[g] = least[g]
            budget = high[g] if share[g] >= 0.5 else low[g]
            self._best[g] = placement.policy(int(place[g]), int(budget))
