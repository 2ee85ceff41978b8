"""Buyers, and what is expected of them, for tests of choices."""

from collections.abc import Sequence

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.strategies.choice import OUTSIDE_OPTION, Buyers
from market.strategies.demand import DemandRule, Needs
from market.strategies.expected_demand import ExpectedBuyers, group_buyers
from market.strategies.menu import Menus
from market.strategies.tastes import log_stable, nested_tastes

QUALITY = np.linspace(0.3, 0.7, 5)
PRICE = np.array(
    [
        [0.010, 0.015, 0.022, 0.040, 0.090],
        [0.012, 0.014, 0.020, 0.045, np.inf],
        [0.008, 0.013, 0.021, 0.038, 0.080],
    ]
)
MENUS = Menus(np.tile(QUALITY, (3, 1)), PRICE)


def needs_of(rule: DemandRule, size: int) -> Needs:
    """What so many buyers want."""
    return rule.needs(size, np.random.default_rng(1), np.random.default_rng(2))


def buyers_of(
    rule: DemandRule,
    needs: Needs,
    *,
    scale: FloatArray | float = 0.0,
    switching: FloatArray | float = 0.0,
    incumbent: IntArray | None = None,
    consideration: Sequence[BoolArray | None] | None = None,
    offers: int = 3,
) -> Buyers:
    """Buyers who face so many sellers of one offer each."""
    size = len(needs.worth)
    return Buyers(
        rule=rule,
        needs=needs,
        scale=np.broadcast_to(np.asarray(scale, dtype=np.float64), size),
        switching=np.broadcast_to(np.asarray(switching, dtype=np.float64), size),
        incumbent=np.full(size, OUTSIDE_OPTION) if incumbent is None else incumbent,
        consideration=(None,) * offers if consideration is None else consideration,
        seller_of=np.arange(offers),
    )


def grouped(
    buyers: Buyers,
    *,
    rate: float = 1.0,
    nested: Sequence[bool] = (False, False, False),
    dissimilarity: float = 1.0,
    taste: Sequence[FloatArray] | None = None,
) -> ExpectedBuyers:
    """Like buyers put together."""
    return group_buyers(
        buyers,
        rate=rate,
        mix=0,
        nest=np.where(nested, 0, -1),
        dissimilarity=dissimilarity,
        taste=taste,
    )


def expected_sales(groups: ExpectedBuyers, menus: Menus = MENUS) -> FloatArray:
    """[O] queries per tick that each offer is expected to sell."""
    offers = range(len(menus.price))
    gains = {o: groups.buyers.purchase(o, menus.quality[o], menus.price[o]).gain for o in offers}
    chances = groups.chances(gains)
    return np.array([float((groups.queries * chances[o]).sum()) for o in offers])


def drawn_tastes(
    size: int, nested: Sequence[bool], dissimilarity: float, seed: int = 3
) -> list[FloatArray]:
    """[J] tastes for each offer, and last for not buying, those of a nest with its common part."""
    rng = np.random.default_rng(seed)
    nest = log_stable(dissimilarity, rng, size)
    own = [rng.gumbel(size=size) for _ in nested]
    tastes = [
        nested_tastes(taste, nest, dissimilarity) if resold else taste
        for taste, resold in zip(own, nested, strict=True)
    ]
    return [*tastes, rng.gumbel(size=size)]
