"""Which seller each buyer takes.

A demand rule says what a buyer would take from a menu and what it gains by it, in US dollars.
Leaving the incumbent seller costs a part of P⁰, the price of the buyer's basket at list. Each buyer
adds a lasting taste for every offer and for the outside option, times its own scale σ, and takes
the highest. Between offers that are as good to the last digit, which happens where there are no
tastes, a lasting draw of the buyer decides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IndexArray, IntArray, index_type
from market.strategies.demand import DemandRule, Needs, Purchase, parts
from market.strategies.menu import Menus
from market.strategies.own_routing import OwnRouting

OUTSIDE_OPTION = -1  # index of the seller of a buyer that does not buy

Held = tuple[FloatArray, FloatArray, Purchase]
"""Solve rates and prices [G] of a menu, and what buyers take from it."""


@dataclass(frozen=True)
class Buyers:
    """J buyers, or groups of like ones: how they value what is offered, tastes aside.

    Realised choices and expected demand both ask it, so that they cannot drift apart.

    Attributes
    ----------
    rule, needs
        The demand rule, and what each wants.
    scale
        [J] σ, US dollars per unit of taste; 0 where there are no tastes.
    switching
        [J] US dollars per query that leaving the incumbent costs.
    incumbent
        [J] index of the seller that each bought from last, or `OUTSIDE_OPTION`.
    consideration
        Per offer, [J] whether a buyer considers it; None where everybody does.
    seller_of
        [O] index of the seller of each offer.
    held
        What was last taken from each offer, costs of switching aside: menus move one at a time.
    own_routing
        What it costs them to route for themselves; None where they cannot.
    """

    rule: DemandRule
    needs: Needs
    scale: FloatArray
    switching: FloatArray
    incumbent: IndexArray
    consideration: Sequence[BoolArray | None]
    seller_of: IntArray
    held: dict[int, Held] | None = None
    own_routing: OwnRouting | None = None

    def purchase(
        self, offer: int, quality: FloatArray, price: FloatArray, *, keep: bool = False
    ) -> Purchase:
        """What each would take from a menu [G] of one offer, less the cost of switching to it.

        Less the fixed cost of a router of its own, too.

        At prices [..., G]; a gain of −∞ where the offer is not considered. `keep` is for menus that
        are really posted.
        """
        held = self.held.get(offer) if keep and self.held is not None else None
        if held and np.array_equal(held[0], quality) and np.array_equal(held[1], price):
            found = held[2]
        else:
            found = self.rule.purchase(self.needs, quality, price)
            if keep and self.held is not None:
                self.held[offer] = quality, price, found
        gain = found.gain
        if self.switching.any():
            gain = gain - self.cost_of_switching(offer)
        if self.own_routing is not None and offer == self.own_routing.offer:
            gain = gain - self.own_routing.cost
        considered = self.consideration[offer]
        if considered is not None:
            gain = np.where(considered, gain, -np.inf)
        return Purchase(gain, found.at, found.share)

    def part(self, span: slice) -> "Buyers":
        """Some of them, of whom nothing is held; of all, the very same."""
        if span == slice(0, len(self.scale)):
            return self
        return replace(
            self,
            needs=self.needs.part(span),
            scale=self.scale[span],
            switching=self.switching[span],
            incumbent=self.incumbent[span],
            consideration=[None if known is None else known[span] for known in self.consideration],
            held=None,
            own_routing=None if self.own_routing is None else self.own_routing.part(span),
        )

    def cost_of_switching(self, offer: int) -> FloatArray:
        """[J] US dollars per query that buying from an offer costs those who leave for it."""
        leaves = (self.incumbent != OUTSIDE_OPTION) & (self.incumbent != self.seller_of[offer])
        return np.where(leaves, self.switching, 0.0)


@dataclass(frozen=True)
class Choice:
    """What each of J buyers takes.

    Attributes
    ----------
    offer
        [J] index; `OUTSIDE_OPTION` where not buying is better.
    at, share
        [J] point of the offer's menu, and the chance of it; else the point before it serves.
    surplus
        [J] US dollars per query by which the choice is better than not buying, tastes included.
    """

    offer: IndexArray
    at: IndexArray
    share: FloatArray
    surplus: FloatArray

    @classmethod
    def nobody(cls, size: int, offers: int, points: int) -> "Choice":
        """Of J buyers who have not chosen yet among O offers of G points."""
        return cls(
            np.full(size, OUTSIDE_OPTION, dtype=index_type(offers)),
            np.zeros(size, dtype=index_type(points)),
            np.ones(size),
            np.zeros(size),
        )


def choose(
    buyers: Buyers,
    menus: Menus,
    taste: Sequence[FloatArray] | None,
    ties: Callable[[int], FloatArray] | None = None,
) -> Choice:
    """Take the offer of highest utility in each buyer's consideration set, or the outside option.

    Parameters
    ----------
    buyers
        J of them.
    menus
        Of O offers.
    taste
        [J] per offer, and last for the outside option: the buyers' lasting tastes; None for none.
    ties
        Of an offer, [J] lasting draws of the buyers, asked only where offers are tied: a buyer
        takes the one of the lowest. None: the first, which is well only where tastes leave no ties.
        A router of its own it runs only where that is better than every offer.
    """
    size, (offers, points) = len(buyers.scale), menus.price.shape
    choice, open_to = Choice.nobody(size, offers, points), menus.sold()
    for span in parts(size):
        tastes = None if taste is None else [of_offer[span] for of_offer in taste]
        some = Choice(choice.offer[span], choice.at[span], choice.share[span], choice.surplus[span])
        _choose(buyers.part(span), menus, open_to, tastes, _of_some(ties, span), some)
    return choice


def _of_some(
    ties: Callable[[int], FloatArray] | None, span: slice
) -> Callable[[int], FloatArray] | None:
    return None if ties is None else lambda offer: ties(offer)[span]


def _choose(
    buyers: Buyers,
    menus: Menus,
    open_to: Sequence[int],
    taste: Sequence[FloatArray] | None,
    ties: Callable[[int], FloatArray] | None,
    choice: Choice,
) -> None:
    """Write down what buyers take who have chosen nothing yet; see :func:`choose`."""
    outside = np.zeros(len(buyers.scale)) if taste is None else buyers.scale * taste[-1]
    best, offer = outside.copy(), choice.offer
    for o in open_to:
        found = buyers.purchase(o, menus.quality[o], menus.price[o], keep=True)
        utility = found.gain if taste is None else found.gain + buyers.scale * taste[o]
        better = utility > best
        if ties is not None and (buyers.own_routing is None or o != buyers.own_routing.offer):
            tied = utility == best
            if tied.any():
                tied &= offer != OUTSIDE_OPTION
                for k in np.unique(offer[tied]).tolist():
                    better |= tied & (offer == k) & (ties(o) < ties(k))
        np.copyto(best, utility, where=better)
        np.copyto(offer, o, where=better)
        np.copyto(choice.at, found.at, where=better, casting="same_kind")
        np.copyto(choice.share, found.share, where=better)
    np.subtract(best, outside, out=choice.surplus)
