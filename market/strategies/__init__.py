"""What agents decide by: pricing, routing, demand and distillation rules, and what rules see.

It imports economics (`frontier` and below), never the agents or the model that its rules serve.
Names come when asked for: a rule from another package imports them while rules are being gathered.
"""

from typing import TYPE_CHECKING

from market.foundation.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from market.foundation.config import Part
    from market.frontier.cost_schedule import CostSchedule
    from market.strategies.arbitrageur_pricing import BestResponseMenu, Undercut
    from market.strategies.demand import FixedQuality, Needs, ValueDemand
    from market.strategies.distillation import Distillation
    from market.strategies.distributions import Beta, Constant, Lognormal, Uniform
    from market.strategies.market_view import ExpectedProfit, MarketView, ProviderView, Quote, Turn
    from market.strategies.provider_pricing import (
        BestResponse,
        CostPlus,
        DerivativeFollower,
        ListPrice,
        ModelOfSales,
    )
    from market.strategies.query_mix import AllProblems, Difficulty, Domains
    from market.strategies.routing import (
        CascadeRouting,
        FittedKnowledge,
        FullKnowledge,
        Known,
        OracleRouting,
        SignalRouting,
        SingleRouting,
    )

__all__ = [
    "AllProblems",
    "BestResponse",
    "BestResponseMenu",
    "Beta",
    "CascadeRouting",
    "Constant",
    "CostPlus",
    "CostSchedule",
    "DerivativeFollower",
    "Difficulty",
    "Distillation",
    "Domains",
    "ExpectedProfit",
    "FittedKnowledge",
    "FixedQuality",
    "FullKnowledge",
    "Known",
    "ListPrice",
    "Lognormal",
    "MarketView",
    "ModelOfSales",
    "Needs",
    "OracleRouting",
    "Part",
    "ProviderView",
    "Quote",
    "SignalRouting",
    "SingleRouting",
    "Turn",
    "Undercut",
    "Uniform",
    "ValueDemand",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "AllProblems": "market.strategies.query_mix",
        "BestResponse": "market.strategies.provider_pricing",
        "BestResponseMenu": "market.strategies.arbitrageur_pricing",
        "Beta": "market.strategies.distributions",
        "CascadeRouting": "market.strategies.routing",
        "Constant": "market.strategies.distributions",
        "CostPlus": "market.strategies.provider_pricing",
        "DerivativeFollower": "market.strategies.provider_pricing",
        "Difficulty": "market.strategies.query_mix",
        "Distillation": "market.strategies.distillation",
        "Domains": "market.strategies.query_mix",
        "FittedKnowledge": "market.strategies.routing",
        "FixedQuality": "market.strategies.demand",
        "FullKnowledge": "market.strategies.routing",
        "Known": "market.strategies.routing",
        "ListPrice": "market.strategies.provider_pricing",
        "Lognormal": "market.strategies.distributions",
        "MarketView": "market.strategies.market_view",
        "ModelOfSales": "market.strategies.provider_pricing",
        "Needs": "market.strategies.demand",
        "OracleRouting": "market.strategies.routing",
        "Part": "market.foundation.config",
        "ExpectedProfit": "market.strategies.market_view",
        "ProviderView": "market.strategies.market_view",
        "Quote": "market.strategies.market_view",
        "CostSchedule": "market.frontier.cost_schedule",
        "SignalRouting": "market.strategies.routing",
        "SingleRouting": "market.strategies.routing",
        "Turn": "market.strategies.market_view",
        "Undercut": "market.strategies.arbitrageur_pricing",
        "Uniform": "market.strategies.distributions",
        "ValueDemand": "market.strategies.demand",
    },
)
