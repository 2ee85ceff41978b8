"""Measures of the plain Mesa model's tick, in plain Python: those of `TickOutcome` it keeps."""

import math

from market.measures.formulas import ratio


def measures(market):
    """Compute the measures of a tick, by name."""
    tiers, count = market.tiers, len(market.providers)
    first_resold = count * tiers
    served, solved, paid = sum(market.served), sum(market.solved), sum(market.paid)
    by_model = add_up(market.billed_by_need)
    revenue = by_owner(market, by_model)
    total, cost = sum(revenue), sum(costs(market))
    fees = sum(market.paid[first_resold:])
    resold = sum(sum(bills_of(market, arbitrageur)) for arbitrageur in market.arbitrageurs)
    profit, arbitrage = total - cost, fees - resold
    return {
        "tick": market.ticks,
        **price_index(market),
        "price_per_query": ratio(paid, served),
        "price_per_solution": ratio(paid, solved),
        "solve_rate": ratio(solved, served),
        "mean_tier": ratio(market.promised, served),
        "served_share": ratio(served, market.sent),
        "beyond_share": ratio(market.beyond, served),
        "provider_revenue": total,
        "provider_profit": profit,
        "arbitrage_profit": arbitrage,
        "arbitrage_net_profit": sum(a.balance for a in market.arbitrageurs),
        "arbitrage_margin": ratio(arbitrage, fees),
        "arbitrage_share": ratio(sum(market.served[first_resold:]), served),
        "tax_revenue": 0.0,
        "segmentation": segmentation(market.billed_by_need),
        "segmentation_by_owner": segmentation(
            [by_owner(market, of_need) for of_need in market.billed_by_need]
        ),
        "hhi": concentration(revenue),
        "hhi_by_model": concentration(by_model),
        "effective_providers": ratio(1, concentration(revenue)),
        "small_provider_share": ratio(sum(sorted(revenue)[:-2]), total),
        "small_model_share": ratio(sum(sorted(by_model)[:-2]), total),
        "price_dispersion": price_dispersion(market),
        "consumer_surplus": market.surplus,
        "producer_surplus": profit,
        "arbitrageur_surplus": arbitrage,
        "welfare": market.surplus + profit + arbitrage,
        **who_gains(market),
        "queries_sent": market.sent,
        "queries_served": served,
        "consumer_payments": paid,
        "imbalance": ratio(abs(sum(market.balances())), market.turnover),
    }


def add_up(rows):
    """Sum rows column by column."""
    return [sum(column) for column in zip(*rows, strict=True)]


def by_owner(market, by_model):
    """Sum amounts by model into those of the providers that own them."""
    total = [0.0] * len(market.providers)
    for amount, provider in zip(by_model, market.owner, strict=True):
        total[provider.place] += amount
    return total


def cells_of(market, seller):
    """Where a seller's tiers are in the tick's sums."""
    return slice(seller.place * market.tiers, (seller.place + 1) * market.tiers)


def bills_of(market, seller):
    """US dollars for attempts that came through a seller, by model."""
    spend = add_up(market.list_spend[cells_of(market, seller)])
    return [s * p for s, p in zip(spend, market.wholesale[seller.place], strict=True)]


def costs(market):
    """Marginal cost of the attempts made, by provider."""
    spend = add_up(market.list_spend)
    return by_owner(market, [s * k for s, k in zip(spend, market.cost_ratio, strict=True)])


def price_index(market):
    """Price of what buyers need, now over the base market; by their sellers' prices, too.

    Buyers found the least price when they chose.
    """
    now = then = base = paid = paid_then = 0.0
    for buyer in market.buyers:
        if buyer.base_least < math.inf:
            base += buyer.base_least
            if buyer.least < math.inf:
                now += buyer.least
                then += buyer.base_least
        if buyer.offer is not None and not math.isnan(buyer.base_paid):
            paid += buyer.price
            paid_then += buyer.base_paid
    return {
        "price_index": ratio(now, then),
        "price_index_coverage": ratio(then, base),
        "price_index_paid": ratio(paid, paid_then),
    }


def concentration(revenue):
    """Herfindahl-Hirschman index."""
    total = sum(revenue)
    return sum((r / total) ** 2 for r in revenue) if total else math.nan


def entropy(masses):
    """−Σ x ln x."""
    return -sum(x * math.log(x) for x in masses if x > 0)


def segmentation(by_need):
    """I(need; model) / H(model) of revenue."""
    total = sum(map(sum, by_need))
    if not total > 0:
        return math.nan
    models = entropy(sum(column) / total for column in zip(*by_need, strict=True))
    needs = entropy(sum(row) / total for row in by_need)
    joint = entropy(x / total for row in by_need for x in row)
    information = needs + models - joint
    return min(max(information / models, 0.0), 1.0) if models > 1e-12 else math.nan


def price_dispersion(market):
    """Spend-weighted coefficient of variation of posted price within a tier."""
    weighted = spent = 0.0
    for g, quality in enumerate(market.quality):
        bought = [
            (queries, posted_price(market, seller, g, quality))
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


def posted_price(market, seller, tier, quality):
    """What a seller asks for a solve rate; what was paid on the way to it where it asks nothing."""
    price = seller.price_at(quality)
    if price < math.inf:
        return price
    cell = seller.place * market.tiers + tier
    return market.paid[cell] / market.served[cell]


def who_gains(market):
    """Surplus per query sent and price per query served, by class of buyers."""
    found = {}
    for name, places in {
        "not_aware": (0, 1, 2),
        "aware": (3, 4, 5),
        "low_need": (0, 3),
        "middle_need": (1, 4),
        "high_need": (2, 5),
    }.items():
        gained, sent, paid, served = (
            sum(of_class[w] for w in places)
            for of_class in (
                market.surplus_by_who,
                market.sent_by_who,
                market.paid_by_who,
                market.served_by_who,
            )
        )
        found[f"surplus_{name}"] = ratio(gained, sent)
        found[f"price_{name}"] = ratio(paid, served)
    return found
