"""How providers press on each other's prices, at given ones: a panel of standard measures.

Slopes are those of the market with arbitrageurs at rest: near by where nobody routes, and least
squares over a fifth up and down where somebody does (:mod:`market.equilibrium.rest`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.measures.formulas import hhi
from market.measures.pricing_pressure import (
    diversion_ratios,
    elasticities,
    lerner_indices,
    upward_pricing_pressure,
)
from market.simulation.priced_market import PricedMarket
from market.strategies.equilibrium_solver import pass_through
from market.strategies.price_slopes import Slopes


@dataclass(frozen=True)
class Pressure:
    """Measures of n providers at prices [n] over list.

    Attributes
    ----------
    price, quantity, profit, unit_cost
        [n] quantities are list dollars per tick, those resold weighted by their markup; profits US
        dollars per tick; costs those of a list dollar.
    elasticity
        [n, n] of the quantity by row with respect to the price by column; NaN where quantities jump
        at that price, as where buyers without tastes turn to a rival.
    diversion
        [n, n] of what the provider by row loses by a higher price, what that by column gains. List
        dollars of one model are not those of another: rows need not add up to 1.
    lerner
        [n] (p − c)/p.
    upp, guppi
        [n, n] upward pricing pressure on the provider by row if it merges with that by column,
        without efficiencies, per list dollar and over its price; NaN within an owner.
    compensating
        [n, n] by how much the marginal cost of the provider by row would have to fall for its price
        to stay if the two merged and nothing else changed (Werden 1996); NaN within an owner, and
        where no fall would do: one of the two would have to be larger than the cost.
    pass_through
        [n, n] how the price by row moves with the marginal cost by column, all prices moving; NaN
        where prices are not in equilibrium.
    quantity_hhi, revenue_hhi
        By owner, from 0 to 1.
    surplus
        US dollars per tick by which buyers are better off than not buying.
    """

    price: FloatArray
    quantity: FloatArray
    profit: FloatArray
    unit_cost: FloatArray
    elasticity: FloatArray
    diversion: FloatArray
    lerner: FloatArray
    upp: FloatArray
    guppi: FloatArray
    compensating: FloatArray
    pass_through: FloatArray
    quantity_hhi: float
    revenue_hhi: float
    surplus: float


def pressure(
    market: PricedMarket,
    owner: IntArray,
    price: FloatArray,
    offsets: Sequence[float],
    at_rest: bool,
) -> Pressure:
    """Measure at prices [n].

    Parameters
    ----------
    market, owner
        As for :func:`market.simulation.solved_prices.solved`.
    price
        [n] over list.
    offsets
        In log prices, over which slopes are taken.
    at_rest
        Whether these are in equilibrium.
    """
    slopes, sold = Slopes.of(market.quantity_and_cost, price, offsets), market.sold(price)
    if not market.answered:  # near by, where only jumps are steep; wide slopes span them
        slopes = slopes.missing_at_jumps(market.quantity_and_cost, offsets)
    quantity = sold.quantity
    unit_cost = np.divide(sold.cost, quantity, out=market.floor, where=quantity > 0)
    apart = ~np.equal.outer(owner, owner)
    diversion = diversion_ratios(slopes.quantity_slope)
    upp = np.where(apart, upward_pricing_pressure(diversion, price, unit_cost), np.nan)
    missing = np.full((len(price), len(price)), np.nan)
    passed = missing
    if at_rest:
        passed = pass_through(market.quantity_and_cost, owner, price, offsets)
    return Pressure(
        price=price,
        quantity=quantity,
        profit=np.asarray(price * quantity - sold.cost, dtype=np.float64),
        unit_cost=unit_cost,
        elasticity=elasticities(quantity, slopes.quantity_slope),
        diversion=diversion,
        lerner=lerner_indices(price, unit_cost),
        upp=upp,
        guppi=np.asarray(upp / price[:, None]),
        compensating=compensating_reductions(slopes, owner, unit_cost),
        pass_through=passed,
        quantity_hhi=owners_hhi(owner, quantity),
        revenue_hhi=owners_hhi(owner, price * quantity),
        surplus=sold.surplus,
    )


def merged(owner: IntArray, one: int, other: int) -> IntArray:
    """[n] owners once those of two prices are one."""
    return np.where(owner == owner[other], owner[one], owner)


def owners_hhi(owner: IntArray, amount: FloatArray) -> float:
    """Herfindahl-Hirschman index of owners, of amounts [n] of each price."""
    return hhi(np.bincount(owner, amount).astype(np.float64))


def compensating_reductions(slopes: Slopes, owner: IntArray, unit_cost: FloatArray) -> FloatArray:
    """[n, n] see :class:`Pressure`: what a merger adds to the markup that demand asks for."""
    found = np.full((len(owner), len(owner)), np.nan)
    now = slopes.markup_gap(owner)
    for i in range(len(owner)):
        for j in range(i):
            if owner[i] != owner[j]:
                more = (now - slopes.markup_gap(merged(owner, i, j)))[[i, j]]
                if ((more >= 0) & (more <= unit_cost[[i, j]])).all():
                    found[i, j], found[j, i] = more
    return found
