"""The markets of the claims: shipped scenarios made smaller, under what is assumed of them.

They have 2,000 buyers and 24 ticks in place of 10,000 and 60. Prices posted, surplus, revenue per
query and elasticities are expectations over what buyers may do, so that more buyers would add
little; how far buyers that were drawn matter is in the intervals.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

from market.studies.claims.assumptions import Assumptions, Demand
from market.studies.claims.experiments import ClaimMarket

DEMANDS: dict[Demand, str] = {"fixed needs": "swebench", "buyers choose quality": "value_demand"}
MEDIANS = {  # dollars, in the scenario files: a query's worth, or a solution's
    "swebench": ("budget", 0.2),
    "value_demand": ("value", 2.0),
    "entry": ("budget", 0.2),
    "distillation": ("budget", 0.3),
    "routing_knowledge": ("budget", 0.2),
    "open_weights": ("budget", 0.2),
    "merger": ("budget", 0.2),
    "collusion": ("budget", 0.2),
    "learning_router": ("budget", 0.2),
}
HOSTS = tuple(f"host {n}" for n in range(1, 11))
SIX = ("mini-coder", "Alibaba", "OpenAI", "DeepSeek", "Anthropic")
PAIR = ("OpenAI", "DeepSeek")
LEARNED = {"gpt5mini": "OpenAI", "deepseek": "DeepSeek"}
EMPTY: Mapping[str, Any] = MappingProxyType({})
SIZE = {"ticks": 24, "consumers.teams.size": 2000}
FEW_SEND_MOST = {"kind": "lognormal", "sigma": 1.5}  # the largest tenth sends 59% of all queries
LARGE = {"ticks": 24, "consumers.teams.size": 10_000}  # where amounts of money are fixed


def with_resellers(demand: Demand, count: int, *, replies: bool = False) -> ClaimMarket:
    """A market of six models with so many arbitrageurs, known to the same share of buyers.

    Parameters
    ----------
    demand
        What buyers want.
    count
        Number of arbitrageurs; none of what is assumed of them counts where it is 0.
    replies
        Whether providers answer with best replies, or post list prices.
    """
    rule = {"kind": "best_response"}
    answers = {f"providers.{name}.pricing": rule for name in SIX} if replies else {}
    # elasticities are of interest between few sellers at list prices, and take time
    perturbed = {} if replies or count > 2 else {"perturb_every": "end"}
    return ClaimMarket(
        DEMANDS[demand],
        {**SIZE, **answers, **perturbed},
        partial(_assumed, DEMANDS[demand], SIX, "routers", count),
    )


def with_weak_tests(demand: Demand, count: int, false_accept: float) -> ClaimMarket:
    """As :func:`with_resellers`, where a share of wrong answers is accepted by all."""
    market = with_resellers(demand, count)
    return replace(market, set={**market.set, "verifier.false_accept": false_accept})


def with_own_routers(demand: Demand, count: int, cost: float | None) -> ClaimMarket:
    """As :func:`with_resellers`, where few buyers send most queries and may route for themselves.

    Parameters
    ----------
    demand, count
        As there.
    cost
        What a router of its own costs a buyer, US dollars per tick; None where none can be had.
    """
    market = with_resellers(demand, count)
    set_ = {**market.set, "perturb_every": "never", "consumers.teams.volume": FEW_SEND_MOST}
    if cost is not None:
        set_["consumers.teams.self_routing"] = {"cost": cost}
    return replace(market, set=set_)


def with_hosts(hosts: int, count: int, choice: str = "cheapest") -> ClaimMarket:
    """A closed model at list price, and so many hosts of an open one that answer with their prices.

    Parameters
    ----------
    hosts
        Of the open model.
    count
        Number of arbitrageurs.
    choice
        How they choose among hosts.
    """
    set_ = {"ticks": 24, "consumers.teams.size": 1000, "perturb_every": "never"}
    left_out = {"remove": list(HOSTS[hosts:]), "arbitrageurs.routers.host_choice": choice}
    sold = ("OpenAI", *HOSTS)
    varied = partial(_assumed, "open_weights", sold, "routers", count)
    return ClaimMarket("open_weights", {**set_, **left_out}, varied)


def with_owners(merged: bool, count: int) -> ClaimMarket:
    """Five providers that answer with their prices, two of which may have one owner."""
    owners = {"merge": list(PAIR) if merged else []}
    set_ = {"consumers.teams.size": 1500, "perturb_every": "never", **owners}
    return ClaimMarket("merger", set_, partial(_assumed, "merger", SIX, "routers", count))


def with_entrant(count: int) -> ClaimMarket:
    """A market that mini-coder enters in the middle of the run."""
    set_ = {**SIZE, "providers.mini-coder.active_from": 12}
    return ClaimMarket("entry", set_, partial(_assumed, "entry", SIX, "routers", count))


def with_release(demand: Demand, count: int, solve_rate: float | None) -> ClaimMarket:
    """As :func:`with_resellers` but smaller, where a challenger's model may enter at a third.

    The challenger and OpenAI have one owner. Providers sell at list price, so that ownership
    changes nothing but whose profit is added up.

    Parameters
    ----------
    demand, count
        As there.
    solve_rate
        Of an attempt of the challenger's model, which costs what gpt5mini's does and is like it but
        for which problems it finds easy; None where it does not enter.
    """
    market = with_resellers(demand, count)
    model = {"like": "gpt5mini", "solve_rate": solve_rate or 0.6, "cost": 0.022}
    entry = {"at": 4, "by": "Challenger"}
    released = {
        "add": {"challenger": {**model, **entry}},
        "merge": ["OpenAI", "Challenger"],
        "remove": [] if solve_rate else ["Challenger"],
    }
    size = {"ticks": 12, "consumers.teams.size": 1000, "perturb_every": "end"}
    return replace(market, set={**market.set, **size, **released})


def with_learners(count: int) -> ClaimMarket:
    """Two providers that learn their prices, with so many arbitrageurs.

    Arbitrageurs undercut by rule whatever is assumed: their best replies, until they rest at all
    prices of both providers, would take days.
    """

    def varied(a: Assumptions) -> dict[str, Any]:
        by_rule = replace(a, resale="undercut")
        return _assumed("collusion", PAIR, "router", count, by_rule)

    list_price = {f"providers.{name}.pricing": {"kind": "list"} for name in PAIR}
    return ClaimMarket(
        "collusion", {"consumers.teams.size": 500, **list_price}, varied, asks="learning"
    )


def by_rule(
    demand: Demand, count: int, step: Mapping[str, Any], awareness: float | None = None
) -> ClaimMarket:
    """As :func:`with_resellers`, with fees by a scripted rule whatever is assumed."""
    set_: dict[str, Any] = {**SIZE, "arbitrageurs.routers.count": count}
    if count:
        set_["arbitrageurs.routers.pricing"] = step
    if count and awareness is not None:
        set_["arbitrageurs.routers.awareness"] = awareness
    return ClaimMarket(DEMANDS[demand], set_)


def with_distiller(set_: Mapping[str, Any]) -> ClaimMarket:
    """A market of a teacher, and of an arbitrageur that may distil it."""
    return ClaimMarket("distillation", set_, _distilling)


def with_learner(budget: float) -> ClaimMarket:
    """A market of two models, and one arbitrageur that pays to learn them before it sells."""
    knowledge = {"kind": "fit", "budget": budget}
    return ClaimMarket("routing_knowledge", LARGE, partial(_rivals, (("router", {}, knowledge),)))


def with_newcomer(
    both: Mapping[str, Any], market: Mapping[str, Any] = EMPTY, models: Mapping[str, str] = LEARNED
) -> ClaimMarket:
    """A market that a second arbitrageur enters when the first has sold for ten ticks.

    Parameters
    ----------
    both
        What is set of both, by path: `knowledge.rule`, `routing.types`.
    market
        What else is set.
    models
        What is sold, and by whom.
    """

    def varied(a: Assumptions) -> dict[str, Any]:
        sold = {"cost_ratio": a.cost_ratio, "pricing": {"kind": "list"}}
        rivals = {"awareness": a.awareness(2), "pricing": a.pricing}
        return {
            **_buyers("learning_router", a),
            "providers": [{"name": who, "models": [m], **sold} for m, who in models.items()],
            **{
                f"arbitrageurs.{name}.{path}": value
                for name in ("first", "second")
                for path, value in (rivals | dict(both)).items()
            },
        }

    size = {"ticks": 40, "interventions.entry.at": 10, "perturb_every": "never"}
    return ClaimMarket("learning_router", {**size, **market}, varied)


def with_rivals(informed: Mapping[str, Any], ignorant: Mapping[str, Any]) -> ClaimMarket:
    """A market of two models, and two arbitrageurs of whom one knows more.

    Parameters
    ----------
    informed, ignorant
        What differs: `accuracy` of the type seen, or `budget` of the sample that is fitted.
    """
    rivals = tuple(
        (name, *_knowledge(**what)) for name, what in (("informed", informed), ("other", ignorant))
    )
    return ClaimMarket("routing_knowledge", LARGE, partial(_rivals, rivals))


def _knowledge(
    accuracy: float | None = None, budget: float | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Routing and knowledge."""
    if accuracy is not None:
        return {"kind": "signal", "accuracy": accuracy, "types": 8}, {}
    return {}, {"kind": "fit", "budget": budget}


