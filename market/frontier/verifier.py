"""Verifiers that err and cost: what is accepted of a population's attempts, and what is right.

A verifier accepts a wrong answer with chance φ (`false_accept`), rejects a right one with chance ψ
(`false_reject`), and costs v (`price`) for each check. Where an attempt is right with chance p, it
is accepted with chance a = p(1 − ψ) + (1 − p)φ, and an accepted answer is right with chance
p(1 − ψ)/a. Attempts are made until one is accepted: accepted and rejected take the place of solved
and failed. A wrong answer that is accepted may cost the buyer ω (`wrong_answer_cost`).

A buyer without a verifier takes the first answer as it comes: φ = 1, free of charge.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError
from market.population.domains import domain_shares
from market.population.population import Population

_SHARES = "false_accept", "false_reject"
_AMOUNTS = "price", "wrong_answer_cost"


@dataclass(frozen=True)
class Verifier:
    """How well answers are checked, what a check costs, and what a wrong answer does.

    Parameters
    ----------
    false_accept, false_reject
        φ and ψ, from 0 to 1.
    price
        v, US dollars per check; no provider's price scales it.
    wrong_answer_cost
        ω, US dollars that a wrong answer which is accepted costs the buyer.
    models, domains
        Values that are other for a model or for a domain, by the names above. What is said of a
        model goes before what is said of a domain.

    Raises
    ------
    DataError
        A share that is not from 0 to 1, or an amount that is negative or not finite.
    """

    false_accept: float = 0.0
    false_reject: float = 0.0
    price: float = 0.0
    wrong_answer_cost: float = 0.0
    models: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    domains: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check every value."""
        named = {"": {name: getattr(self, name) for name in (*_SHARES, *_AMOUNTS)}}
        named |= {f".models.{name}": dict(of) for name, of in self.models.items()}
        named |= {f".domains.{name}": dict(of) for name, of in self.domains.items()}
        for where, values in named.items():
            for name, value in values.items():
                if name in _SHARES and not 0 <= value <= 1:
                    raise DataError(f"verifier{where}.{name}: {value:g} is not from 0 to 1")
                if name in _AMOUNTS and not 0 <= value < np.inf:
                    raise DataError(f"verifier{where}.{name}: {value:g} is no amount of money")

    @property
    def flawless(self) -> bool:
        """Whether it never errs and is free: then nothing differs from a market without one."""
        others = [*self.models.values(), *self.domains.values()]
        errors = ("false_accept", "false_reject", "price")
        return not any(getattr(self, name) for name in errors) and not any(
            of.get(name, 0.0) for of in others for name in errors
        )

    def bind(self, population: Population) -> "Checked":
        """What it accepts of a population's attempts.

        A class of problems of several domains has the mean of their values, by its shares.

        Raises
        ------
        DataError
            A domain that the population does not have.
        """
        names, share = domain_shares(population)
        unknown = [name for name in self.domains if name not in names]
        if unknown:
            there = f"there are: {', '.join(names)}" if names else "its problems have no domains"
            raise DataError(f"domains.{unknown[0]}: no such domain; {there}")

        def values(name: str) -> FloatArray:
            usual = getattr(self, name)
            of_domains = np.array([self.domains.get(d, {}).get(name, usual) for d in names])
            rows = share @ of_domains if len(names) else np.full(population.size, usual)
            table = np.repeat(rows[:, None], len(population.models), axis=1)
            for m, model in enumerate(population.models):
                table[:, m] = self.models.get(model, {}).get(name, table[:, m])
            return np.asarray(table, dtype=np.float64)

        return Checked(
            prob=population.solve_prob,
            failed_cost=population.cost_of_failure,
            solved_cost=population.cost_of_success,
            false_accept=values("false_accept"),
            false_reject=values("false_reject"),
            price=values("price"),
            wrong_answer_cost=values("wrong_answer_cost"),
        )


BLIND = Verifier(false_accept=1.0)
"""None at all: the first answer is taken as it comes."""


@dataclass(frozen=True, eq=False)
class Checked:
    """A population's attempts as a verifier shows them, [n, M] each.

    Attributes
    ----------
    prob, failed_cost, solved_cost
        Chance that an attempt is right, and list dollars of a wrong and of a right one.
    false_accept, false_reject, price, wrong_answer_cost
        φ, ψ, v and ω.
    """

    prob: FloatArray
    failed_cost: FloatArray
    solved_cost: FloatArray
    false_accept: FloatArray
    false_reject: FloatArray
    price: FloatArray
    wrong_answer_cost: FloatArray

    @cached_property
    def accept(self) -> FloatArray:
        """Chance a that an attempt is accepted."""
        right, wrong = self._accepted
        return np.minimum(right + wrong, 1.0)

    @cached_property
    def accuracy(self) -> FloatArray:
        """Chance that an accepted answer is right; 0 where none is ever accepted."""
        right, wrong = self._accepted
        return _part(right, right + wrong)

    @cached_property
    def accepted_cost(self) -> FloatArray:
        """List dollars of an accepted attempt, in the mean over right and wrong ones."""
        right, wrong = self._accepted
        dearer = self.failed_cost - self.solved_cost
        return np.asarray(self.solved_cost + dearer * _part(wrong, right + wrong))

    @cached_property
    def rejected_cost(self) -> FloatArray:
        """List dollars of a rejected attempt, in the mean over right and wrong ones."""
        right = self.prob * self.false_reject
        wrong = (1 - self.prob) * (1 - self.false_accept)
        dearer = self.solved_cost - self.failed_cost
        return np.asarray(self.failed_cost + dearer * _part(right, right + wrong))

    @property
    def _accepted(self) -> tuple[FloatArray, FloatArray]:
        """Chance of a right answer that is accepted, and of a wrong one."""
        return self.prob * (1 - self.false_reject), (1 - self.prob) * self.false_accept


def _part(values: FloatArray, whole: FloatArray) -> FloatArray:
    return np.divide(values, whole, out=np.zeros_like(whole), where=whole > 0)
