"""A tick's payments are booked; every dollar paid is a dollar received."""

from collections.abc import Sequence
from math import fsum

from market.results.flows import SegmentFlow
from market.results.payments import Payments
from market.simulation.ledger import Ledger, check_equal


def settle(ledger: Ledger, payments: Payments, flows: Sequence[SegmentFlow]) -> float:
    """Book a tick's payments.

    Parameters
    ----------
    ledger
        Has an account per seller, one `consumers/<segment>` per segment, `treasury` and `outside`.
    payments
        Of the tick.
    flows
        By segment: what the payments follow from.

    Returns
    -------
    float
        Largest relative error of the identities: balances sum to 0, what consumers paid is what
        sellers received, direct receipts are the price of the direct attempts, those of buyers' own
        routers too.

    Raises
    ------
    ConservationError
        One of them is off by more than 1e-9.
    """
    ledger.post(payments)
    providers, own = payments.roster.resale.start, payments.roster.own
    return max(
        ledger.check(),
        check_equal(
            "consumers' payments and sellers' receipts",
            fsum(flow.payments for flow in flows),
            fsum(payments.queries.flat),
        ),
        check_equal(
            "direct receipts and direct attempts",
            fsum(payments.queries[:, :providers].flat),
            fsum(payments.by_seller[:providers].flat),
        ),
        check_equal(
            "what buyers who route for themselves paid and their attempts",
            fsum(payments.queries[:, own].flat),
            fsum(payments.own_attempts.flat),
        ),
    )