def _assumed(
    scenario: str, providers: Iterable[str], group: str, count: int, a: Assumptions
) -> dict[str, Any]:
    """What is set, by what is assumed."""
    set_ = {**_buyers(scenario, a), f"arbitrageurs.{group}.count": count}
    set_ |= {f"providers.{name}.cost_ratio": a.cost_ratio for name in providers}
    if count:
        set_[f"arbitrageurs.{group}.awareness"] = a.awareness(count)
        set_[f"arbitrageurs.{group}.pricing"] = a.pricing
    return set_


def _distilling(a: Assumptions) -> dict[str, Any]:
    return _assumed("distillation", ("Alibaba",), "distiller", 1, a)


Rival = tuple[str, Mapping[str, Any], Mapping[str, Any]]


def _rivals(rivals: tuple[Rival, ...], a: Assumptions) -> dict[str, Any]:
    """One arbitrageur each, of this name, routing and knowledge."""
    groups = [
        {
            "name": name,
            "awareness": a.awareness(len(rivals)),
            "routing": dict(routing) or {"kind": "cascade"},
            "knowledge": dict(knowledge) or {"kind": "full"},
            "pricing": a.pricing,
        }
        for name, routing, knowledge in rivals
    ]
    return {**_buyers("routing_knowledge", a), "arbitrageurs": groups}


def _buyers(scenario: str, a: Assumptions) -> dict[str, Any]:
    """What is set of buyers, and of the problems that they send."""
    key, median = MEDIANS[scenario]
    anew = {"population.resample": True} if a.resample else {}
    return {
        **anew,
        "consumers.teams.price_sensitivity": a.price_sensitivity,
        "consumers.teams.taste_correlation": a.taste_correlation,
        f"consumers.teams.demand.{key}.median": a.values * median,
    }
