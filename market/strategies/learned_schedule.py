"""What each solve rate costs a router that has beliefs about the steps of a tree of cascades.

Its policies are those that are best at some value of a solution, on the convex hull of what it
believes: a cascade for each type seen, or a mixture of two such policies. They are found by
splitting: between two neighbours the value at which both are worth the same either shows a better
one, or that there is none (Eisner and Severance 1976).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.frontier.cascade import Cascade, Mixture
from market.frontier.cascade_tree import CascadeTree
from market.frontier.cost_schedule import CostSchedule
from market.frontier.query_signal import QuerySignal, RoutingPolicy, SignalMixture
from market.strategies.cascade_beliefs import CascadeView
from market.strategies.menu import steps as menu_steps

_LEAST_GAIN = 1e-3  # of a solve rate: what all budgets together may at most be spent for
_SAME = 1e-9  # of a policy's worth


@dataclass(frozen=True, eq=False)
class SupportedPolicies:
    """K policies on the convex hull of solve rate and cost, rising from none.

    Attributes
    ----------
    end
        [K, Z] the cascade of each for each type seen, as ends of paths.
    rate, paid
        [K] solve rate and US dollars per query.
    """

    end: IntArray
    rate: FloatArray
    paid: FloatArray

    def cost(self, rate: FloatArray) -> FloatArray:
        """US dollars per query that solve rates cost, by mixtures; infinite out of reach."""
        found = np.interp(rate, self.rate, self.paid)
        return np.where(rate <= self.rate[-1] * (1 + _SAME), found, np.inf)


def supported_policies(
    tree: CascadeTree, view: CascadeView, share: FloatArray, price: FloatArray, most: int
) -> SupportedPolicies:
    """The policies of the convex hull, `most` of them at the most.

    Parameters
    ----------
    tree, view
        Cascades, and what they do by type seen.
    share
        [Z] chance of each type seen.
    price
        [M] US dollars per list dollar; infinite where a model is not for sale.
    most
        Largest gaps in solve rate are split first.
    """
    sold = np.isfinite(price)

    def at(value: float) -> tuple[IntArray, float, float]:
        end = view.best(price, value)
        rate, paid = view.worths(price, end)
        return end, float(share @ rate), float(share @ paid)

    highest = float(price[sold] @ tree.budget[sold, -1]) / _LEAST_GAIN if sold.any() else 0.0
    nothing = np.zeros(len(share), dtype=np.int64), 0.0, 0.0
    found, top = [nothing], at(highest)
    if top[1] > 0:
        found.append(top)
    gaps = [(0, 1)] if len(found) > 1 else []
    while gaps and len(found) < most:
        gap = max(gaps, key=lambda pair: found[pair[1]][1] - found[pair[0]][1])
        gaps.remove(gap)
        (_, low, cheap), (_, high, dear) = (found[k] for k in gap)
        if high <= low:
            continue
        value = (dear - cheap) / (high - low)
        between = at(value)
        worth, known = value * between[1] - between[2], value * low - cheap
        if worth > known + _SAME * (abs(known) + dear):
            found.append(between)
            gaps += [(gap[0], len(found) - 1), (len(found) - 1, gap[1])]
    ends, rates, costs = zip(*sorted(found, key=lambda policy: policy[1]), strict=True)
    return SupportedPolicies(np.array(ends), np.array(rates), np.array(costs))


def as_believed(
    policies: SupportedPolicies, view: CascadeView, share: FloatArray, price: FloatArray
) -> SupportedPolicies:
    """The same policies in another view: those of their lower convex hull."""
    worths = [view.worths(price, end) for end in policies.end]
    rate, paid = (np.array([share @ of for of in each]) for each in zip(*worths, strict=True))
    kept: list[int] = []
    for k in np.lexsort((paid, rate)).tolist():
        if kept and rate[k] <= rate[kept[-1]]:
            continue  # no better, and no cheaper
        while kept and paid[kept[-1]] >= paid[k]:
            kept.pop()
        while len(kept) > 1 and _bends_down(rate, paid, kept[-2], kept[-1], k):
            kept.pop()
        kept.append(k)
    return SupportedPolicies(policies.end[kept], rate[kept], paid[kept])


def _bends_down(rate: FloatArray, paid: FloatArray, first: int, middle: int, last: int) -> bool:
    """Whether the middle of three policies costs no less than a mixture of the others."""
    before = (paid[middle] - paid[first]) * (rate[last] - rate[middle])
    after = (paid[last] - paid[middle]) * (rate[middle] - rate[first])
    return bool(before >= after)


def learned_schedule(
    tree: CascadeTree, policies: SupportedPolicies, signal: QuerySignal, points: int
) -> CostSchedule | None:
    """Cost schedule of these policies and their mixtures; None where they solve nothing.

    Parameters
    ----------
    tree
        Of the policies.
    policies
        At what they are believed to solve and to cost.
    signal
        What is seen of a query.
    points
        G.
    """
    if policies.rate[-1] <= 0:
        return None
    quality = policies.rate[-1] * menu_steps(points)
    above = np.searchsorted(policies.rate, quality * (1 - _SAME)).clip(1, len(policies.rate) - 1)
    low, high = policies.rate[above - 1], policies.rate[above]
    share = np.clip((quality - low) / (high - low), _SAME, 1.0)
    named = cache(tree.cascade)  # the same cascade is the same object

    def cascades(k: int) -> tuple[Cascade, ...]:
        return tuple(named(end) for end in policies.end[k].tolist())

    def policy(k: int, part: float) -> RoutingPolicy:
        below, top = cascades(k - 1), cascades(k)
        if len(top) == 1:
            return Mixture(below[0], top[0], part)
        return SignalMixture(signal, below, top, part)

    return CostSchedule(
        quality,
        policies.cost(quality),
        tuple(policy(k, part) for k, part in zip(above.tolist(), share.tolist(), strict=True)),
    )
