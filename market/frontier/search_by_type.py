"""The search for the best cascades of a router that sees types, one for each.

It goes as that for plain cascades (:mod:`market.frontier.cascade_search`): down a ladder of shadow
prices, the same λ for all types, then near every solve rate, from the best plain policy too. A walk
changes one model of one type's cascade at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.frontier.cascade import Cascade, cascade_on_grid
from market.frontier.cascade_search import CascadeSearch
from market.frontier.cascade_space import CascadeSpace
from market.frontier.grid_cascade import Choices, GridCascade, Placement, without
from market.frontier.pass_curves import CurveTables
from market.frontier.policy_families import Families
from market.frontier.search_objectives import Objective, local_objective, objective_at, worth
from market.frontier.search_steps import shadow_prices

_LATTICE = 64  # solve rates that are searched near: many types leave fewer gaps than one
_GAIN = 1e-10  # an improvement smaller than this is rounding


@dataclass(frozen=True)
class MixtureByType:
    """A cascade for each type seen: `high` with chance `share`, else `low`.

    Attributes
    ----------
    low, high
        By seen type, of those that have weight; by problem for the oracle.
    share
        Chance of `high`, in (0, 1].
    solve_rates, spends
        Of `low` and of `high`: share of all queries solved, and US dollars per query.
    """

    low: tuple[Cascade, ...]
    high: tuple[Cascade, ...]
    share: float
    solve_rates: tuple[float, float]
    spends: tuple[float, float]


@dataclass
class _State:
    """A cascade for each type, with the share of all queries it solves and what it costs."""

    cascades: list[GridCascade]
    solved: FloatArray
    bill: FloatArray


@dataclass(frozen=True)
class _Found:
    """A policy for a solve rate: one type's placement varied, the other types' cascades held."""

    cascades: tuple[GridCascade, ...]
    kind: int
    placement: Placement
    place: int
    low: int
    high: int
    share: float
    solve_rates: tuple[float, float]
    spends: tuple[float, float]

    def with_budget(self, budget: int) -> tuple[GridCascade, ...]:
        varied = self.placement.policy(self.place, budget)
        return (*self.cascades[: self.kind], varied, *self.cascades[self.kind + 1 :])


@dataclass
class SearchByType:
    """A search over a cascade for each of Z types, at one price list.

    `joint` [Z, n] are problem weights by type seen. What is least is kept by solve rate, of a
    lattice and then of the `target` [G]. `level` says what budgets are gone over; all if None.
    """

    tables: CurveTables
    price: FloatArray
    joint: FloatArray
    target: FloatArray
    level: IntArray | None = None
    cost: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self.spaces = [CascadeSpace(self.tables, row, self.level) for row in self.joint]
        whole = CascadeSpace(self.tables, level=self.level)
        self.whole = CascadeSearch(whole, self.price)
        top = self.whole.max_solve_rate
        self.lattice = top * np.arange(1, _LATTICE + 1) / _LATTICE
        self.points = np.concatenate((self.lattice, self.target))
        self.cost = np.full(len(self.points), np.inf)
        self.found: list[_Found | None] = [None] * len(self.points)
        self._valued: dict[tuple[int, GridCascade, int], tuple[Placement, FloatArray, Choices]] = {}
        self.blocks = [(z, m) for z in range(len(self.spaces)) for m in self.whole.models]

    def run(self) -> None:
        """Search: down the ladder of shadow prices, then near every solve rate of the lattice."""
        if not self.blocks or self.whole.max_solve_rate <= 0:
            return
        self.whole.wide()
        self._down_the_ladder()
        _, plain = Families(self.whole.seen.values(), self.lattice).cheapest(self.price)
        walked: list[_Found | None] = [None] * _LATTICE
        for g in (*range(_LATTICE), *reversed(range(_LATTICE))):
            best, pick = self.found[g], plain[g]
            if best is None or best is walked[g] or not self.cost[g] > 0:
                continue
            objective = local_objective(self.cost[:_LATTICE], self.lattice, g)
            if walked[g] is None and pick is not None:  # from the best plain cascade, too
                common = pick.cascades()[pick.share >= 0.5]
                self._walk(self._at([common] * len(self.spaces)), objective)
            walked[g] = best
            self._walk(self._at(list(best.with_budget(best.high))), objective)

    def refine(self, coarse: "SearchByType") -> None:
        """Go over all budgets of the models that the best policies found have.

        What a coarse search mixes is not kept: its neighbouring budgets are too far apart.
        """
        for g in range(_LATTICE, len(self.points)):
            best = coarse.found[g]
            if best is None or not coarse.cost[g] > 0:
                continue
            start = self._at(list(best.with_budget(best.high)))
            own = [(z, model) for z, c in enumerate(start.cascades) for model, _ in c]
            rate, cost = float(self.points[g]), float(coarse.cost[g])
            objective = objective_at(rate, cost, coarse.cost[:_LATTICE], self.lattice)
            self._walk(start, objective, own)

    def _down_the_ladder(self) -> None:
        state = self._at([()] * len(self.spaces))
        common: GridCascade = ()
        for shadow_price in shadow_prices(self.whole.space, self.price, self.whole.models):
            gain = worth(float(shadow_price))
            common = self.whole.walk(common, gain)
            # nothing seen can make the best common cascade worse: start there too
            shared = self._at([common] * len(self.spaces))
            ahead = gain(shared.solved, shared.bill) < gain(state.solved, state.bill)
            for z in np.flatnonzero(ahead).tolist():
                state.cascades[z] = common
            state = self._walk(self._at(state.cascades), gain)
            if state.solved.sum() >= self.whole.max_solve_rate - 1e-6:
                break

    def costs(self) -> FloatArray:
        """[G] least spend at each target."""
        return self.cost[_LATTICE:]

    def policies(self) -> list[MixtureByType | None]:
        """What is cheapest at each target; None where nothing reaches it."""
        named: list[MixtureByType | None] = []
        for found in self.found[_LATTICE:]:
            if found is None:
                named.append(None)
                continue
            low, high = (
                tuple(cascade_on_grid(self.tables, c) for c in found.with_budget(budget))
                for budget in (found.low, found.high)
            )
            named.append(MixtureByType(low, high, found.share, found.solve_rates, found.spends))
        return named

    def _at(self, cascades: list[GridCascade]) -> _State:
        pairs = list(zip(self.spaces, cascades, strict=True))
        return _State(
            list(cascades),
            np.array([space.solve_rate(cascade) for space, cascade in pairs]),
            np.array([space.bill(cascade, self.price) for space, cascade in pairs]),
        )

    def _walk(
        self, state: _State, objective: Objective, blocks: Sequence[tuple[int, int]] | None = None
    ) -> _State:
        """Change one model of one type's cascade at a time, until none of `blocks` improves."""
        blocks = self.blocks if blocks is None else blocks
        score, idle, turn = np.inf, 0, 0
        while idle < len(blocks):
            z, model = blocks[turn % len(blocks)]
            turn += 1
            rest = without(state.cascades[z], model)
            may = self._look(state, z, rest, model)
            scores = objective(
                state.solved.sum() - state.solved[z] + may.solve_rate,
                state.bill.sum() - state.bill[z] + may.bill,
            )
            x = int(scores.argmin())
            idle += 1
            if scores[x] < score - _GAIN:
                at, budget = int(may.place[x]), int(may.budget[x])
                level = int(self.spaces[z].level[model, budget])
                moved = (*rest[:at], (model, level), *rest[at:]) if budget > 0 else rest
                idle = 0 if moved != state.cascades[z] else idle
                score = float(scores[x])
                state.cascades[z], state.solved[z] = moved, may.solve_rate[x]
                state.bill[z] = may.bill[x]
        return state

    def _look(self, state: _State, z: int, rest: GridCascade, model: int) -> Choices:
        """What a model put into a type's cascade may do; what is cheaper than known is kept."""
        key = (z, rest, model)
        if key not in self._valued:
            placement = self.spaces[z].place(rest, model)
            bills = placement.bill(self.price)
            self._valued[key] = placement, bills, placement.choices(bills)
        placement, bills, may = self._valued[key]
        others = float(state.solved.sum() - state.solved[z])
        held = float(state.bill.sum() - state.bill[z])
        least, place, low, high, share = placement.least(bills, self.points, others)
        total = held + least
        better = np.flatnonzero(total < self.cost * (1 - 1e-12)).tolist()
        self.cost[better] = total[better]
        now = tuple(state.cascades) if better else ()
        for g in better:
            at, below, above = int(place[g]), int(low[g]), int(high[g])
            rates, paid = others + placement.rates_at(at), held + bills[at]
            self.found[g] = _Found(
                now,
                z,
                placement,
                at,
                below,
                above,
                float(share[g]),
                (float(rates[below]), float(rates[above])),
                (float(paid[below]), float(paid[above])),
            )
        return may
