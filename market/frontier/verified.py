"""What a verifier leaves of an appraisal: answers accepted, wrong ones, checks, attempts worth it.

Attempts at a problem bring ever less: those that an imperfect verifier has rejected are, on the
whole, at problems that the model cannot solve, where what it accepts at last is wrong. The k-th
attempt at all problems that have come so far is worth making where the right answers that it brings
are worth more than its cost, its check, and the harm of the wrong ones that it gets accepted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray
from market.frontier.cascade import evaluate_mixture
from market.frontier.frontier import Frontier
from market.frontier.market_price import MarketPrice
from market.frontier.pass_curves import CurveTables
from market.frontier.verifier import Checked
from market.population.population import Population

_MOST = 1000  # attempts at a problem that are looked at


@dataclass(frozen=True)
class Attempts:
    """How many attempts of one model are worth making at a problem.

    Attributes
    ----------
    worth_making
        The last attempt that is; None where more than `_MOST` are.
    accuracy
        [3] share of accepted answers that are right after 1, 2 and 5 attempts.
    """

    worth_making: int | None
    accuracy: tuple[float, float, float]


@dataclass(frozen=True)
class Verification:
    """Answers accepted and what it costs to check them, at [G] solve rates of right answers.

    Attributes
    ----------
    accepted, wrong_share, checks
        [G] of the cascade: chance that an answer is accepted, share of accepted answers that are
        wrong, US dollars of checks per query; NaN out of reach.
    market_accepted, market_wrong_share, market_checks
        [G] of the cheapest model alone, bought directly.
    worth
        US dollars that a right answer is taken to be worth.
    attempts
        By model.
    """

    accepted: FloatArray
    wrong_share: FloatArray
    checks: FloatArray
    market_accepted: FloatArray
    market_wrong_share: FloatArray
    market_checks: FloatArray
    worth: float
    attempts: Mapping[str, Attempts]

    @classmethod
    def of(
        cls,
        tables: CurveTables,
        alone: CurveTables,
        market: MarketPrice,
        frontier: Frontier,
        price: FloatArray,
        worth: float | None = None,
    ) -> "Verification | None":
        """What a verifier leaves; None where neither side's errs or costs.

        Parameters
        ----------
        tables, alone
            Curves of a router, and of buyers who buy directly.
        market, frontier
            Of the same solve rates and prices.
        price
            [M] multipliers.
        worth
            US dollars that a right answer is worth; the market price of one at the highest solve
            rate that has one if None.
        """
        if tables.checked is None and alone.checked is None:
            return None
        cheapest = market.cost.argmin(axis=0)
        found = np.full((2, 3, len(market.quality)), np.nan)
        for g in range(len(market.quality)):
            policies = frontier.policies[g], market.policies[int(cheapest[g])][g]
            for side, (policy, curves) in enumerate(zip(policies, (tables, alone), strict=True)):
                if policy is not None:
                    value = evaluate_mixture(policy, curves)
                    accepted = value.accepted_rate
                    wrong = 1 - value.solve_rate / accepted if accepted > 0 else np.nan
                    found[side, :, g] = accepted, max(wrong, 0.0), value.checks
        sold = np.isfinite(market.price) & (market.quality > 0)
        if worth is None:
            last = np.flatnonzero(sold)[-1:]
            worth = float((market.price[last] / market.quality[last]).sum()) if sold.any() else 0.0
        population, checked = tables.population, tables.checked
        attempts = {}
        if checked is not None:
            attempts = {
                model: attempts_of(population, checked, m, worth, float(price[m]))
                for m, model in enumerate(population.models)
                if np.isfinite(price[m])
            }
        ours, theirs = found
        return cls(
            accepted=ours[0],
            wrong_share=ours[1],
            checks=ours[2],
            market_accepted=theirs[0],
            market_wrong_share=theirs[1],
            market_checks=theirs[2],
            worth=worth,
            attempts=attempts,
        )

    def to_json(self) -> dict[str, Any]:
        """Arrays by name, and attempts by model."""
        return {
            "accepted_rate": self.accepted,
            "wrong_accepted_share": self.wrong_share,
            "verification_cost": self.checks,
            "market_accepted_rate": self.market_accepted,
            "market_wrong_accepted_share": self.market_wrong_share,
            "market_verification_cost": self.market_checks,
            "right_answer_worth": self.worth,
            "attempts": {
                model: {
                    "worth_making": of.worth_making,
                    "right_of_accepted": dict(zip(("1", "2", "5"), of.accuracy, strict=True)),
                }
                for model, of in self.attempts.items()
            },
        }


def attempts_of(
    population: Population, checked: Checked, model: int, worth: float, price: float = 1.0
) -> Attempts:
    """How many attempts of one model are worth making at each problem, none known from another.

    Parameters
    ----------
    population, checked
        Problems, and what a verifier accepts of attempts at them.
    model
        Index.
    worth
        US dollars that a right answer is worth.
    price
        Multiplier of the model.
    """
    weight, p = population.weight, checked.prob[:, model]
    accept, accuracy = checked.accept[:, model], checked.accuracy[:, model]
    right, wrong = accept * accuracy, accept * (1 - accuracy)
    costs = p * checked.solved_cost[:, model] + (1 - p) * checked.failed_cost[:, model]
    paid = price * costs + checked.price[:, model]
    harm = wrong * checked.wrong_answer_cost[:, model]
    k = np.arange(_MOST)
    with np.errstate(divide="ignore", invalid="ignore"):
        reached = np.exp(np.outer(k, np.log1p(-accept)))
    reached[0] = 1.0
    reached = np.nan_to_num(reached) * weight
    gains = reached @ (worth * right - paid - harm)
    losing = np.flatnonzero(gains <= 0)
    last = int(losing[0]) if len(losing) else None
    accepted = (reached @ accept).cumsum()
    solved = (reached @ right).cumsum()
    shares = [float(solved[i] / accepted[i]) if accepted[i] > 0 else np.nan for i in (0, 1, 4)]
    return Attempts(last, (shares[0], shares[1], shares[2]))
