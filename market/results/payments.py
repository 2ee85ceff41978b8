"""Who pays whom for what in one tick: the one source of the ledger, the measures and the tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from market.foundation.arrays import FloatArray, zero_where_infinite
from market.results.flows import Outlays, SegmentFlow
from market.results.roster import Roster
from market.scenario.policy import Levers
from market.scenario.schema import OUTSIDE, TREASURY


class Payment(NamedTuple):
    """US dollars that one account pays another.

    Attributes
    ----------
    payer, payee
        Account names.
    purpose
        What it is for.
    amount
        US dollars, at least 0.
    """

    payer: str
    payee: str
    purpose: str
    amount: float


@dataclass(frozen=True)
class Payments:
    """All payments of one tick, in US dollars.

    Consumers pay sellers, and outside for checks of what they buy directly and for routers of their
    own; what these buy is paid to providers. Arbitrageurs pay
    providers for attempts, samples and tokens, each other for attempts of students, the treasury
    its tax, and outside for compute, training and checks. Providers pay outside for compute.

    Attributes
    ----------
    roster
        Names and axes.
    bills
        [X, S, B, L] for attempts that served queries, by query mix, seller, tier and listing. What
        a provider's row says its buyers pay; an arbitrageur's row it pays itself.
    bills_by_need
        [S, D, L] the same by bin of the buyers' base need.
    queries
        [C, S] by consumers to sellers, summed query by query.
    compute
        [A] for attempts of each arbitrageur's own student, made for itself or for others.
    outlays
        For fitting samples, a teacher's tokens and training.
    tax
        [A] on each arbitrageur's fees.
    production
        [K] marginal cost of what each provider sold.
    fixed_cost
        [K] of being in the market.
    checks
        [C, S] for checks of answers, by segment and seller: what consumers pay outside in the
        column of a provider or of their own router, what an arbitrageur does in its own.
    own_routers
        [C] fixed costs of buyers' own routers, by segment.
    """

    roster: Roster
    bills: FloatArray
    bills_by_need: FloatArray
    queries: FloatArray
    compute: FloatArray
    outlays: Outlays
    tax: FloatArray
    production: FloatArray
    fixed_cost: FloatArray
    checks: FloatArray
    own_routers: FloatArray

    @classmethod
    def of(
        cls,
        roster: Roster,
        flows: Sequence[SegmentFlow],
        wholesale_price: FloatArray,
        host_share: FloatArray,
        outlays: Outlays,
        levers: Levers,
        fixed_cost: FloatArray,
    ) -> "Payments":
        """Work out what is paid for what happened in a tick.

        Parameters
        ----------
        roster
            Names and axes.
        flows
            By segment.
        wholesale_price
            [S, L] US dollars per list dollar; infinite where a seller cannot buy.
        host_share
            [S, L] part of a seller's attempts at each model that it buys at each listing.
        outlays
            What arbitrageurs bought that no query asked for.
        levers
            What is imposed on the market.
        fixed_cost
            [K] US dollars.
        """
        list_spend = roster.by_listing(
            by_mix(roster, [flow.list_spend for flow in flows]), host_share[:, None]
        )
        by_need = np.asarray(sum(flow.spend_by_need for flow in flows))
        total = list_spend.sum(axis=0)  # [S, B, L] list dollars
        paid = zero_where_infinite(wholesale_price)[:, None, :]
        queries = np.array([flow.paid.sum(axis=1) for flow in flows])
        return cls(
            roster=roster,
            bills=list_spend * paid,
            bills_by_need=roster.by_listing(by_need, host_share[:, None]) * paid,
            queries=queries,
            compute=roster.by_arbitrageur(total.sum(axis=1))[roster.resale].sum(axis=0),
            outlays=outlays,
            tax=levers.tax_on(queries[:, roster.resale].sum(axis=0)),
            production=roster.by_provider(total.sum(axis=(0, 1)) * roster.cost_ratio)
            + outlays.cost,
            fixed_cost=fixed_cost,
            checks=np.array(
                [
                    np.zeros(len(of_sellers))
                    if flow.checked is None
                    else flow.checked.checks.sum(1)
                    for flow, of_sellers in zip(flows, queries, strict=True)
                ]
            ),
            own_routers=np.array(
                [0.0 if flow.own_routers is None else flow.own_routers.cost for flow in flows]
            ),
        )

    @cached_property
    def to_provider(self) -> FloatArray:
        """[S, B, K] to providers for attempts at queries, by the seller through whom it came."""
        return self.roster.by_provider(self.bills.sum(axis=0))

    @cached_property
    def by_seller(self) -> FloatArray:
        """[S, K] to providers for attempts at queries, by the seller through whom it came."""
        total: FloatArray = self.to_provider.sum(axis=1)
        return total

    @cached_property
    def attempts(self) -> FloatArray:
        """[A, K] by arbitrageurs to providers for attempts at queries."""
        bought: FloatArray = self.by_seller[self.roster.resale]
        return bought

    @cached_property
    def own_attempts(self) -> FloatArray:
        """[R, K] by consumers to providers for what their own routers buy."""
        bought: FloatArray = self.by_seller[self.roster.own]
        return bought

    @cached_property
    def student_attempts(self) -> FloatArray:
        """[A, A] by arbitrageurs to each other for attempts of the other's student."""
        by_seller = self.roster.by_arbitrageur(self.bills.sum(axis=(0, 2)))
        bought: FloatArray = by_seller[self.roster.resale]
        np.fill_diagonal(bought, 0.0)  # its own student costs it compute, not a price
        return bought

    @cached_property
    def fees(self) -> FloatArray:
        """[A] by consumers to each arbitrageur."""
        total: FloatArray = self.queries[:, self.roster.resale].sum(axis=0)
        return total

    @cached_property
    def provider_revenue(self) -> FloatArray:
        """[K] for attempts, fitting samples and tokens."""
        bought: FloatArray = (self.outlays.fitting + self.outlays.tokens).sum(axis=0)
        bought = bought + self.outlays.own_fitting.sum(axis=0)
        return np.asarray(self.by_seller.sum(axis=0) + bought, dtype=np.float64)

    @cached_property
    def provider_cost(self) -> FloatArray:
        """[K] marginal cost of what was sold, and the cost of being in the market."""
        return self.production + self.fixed_cost

    @cached_property
    def arbitrage_spend(self) -> FloatArray:
        """[A] for attempts: providers' and students', compute of its own student; and checks."""
        bought: FloatArray = self.attempts.sum(axis=1) + self.student_attempts.sum(axis=1)
        return bought + self.compute + self.arbitrage_checks

    @cached_property
    def arbitrage_checks(self) -> FloatArray:
        """[A] by arbitrageurs for checks of what they sell."""
        total: FloatArray = self.checks[:, self.roster.resale].sum(axis=0)
        return total

    @cached_property
    def buyers_checks(self) -> FloatArray:
        """[C] by consumers for checks of attempts that they bought directly."""
        direct = self.checks[:, : self.roster.resale.start].sum(axis=1)
        total: FloatArray = direct + self.checks[:, self.roster.own].sum(axis=1)
        return total

    @cached_property
    def own_fitting(self) -> FloatArray:
        """[C] by consumers to providers for what the fitting of their own routers takes."""
        total = np.zeros(len(self.roster.segments))
        total[list(self.roster.self_routing)] = self.outlays.own_fitting.sum(axis=1)
        return total

    @cached_property
    def student_sales(self) -> FloatArray:
        """[A] from other arbitrageurs for attempts of its student."""
        total: FloatArray = self.student_attempts.sum(axis=0)
        return total

    @cached_property
    def outlay(self) -> FloatArray:
        """[A] for fitting, tokens and training."""
        to_providers = self.outlays.fitting.sum(axis=1) + self.outlays.tokens.sum(axis=1)
        return np.asarray(to_providers + self.outlays.training, dtype=np.float64)

    @cached_property
    def arbitrage_profit(self) -> FloatArray:
        """[A] fees and sales of a student less spend, tax and outlays."""
        return self.fees + self.student_sales - self.arbitrage_spend - self.tax - self.outlay

    def __iter__(self) -> Iterator[Payment]:
        """Every payment that is not 0."""
        bought = len(self.roster.providers) + len(self.roster.arbitrageurs)
        amounts = (
            self.queries[:, :bought],
            self.buyers_checks,
            self.own_attempts,
            self.outlays.own_fitting,
            self.own_routers,
            self.attempts,
            self.outlays.fitting,
            self.outlays.tokens,
            self.student_attempts,
            self.compute,
            self.outlays.training,
            self.arbitrage_checks,
            self.tax,
            self.production,
            self.fixed_cost,
        )
        named = _named(self.roster)
        flat = np.concatenate([amount.ravel() for amount in amounts])
        paid = np.flatnonzero(flat)
        for k, amount in zip(paid.tolist(), flat[paid].tolist(), strict=True):
            yield Payment(*named[k], amount)


