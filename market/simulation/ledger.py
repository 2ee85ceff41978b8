"""Money moves between named accounts, and none is made or lost."""

import math
from collections.abc import Iterable

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import ConservationError
from market.results.payments import Payment

TOLERANCE = 1e-9


class Ledger:
    """Balances of named accounts; every payment has a payer and a payee.

    Parameters
    ----------
    accounts
        Distinct names, all starting at 0.
    """

    def __init__(self, accounts: Iterable[str]) -> None:
        self.accounts = tuple(accounts)
        self._index = {name: i for i, name in enumerate(self.accounts)}
        self._balance = [0.0] * len(self.accounts)
        if len(self._index) < len(self.accounts):
            raise ValueError("account names repeat")
        self.turnover = 0.0

    def post(self, payments: Iterable[Payment]) -> None:
        """Book payments.

        Raises
        ------
        ConservationError
            An amount that is negative or not finite.
        """
        balance, index = self._balance, self._index
        for payment in payments:
            payer, payee, _, amount = payment
            if not 0 <= amount < math.inf:
                raise ConservationError(f"{payment}: not an amount of money")
            balance[index[payer]] -= amount
            balance[index[payee]] += amount
            self.turnover += amount

    def balance(self, account: str) -> float:
        """US dollars that an account has received less paid since the start."""
        return self._balance[self._index[account]]

    def balances(self) -> FloatArray:
        """[A] balances in the order of `accounts`."""
        return np.array(self._balance)

    def check(self) -> float:
        """|Σ balances| relative to all money moved so far; 0 before any is.

        Raises
        ------
        ConservationError
            It is above 1e-9.
        """
        total = sum(self._balance)
        imbalance = abs(total) / self.turnover if self.turnover else 0.0
        if not imbalance <= TOLERANCE:
            raise ConservationError(f"balances sum to {total!r} of {self.turnover!r} USD moved")
        return imbalance


def check_equal(name: str, one: float, other: float) -> float:
    """Relative difference of two sums of the same money, reached by different ways.

    Raises
    ------
    ConservationError
        They differ by more than 1e-9 relative.
    """
    scale = max(abs(one), abs(other))
    difference = abs(one - other) / scale if scale else 0.0
    if not difference <= TOLERANCE:
        raise ConservationError(
            f"{name}: {one!r} and {other!r} differ by {difference:.3g} relative"
        )
    return difference
