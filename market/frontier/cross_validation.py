"""Policies chosen on some problems and judged on others, which shows how far a fit flatters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.errors import DataError
from market.frontier.cost_schedule import signal_schedule
from market.frontier.frontier import Frontier, solve_frontier
from market.frontier.market_price import margin, margin_summary, market_price
from market.frontier.pass_curves import CurveTables
from market.frontier.policy_cloud import PolicyCloud
from market.frontier.query_signal import RoutingPolicy, evaluate_policy, signal_of
from market.frontier.signal_frontier import solve_signal

FOLDS = 5


@dataclass(frozen=True)
class OutOfSample:
    """What the policies chosen for each solve rate do on problems that they were not chosen on.

    Attributes
    ----------
    quality
        [G] solve rate that was aimed at.
    achieved
        [G] solve rate on the problems left out; NaN where some fold could not reach the aim.
    spend
        [G] US dollars per query on the problems left out.
    market_price
        [G] market price of the solve rate achieved.
    margin
        [G] (market price − spend)⁺ / market price.
    """

    quality: FloatArray
    achieved: FloatArray
    spend: FloatArray
    market_price: FloatArray
    margin: FloatArray

    def to_json(self) -> dict[str, Any]:
        """Arrays by name, and the highest and mean margin."""
        return {
            "achieved_quality": self.achieved,
            "arbitrage_cost": self.spend,
            "market_price": self.market_price,
            "margin": self.margin,
            **margin_summary(self.margin),
        }


def usual_folds(problems: int) -> int:
    """As many folds as are usual, or as there are problems; none (0) of a single problem."""
    return min(FOLDS, problems) if problems > 1 else 0


def deal_folds(problems: int, folds: int, rng: np.random.Generator) -> IntArray:
    """[n] fold of each problem, sizes even to one.

    Raises
    ------
    DataError
        Fewer than 2 folds, or more than problems.
    """
    if not 2 <= folds <= problems:
        raise DataError(
            f"folds: {folds} is not from 2 to the number of problems {problems}; 0 for no test"
        )
    return rng.permutation(np.arange(problems) % folds)


def out_of_sample(
    tables: CurveTables,
    quality: FloatArray,
    fold: IntArray,
    price: FloatArray | None = None,
    direct: CurveTables | None = None,
    seen: Callable[[BoolArray], IntArray] | None = None,
    tell: Callable[[str], None] | None = None,
) -> OutOfSample:
    """Choose on all folds but one, judge on that one, and add up over the folds.

    Parameters
    ----------
    tables
        Curves on the budget grid.
    quality
        [G] solve rates aimed at.
    fold
        Of each problem, as :func:`deal_folds` gives it; strata go with their problem.
    price
        [M] price multipliers, all 1 if None.
    direct
        Curves of the market price, where those who buy directly have another verifier.
    seen
        By the rows held out, [n] the type that a router sees of each row, if it sees any: it
        chooses by type.
    tell
        Is told in words how far it is.
    """
    multipliers = np.ones(len(tables.models)) if price is None else price
    alone = tables if direct is None else direct
    weight = tables.population.weight
    target = np.asarray(quality, dtype=np.float64)
    rows = np.repeat(fold, len(weight) // len(fold))
    achieved, spend = np.zeros(len(target)), np.zeros(len(target))
    held_out = np.unique(fold)
    for done, k in enumerate(held_out):
        if tell is not None:
            tell(f"part {done + 1} of {len(held_out)} held out")
        chosen_on = np.where(rows != k, weight, 0.0)
        judged_on = np.where(rows == k, weight, 0.0)
        fitted_on = chosen_on / chosen_on.sum()
        cloud = PolicyCloud(tables, fitted_on, keeps=False, near=target)
        frontier = solve_frontier(tables, target, multipliers, fitted_on, cloud=cloud)
        policies: Sequence[RoutingPolicy | None] = frontier.policies
        if seen is not None:
            fitted = tables.weighted(fitted_on)
            policies = _by_type(fitted, target, multipliers, seen(rows == k), frontier)
        for g, policy in enumerate(policies):
            if policy is None:
                achieved[g] = spend[g] = np.nan
                continue
            value = evaluate_policy(policy, tables, judged_on)
            sold = value.list_spend > 0
            achieved[g] += value.solve_rate
            spend[g] += float(value.list_spend[sold] @ multipliers[sold])
            spend[g] += value.checks + value.harm
    market = np.full(len(target), np.inf)
    known = np.isfinite(achieved)
    market[known] = market_price(alone, achieved[known], multipliers).price
    return OutOfSample(target, achieved, spend, market, margin(market, spend))


def _by_type(
    tables: CurveTables,
    quality: FloatArray,
    price: FloatArray,
    label: IntArray,
    blind: Frontier,
) -> Sequence[RoutingPolicy | None]:
    """Policies of a router that sees the types of the problems that `tables` weigh."""
    seen = signal_of(tables.population, label, 1.0)
    signal = solve_signal(tables, quality, seen, price, blind, quick=True)
    return signal_schedule(signal, seen, blind).policies
