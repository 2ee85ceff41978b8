"""What the plain Mesa model takes from a market of ours: who is in it, and what serves queries."""

import numpy as np

from benchmarks.plain_agents import PlainArbitrageur, PlainBuyer, PlainOffer
from market.frontier.cascade import Mixture


def arbitrageur_of(model, theirs):
    """The arbitrageur that routes and prices as one of ours."""
    schedule = theirs.schedule()
    delivered = theirs.model.costs.mixes[0].delivered(schedule.policies)
    sold = np.where(np.isfinite(schedule.spend), delivered, 0.0).tolist()
    plans = [plan_of(policy, model.model_names) for policy in schedule.policies]
    quoted = schedule.quality.tolist(), schedule.spend.tolist(), plans
    return PlainArbitrageur(
        model, theirs.index, theirs.name, theirs.group, theirs.spec.pricing, quoted, sold
    )


def offers_of(model, market):
    """All offers, as our sellers have posted them last; each seller has its own."""
    offers = []
    for seller, theirs in zip(model.sellers, market.sellers, strict=True):
        for menu in theirs.menus[0]:
            plans = [plan_of(policy, model.model_names) for policy in menu.policies]
            posted = menu.quality.tolist(), menu.price.tolist(), plans
            offers.append(PlainOffer(seller, len(offers), *posted))
        seller.offers = offers[-len(theirs.menus[0]) :]
    return offers


def buyers_of(model, market, segment):
    """The buyers of a segment, with the needs, tastes and knowledge that they have there."""
    edges = market.roster.need_edges, market.roster.third_edges
    need_bin, third = (np.searchsorted(of, segment.basket_quality).tolist() for of in edges)
    aware = np.zeros(segment.size, dtype=bool)
    for known, offer in zip(segment.consideration, model.offers, strict=True):
        if not offer.seller.sells_attempts:
            aware |= True if known is None else known
    reach = segment.base_reach * (1 + 1e-9)
    *taste, outside = [(segment.scale * drawn).tolist() for drawn in segment.taste]
    need, worth = segment.needs.quality.tolist(), segment.needs.worth.tolist()
    least, paid = segment.base_choice.least.tolist(), segment.base_choice.paid.tolist()
    considered = list(zip(model.offers, segment.consideration, taste, strict=True))
    return [
        PlainBuyer(
            model,
            need[j],
            worth[j],
            outside[j],
            [(offer, likes[j]) for offer, known, likes in considered if known is None or known[j]],
            (least[j], paid[j]),
            (need_bin[j], third[j] + 3 * int(aware[j]), need[j] > reach),
        )
        for j in range(segment.size)
    ]


def plan_of(policy, names):
    """Chance of the high cascade, then both as pairs of model index and budget."""
    if policy is None:
        return None
    if not isinstance(policy, Mixture):
        raise ValueError(f"a plain market knows no policy {policy}")
    low, high = (
        [(names.index(stage.model), stage.budget) for stage in cascade.stages]
        for cascade in (policy.low, policy.high)
    )
    return policy.share, low, high


def require_plain(market):
    """Refuse a market of which the plain one would be another."""
    spec, roster, segments = market.spec, market.roster, market.segments
    each = range(len(roster.models))
    for what, plain in {
        "one segment": len(segments) == 1,
        "one query mix": len(roster.mixes) == 1,
        "fixed qualities": all(s.spec.demand.kind == "fixed_quality" for s in segments),
        "no cost of switching": all(s.spec.switching_cost == 0 for s in segments),
        "tastes": all(s.spec.tastes for s in segments),
        "as many queries of each buyer": all((s.relative == 1).all() for s in segments),
        "no routers of buyers": not market.own_routers,
        "success told at once": not market.costs.checked,
        "no limit of attempts": market.costs.tables.population.most_attempts is None,
        "a model of one provider": roster.model_of.tolist() == roster.alike.tolist() == [*each],
        "no tax and no floor": spec.policy.routing_tax == spec.policy.price_floor == 0,
        "providers at list price": all(p.pricing.kind == "list" for p in spec.providers),
        "undercutting": all(a.pricing.kind == "undercut" for a in spec.arbitrageurs),
        "nothing to change": len(market.phases) == 1,
    }.items():
        if not plain:
            raise ValueError(f"a plain market has {what}; {spec.name} is another")
