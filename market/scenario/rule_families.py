"""The rules that a scenario file may name, shipped ones and those of other packages.

They are gathered here, after the rooms that rules import are there: a package with rules of several
families is imported only once, and whole.
"""

from typing import TYPE_CHECKING

from market.foundation.plugins import with_plugins
from market.strategies.arbitrageur_pricing import BestResponseMenu, Undercut
from market.strategies.demand import FixedQuality, ValueDemand
from market.strategies.learning_prices import QLearningPrice, UpperConfidencePrice
from market.strategies.provider_pricing import (
    AtEquilibrium,
    BestResponse,
    CostPlus,
    DerivativeFollower,
    ListPrice,
    ModelOfSales,
)
from market.strategies.routing import (
    CascadeRouting,
    OracleRouting,
    SignalRouting,
    SingleRouting,
)

if TYPE_CHECKING:
    ProviderPricing = (
        ListPrice
        | CostPlus
        | DerivativeFollower
        | BestResponse
        | ModelOfSales
        | AtEquilibrium
        | QLearningPrice
        | UpperConfidencePrice
    )
    ArbitrageurPricing = Undercut | BestResponseMenu
    Routing = CascadeRouting | SignalRouting | SingleRouting | OracleRouting
    Demand = FixedQuality | ValueDemand
else:
    ProviderPricing = with_plugins(
        "market.provider_pricing",
        ListPrice,
        CostPlus,
        DerivativeFollower,
        BestResponse,
        ModelOfSales,
        AtEquilibrium,
        QLearningPrice,
        UpperConfidencePrice,
    )
    ArbitrageurPricing = with_plugins("market.arbitrageur_pricing", Undercut, BestResponseMenu)
    Routing = with_plugins(
        "market.routing", CascadeRouting, SignalRouting, SingleRouting, OracleRouting
    )
    Demand = with_plugins("market.demand", FixedQuality, ValueDemand)
