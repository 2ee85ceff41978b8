"""What is bought that no query asks for: fitting samples, and a teacher's tokens."""

from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray, IntArray, zero_where_infinite
from market.frontier.fitting_sample import (
    FittingSample,
    buy_attempts,
    sampled_tables,
    usual_cap,
)
from market.results.flows import Outlays
from market.simulation.agents import Arbitrageur
from market.simulation.cost_cache import MixCosts
from market.simulation.learning import begin_learning
from market.simulation.own_router import OwnRouter
from market.strategies.menu import price_at
from market.strategies.routing import Fits

if TYPE_CHECKING:
    from market.simulation.model import MarketModel


def procure(model: "MarketModel") -> Outlays:
    """Let arbitrageurs buy what they need before they sell, and buyers what their routers need."""
    roster = model.roster
    routers = len(roster.self_routing)
    outlays = Outlays.none(len(roster.arbitrageurs), len(roster.providers), routers)
    for router in model.own_routers:
        if router.to_fit is not None:
            _fit_own(model, router, router.to_fit, outlays)
    for arbitrageur in model.arbitrageurs:
        learned = begin_learning(model, arbitrageur)
        if learned is not None:
            _pay(model, arbitrageur, learned, outlays)
        if not arbitrageur.fitted:
            _fit(model, arbitrageur, outlays)
    if not model.rules.policy.distillation_ban:
        for arbitrageur in model.arbitrageurs:
            if not arbitrageur.student:
                _distil(model, arbitrageur, outlays)
    return outlays


def _fit(model: "MarketModel", arbitrageur: Arbitrageur, outlays: Outlays) -> None:
    """Let an arbitrageur spend its fitting budget, if anything is for sale.

    It pays today's prices, before it sells anything; what it learns is its own.
    """
    knowledge = arbitrageur.spec.knowledge
    if not isinstance(knowledge, Fits):
        return  # the others need no sample before they sell
    roster = model.roster
    price = arbitrageur.wholesale_price.copy()
    price[roster.model_of[roster.student_of >= 0]] = np.inf  # only what providers sell
    if not np.isfinite(price).any():
        return
    sample = _bought(model, arbitrageur.name, knowledge, price)
    arbitrageur.fitted = True
    arbitrageur.sample = _seen(model, sample)
    _pay(model, arbitrageur, sample, outlays)


def _pay(
    model: "MarketModel", arbitrageur: Arbitrageur, sample: FittingSample, outlays: Outlays
) -> None:
    """Have an arbitrageur pay for a sample."""
    row = arbitrageur.index
    outlays.fitting[row - len(model.roster.providers)] = _paid(model, row, sample, outlays)


def _fit_own(model: "MarketModel", router: OwnRouter, knowledge: Fits, outlays: Outlays) -> None:
    """Let buyers who may route for themselves spend the fitting budget that they share."""
    if not np.isfinite(router.price).any():
        return
    sample = _bought(model, model.offers[router.first].name, knowledge, router.price)
    router.fit(knowledge, _seen(model, sample))
    row = router.index
    outlays.own_fitting[row - model.roster.own.start] = _paid(model, row, sample, outlays)


def _bought(model: "MarketModel", name: str, knowledge: Fits, price: FloatArray) -> FittingSample:
    """What a fitting budget buys at prices [M] over list."""
    roster, tables = model.roster, model.costs.tables
    rng = {
        model_name: model.streams.generator("fitting", f"{name}/{model_name}")
        for model_name in ("problems", *roster.models)
    }
    cap = usual_cap(tables.population, price)
    if knowledge.cap is not None:
        cap = np.full(len(price), knowledge.cap)
    return buy_attempts(
        tables.population,
        knowledge.problems.weights(tables.population),
        price,
        knowledge.budget,
        cap,
        rng,
        tables.remainder,
    )


def _seen(model: "MarketModel", sample: FittingSample) -> tuple[MixCosts, IntArray] | None:
    """What a sample shows, and the problem of each of its rows; None where it shows nothing."""
    if not len(sample.problem):
        return None
    tables = model.costs.tables
    seen = sampled_tables(sample, model.roster.models, tables.budget, tables.remainder)
    return MixCosts(seen), sample.problem


def _paid(model: "MarketModel", row: int, sample: FittingSample, outlays: Outlays) -> FloatArray:
    """[K] US dollars that a seller pays for a sample; what it cost providers is added up."""
    roster, wholesale = model.roster, model.wholesale
    bought = roster.by_listing(sample.spend, wholesale.share[row])
    paid = bought * zero_where_infinite(wholesale.listing[row])
    outlays.cost[:] += roster.by_provider(bought * roster.cost_ratio)
    return roster.by_provider(paid)


def _distil(model: "MarketModel", arbitrageur: Arbitrageur, outlays: Outlays) -> None:
    """Let an arbitrageur that finds it due buy its teacher's tokens and train a student.

    Tokens have the price of attempts: whoever pays a resale markup pays it on them too, and a gated
    teacher sells none.
    """
    plan = arbitrageur.spec.distillation
    if plan is None:
        return
    roster = model.roster
    teacher, row = roster.models.index(plan.teacher), arbitrageur.index
    price = arbitrageur.wholesale_price[teacher]
    if not np.isfinite(price):
        return  # its teacher has left the market, or is gated
    # its tokens move with its list price, which the basis of its costs does not
    listed = 1.0 / float(model.cost_basis[teacher])
    tokens, training = plan.outlay(float(price) * listed)
    gain = _saving(model, arbitrageur) if plan.when == "profitable" else 0.0
    if plan.due(model.tick, gain, tokens + training):
        arbitrageur.student = True
        number = row - len(roster.providers)
        at_list, _ = plan.outlay(listed)
        share, asked = model.wholesale.share[row], model.wholesale.listing[row]
        # of the hosts of the teacher, as its attempts are
        for host in np.flatnonzero((roster.model_of == teacher) & (share > 0)).tolist():
            paid, _ = plan.outlay(float(share[host] * asked[host]) * listed)
            outlays.tokens[number, roster.owner[host]] += paid
            made = at_list * share[host]
            outlays.cost[roster.owner[host]] += made * roster.cost_ratio[host]
        outlays.training[number] += training


def _saving(model: "MarketModel", arbitrageur: Arbitrageur) -> float:
    """US dollars per tick that a student would save at the sales of last tick, fees held."""
    with_student = arbitrageur.wholesale_price.copy()
    with_student[model.roster.models.index(arbitrageur.name)] = 1.0
    saving = 0.0
    shape = len(model.offers), model.points
    for segment in model.segments:
        queries = segment.served_by_point.reshape(shape)[arbitrageur.first]
        now = arbitrageur.schedule(segment.mix)
        then = arbitrageur.schedule(segment.mix, with_student)
        if now is None or then is None:
            return 0.0
        sold = (queries > 0) & np.isfinite(now.spend)  # what is out of reach now is sold no more
        cost = price_at(then.quality, then.spend, now.quality[sold])
        saving += float(queries[sold] @ np.maximum(now.spend[sold] - cost, 0.0))
    return saving
