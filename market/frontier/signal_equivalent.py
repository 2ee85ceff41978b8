"""Which accuracies of an abstract query signal are worth as much as what a router really sees."""

import numpy as np

from market.foundation.arrays import FloatArray
from market.frontier.frontier import Frontier
from market.frontier.market_price import MarketPrice, margin, margin_summary
from market.frontier.pass_curves import CurveTables
from market.frontier.query_signal import signal_of
from market.frontier.signal_frontier import solve_signal
from market.population.problem_types import problem_types

ACCURACIES = (0.0, 0.25, 0.5, 0.75, 1.0)
_NOTHING = 1e-9  # an accuracy of nothing: what is seen may still be drawn lots by, as types are


def equivalent_accuracies(
    tables: CurveTables,
    market: MarketPrice,
    blind: Frontier,
    types: int,
    margins: tuple[float, float],
    price: FloatArray | None = None,
) -> tuple[float, float] | None:
    """Accuracies at which an abstract signal has a mean margin within two; None if none has.

    The signal is of as many types, which are told apart by solve probabilities themselves. Its
    margin is worked out at :data:`ACCURACIES`, and taken as linear between them.

    Parameters
    ----------
    tables
        Curves on the budget grid.
    market, blind
        Market price, and the frontier without a signal, at the same solve rates.
    types
        Number of types.
    margins
        Mean margins: of the router on held-out problems, and on those it was fitted on, or in
        the other order.
    price
        [M] price multipliers, all 1 if None.
    """
    label = problem_types(tables.population, min(types, tables.population.size))
    spends = [
        solve_signal(
            tables,
            market.quality,
            signal_of(tables.population, label, max(accuracy, _NOTHING)),
            price,
            blind,
            quick=True,
        ).spend
        for accuracy in ACCURACIES
    ]
    each = [margin_summary(margin(market.price, spend))["mean_margin"] for spend in spends]
    return accuracies_within(np.array(ACCURACIES), np.array(each), margins)


def accuracies_within(
    accuracy: FloatArray, mean_margin: FloatArray, margins: tuple[float, float]
) -> tuple[float, float] | None:
    """Where a rising line through points [A] lies within two margins; None if nowhere.

    Below the least of the line, it is 0 that is nearest; above the highest, none is.
    """
    low, high = min(margins), max(margins)
    line = np.maximum.accumulate(mean_margin)
    if not (np.isfinite(line).all() and np.isfinite([low, high]).all()) or low > line[-1]:
        return None
    first = int(np.searchsorted(line, low))  # the least accuracy that earns as much as `low`
    if first == 0:
        start = 0.0
    else:
        part = (low - line[first - 1]) / (line[first] - line[first - 1])
        start = float(accuracy[first - 1] + part * (accuracy[first] - accuracy[first - 1]))
    last = int(np.searchsorted(line, high, side="right"))  # the highest that earns no more
    if last == len(line):
        return start, float(accuracy[-1])
    if last == 0:
        return 0.0, 0.0
    part = (high - line[last - 1]) / (line[last] - line[last - 1])
    return start, float(accuracy[last - 1] + part * (accuracy[last] - accuracy[last - 1]))
