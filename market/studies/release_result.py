"""What a release was found to earn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray
from market.measures.intervals import Estimate, estimate, paired_difference
from market.scenario.schema import Scenario, joint_name

GAINING = ("releaser", "other_providers", "buyers", "arbitrageurs", "treasury")


@dataclass(frozen=True)
class ReleaseOutcome:
    """What a release changed with one number of arbitrageurs, in R replicates.

    All amounts are US dollars per tick, with the release less without it.

    Attributes
    ----------
    arbitrageurs
        How many there are.
    revenue
        [R, T] of the releaser and what it is merged with, by tick since the release.
    rest
        Ticks at the end over which means are taken.
    taken
        [R, K] revenue of each other provider, at rest.
    gains
        [R, 5] profit of the releaser and what it is merged with, of the other providers, surplus of
        buyers, profit of arbitrageurs, and taxes, at rest: together they are welfare.
    capability
        [R, M] `marginal_revenue_capability` of each model at the end of the run with the release;
        NaN of one that is not for sale.
    """

    arbitrageurs: int
    revenue: FloatArray
    rest: int
    taken: FloatArray
    gains: FloatArray
    capability: FloatArray

    @property
    def at_rest(self) -> FloatArray:
        """[R] what the release adds to its owner's revenue, mean of the last ticks."""
        return np.asarray(self.revenue[:, -self.rest :].mean(axis=1))

    @property
    def ticks_to_half(self) -> FloatArray:
        """[R] ticks after the release until it first adds half of what it does at rest.

        0 if it does from the first tick on; NaN where it adds nothing at rest.
        """
        half = self.at_rest / 2
        reached = self.revenue >= half[:, None]
        first = np.where(reached.any(axis=1), reached.argmax(axis=1), np.nan)
        return np.where(half > 0, first, np.nan)

    @property
    def welfare(self) -> FloatArray:
        """[R] change in welfare."""
        return np.asarray(self.gains.sum(axis=1))


@dataclass(frozen=True)
class Release:
    """What a release earns, by the number of arbitrageurs.

    Attributes
    ----------
    scenario
        The market with it.
    released, owner
        The provider that enters, and all providers of its owner.
    others
        K names of the other providers.
    models
        M names.
    seeds
        Of the replicates.
    each
        One for each number of arbitrageurs.
    """

    scenario: Scenario
    released: str
    owner: tuple[str, ...]
    others: tuple[str, ...]
    models: tuple[str, ...]
    seeds: tuple[int, ...]
    each: tuple[ReleaseOutcome, ...]

    @property
    def at(self) -> int:
        """Tick of the release."""
        return next(p.active_from for p in self.scenario.providers if p.name == self.released)

    def differences(self) -> list[Estimate]:
        """Revenue that it adds at rest, less that with the first number of arbitrageurs."""
        first = self.each[0].at_rest
        return [paired_difference(one.at_rest, first) for one in self.each[1:]]

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON; estimates are means with 95% intervals over seeds."""
        changes: list[Estimate | None] = [None, *self.differences()]
        return {
            "release": self.released,
            "owner": joint_name(self.owner),
            "tick": self.at,
            "replicates": len(self.seeds),
            "assumed": list(self.scenario.assumed),
            "by_arbitrageurs": [
                self._row(one, change) for one, change in zip(self.each, changes, strict=True)
            ],
        }

    def _row(self, one: ReleaseOutcome, change: Estimate | None) -> dict[str, Any]:
        return {
            "arbitrageurs": one.arbitrageurs,
            "revenue": estimate(one.at_rest).to_json(),
            "revenue_change": None if change is None else change.to_json(),
            "ticks_to_half": estimate(one.ticks_to_half).to_json(),
            "revenue_by_tick": [estimate(tick).to_json() for tick in one.revenue.T],
            "taken_from": _by_name(self.others, one.taken),
            "gains": _by_name(GAINING, one.gains) | {"welfare": estimate(one.welfare).to_json()},
            "marginal_revenue_capability": _by_name(self.models, one.capability),
        }


def _by_name(names: Sequence[str], values: FloatArray) -> dict[str, dict[str, float | None]]:
    return {name: estimate(of).to_json() for name, of in zip(names, values.T, strict=True)}
