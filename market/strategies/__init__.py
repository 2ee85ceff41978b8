"""What agents decide by: pricing, routing, demand and distillation rules, and what rules see.

It imports economics (`frontier` and below), never the agents or the model that its rules serve.
Names come when asked for: a rule from another package imports them while rules are being gathered.
"""

from typing import TYPE_CHECKING

from market.foundation.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from market.foundation.config import NOT_FITTED, Part
    from market.frontier.cost_schedule import CostSchedule
    from market.strategies.arbitrageur_pricing import (
        ArbitrageurPricingRule,
        BestResponseMenu,
        ConsidersMenus,
        MenuReply,
        Undercut,
    )
    from market.strategies.demand import (
        Basket,
        DemandRule,
        FixedQuality,
        Needs,
        Purchase,
        ValueDemand,
    )
    from market.strategies.distillation import Distillation
    from market.strategies.distributions import Beta, Constant, Lognormal, Uniform
    from market.strategies.learning_prices import QLearningPrice, UpperConfidencePrice
    from market.strategies.market_view import (
        ExpectedProfit,
        KnowsBuyers,
        MarketView,
        PriceMarks,
        ProviderView,
        Quote,
        Turn,
    )
    from market.strategies.menu import Menus, between, find
    from market.strategies.provider_pricing import (
        AtEquilibrium,
        BestResponse,
        ConsidersPrices,
        CostPlus,
        DerivativeFollower,
        LearnsPrices,
        ListPrice,
        ModelOfSales,
        PriceReply,
        ProviderPricingRule,
    )
    from market.strategies.query_mix import AllProblems, Difficulty, Domains
    from market.strategies.routing import (
        CascadeRouting,
        FittedKnowledge,
        FullKnowledge,
        Known,
        OracleRouting,
        RoutingRule,
        SignalRouting,
        SingleRouting,
    )

__all__ = [
    "NOT_FITTED",
    "AllProblems",
    "ArbitrageurPricingRule",
    "AtEquilibrium",
    "Basket",
    "BestResponse",
    "BestResponseMenu",
    "Beta",
    "CascadeRouting",
    "ConsidersMenus",
    "ConsidersPrices",
    "Constant",
    "CostPlus",
    "CostSchedule",
    "DemandRule",
    "DerivativeFollower",
    "Difficulty",
    "Distillation",
    "Domains",
    "ExpectedProfit",
    "FittedKnowledge",
    "FixedQuality",
    "FullKnowledge",
    "Known",
    "KnowsBuyers",
    "LearnsPrices",
    "ListPrice",
    "Lognormal",
    "MarketView",
    "MenuReply",
    "Menus",
    "ModelOfSales",
    "Needs",
    "OracleRouting",
    "Part",
    "PriceMarks",
    "PriceReply",
    "ProviderPricingRule",
    "ProviderView",
    "Purchase",
    "QLearningPrice",
    "Quote",
    "RoutingRule",
    "SignalRouting",
    "SingleRouting",
    "Turn",
    "Undercut",
    "Uniform",
    "UpperConfidencePrice",
    "ValueDemand",
    "between",
    "find",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "market.foundation.config": "NOT_FITTED Part",
        "market.frontier.cost_schedule": "CostSchedule",
        "market.strategies.arbitrageur_pricing": "ArbitrageurPricingRule BestResponseMenu "
        "ConsidersMenus MenuReply Undercut",
        "market.strategies.demand": "Basket DemandRule FixedQuality Needs Purchase ValueDemand",
        "market.strategies.distillation": "Distillation",
        "market.strategies.distributions": "Beta Constant Lognormal Uniform",
        "market.strategies.learning_prices": "QLearningPrice UpperConfidencePrice",
        "market.strategies.market_view": "ExpectedProfit KnowsBuyers MarketView PriceMarks "
        "ProviderView Quote Turn",
        "market.strategies.menu": "Menus between find",
        "market.strategies.provider_pricing": "AtEquilibrium BestResponse ConsidersPrices CostPlus "
        "DerivativeFollower LearnsPrices ListPrice ModelOfSales PriceReply ProviderPricingRule",
        "market.strategies.query_mix": "AllProblems Difficulty Domains",
        "market.strategies.routing": "CascadeRouting FittedKnowledge FullKnowledge Known "
        "OracleRouting RoutingRule SignalRouting SingleRouting",
    },
)
