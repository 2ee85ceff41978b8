"""How routing answers prices: cascades at each solve rate, so that the answer is a dot product.

What a solve rate costs at other prices is taken as the least, over the policies that searches have
looked at (:mod:`market.frontier.policy_cloud`), of list spend times prices. Their budgets are
coarse, so that is within some percent of K; it is asked only how K moves. Policy by policy it is
linear in prices, so the spend on a model is the derivative of the cost by its price (the envelope
theorem).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray
from market.foundation.compiled import can_compile
from market.foundation.memory import remember
from market.frontier.grid_cascade import Placement
from market.frontier.policy_families import Families
from market.simulation.cost_cache import MixCosts

# how far a provider's price may move, and the steps at which the best policies are taken over
FACTORS = tuple(2.0**k for k in range(-3, 4) if k)
NEAR = 0.8, 0.87, 0.94, 1.0, 1.06, 1.13, 1.2  # elasticities are measured there
DIGITS = 12  # of solve rates that are told apart: what a policy delivers is rounded anew each time
_REMEMBERED = 256  # price lists that policies were taken at


@dataclass(frozen=True)
class Alternatives:
    """Cascades that reach each solve rate.

    Attributes
    ----------
    list_spend
        [G, L, M] list dollars per query by solve rate, cascade and model; infinite in all models
        where the solve rate is not reached.
    beside
        [G, L] US dollars per query of checks and of wrong answers, whatever the prices.
    placements
        Gives what the cascades nearest by are of.
    """

    list_spend: FloatArray
    beside: FloatArray
    placements: Callable[[], Sequence[Placement]]

    @classmethod
    def of_all(cls, several: Sequence["Alternatives"]) -> "Alternatives":
        """The cascades of all, for the same solve rates."""
        if len(several) == 1:
            return several[0]
        spend = np.concatenate([of.list_spend for of in several], axis=1)
        beside = np.concatenate([of.beside for of in several], axis=1)
        return cls(spend, beside, lambda: [one for of in several for one in of.placements()])

    def change(self, then: FloatArray, now: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What is spent more than at prices `now` [M], at `then` [..., M].

        [..., G, M] list dollars per query by model, and [..., G] US dollars beside them.
        """
        if then.ndim == 2 and can_compile():
            from market.simulation.rerouting_loops import change

            return change(self.list_spend, self.beside, np.ascontiguousarray(then), now)
        return self.change_plainly(then, now)

    def change_plainly(self, then: FloatArray, now: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The same in numpy."""
        cost_then, spend_then, beside_then = self.route(then)
        cost_now, spend_now, beside_now = self.route(now)
        both = np.isfinite(cost_then) & np.isfinite(cost_now)
        spend = np.where(both[..., None], spend_then - spend_now, 0.0)
        return spend, np.where(both, beside_then - beside_now, 0.0)

    def route(self, price: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Cheapest at the multipliers `price` [..., M], infinite where a model is not for sale.

        Returns
        -------
        cost
            [..., G] US dollars per query; infinite where no cascade reaches.
        list_spend
            [..., G, M] list dollars of that cascade; 0 where none reaches.
        beside
            [..., G] US dollars of its checks and wrong answers; 0 where none reaches.
        """
        sold = np.isfinite(price).reshape(-1, price.shape[-1]).all(axis=0)
        reached = np.isfinite(self.list_spend[..., 0])
        free = reached & (self.list_spend[..., ~sold] == 0).all(axis=2)
        spend = np.where(reached[..., None], self.list_spend, 0.0)[..., sold]
        bill = np.moveaxis(spend @ price[..., sold].T, (0, 1), (-2, -1))
        bill = np.where(free, bill + self.beside, np.inf)
        best = bill.argmin(axis=-1)
        cost = np.take_along_axis(bill, best[..., None], axis=-1)[..., 0]
        spend = self.list_spend[np.arange(len(free)), best]
        beside = self.beside[np.arange(len(free)), best]
        reached = np.isfinite(cost)
        return cost, np.where(reached[..., None], spend, 0.0), np.where(reached, beside, 0.0)


class Rerouting:
    """What arbitrageurs might do at other prices, for the market as it stands.

    Parameters
    ----------
    mixes
        Costs by query mix.
    """

    def __init__(self, mixes: Sequence[MixCosts]) -> None:
        self._mixes = mixes
        self._held: dict[tuple[int, bytes, bytes, bytes], Alternatives] = {}

    def around(
        self, mix: int, price: FloatArray, own: BoolArray, quality: FloatArray
    ) -> Alternatives:
        """The best policies for solve rates [G] as the prices `own` [M] of `price` [M] move."""
        quality = np.round(quality, DIGITS)
        key = (mix, price.tobytes(), own.tobytes(), quality.tobytes())
        if key not in self._held:
            found = _around(self._mixes[mix], price, own, quality)
            remember(self._held, key, found, _REMEMBERED)
        return self._held[key]


def _around(
    costs: MixCosts, price: FloatArray, own: BoolArray, quality: FloatArray
) -> Alternatives:
    """Of what searches at list prices of the same models looked at."""
    rows, factors = costs.cloud.rows(price), (*NEAR, *FACTORS)
    if rows is not None:
        asked = np.where(np.isfinite(price), price, 1.0)  # nothing here buys what is not for sale
        best, spend = rows.along(asked, own, quality, np.array(factors))
        from market.simulation.rerouting_loops import distinct

        spend, beside = distinct(spend, np.zeros(spend.shape[:2]))
        return Alternatives(spend, beside, lambda: rows.placed(best[: len(NEAR)]))
    listed = np.where(np.isfinite(price), 1.0, np.inf)
    families = costs.cloud.families(listed, quality, coarse=True)
    best = families.along(price, own, factors)
    spend = np.ascontiguousarray(families.list_spend(best, len(price)).swapaxes(0, 1))
    beside = np.ascontiguousarray(families.beside(best).T)
    return Alternatives(spend, beside, lambda: families.placed(best[: len(NEAR)]))


def change_on(
    now: MixCosts, other: MixCosts, price: FloatArray, known: Alternatives, quality: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """What the cheapest cascades spend more on other curves of the same budget grids.

    The policies are those that are best near the prices; on the other curves they are worked out
    anew, and the cheapest of them taken.

    Parameters
    ----------
    now, other
        Costs of a query mix.
    price
        [M] multipliers.
    known
        What is best near the prices, as those move whose curves differ.
    quality
        [G] solve rates.

    Returns
    -------
    [G, M] list dollars, and [G] US dollars of checks and wrong answers; 0 out of reach.
    """
    families = Families(now.cloud.on(other.tables, known.placements()), quality)
    cost_now, spend_now, beside_now = known.route(price)
    cost, best = families.least(price)
    both = np.isfinite(cost_now) & np.isfinite(cost)
    spend = np.where(both[:, None], families.list_spend(best[None], len(price))[0], 0.0)
    beside = np.where(both, families.beside(best[None])[0] - beside_now, 0.0)
    return np.where(both[:, None], spend - spend_now, 0.0), beside
