"""Who pays whom for a tick's queries; every dollar paid is a dollar received."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray
from market.results.flows import Outlays, Roster, SegmentFlow
from market.scenario.schema import OUTSIDE, TREASURY
from market.simulation.ledger import Ledger, Transfer, check_equal


@dataclass(frozen=True)
class Flows:
    """What a tick's payments follow from.

    Attributes
    ----------
    segments
        By segment.
    wholesale_price
        [S, M] US dollars that each seller's attempts cost per list dollar.
    outlays
        What arbitrageurs bought besides.
    tax
        [A] US dollars of tax on each arbitrageur's fees.
    fixed_cost
        [K] US dollars that it costs each provider to be in the market.
    """

    segments: Sequence[SegmentFlow]
    wholesale_price: FloatArray
    outlays: Outlays
    tax: FloatArray
    fixed_cost: FloatArray


def settle(ledger: Ledger, roster: Roster, flows: Flows) -> float:
    """Post a tick's payments.

    Consumers pay sellers; arbitrageurs pay providers for attempts, samples and tokens, each other
    for attempts of students, the treasury its tax, and outside for compute and training; providers
    pay outside for compute.

    Parameters
    ----------
    ledger
        Has an account per seller, one `consumers/<segment>` per segment, `treasury` and `outside`.
    roster
        Names and axes.
    flows
        Of the tick.

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
    by_seller = np.zeros((len(roster.sellers), len(roster.models)))  # list dollars
    direct = gross = 0.0
    for segment, flow in zip(roster.segments, flows.segments, strict=True):
        income = flow.paid.sum(axis=1)
        direct += float(income[:providers].sum())
        gross += float(income[providers:].sum())
        ledger.post(
            Transfer(f"consumers/{segment}", seller, amount)
            for seller, amount in zip(roster.sellers, income.tolist(), strict=True)
        )
        by_seller += flow.list_spend.sum(axis=1)
    bills = by_seller * flows.wholesale_price
    to_providers = roster.by_provider(bills)
    outlays = flows.outlays
    _matrix(
        ledger,
        roster.arbitrageurs,
        roster.providers,
        to_providers[providers:] + outlays.fitting + outlays.tokens,
    )
    # a student's own attempts cost its owner their compute; those of others are paid to the owner
    students = roster.by_arbitrageur(bills)[providers:]
    compute = roster.by_arbitrageur(by_seller)[providers:].sum(axis=0)
    np.fill_diagonal(students, 0.0)
    _matrix(ledger, roster.arbitrageurs, roster.arbitrageurs, students)
    cost = roster.by_provider(by_seller.sum(axis=0) * roster.cost_ratio)
    for payers, payee, amounts in (
        (roster.arbitrageurs, OUTSIDE, compute + outlays.training),
        (roster.arbitrageurs, TREASURY, flows.tax),
        (roster.providers, OUTSIDE, cost + outlays.cost + flows.fixed_cost),
    ):
        _matrix(ledger, payers, (payee,), amounts[:, None])
    return max(
        ledger.check(),
        check_equal(
            "consumers' payments and sellers' receipts",
            sum(flow.payments for flow in flows.segments),
            direct + gross,
        ),
        check_equal(
            "direct receipts and direct attempts", direct, float(to_providers[:providers].sum())
        ),
    )


def _matrix(
    ledger: Ledger, payers: Sequence[str], payees: Sequence[str], amounts: FloatArray
) -> None:
    """Book amounts [payers, payees]; nothing is booked for what is 0."""
    ledger.post(
        Transfer(payers[i], payees[j], float(amounts[i, j]))
        for i, j in np.argwhere(amounts != 0).tolist()
    )
