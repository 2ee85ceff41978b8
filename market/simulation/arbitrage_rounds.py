"""Arbitrageurs that quote in turn until none moves, or until it is seen that they go round.

A round is a quote of each. Those who undercut by rule come to rest. Of two or more who post best
replies, each undercuts the other until one would rather raise its fees: they go round (Edgeworth
1925; Maskin and Tirole 1988). Where all menus are those of an earlier round to the last digit, what
is measured is its mean over the rounds between. Mostly they wander without coming to the very same
menus; then it is the mean over as many rounds as it took to see that they do.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray
from market.strategies.price_search import FINE

if TYPE_CHECKING:
    from market.simulation.model import MarketModel

ROUNDS = 200  # without rest or a turn: an undercut of 2% falls by 98% in them
LOOKS = (16, 32, 64, 128)  # rounds after which it is asked whether fees still only fall


@dataclass
class Rounds:
    """What arbitrageurs came to, each time they were asked.

    Attributes
    ----------
    asked, rested
        Times that they began with nothing posted, and that they came to rest.
    drifts
        Of each time that they wandered: by how much the means over both halves of the rounds
        differ, as a share of the mean, the largest of what is measured.
    """

    asked: int = 0
    rested: int = 0
    drifts: list[float] = field(default_factory=list)

    @property
    def at_rest(self) -> float:
        """Share of the times that they came to rest."""
        return self.rested / self.asked if self.asked else 1.0

    @property
    def drift(self) -> float:
        """The mean of `drifts`; NaN where there are none."""
        return float(np.mean(self.drifts)) if self.drifts else float("nan")

    def mean(self, model: "MarketModel", measure: Callable[[], FloatArray]) -> FloatArray:
        """Let them quote, and measure the market: at rest, or over the rounds that they go through.

        Fees that rise in the later half of so many rounds go round; they are then let go on for as
        many again, over which the mean is.

        Parameters
        ----------
        model
            Whose arbitrageurs have posted nothing.
        measure
            [K] of the market as it stands. Asked once where they come to rest, and also where their
            fees still only fall after `ROUNDS` rounds: it is then of the last.
        """
        self.asked += 1
        posted: list[FloatArray] = []
        for done in range(1, ROUNDS + 1):
            if self._quote(model, posted, 0.0):
                return measure()
            if done in LOOKS and _rise(posted[done // 2 - 1 :]):
                return self._going_round(model, posted, measure)
        return measure()

    def _quote(self, model: "MarketModel", posted: list[FloatArray], within: float) -> bool:
        """One round; whether no fee moved in it, by more than a share of it."""
        model.arbitrageurs_quote()
        before, now = posted[-1] if posted else None, model.menus().price
        posted.append(now)
        still = before is not None and np.allclose(before, now, rtol=within, atol=0.0)
        self.rested += still
        return bool(still)

    def _going_round(
        self, model: "MarketModel", posted: list[FloatArray], measure: Callable[[], FloatArray]
    ) -> FloatArray:
        found: list[FloatArray] = []
        seen: dict[bytes, int] = {}
        for at in range(len(posted)):
            if self._quote(model, posted, FINE):
                return measure()
            first = seen.setdefault(posted[-1].tobytes(), at)
            if first < at:
                return np.asarray(np.mean(found[first:], axis=0))
            found.append(measure())
        halves = np.mean(np.split(np.array(found), 2), axis=1)
        mean = np.asarray(halves.mean(axis=0), dtype=np.float64)
        apart = np.abs(halves[1] - halves[0])
        sizes = np.abs(mean)
        shares = np.divide(apart, sizes, out=np.zeros_like(mean), where=sizes > 0)
        self.drifts.append(float(shares.max(initial=0.0)))
        return mean


def _rise(posted: list[FloatArray]) -> bool:
    """Whether a fee rose in these rounds by more than the search of a best fee may be off."""
    fees = np.array(posted)
    sold = np.isfinite(fees).all(axis=0)
    return bool((fees[1:, sold] > (1 + FINE) * fees[:-1, sold]).any())
