"""Which seller each buyer takes.

A demand rule gives the systematic utility of a menu and of not buying. Each buyer adds a lasting
taste, Gumbel(0, 1), for every seller and for the outside option, and takes the highest: a logit
over buyers (McFadden 1974; Anderson, de Palma and Thisse 1992). Between sellers that are as good
to the last digit, which happens where there are no tastes, a lasting draw of the buyer decides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.strategies.demand import DemandRule, Needs

OUTSIDE_OPTION = -1  # index of the seller of a buyer that does not buy


@dataclass(frozen=True)
class Choice:
    """Whom each of J buyers buys from.

    Attributes
    ----------
    seller
        [J] index of the seller; `OUTSIDE_OPTION` where not buying is better.
    tier
        [J] index of the tier bought; of no meaning where the buyer does not buy.
    """

    seller: IntArray
    tier: IntArray


@dataclass(frozen=True)
class Valuation:
    """How J buyers, or groups of like buyers, value what sellers offer, tastes aside.

    Realised choices and expected demand both ask it, so that they cannot drift apart.

    Attributes
    ----------
    rule
        The demand rule.
    needs
        Of the J buyers.
    incumbent
        [J] index of the seller that each bought from last, or `OUTSIDE_OPTION`.
    price_sensitivity
        β.
    switching_cost
        What leaving the incumbent adds, as a share of the new seller's price.
    """

    rule: DemandRule
    needs: Needs
    incumbent: IntArray
    price_sensitivity: float
    switching_cost: float

    def of_menu(
        self, menu: FloatArray, seller: int, quality: FloatArray
    ) -> tuple[FloatArray, IntArray]:
        """[J] utility of a seller's menu [G], switching cost included, and [J] the tier taken."""
        utility, tier = self.rule.utility(self.needs, menu, quality, self.price_sensitivity)
        if self.switching_cost > 0:
            dearer = menu * (1 + self.switching_cost)
            moved, other = self.rule.utility(self.needs, dearer, quality, self.price_sensitivity)
            moves = (self.incumbent != OUTSIDE_OPTION) & (self.incumbent != seller)
            utility, tier = np.where(moves, moved, utility), np.where(moves, other, tier)
        return utility, tier

    def outside(self) -> FloatArray:
        """[J] utility of not buying."""
        return self.rule.outside(self.needs, self.price_sensitivity)


def choose(
    valuation: Valuation,
    menus: FloatArray,
    quality: FloatArray,
    consideration: Sequence[BoolArray | None],
    taste: Sequence[FloatArray] | None,
    ties: Callable[[int], FloatArray] | None = None,
) -> Choice:
    """Take the seller of highest utility in each buyer's consideration set, or the outside option.

    Parameters
    ----------
    valuation
        Of the J buyers.
    menus
        [S, G] posted price by seller and tier.
    quality
        [G] promised solve rates.
    consideration
        Per seller, [J] whether a buyer considers it; None where everybody does.
    taste
        [J] per seller, and last for the outside option: the buyers' lasting tastes; None for none.
    ties
        Of a seller, [J] lasting draws of the buyers, asked only where sellers are tied: a buyer
        takes the one of the lowest. None: the first, which is well only where tastes leave no ties.
    """
    best = valuation.outside()
    if taste is not None:
        best = best + taste[-1]
    seller = np.full(len(best), OUTSIDE_OPTION, dtype=np.int64)
    bought = valuation.needs.tier.copy()
    for s, menu in enumerate(menus):
        if not np.isfinite(menu).any():
            continue
        utility, tier = valuation.of_menu(menu, s, quality)
        if taste is not None:
            utility = utility + taste[s]
        better = utility > best
        considered = consideration[s]
        if considered is not None:
            better &= considered
        if ties is not None:
            tied = (utility == best) & (seller != OUTSIDE_OPTION)
            tied &= True if considered is None else considered
            for k in np.unique(seller[tied]).tolist():
                better |= tied & (seller == k) & (ties(s) < ties(k))
        np.copyto(best, utility, where=better)
        seller[better] = s
        bought[better] = tier[better]
    return Choice(seller, bought)
