"""Rest points and learning on expected demand: pricing games of a few providers, the market kept.

Prices at rest and how sellers press on each other there; profits at all prices as a table, its
equilibria and joint optimum, and providers that learn prices by Q-learning. It asks the simulation,
and imports `simulation` and below. Names are imported when first asked for.
"""

from typing import TYPE_CHECKING

from market.foundation.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from market.equilibrium.collusion import Collusion, Learned, collusion
    from market.equilibrium.pressure import Pressure
    from market.equilibrium.price_equilibrium import Equilibrium, equilibrium
    from market.equilibrium.profit_table import ProfitTable, profit_table
    from market.equilibrium.q_learning import QLearning

_NAMES = {
    "market.equilibrium.collusion": "Collusion Learned collusion",
    "market.equilibrium.pressure": "Pressure",
    "market.equilibrium.price_equilibrium": "Equilibrium equilibrium",
    "market.equilibrium.profit_table": "ProfitTable profit_table",
    "market.equilibrium.q_learning": "QLearning",
}

__all__ = [
    "Collusion",
    "Equilibrium",
    "Learned",
    "Pressure",
    "ProfitTable",
    "QLearning",
    "collusion",
    "equilibrium",
    "profit_table",
]

__getattr__, __dir__ = lazy_exports(__name__, _NAMES)
