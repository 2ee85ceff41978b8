"""What mergers of owners do to prices at rest, profit and buyers' surplus."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal

import numpy as np

from market.equilibrium.pressure import merged, owners_hhi
from market.equilibrium.rest import find_rest
from market.foundation.arrays import FloatArray, IntArray
from market.foundation.errors import DataError
from market.frontier.bootstrap import interval
from market.simulation.priced_market import PricedMarket
from market.strategies.equilibrium_solver import PriceEquilibrium

Merging = Sequence[tuple[str, str]] | Literal["all"]


@dataclass(frozen=True)
class Merger:
    """What happens if the owners of two providers become one.

    Attributes
    ----------
    providers
        The two, by name.
    after
        Prices at rest with the new owner.
    price_change
        [n] by which share of what they were prices change.
    joint_profit, surplus
        US dollars per tick by which the two owners' profit and buyers' surplus change.
    quantity_hhi
        After it.
    intervals
        By the names of the last four, their [2, ...] ends of a 95% interval over resampled
        problems; empty without.
    """

    providers: tuple[str, str]
    after: PriceEquilibrium
    price_change: FloatArray
    joint_profit: float
    surplus: float
    quantity_hhi: float
    intervals: dict[str, FloatArray] = field(default_factory=dict)


SURE_OF = ("price_change", "joint_profit", "surplus", "quantity_hhi")


def pairs_of(names: Sequence[str], owner: IntArray, merge: Merging) -> list[tuple[int, int]]:
    """Indices of the providers whose owners merge.

    Parameters
    ----------
    names, owner
        n providers, and [n] index of the owner of each.
    merge
        Names of two each, or all pairs of owners.

    Raises
    ------
    DataError
        There is no such provider, or two have one owner already.
    """
    if merge == "all":
        first = np.unique(owner).tolist()
        return list(combinations(first, 2))
    pairs = []
    for pair in merge:
        for name in pair:
            if name not in names:
                raise DataError(
                    f"--merge {','.join(pair)}: {name} sells nothing in this market; choose from "
                    f"{', '.join(names)}"
                )
        one, other = (names.index(name) for name in pair)
        if owner[one] == owner[other]:
            raise DataError(
                f"--merge {','.join(pair)}: they have one owner already; name two owners"
            )
        pairs.append((one, other))
    return pairs


def merger(
    market: PricedMarket,
    names: Sequence[str],
    before: PriceEquilibrium,
    pair: tuple[int, int],
    prices: int,
) -> Merger:
    """Let the owners of two providers become one, and prices come to rest again.

    Parameters
    ----------
    market, names
        In which all n prices are strategic, and whose they are.
    before
        Prices at rest.
    pair
        Indices of the two.
    prices
        For each provider, on the grid that best replies are followed on where there is no
        equilibrium.

    Raises
    ------
    DataError
        As :func:`market.equilibrium.rest.find_rest`.
    """
    joint = merged(before.owner, *pair)
    after = find_rest(market, joint, before.price, prices).at
    own = joint == joint[pair[0]]
    return Merger(
        (names[pair[0]], names[pair[1]]),
        after,
        after.price / before.price - 1,
        float(after.profit[own].sum() - before.profit[own].sum()),
        market.sold(after.price).surplus - market.sold(before.price).surplus,
        owners_hhi(joint, after.quantity),
    )


def with_intervals(
    mergers: Sequence[Merger], draws: Sequence[Sequence[Merger]]
) -> tuple[Merger, ...]:
    """The mergers with 95% intervals over the same mergers in resampled markets; none of none."""
    if not draws:
        return tuple(mergers)
    return tuple(
        replace(one, intervals={name: _ends(name, [draw[k] for draw in draws]) for name in SURE_OF})
        for k, one in enumerate(mergers)
    )


def _ends(name: str, drawn: Sequence[Merger]) -> FloatArray:
    return interval(np.stack([np.asarray(getattr(of, name), dtype=np.float64) for of in drawn]))
