"""Rows and measures of the plain Mesa model's tick, in plain Python: those of `TickOutcome`."""

import math

from market.measures.formulas import ratio

PROVIDERS = ("tick", "provider", "revenue", "direct_revenue", "profit", "direct_queries")
ARBITRAGEURS = ("tick", "arbitrageur", "group", "queries", "solved", "fees", "spend", "profit")
TRADES = ("tick", "seller", "quality", "posted_price", "queries", "solved", "paid", "to_provider")


def tables(measure_names):
    """Column names by table."""
    return {
        "market": ["tick", *measure_names],
        "providers": PROVIDERS,
        "arbitrageurs": (*ARBITRAGEURS, "margin", "balance"),
        "trades": TRADES,
    }


def measures(market):
    """Compute the measures of a tick, by name."""
    tiers, count = market.tiers, len(market.providers)
    first_resold = count * tiers
    served, solved, paid = sum(market.served), sum(market.solved), sum(market.paid)
    by_tier = [add_up(market.revenue[g::tiers]) for g in range(tiers)]
    revenue = add_up(by_tier)
    total, cost = sum(revenue), sum(costs(market))
    fees = sum(market.paid[first_resold:])
    resold = sum(add_up(market.revenue[first_resold:]))
    profit, arbitrage = total - cost, fees - resold
    concentration = sum((r / total) ** 2 for r in revenue) if total else math.nan
    return {
        "tick": market.ticks,
        "price_index": price_index(market),
        "price_per_query": ratio(paid, served),
        "price_per_solution": ratio(paid, solved),
        "solve_rate": ratio(solved, served),
        "mean_tier": ratio(mean_tier(market), served),
        "served_share": ratio(served, market.sent),
        "revenue_per_query": marginal_revenue(market),
        "provider_revenue": total,
        "provider_profit": profit,
        "arbitrage_profit": arbitrage,
        "arbitrage_margin": ratio(arbitrage, fees),
        "arbitrage_share": ratio(sum(market.served[first_resold:]), served),
        "tax_revenue": 0.0,
        "segmentation": segmentation(by_tier),
        "hhi": concentration,
        "effective_providers": ratio(1, concentration),
        "small_provider_share": ratio(sum(sorted(revenue)[:-2]), total),
        "price_dispersion": price_dispersion(market),
        "consumer_surplus": market.surplus,
        "producer_surplus": profit,
        "arbitrageur_surplus": arbitrage,
        "welfare": market.surplus + profit + arbitrage,
        "efficiency": ratio(
            market.surplus + profit + arbitrage, market.sent * market.planned_per_query
        ),
        "queries_sent": market.sent,
        "queries_served": served,
        "consumer_payments": paid,
        "imbalance": ratio(abs(sum(market.balances())), market.turnover),
    }


def mean_tier(market):
    """Sum of promised solve rates over the queries served."""
    tiers = market.tiers
    return sum(rate * sum(market.served[g::tiers]) for g, rate in enumerate(market.quality))


def revenue_by_cell(market):
    """US dollars that each provider got for attempts, by seller and tier."""
    revenue = []
    for row in market.list_spend:
        to = [0.0] * len(market.providers)
        for spend, price, provider in zip(row, market.price, market.owner, strict=True):
            to[provider.place] += spend * price
        revenue.append(to)
    return revenue


def add_up(rows):
    """Sum rows column by column."""
    return [sum(column) for column in zip(*rows, strict=True)]


def costs(market):
    """Marginal cost of the attempts made, by provider."""
    cost = [0.0] * len(market.providers)
    for spend, provider in zip(add_up(market.list_spend), market.owner, strict=True):
        cost[provider.place] += spend * provider.cost_ratio
    return cost


def price_index(market):
    """Price of a constant basket of quality, 1 at list prices without arbitrage."""
    now = base = 0.0
    for g, (weight, listed) in enumerate(zip(market.base_demand, market.base_price, strict=True)):
        served = sum(market.served[g :: market.tiers])
        if served:
            mean = sum(market.paid[g :: market.tiers]) / served
        else:
            mean = min(seller.menu[g] for seller in market.sellers)
        if weight > 0 and listed < math.inf and mean < math.inf:
            now += weight * mean
            base += weight * listed
    return ratio(now, base)


def marginal_revenue(market):
    """Revenue expected from one more query sent to the market."""
    expected = sum(
        count * spend * price
        for count, row in zip(market.customers, market.expected_list_spend, strict=True)
        if count
        for spend, price in zip(row, market.price, strict=True)
    )
    return expected / len(market.buyers)


def entropy(masses):
    """−Σ x ln x."""
    return -sum(x * math.log(x) for x in masses if x > 0)


def segmentation(by_tier):
    """I(tier; provider) / H(provider) of revenue."""
    total = sum(map(sum, by_tier))
    if not total > 0:
        return math.nan
    providers = entropy(sum(column) / total for column in zip(*by_tier, strict=True))
    tiers = entropy(sum(row) / total for row in by_tier)
    joint = entropy(x / total for row in by_tier for x in row)
    information = tiers + providers - joint
    return min(max(information / providers, 0.0), 1.0) if providers > 1e-12 else math.nan


def price_dispersion(market):
    """Spend-weighted coefficient of variation of posted price within a tier."""
    weighted = spent = 0.0
    for g in range(market.tiers):
        bought = [
            (queries, seller.menu[g])
            for seller, queries in zip(
                market.sellers, market.served[g :: market.tiers], strict=True
            )
            if queries
        ]
        if bought:
            count = sum(queries for queries, _ in bought)
            spend = sum(queries * price for queries, price in bought)
            mean = spend / count
            variance = sum(queries * (price - mean) ** 2 for queries, price in bought) / count
            weighted += spend * math.sqrt(variance) / mean
            spent += spend
    return ratio(weighted, spent)


def provider_rows(market):
    """One row per provider."""
    revenue, cost = add_up(market.revenue), costs(market)
    for k, provider in enumerate(market.providers):
        own = slice(k * market.tiers, (k + 1) * market.tiers)
        yield {
            "tick": market.ticks,
            "provider": provider.name,
            "revenue": revenue[k],
            "direct_revenue": sum(row[k] for row in market.revenue[own]),
            "profit": revenue[k] - cost[k],
            "direct_queries": sum(market.served[own]),
        }


def arbitrageur_rows(market):
    """One row per arbitrageur."""
    for arbitrageur in market.arbitrageurs:
        own = slice(arbitrageur.place * market.tiers, (arbitrageur.place + 1) * market.tiers)
        fees = sum(market.paid[own])
        spend = sum(add_up(market.revenue[own]))
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


def trade_rows(market):
    """One row per seller and tier."""
    cell = 0
    for seller in market.sellers:
        for g, quality in enumerate(market.quality):
            yield {
                "tick": market.ticks,
                "seller": seller.name,
                "quality": quality,
                "posted_price": seller.menu[g],
                "queries": market.served[cell],
                "solved": market.solved[cell],
                "paid": market.paid[cell],
                "to_provider": market.revenue[cell],
            }
            cell += 1
