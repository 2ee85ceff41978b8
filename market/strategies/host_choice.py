"""Which of several hosts of one model attempts are bought from, by their prices.

All serve the same model, so who buys attempts cares for prices alone: it takes the cheapest, or
spreads attempts over all by weights p^−2, the documented default of a large exchange, which
balances load so: prices of 1, 2 and 3 get 73.5%, 18.4% and 8.2%. If what is bought in all does not
depend on the price, a host then has own elasticity −2(1 − s), and n alike ones a Lerner index of
1/(2(1 − 1/n)) at rest, none finite for two.
"""

from typing import Literal

import numpy as np

from market.foundation.arrays import FloatArray, IntArray

HostChoice = Literal["cheapest", "price_power"]

POWER: dict[HostChoice, float] = {"cheapest": float("inf"), "price_power": 2.0}
"""k of the weights p^−k; infinite: the cheapest alone, or all that are as cheap, evenly."""


def shares(price: FloatArray, model_of: IntArray, power: FloatArray) -> FloatArray:
    """[..., L] part of what is bought of each model that each of its listings gets; they sum to 1.

    Parameters
    ----------
    price
        [..., L] of each listing; infinite where it is not for sale. Of a model that nobody sells
        all get the same.
    model_of
        [L] index of the model of each listing.
    power
        k of the weights p^−k; broadcasts to the prices.
    """
    least = np.full(price.shape, np.inf)
    for m in np.unique(model_of).tolist():
        of_model = model_of == m
        least[..., of_model] = price[..., of_model].min(axis=-1, keepdims=True)
    alike = price == least  # of prices that are 0 or infinite, too
    with np.errstate(divide="ignore", invalid="ignore"):
        dearer = np.where(alike, 1.0, price / least)
        weight = np.where(alike, 1.0, dearer**-power)
    total = np.zeros(price.shape)
    for m in np.unique(model_of).tolist():
        of_model = model_of == m
        total[..., of_model] = weight[..., of_model].sum(axis=-1, keepdims=True)
    return np.asarray(weight / total, dtype=np.float64)
