"""Least expected spend to reach a solve rate with any cascade.

Everything that the search looks at is kept (:mod:`market.frontier.policy_cloud`): each model put at
each place of a cascade is a curve of (solve rate, spend) by its budget, and the frontier is the
least spend over all of these curves at each wanted solve rate. So it also holds policies off the
convex hull, which no shadow price alone would reach, and every single-model policy: it is nowhere
above the market price.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.content_digest import content_digest
from market.foundation.threads import on_one_thread
from market.frontier.cascade import Mixture, cascade_on_grid
from market.frontier.kept_searches import keep_policies, recall_policies
from market.frontier.pass_curves import CurveTables
from market.frontier.policy_cloud import PolicyCloud
from market.frontier.policy_families import Pick

_AT_ONCE = 64  # solve rates that all policies are priced at together


@dataclass(frozen=True)
class Frontier:
    """Least spend K(u) by solve rate, and the policy that gives it.

    Attributes
    ----------
    quality
        [G] wanted solve rates.
    spend
        [G] US dollars per query, at the prices searched; infinite where no cascade reaches.
    policies
        G mixtures; None where no cascade reaches.
    max_quality
        Highest solve rate of any cascade on the grid.
    """

    quality: FloatArray
    spend: FloatArray
    policies: tuple[Mixture | None, ...]
    max_quality: float


@on_one_thread
def solve_frontier(
    tables: CurveTables,
    quality: FloatArray,
    price: FloatArray | None = None,
    weight: FloatArray | None = None,
    *,
    cloud: PolicyCloud | None = None,
    quick: bool = False,
) -> Frontier:
    """Search the frontier K(u) at the wanted solve rates.

    Parameters
    ----------
    tables
        Curves on the budget grid.
    quality
        [G] wanted solve rates.
    price
        [M] price multipliers, all 1 if None; infinite where a model is not for sale.
    weight
        [n] problem weights; the population's own if None.
    cloud
        What was found on the same tables and weights before; searched if None.
    quick
        Whether policies at other prices than list are searched for the wanted solve rates alone
        (:meth:`market.frontier.policy_cloud.PolicyCloud.polished`).

    Returns
    -------
    Frontier
        With K(u) ≤ C(u) at every u, C being the cheapest single model. Unless `quick`, K(u) does
        not depend on the other solve rates that are asked for.
    """
    multipliers = np.ones(len(tables.models)) if price is None else price
    target = np.asarray(quality, dtype=np.float64)
    own = cloud or PolicyCloud(
        tables, weight, keeps=False
    )  # what is asked of it again is kept here
    key = content_digest("frontier", own.content, multipliers, target, quick)
    known = recall_policies(key, tables.models)
    if known is not None:
        return Frontier(target, *known)
    search = own.polished if quick else own.families
    spend, policies = np.full(len(target), np.inf), list[Mixture | None]()
    for start in range(0, len(target), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        families = search(multipliers, target[part])
        spend[part], picks = families.cheapest(multipliers)
        policies += mixtures(tables, picks)
    found = Frontier(target, spend, tuple(policies), own.max_solve_rate(multipliers))
    keep_policies(key, tables.models, spend, found.policies, found.max_quality)
    return found


def mixtures(tables: CurveTables, picks: Sequence[Pick | None]) -> list[Mixture | None]:
    """The policies picked, by names of models and list dollars."""
    named: list[Mixture | None] = []
    for pick in picks:
        if pick is None:
            named.append(None)
            continue
        low, high = (cascade_on_grid(tables, cascade) for cascade in pick.cascades())
        named.append(Mixture(low, high, pick.share))
    return named
