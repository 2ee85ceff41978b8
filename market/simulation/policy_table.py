"""Routing policies worked out over a population, as tables ready to serve."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.memory import remember
from market.frontier.attempt_costs import AttemptCosts, Remainder, most_attempts
from market.frontier.query_signal import QuerySignal, RoutingPolicy
from market.frontier.verifier import Checked, Verifier
from market.population.population import Population
from market.simulation.cost_cache import CostCache, Policies
from market.simulation.policy_book import Book
from market.simulation.queries import Queries
from market.simulation.query_arrays import Checks, Rows

_BOOKS = 4  # menus of each offer whose rows are kept


@dataclass(frozen=True)
class PolicyTable:
    """P policies over a population as tables, ready to serve; :func:`bind` makes it.

    A policy has two rows, its low and its high cascade, or two for each type that it sees; D is the
    longest cascade's length.

    Attributes
    ----------
    share
        [P] chance of the high cascade.
    first
        [P] first row of each policy, R rows in all.
    signals
        Query signals, each with the policies [P] that use it.
    length
        [R] number of stages.
    model
        [D, R] model index by stage; 0 where the row has no such stage.
    budget
        [D, R] list dollars by stage; 0 where the row has no such stage.
    patience
        [M, n] attempts per unit of effort: 0 where p = 1, infinite where p = 0.
    costs
        Of the attempts, [M·n] list dollars, model by model.
    verdicts
        What verifiers make of the attempts; None where success is told at once. Then the last two
        are of what is accepted and rejected, and of each verifier in turn, [V·M, n] and [V·M·n].
    """

    share: FloatArray
    first: IntArray
    signals: tuple[tuple[QuerySignal, BoolArray], ...]
    length: IntArray
    model: IntArray
    budget: FloatArray
    patience: FloatArray
    costs: AttemptCosts
    verdicts: "Verdicts | None" = None

    def rows(self, policy: IntArray, draw: FloatArray, queries: Queries) -> IntArray:
        """[Q] the row that each query goes down, by its signal and a uniform draw [Q]."""
        row = self.first.take(policy) + (draw < self.share.take(policy))
        for signal, uses in self.signals:
            at = np.flatnonzero(uses.take(policy) & (policy >= 0))
            row[at] += 2 * signal.seen(queries.problem.take(at), queries.signal_draw.take(at))
        return row

    @cached_property
    def by_policy(self) -> Rows:
        """Policies and rows as the compiled loop wants them."""
        count = len(self.signals)
        signal = np.full(len(self.share), -1, dtype=np.int64)
        types = np.array([len(of.share) for of, _ in self.signals], dtype=np.int64)
        label = np.zeros((count, self.patience.shape[1]), dtype=np.int64)
        chance = np.zeros((count, types.max(initial=0)))
        for k, (of, uses) in enumerate(self.signals):
            signal[uses], label[k], chance[k, : types[k]] = k, of.label, np.cumsum(of.share)
        accuracy = np.array([of.accuracy for of, _ in self.signals], dtype=np.float64)
        return Rows(
            np.array(self.share),
            np.array(self.first),
            np.array(self.length),
            np.array(self.model),
            np.array(self.budget),
            signal,
            types,
            accuracy,
            label,
            chance,
        )

    @cached_property
    def attempts(self) -> tuple[FloatArray, FloatArray, FloatArray, float, bool]:
        """What attempts do and cost, as the compiled loop wants it: the last of `Problems`."""
        costs = self.costs
        patience, failed, solved = self.patience.flatten(), np.array(costs.failed), costs.solved
        return patience, failed, np.array(solved), float(costs.most), costs.remainder == "kept"

    @cached_property
    def checks(self) -> Checks:
        """What verifiers do, as the compiled loop wants it."""
        of, none = self.verdicts, np.zeros(0)
        if of is None:
            return Checks(False, np.zeros(len(self.length), dtype=np.int64), none, none, none)
        accuracy, price, wrong = map(np.array, (of.accuracy, of.price, of.wrong_answer_cost))
        return Checks(True, np.array(of.first), accuracy, price, wrong)


@dataclass(frozen=True, eq=False)
class Verdicts:
    """What V verifiers make of attempts, [V·M·n] each, verifier by verifier and model by model.

    Attributes
    ----------
    first
        [R] where the entries of each row's verifier begin.
    accuracy
        Chance that an accepted answer is right.
    price, wrong_answer_cost
        US dollars of a check, and of a wrong answer that is accepted.
    """

    first: IntArray
    accuracy: FloatArray
    price: FloatArray
    wrong_answer_cost: FloatArray


@dataclass(frozen=True, eq=False)
class Checkers:
    """Whose verifier checks what: V of them, and [P] that of each policy."""

    checked: Sequence[Checked]
    of_policy: IntArray


def bind(
    policies: Sequence[RoutingPolicy | None],
    population: Population,
    remainder: Remainder = "spent",
    checkers: Checkers | None = None,
) -> PolicyTable:
    """Work policies out over a population; None serves nothing.

    Parameters
    ----------
    policies
        P policies.
    population
        n problems, M models; stages name models of it.
    remainder
        As the curves have it that the policies were chosen by.
    checkers
        Verifiers, where one errs or costs.
    """
    return _bound(Book.of(policies, population), population, remainder, checkers)


def _bound(
    book: Book, population: Population, remainder: Remainder, checkers: Checkers | None
) -> PolicyTable:
    verdicts = None
    if checkers is None:
        prob, costs = population.solve_prob.T, _flat_costs(population, remainder)
    else:
        every = checkers.checked
        prob = np.concatenate([of.accept.T for of in every])
        costs = AttemptCosts(
            _flat([of.rejected_cost for of in every]),
            _flat([of.accepted_cost for of in every]),
            remainder,
            most_attempts(population),
        )
        verdicts = Verdicts(
            np.repeat(checkers.of_policy, book.count) * population.solve_prob.size,
            _flat([of.accuracy for of in every]),
            _flat([of.price for of in every]),
            _flat([of.wrong_answer_cost for of in every]),
        )
    with np.errstate(divide="ignore"):
        patience = -1 / np.log1p(-prob)
    return PolicyTable(
        share=book.share,
        first=np.cumsum(book.count) - book.count,
        signals=book.signals,
        length=book.length,
        model=book.model,
        budget=book.budget,
        patience=np.ascontiguousarray(patience),
        costs=costs,
        verdicts=verdicts,
    )


def _flat_costs(population: Population, remainder: Remainder) -> AttemptCosts:
    return AttemptCosts(
        population.cost_of_failure.T.ravel(),
        population.cost_of_success.T.ravel(),
        remainder,
        most_attempts(population),
    )


def _flat(by_verifier: Sequence[FloatArray]) -> FloatArray:
    """[V·M·n] of arrays [n, M]."""
    return np.concatenate([values.T.ravel() for values in by_verifier])


@dataclass(frozen=True, eq=False)
class HeldPolicies:
    """The policies of O offers of G points for one query mix, and what they do.

    Attributes
    ----------
    by_offer
        G policies of each offer.
    table
        All of them, offer by offer.
    list_spend
        [O, G, M] expected list dollars per query.
    checks, harm
        [O, G] expected US dollars per query of checks, and of wrong answers.
    """

    by_offer: tuple[Policies, ...]
    table: PolicyTable
    list_spend: FloatArray
    checks: FloatArray
    harm: FloatArray


class PolicyTables:
    """The policies of all offers by query mix as tables, made again only when one changes.

    Parameters
    ----------
    costs
        Of the market.
    resold
        Whether each offer is a reseller's: what it sells is checked by the sellers' verifier, what
        is bought directly by the buyers'.
    """

    def __init__(self, costs: CostCache, resold: Sequence[bool]) -> None:
        self._costs = costs
        self._resold = tuple(resold)
        self._held: dict[int, HeldPolicies] = {}
        self._books: dict[int, tuple[Policies, Book]] = {}

    def of(self, mix: int, by_offer: Sequence[Policies]) -> HeldPolicies:
        """Policies of O offers for a query mix."""
        held = self._held.get(mix)
        if held is None or any(
            new is not old for new, old in zip(by_offer, held.by_offer, strict=True)
        ):
            held = self._held[mix] = self._work_out(mix, by_offer)
        return held

    def _book(self, policies: Policies) -> Book:
        """Rows of one offer's policies; most offers keep theirs."""
        held = self._books.get(id(policies))
        if held is None:
            held = policies, Book.of(policies, self._costs.tables.population)
            remember(self._books, id(policies), held, _BOOKS * len(self._resold))
        return held[1]

    def _work_out(self, mix: int, by_offer: Sequence[Policies]) -> HeldPolicies:
        costs = self._costs
        sides = costs.direct[mix], costs.mixes[mix]
        values = [
            sides[resold].values(of) for resold, of in zip(self._resold, by_offer, strict=True)
        ]
        checkers = None
        if costs.checked:
            population = costs.tables.population
            each = [side.tables.checked or Verifier().bind(population) for side in sides]
            side = np.repeat(np.array(self._resold, dtype=np.int64), costs.points)
            same = sides[0] is sides[1]
            checkers = Checkers(each[:1], 0 * side) if same else Checkers(each, side)
        tables = costs.tables
        book = Book.of_all([self._book(of_offer) for of_offer in by_offer])
        return HeldPolicies(
            tuple(by_offer),
            _bound(book, tables.population, tables.remainder, checkers),
            np.array([of.list_spend for of in values]),
            np.array([of.checks for of in values]),
            np.array([of.harm for of in values]),
        )
