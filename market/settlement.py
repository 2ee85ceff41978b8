"""Who pays whom for a tick's queries; every dollar paid is a dollar received."""

from collections.abc import Sequence

import numpy as np

from market.ledger import OUTSIDE, Ledger, Transfer, check_equal
from market.outcome import Roster, SegmentFlow
from market.population import FloatArray


def settle(
    ledger: Ledger, roster: Roster, flows: Sequence[SegmentFlow], price: FloatArray
) -> float:
    """Post a tick's payments: consumers to sellers, arbitrageurs to providers, these to outside.

    Parameters
    ----------
    ledger
        Has an account per seller, one `consumers/<segment>` per segment, and `outside`.
    roster
        Names and axes.
    flows
        By segment.
    price
        [M] price multipliers.

    Returns
    -------
    float
        Largest relative error of the identities: balances sum to 0, what consumers paid is what
        sellers received, direct receipts are the price of the direct attempts.

    Raises
    ------
    ConservationError
        One of them is off by more than 1e-9.
    """
    providers = len(roster.providers)
    bills = np.zeros((len(roster.sellers), providers))
    cost = np.zeros(providers)
    direct = gross = 0.0
    for segment, flow in zip(roster.segments, flows, strict=True):
        income = flow.paid.sum(axis=1)
        direct += float(income[:providers].sum())
        gross += float(income[providers:].sum())
        ledger.post(
            Transfer(f"consumers/{segment}", seller, amount)
            for seller, amount in zip(roster.sellers, income.tolist(), strict=True)
        )
        by_seller = flow.list_spend.sum(axis=1)
        bills += roster.by_provider(by_seller * price)
        cost += roster.by_provider(by_seller.sum(axis=0) * roster.cost_ratio)
    ledger.post(
        Transfer(seller, provider, amount)
        for seller, of_seller in zip(roster.arbitrageurs, bills[providers:].tolist(), strict=True)
        for provider, amount in zip(roster.providers, of_seller, strict=True)
    )
    ledger.post(
        Transfer(provider, OUTSIDE, amount)
        for provider, amount in zip(roster.providers, cost.tolist(), strict=True)
    )
    return max(
        ledger.check(),
        check_equal(
            "consumers' payments and sellers' receipts",
            sum(flow.payments for flow in flows),
            direct + gross,
        ),
        check_equal("direct receipts and direct attempts", direct, float(bills[:providers].sum())),
    )
