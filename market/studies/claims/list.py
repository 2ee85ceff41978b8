"""The claims, and the experiments that test each of them.

The claims are those of Olmedo, Schölkopf and Hardt (arXiv:2603.22404) and of its reading as an
account of a market with many arbitrageurs; the last ones go beyond it.
"""

from collections.abc import Sequence

from market.foundation.errors import DataError
from market.studies.claims.experiments import Claim
from market.studies.claims.first_movers import keeping_out
from market.studies.claims.frontier_margins import cascades, heterogeneity
from market.studies.claims.gains import matching
from market.studies.claims.hosts_and_owners import hosting, owning
from market.studies.claims.incentives import improving
from market.studies.claims.knowledge import distilling, routing
from market.studies.claims.learned_prices import colluding
from market.studies.claims.own_routers import building
from market.studies.claims.prices import competing, undercutting
from market.studies.claims.provider_revenue import (
    answering,
    marginal_revenue,
    segmentation,
    small_providers,
    total_revenue,
)
from market.studies.claims.weak_verifiers import surviving

CLAIMS: tuple[Claim, ...] = (
    undercutting(),
    cascades(),
    heterogeneity(),
    competing(),
    marginal_revenue(),
    segmentation(),
    small_providers(),
    matching(),
    distilling(),
    routing(),
    total_revenue(),
    answering(),
    surviving(),
    building(),
    hosting(),
    owning(),
    improving(),
    colluding(),
    keeping_out(),
)


def by_number(numbers: Sequence[int]) -> tuple[Claim, ...]:
    """Claims by their numbers, from 1, in the order of the list.

    Raises
    ------
    DataError
        There is no claim of a number.
    """
    for number in numbers:
        if not 1 <= number <= len(CLAIMS):
            raise DataError(f"--only {number}: there is no such claim; they are 1 to {len(CLAIMS)}")
    return tuple(CLAIMS[number - 1] for number in sorted(numbers))
