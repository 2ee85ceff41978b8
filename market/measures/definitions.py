"""What measures and terms mean, in a sentence each, for readers of reports."""

from collections.abc import Mapping
from types import MappingProxyType

from market.measures.labels import BUYERS, MEASURES

_KNOWN = {
    "price_index": "What buyers would pay today for what they would buy at list prices without "
    "arbitrageurs, over what it costs there: 0.8 is a fifth less.",
    "price_index_coverage": "Share of spending at list prices on what is still for sale, and so "
    "counts in the price index.",
    "price_index_paid": "The price index at the sellers that buyers choose, which need not be "
    "the cheapest.",
    "price_per_query": "What buyers pay, over queries served.",
    "price_per_solution": "What buyers pay, over queries solved.",
    "solve_rate": "Share of the queries served that are solved.",
    "accepted_rate": "Share of the queries served whose answer the verifier accepts, right or not.",
    "wrong_accepted_share": "Share of accepted answers that are wrong.",
    "verification_cost": "What is paid for checks of answers.",
    "wrong_answer_cost": "What accepted wrong answers cost buyers.",
    "mean_tier": "Mean of the solve rates that buyers were promised.",
    "served_share": "Share of the queries sent that a seller served; the others were not bought.",
    "beyond_share": "Share of queries served at solve rates that nobody sells without arbitrageurs "
    "at list prices.",
    "revenue_per_query": "What all providers together would earn from one more query, expected.",
    "revenue_elasticity": "By how many percent providers' revenue rises if prices rise by one "
    "percent, weighted by revenue: 1 plus the elasticity of demand.",
    "provider_revenue": "What all providers are paid, by buyers and by arbitrageurs.",
    "provider_profit": "Providers' revenue less their cost.",
    "arbitrage_profit": "What arbitrageurs are paid less what they spend, taxes and outlays "
    "included.",
    "arbitrage_net_profit": "Arbitrage profit from the first tick on, one-off outlays included.",
    "arbitrage_margin": "Share of their fees that arbitrageurs do not spend on attempts.",
    "arbitrage_share": "Share of the queries served that go through arbitrageurs.",
    "own_routing_share": "Share of the queries served that buyers route themselves.",
    "own_routers": "Number of buyers who run a router of their own.",
    "own_router_share": "Share of buyers who run a router of their own.",
    "own_router_cost": "What buyers pay for routers of their own.",
    "segmentation": "How much the solve rate that a buyer needs tells of which model earns the "
    "money: 0 is nothing, 1 is everything (uncertainty coefficient, Theil 1970).",
    "segmentation_by_owner": "Segmentation with all models of a provider as one.",
    "hhi": "Sum of squared shares of provider revenue: 1 is a monopoly (Herfindahl-Hirschman).",
    "hhi_by_model": "Sum of squared shares of revenue by model.",
    "effective_providers": "Number of equally large providers that would be as concentrated: "
    "one over the concentration.",
    "small_provider_share": "Share of provider revenue that all but the two largest earn.",
    "small_model_share": "Share of revenue that all but the two largest models earn.",
    "price_dispersion": "Spread of posted prices for the same solve rate, over their mean.",
    "consumer_surplus": "What buyers would be ready to pay for what they get, less what they pay.",
    "producer_surplus": "Providers' profit as a part of welfare.",
    "arbitrageur_surplus": "Arbitrageurs' profit as a part of welfare.",
    "tax_revenue": "What the treasury takes in.",
    "welfare": "Surplus of consumers, providers, arbitrageurs and the treasury together.",
    "efficiency": "Welfare over what a planner would reach who serves buyers at marginal cost.",
    "consumer_payments": "What buyers pay for queries.",
    "revenue": "What an agent is paid.",
    "fees": "What buyers pay an arbitrageur.",
    "profit": "Revenue less cost; of an arbitrageur, fees less spending, taxes and outlays.",
    "net_profit": "Profit from the first tick on, one-off outlays included.",
    "margin": "Share of the price that is not spent.",
    **{f"surplus_{who}": f"Surplus per query sent, of {words}." for who, words in BUYERS.items()},
    **{f"price_{who}": f"Paid per query served, by {words}." for who, words in BUYERS.items()},
}

DEFINITIONS: Mapping[str, str] = MappingProxyType(_KNOWN)
"""By the name of a measure."""

TERMS: Mapping[str, str] = MappingProxyType(
    {
        "provider": "Sells attempts of its models.",
        "arbitrageur": "Owns no model; sells solved queries at a price and buys attempts of "
        "several models, the cheapest first.",
        "cascade": "Models tried one after the other, each up to a budget, until one solves the "
        "query.",
        "solve rate": "Share of queries that are solved; what sellers promise and buyers choose.",
        "list price": "What a provider asks when the run begins.",
        "market price": "The lowest price at which a provider sells a solve rate.",
        "arbitrage cost": "What arbitrageurs spend on a query; on a frontier, the least that any "
        "cascade can spend.",
        "marginal cost": "What serving one more query costs the providers.",
        "elasticity": "By how many percent an agent sells more if its price rises by one percent.",
        "tick": "One round of the market: prices, choices, queries, payments.",
        "replicate": "One run of a scenario with its own seed.",
        "paired difference": "Difference of two runs with the same seed, and so the same queries.",
        "95% interval": "Range that holds the true mean in 95 of 100 repetitions of the runs.",
    }
)

OF_ANSWERS: Mapping[str, str] = MappingProxyType(
    {
        "gain of moving": "By how much a provider's profit would rise if it alone took its best "
        "other price.",
        "left to gain": "By how much some owner's profit would still rise by moving alone.",
        "lerner index": "Share of the price that is not cost: (price − cost) / price.",
        "own elasticity": "By how many percent a provider sells more if its price rises by one "
        "percent.",
        "pass-through": "By how much a price rises with one dollar more of its own cost, once all "
        "prices have moved.",
        "diversion": "What the other gains of each list dollar that this one loses by a rise of "
        "its price.",
        "upp": "Upward pricing pressure: diversion times what the other earns per list dollar.",
        "guppi": "Upward pricing pressure as a share of the price.",
        "compensating cost reduction": "By how much costs would have to fall for a merger to leave "
        "prices as they are.",
        "hhi": "Sum of squared shares of list dollars sold, by owner.",
        "profit gain": "Profit as learned, from 0 in the market's own equilibrium to 1 at its "
        "joint optimum.",
        "standard error": "Typical size of what chance moves a figure by.",
        "distance": "How far the market is from a target, in standard errors of the target and of "
        "the runs together.",
        "ticks until half of it": "Ticks after the release until half of the revenue of the last "
        "quarter is there.",
    }
)
"""Terms in tables of commands that answer a question of their own."""


def definition(words: str) -> str:
    """What a measure means, by its label with or without unit; empty where it is not known."""
    return _BY_WORDS.get(without_unit(words).lower(), "")


def without_unit(label: str) -> str:
    """The words of a label, with "per solution" where they are of solutions and not of queries.

    >>> without_unit("paid, $ per solution"), without_unit("welfare, $ thousand per tick")
    ('paid per solution', 'welfare')
    """
    words, _, unit = label.partition(", $")
    return f"{words} per solution" if "solution" in unit else words


_BY_WORDS = {
    **{without_unit(MEASURES[name].label).lower(): meaning for name, meaning in _KNOWN.items()},
    **OF_ANSWERS,
    **TERMS,
}
