"""What learning cost arbitrageurs that learn while they sell, and when it had paid."""

from typing import Any

import numpy as np
import pandas as pd


def learned(arbitrageurs: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Cost of learning and ticks until profitable, of each arbitrageur that learns.

    Parameters
    ----------
    arbitrageurs
        The table of a run: a row per tick and arbitrageur.

    Returns
    -------
    dict
        By name: `cost_of_learning`, US dollars that it spent too much for want of knowledge and to
        buy some, and `ticks_to_profit`, ticks from its entry on until it never again owns less
        than it began with; None where it does in the end.
    """
    if "regret" not in arbitrageurs:
        return {}
    found = {}
    for name, table in arbitrageurs.groupby("arbitrageur", sort=False):
        learns = table[table["regret"].notna()]
        if not len(learns):
            continue
        cost = float(learns["regret"].sum() + learns["outlay"].sum())
        # its last loss is that of the tick in which it owns less than it did before it entered
        lossy = np.flatnonzero(learns["profit"].to_numpy().cumsum() < 0)
        after = int(lossy[-1]) + 1 if len(lossy) else 0
        found[str(name)] = {
            "cost_of_learning": cost,
            "ticks_to_profit": after if after < len(learns) else None,
        }
    return found
