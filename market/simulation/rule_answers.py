"""What pricing rules answer, looked at before anything is posted: a rule may be anybody's."""

import sys

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import RunError


def checked_multiplier(answer: object, seller: str) -> float:
    """A provider's price over list price.

    Raises
    ------
    RunError
        The answer is not a finite number of at least 0.
    """
    if isinstance(answer, int | float | np.number) and 0 <= float(answer) < np.inf:
        return float(answer)
    raise RunError(
        f"providers.{seller}.pricing: the rule answered {answer!r} for its price over list price; "
        "it must answer a finite number of at least 0"
    )


def checked_menu(answer: object, tiers: int, group: str) -> FloatArray:
    """An arbitrageur's fees [G].

    Raises
    ------
    RunError
        The answer is not one number of at least 0 (infinite: not sold) for each tier.
    """
    menu = np.asarray(answer)
    numbers = menu.dtype.kind in "fiu" and menu.shape == (tiers,)
    if numbers and (menu >= 0).all():
        return menu.astype(np.float64)
    said = np.array2string(menu, threshold=6, max_line_width=sys.maxsize)
    raise RunError(
        f"arbitrageurs.{group}.pricing: the rule answered {said} for its fees; it must answer "
        f"{tiers} numbers of at least 0, infinite where it does not sell"
    )
