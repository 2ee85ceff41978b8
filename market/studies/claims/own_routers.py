"""The claim that large buyers' own routers are the arbitrageurs' rivals."""

from market.measures.counted import counted
from market.studies.claims.assumptions import across
from market.studies.claims.experiments import Claim, Contrast, Sign
from market.studies.claims.markets import DEMANDS, with_own_routers

COST = 0.03  # US dollars per tick: about what the mean buyer pays for a query

OUTCOMES: tuple[tuple[str, Sign, str], ...] = (
    (
        "arbitrage_margin",
        -1,
        "Large buyers leave, and those who stay are charged as much as before, or more.",
    ),
    (
        "consumer_surplus",
        1,
        "What builders save and others are charged less is no more than routers cost.",
    ),
)
"""Measure, sign, and what would refute it."""


def building() -> Claim:
    """A router that costs a mean buyer about as much again as its queries lowers fees and profit.

    Not forced: those for whom it is worth its cost are the largest buyers, and whoever is left to
    the arbitrageurs cannot do better. So the margin on the others may stay, or rise, while profit
    falls; and where an arbitrageur lowers its fees to keep the large ones, those who never build
    gain. The fixed costs that builders pay may come to more than all of that.
    """
    experiments = [
        Contrast(
            f"`{measure}`, {counted(count, 'arbitrageur')}, own routers "
            f"at {COST:g} USD per tick against none",
            measure,
            with_own_routers(demand, count, COST),
            with_own_routers(demand, count, None),
            sign,
            demand,
            refuted_by=refuted_by,
            across=across(demand, several=count > 1),
        )
        for demand in DEMANDS
        for count in (1, 2)
        for measure, sign, refuted_by in OUTCOMES
    ]
    return Claim(
        "Buyers who can route for themselves take the arbitrageurs' margin",
        "practice: large customers build",
        tuple(experiments),
        "Few buyers send most queries: volumes are lognormal, σ = 1.5. Surplus is after the fixed "
        "cost of own routers.",
        short="buyers' own routers take the margin",
    )
