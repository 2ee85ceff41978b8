"""Tables of the plain Mesa model: rows of a tick by agent, as our recorder keeps them."""

import math

from benchmarks.plain_measures import add_up, bills_of, by_owner, cells_of, measures
from market.measures.formulas import ratio

PROVIDERS = (
    *("tick", "provider", "revenue", "direct_revenue", "resale_revenue", "cost", "profit"),
    *("revenue_share", "direct_queries", "net_profit"),
)
ARBITRAGEURS = (
    *("tick", "arbitrageur", "group", "queries", "solved", "fees", "spend", "profit", "margin"),
    "balance",
)
CONSUMERS = (
    *("tick", "segment", "queries_sent", "queries_served", "queries_solved", "paid"),
    *("consumer_surplus", "price_per_query", "price_per_solution", "solve_rate", "mean_tier"),
)
MODELS = (
    *("tick", "model", "provider", "price_multiplier", "attempts", "list_spend", "revenue"),
    *("direct_revenue", "profit"),
)
TRADES = ("tick", "seller", "quality", "posted_price", "queries", "solved", "paid")


def tables(market):
    """Column names by table."""
    market.open_books()
    return {
        "market": list(measures(market)),
        "providers": PROVIDERS,
        "arbitrageurs": ARBITRAGEURS,
        "consumers": CONSUMERS,
        "models": MODELS,
        "trades": (*TRADES, *(f"to:{provider.name}" for provider in market.providers)),
    }


def rows_of(market):
    """Rows of a tick, by table."""
    bills = [bills_of(market, seller) for seller in market.sellers]
    yield "providers", provider_rows(market, bills)
    yield "arbitrageurs", arbitrageur_rows(market, bills)
    yield "consumers", consumer_rows(market)
    yield "models", model_rows(market, bills)
    yield "trades", trade_rows(market)


def provider_rows(market, bills):
    """One row per provider."""
    direct = by_owner(market, add_up(bills[: len(market.providers)]))
    revenue = by_owner(market, add_up(bills))
    spend = add_up(market.list_spend)
    cost = by_owner(market, [s * k for s, k in zip(spend, market.cost_ratio, strict=True)])
    total = sum(revenue)
    for k, provider in enumerate(market.providers):
        yield {
            "tick": market.ticks,
            "provider": provider.name,
            "revenue": revenue[k],
            "direct_revenue": direct[k],
            "resale_revenue": revenue[k] - direct[k],
            "cost": cost[k],
            "profit": revenue[k] - cost[k],
            "revenue_share": ratio(revenue[k], total),
            "direct_queries": sum(market.served[cells_of(market, provider)]),
            "net_profit": provider.balance,
        }


def arbitrageur_rows(market, bills):
    """One row per arbitrageur."""
    for arbitrageur in market.arbitrageurs:
        own = cells_of(market, arbitrageur)
        fees, spend = sum(market.paid[own]), sum(bills[arbitrageur.place])
        yield {
            "tick": market.ticks,
            "arbitrageur": arbitrageur.name,
            "group": arbitrageur.group,
            "queries": sum(market.served[own]),
            "solved": sum(market.solved[own]),
            "fees": fees,
            "spend": spend,
            "profit": fees - spend,
            "margin": ratio(fees - spend, fees),
            "balance": arbitrageur.balance,
        }


def consumer_rows(market):
    """The row of its segment."""
    served, solved, paid = sum(market.served), sum(market.solved), sum(market.paid)
    yield {
        "tick": market.ticks,
        "segment": market.segment,
        "queries_sent": market.sent,
        "queries_served": served,
        "queries_solved": solved,
        "paid": paid,
        "consumer_surplus": market.surplus,
        "price_per_query": ratio(paid, served),
        "price_per_solution": ratio(paid, solved),
        "solve_rate": ratio(solved, served),
        "mean_tier": ratio(market.promised, served),
    }


def model_rows(market, bills):
    """One row per model."""
    spend, revenue = add_up(market.list_spend), add_up(bills)
    direct = add_up(bills[: len(market.providers)])
    for m, (name, owner) in enumerate(zip(market.model_names, market.owner, strict=True)):
        yield {
            "tick": market.ticks,
            "model": name,
            "provider": owner.name,
            "price_multiplier": market.wholesale[owner.place][m],
            "attempts": market.attempts[m],
            "list_spend": spend[m],
            "revenue": revenue[m],
            "direct_revenue": direct[m],
            "profit": revenue[m] - spend[m] * market.cost_ratio[m],
        }


def trade_rows(market):
    """One row per seller and tier."""
    cell = 0
    for seller in market.sellers:
        prices = market.wholesale[seller.place]
        for quality in market.quality:
            posted = seller.price_at(quality)
            spend = market.list_spend[cell]
            received = by_owner(market, [s * p for s, p in zip(spend, prices, strict=True)])
            row = {
                "tick": market.ticks,
                "seller": seller.name,
                "quality": quality,
                "posted_price": posted if posted < math.inf else math.nan,
                "queries": market.served[cell],
                "solved": market.solved[cell],
                "paid": market.paid[cell],
            }
            for provider, amount in zip(market.providers, received, strict=True):
                row[f"to:{provider.name}"] = amount
            yield row
            cell += 1
