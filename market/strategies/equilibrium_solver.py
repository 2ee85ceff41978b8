"""Prices at which no owner gains by moving: first-order conditions of differentiated Bertrand.

Each owner sets its prices for the highest joint profit. With quantities q(p), total costs C(p) and
A_ij = ∂q_j/∂ln p_i where i and j have one owner, else 0, the conditions are

    p − c = m(p),    m = −A⁻¹(p·q),

c the marginal costs; the markup m is what demand and ownership ask for (Berry, Levinsohn and Pakes
1995). Solved is the *markup equation* f(p) = p − c − m(p) = 0 and not the gradient of profit: that
vanishes at infinite prices, too (Morrow and Skerlos 2011, Operations Research 59(2)). Where costs
are not linear in quantity, f = A⁻¹G with G_i the derivative by ln p_i of what the owner of i earns,
which is the same where they are. Steps are Newton's in log prices, in a trust region, with
Jacobians from differences that Broyden's updates keep (Powell 1970; MINPACK's hybrd). Plain
iteration of the markup, or of best replies, need not converge: damped by ½ it cycles at a joint
price of the logit.

A root is a candidate. It is an equilibrium where no owner gains by any other value of one of its
prices, which is looked for over all prices and not near by (:mod:`market.strategies.price_scan`).
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import root

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.strategies.price_scan import best_alone, with_price
from market.strategies.price_slopes import NEAR_BY, Slopes, Sold

_ACCURATE = 1e-8  # residual, as a share of the price, that counts as none
_GAIN = 1e-6  # share of profit: what the search of a best reply errs by is far below
_LOST = 1.0  # residual of a price at which nothing is sold: it is too high
_SPREAD = 1e4  # least and greatest price over the start: beyond, steps have gone astray
_FINER = 10  # the Jacobian of f is taken over steps so much smaller than those of slopes


@dataclass(frozen=True)
class PriceEquilibrium:
    """Prices that the solver came to.

    Attributes
    ----------
    price, quantity, cost
        [n].
    owner
        [n] index of the owner of each price.
    residual
        Largest p − c − m(p) over p, of those that sell anything; infinite where such a price moves
        nothing.
    gain
        [n] share of its profit that the owner would gain by the best other value of each price
        alone; infinite where it earns nothing, and could.
    best
        [n] that value; the price itself where none is better.
    converged
        Whether the conditions hold, and no owner gains.
    found
        Different prices at which the conditions hold, of all starts.
    """

    price: FloatArray
    quantity: FloatArray
    cost: FloatArray
    owner: IntArray
    residual: float
    gain: FloatArray
    best: FloatArray
    converged: bool
    found: int

    @property
    def profit(self) -> FloatArray:
        """[n] of each price."""
        return np.asarray(self.price * self.quantity - self.cost, dtype=np.float64)

    @property
    def largest_gain(self) -> float:
        """The smallest ε for which these prices are an ε-equilibrium, as a share of profit."""
        return float(self.gain.max())


def solve_prices(
    sold: Sold,
    owner: IntArray,
    starts: Sequence[FloatArray],
    floor: FloatArray,
    offsets: Sequence[float] = NEAR_BY,
    evaluations: int = 0,
    restarts: int = 5,
) -> PriceEquilibrium:
    """Solve the first-order conditions from several starts, and check the root over all prices.

    Where an owner would gain by other prices, these are the next start.

    Parameters
    ----------
    sold
        The market.
    owner
        [n] index of the owner of each price.
    starts
        Prices [n] to begin with; those that lead nowhere are passed over.
    floor
        [n] marginal costs, from which on other prices are tried.
    offsets
        Over which slopes are taken, see :meth:`Slopes.of`.
    evaluations
        How often f may be evaluated from each start; 0 for 200 (n + 1), MINPACK's own.
    restarts
        How often at most it begins anew from what would pay owners better.

    Returns
    -------
    PriceEquilibrium
        Of the roots, the one with the least to gain; where there is none, what came nearest.

    Raises
    ------
    DataError
        A profit never falls with its price.
    """
    roots: list[FloatArray] = []
    checked: list[PriceEquilibrium] = []
    for _ in range(1 + restarts):
        tried = [_root(sold, owner, start, floor, offsets, evaluations) for start in starts]
        tried.sort(key=lambda of: of[1])
        new = [price for price, residual in tried if residual <= _ACCURATE]
        new = [p for k, p in enumerate(new) if not any(_same(p, q) for q in roots + new[:k])]
        roots += new
        for price in new or [tried[0][0]]:
            checked.append(checked_prices(sold, owner, price, floor, offsets))
        best = min(checked, key=lambda of: of.largest_gain)
        if best.converged:
            break
        starts = [checked[-1].best]
    return replace(best, found=len(roots))


def _same(one: FloatArray, other: FloatArray) -> bool:
    return bool(np.allclose(one, other, rtol=1e-6, atol=0))


def _root(
    sold: Sold,
    owner: IntArray,
    start: FloatArray,
    floor: FloatArray,
    offsets: Sequence[float],
    evaluations: int,
) -> tuple[FloatArray, float]:
    """Where the steps from a start end, and the residual there; what cannot sell stays put."""
    spread = np.log(_SPREAD)
    moves = np.array([_sells_at_cost(sold, start, i, floor) for i in range(len(start))])
    if not moves.any():
        return start, 0.0

    def at(x: FloatArray) -> FloatArray:
        # x begins at 1, as MINPACK's steps are shares of it, and not at a log price that may be 0
        price = start.copy()
        price[moves] *= np.exp(np.clip(x - 1, -spread, spread))
        return price

    def gap(x: FloatArray) -> FloatArray:
        price = at(x)
        of = (Slopes.of(sold, price, offsets).markup_gap(owner) / price)[moves]
        return np.where(np.isfinite(of), of, _LOST)

    step = (max(offsets) / _FINER) ** 2  # MINPACK takes the square root of what it calls eps
    options = {"xtol": 1e-12, "eps": step, "maxfev": evaluations}
    search: Any = root  # whose stubs know nothing of this method's options
    found = search(gap, np.ones(int(moves.sum())), method="hybr", options=options)
    return at(found.x), float(np.abs(gap(found.x)).max())


def _sells_at_cost(sold: Sold, price: FloatArray, place: int, floor: FloatArray) -> bool:
    """Whether anything is sold at marginal cost, or a thousandth of the price if that is none."""
    least = float(floor[place]) or float(price[place]) / 1000
    return bool(sold(with_price(price, place, least))[0][place] > 0)


def checked_prices(
    sold: Sold,
    owner: IntArray,
    price: FloatArray,
    floor: FloatArray,
    offsets: Sequence[float] = NEAR_BY,
) -> PriceEquilibrium:
    """Look over all values of each price for what its owner would gain; see `solve_prices`."""
    gap = Slopes.of(sold, price, offsets).markup_gap(owner) / price
    quantity, cost = sold(price)
    off = np.abs(gap[quantity > 0])  # who sells nothing has no condition
    residual = float(np.where(np.isnan(off), np.inf, off).max(initial=0.0))
    profit = price * quantity - cost
    best, gain = price.copy(), np.zeros(len(price))
    for i in range(len(price)):
        if quantity[i] == 0 and not _sells_at_cost(sold, price, i, floor):
            continue
        own = owner == owner[i]
        now = float(profit[own].sum())

        def earned(asked: float, place: int = i, mine: BoolArray = own) -> float:
            other = with_price(price, place, asked)
            amount, spent = sold(other)
            return float((other * amount - spent)[mine].sum())

        reply = best_alone(earned, float(floor[i]))
        most = earned(reply)
        if most > now:
            best[i] = reply
        gain[i] = (most - now) / now if now > 0 else np.inf
        gain[i] = gain[i] if most > now else 0.0
    holds = residual <= _ACCURATE
    held = holds and bool((gain <= _GAIN).all())
    return PriceEquilibrium(price, quantity, cost, owner, residual, gain, best, held, int(holds))


def pass_through(
    sold: Sold, owner: IntArray, price: FloatArray, offsets: Sequence[float] = NEAR_BY
) -> FloatArray:
    """[n, n] how much price i moves by the marginal cost of what price k sells, at a solution.

    From f(p, c) = 0, whose derivative by c is −1: dp/dc = (∂f/∂p)⁻¹. NaN where that is singular,
    and of prices at which nothing is sold.
    """
    found, step = np.full((len(price), len(price)), np.nan), offsets[-1]
    sells = sold(price)[0] > 0
    rows = []
    for i in np.flatnonzero(sells).tolist():
        ends = [price[i] * np.exp(step), price[i] * np.exp(-step)]
        high, low = (
            Slopes.of(sold, with_price(price, i, end), offsets).markup_gap(owner) for end in ends
        )
        rows.append((high - low)[sells] / (ends[0] - ends[1]))
    if rows:
        with contextlib.suppress(np.linalg.LinAlgError):
            found[np.ix_(sells, sells)] = np.linalg.inv(np.stack(rows, axis=1))
    return found