def by_mix(roster: Roster, by_segment: Sequence[FloatArray]) -> FloatArray:
    """[X, ...] an array per segment, added up by the query mix of the segments."""
    total = np.zeros((len(roster.mixes), *by_segment[0].shape))
    for mix, amounts in zip(roster.mix_of, by_segment, strict=True):
        total[mix] += amounts
    return total


@lru_cache(maxsize=8)
def _named(roster: Roster) -> list[tuple[str, str, str]]:
    """Payer, payee and purpose of every payment that there may be."""
    consumers = [f"consumers/{name}" for name in roster.segments]
    routing = [consumers[c] for c in roster.self_routing]
    arbitrageurs, providers = roster.arbitrageurs, roster.providers
    pairs: Sequence[tuple[Sequence[str], Sequence[str], str]] = (
        (consumers, (*providers, *arbitrageurs), "queries"),
        (consumers, (OUTSIDE,), "checks"),
        (routing, providers, "own routing"),
        (routing, providers, "fitting"),
        (consumers, (OUTSIDE,), "own routers"),
        (arbitrageurs, providers, "attempts"),
        (arbitrageurs, providers, "fitting"),
        (arbitrageurs, providers, "tokens"),
        (arbitrageurs, arbitrageurs, "student attempts"),
        (arbitrageurs, (OUTSIDE,), "compute"),
        (arbitrageurs, (OUTSIDE,), "training"),
        (arbitrageurs, (OUTSIDE,), "checks"),
        (arbitrageurs, (TREASURY,), "tax"),
        (providers, (OUTSIDE,), "compute"),
        (providers, (OUTSIDE,), "fixed cost"),
    )
    return [
        (payer, payee, purpose)
        for payers, payees, purpose in pairs
        for payer in payers
        for payee in payees
    ]
