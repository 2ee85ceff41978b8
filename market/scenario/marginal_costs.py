"""What an attempt costs its maker, over its list price, by model."""

from collections.abc import Sequence

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.scenario.agent_specs import ProviderSpec


def cost_ratios(
    owner: IntArray, providers: Sequence[ProviderSpec], basis: FloatArray
) -> FloatArray:
    """[L] marginal cost over list price; of a student, 1.

    Parameters
    ----------
    owner
        [L] index of each listing's provider; −1 for a student.
    providers
        As the scenario has them.
    basis
        [L] the list cost that marginal cost is a share of, over the list cost
        (:class:`~market.scenario.build.MarketPopulation`).
    """
    by_provider = np.array([*(provider.cost_ratio for provider in providers), 1.0])
    return np.asarray(by_provider[owner] * basis)


def mean_cost_ratio(ratio: FloatArray, list_cost: FloatArray) -> float:
    """What an attempt of each of some models costs their maker, over what it costs at list price.

    Parameters
    ----------
    ratio, list_cost
        By model: marginal cost over list price, and US dollars of a mean attempt at list price.
    """
    least = float(ratio.min())
    if (ratio == least).all():
        return least  # to the last digit
    return float(ratio @ list_cost / list_cost.sum())
