"""At what price each seller gets a model's attempts: one matrix to quote, bill and settle by."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.scenario.policy import Levers

if TYPE_CHECKING:
    from market.simulation.model import MarketModel


def posted_prices(model: "MarketModel") -> FloatArray:
    """[S, M] wholesale prices in a market as it stands."""
    roster = model.roster
    price = np.full(len(roster.models), np.inf)
    for provider in model.providers:
        price[provider.models] = provider.multiplier
    owned = np.zeros(len(roster.arbitrageurs), dtype=bool)
    resale = np.full(len(owned), np.inf)
    for arbitrageur in model.arbitrageurs:
        number = arbitrageur.index - len(roster.providers)
        owned[number] = arbitrageur.student
        resale[number] = arbitrageur.resale_multiplier(price)
    return wholesale_prices(
        price,
        roster.owner,
        roster.student_of,
        roster.providers,
        model.rules.policy,
        owned,
        resale,
    )


def wholesale_prices(
    price: FloatArray,
    owner: IntArray,
    student_of: IntArray,
    providers: Sequence[str],
    levers: Levers,
    owned: BoolArray,
    resale: FloatArray,
) -> FloatArray:
    """[S, M] US dollars per list dollar that each seller pays; infinite where it cannot buy.

    Consumers pay a provider's price for its own models. Arbitrageurs pay the resale markup on top,
    find gated providers closed, run their own student at cost, and may buy the students of others.

    Parameters
    ----------
    price
        [M] what consumers pay over list price; infinite where a model is not on sale.
    owner
        [M] index of each model's provider; −1 for a student.
    student_of
        [M] index of the arbitrageur that owns a student; −1 for a provider's model.
    providers
        K names.
    levers
        Resale markup, gates and ban.
    owned
        [A] whether each arbitrageur is in the market with a student that it has distilled.
    resale
        [A] price of its student to others, over its cost; infinite where it is not for sale.
    """
    gated = np.isin(np.arange(len(providers)), [providers.index(name) for name in levers.gated])
    of_provider = owner >= 0
    wholesale = np.full(len(price), np.inf)
    open_to_them = of_provider & ~gated[np.maximum(owner, 0)]
    wholesale[open_to_them] = price[open_to_them] * (1 + levers.resale_markup)
    students = np.flatnonzero(student_of >= 0)
    if not levers.distillation_ban:
        maker = student_of[students]
        wholesale[students] = np.where(owned[maker], resale[maker], np.inf)
    rows = np.tile(wholesale, (len(owned), 1))
    if not levers.distillation_ban:
        for m in students.tolist():
            if owned[student_of[m]]:
                rows[student_of[m], m] = 1.0
    return np.vstack([np.tile(price, (len(providers), 1)), rows])
