"""The prices of an owner of several models, or of several providers: its whole profit counts.

A buyer that one price drives away may turn to another model of the same owner, so each price is
best only beside the others. They are searched in turn, each by the rule that would set it alone,
its others held at what was found last (coordinate ascent; Zangwill 1969), until none moves. Every
step raises the owner's profit, so the search does not cycle as plain iteration of first-order
conditions does, p = c + μ/(1 − Σs) at a joint price. In a logit market the way that is left shrinks
by a constant factor from round to round.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from market.foundation.arrays import FloatArray
from market.strategies.market_view import PriceMarks, ProviderView
from market.strategies.price_search import FINE
from market.strategies.provider_pricing import ConsidersPrices, PriceReply

ROUNDS = 8  # over all prices in one tick; the next tick begins where this one ends


class ExpectsOfAll(Protocol):
    """What an owner expects of prices that it has not posted, all of them together."""

    def profit(self, alternatives: FloatArray) -> FloatArray:
        """[K] expected US dollars of profit per tick at the price multipliers [K, P]."""
        ...

    def marks(self, price: int) -> PriceMarks:
        """Multipliers that matter to buyers, of one of the P prices."""
        ...


@dataclass(frozen=True)
class OneOfSeveral:
    """What an owner expects of one of its prices, its others held.

    Attributes
    ----------
    expected
        Of all.
    others
        [P] price multipliers; that of the price itself does not matter.
    price
        Its index.
    """

    expected: ExpectsOfAll
    others: FloatArray
    price: int

    def profit(self, alternatives: FloatArray) -> FloatArray:
        """[K] expected profit per tick of the owner at price multipliers [K]."""
        lists = np.tile(self.others, (len(alternatives), 1))
        lists[:, self.price] = alternatives
        return self.expected.profit(lists)

    def marks(self) -> PriceMarks:
        """Multipliers that matter to buyers."""
        return self.expected.marks(self.price)


def best_replies(
    rule: ConsidersPrices, views: Sequence[ProviderView], expected: ExpectsOfAll, own: FloatArray
) -> tuple[PriceReply, ...]:
    """The P prices that a rule finds best together.

    Parameters
    ----------
    rule
        It answers for one price at a time.
    views
        P views of the market, one for each price.
    expected
        The owner's profit at other prices.
    own
        [P] price multipliers that it has now, where the search begins.
    """
    now = own.astype(np.float64)
    replies = [PriceReply(price) for price in now.tolist()]
    for tried in range(ROUNDS):
        before = now.copy()
        for p, view in enumerate(views):
            alone = OneOfSeveral(expected, now.copy(), p)
            reply = rule.best_reply(replace(view, expected=alone))
            kept, found = alone.profit(np.array([now[p], reply.multiplier])).tolist()
            # a search that starts anew may miss what the last one found; a bound holds at once
            if tried == 0 or found >= kept:
                now[p], replies[p] = reply.multiplier, reply
        if (np.abs(now - before) <= FINE * before).all():
            break
    return tuple(replies)
