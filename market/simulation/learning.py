"""Arbitrageurs that learn while they sell: what they buy to learn, what queries show, regret.

What happens to a query is settled by draws that depend on nothing else, so that what a learner saw
of the queries it sold is worked out after the tick, from the same draws, for its own queries alone.
"""

from typing import TYPE_CHECKING

import numpy as np

from market.foundation.arrays import FloatArray, zero_where_infinite
from market.frontier.fitting_sample import FittingSample, buy_attempts
from market.simulation.agents import Arbitrageur, ConsumerSegment
from market.simulation.learner import Learner
from market.simulation.plain_query_service import attempts_needed
from market.strategies.learning_knowledge import Learns, learns
from market.strategies.routing import Learnable

if TYPE_CHECKING:
    from market.simulation.model import MarketModel


def begin_learning(model: "MarketModel", arbitrageur: Arbitrageur) -> FittingSample | None:
    """Let an arbitrageur that learns buy what its budgets are for, and begin the tick.

    Returns
    -------
    FittingSample or None
        What it bought that no query asked for.
    """
    knowledge, routing = arbitrageur.spec.knowledge, arbitrageur.spec.routing
    if not (learns(knowledge) and isinstance(routing, Learnable)):
        arbitrageur.learner = None
        return None
    learner = arbitrageur.learner
    if learner is None or learner.made_of != Learner.needs(knowledge, routing):
        learner = arbitrageur.learner = Learner(model.costs, knowledge, routing)
    price = arbitrageur.wholesale_price
    budget = knowledge.explore * arbitrageur.spent + (0.0 if learner.fitted else knowledge.budget)
    sample = None
    if budget > 0 and np.isfinite(price).any():
        sample = _sample(model, arbitrageur, learner, budget, knowledge)
        learner.fitted = True
    learner.begin(model.streams.generator("learning", f"{arbitrageur.name}/{model.tick}"))
    return sample


def _sample(
    model: "MarketModel",
    arbitrageur: Arbitrageur,
    learner: Learner,
    budget: float,
    knowledge: Learns,
) -> FittingSample:
    """Buy attempts of every model at random problems, up to the last level of each."""
    tables, price = model.costs.tables, arbitrageur.wholesale_price
    rng = {
        name: model.streams.generator("learning", f"{arbitrageur.name}/{model.tick}/{name}")
        for name in ("problems", "signals", *model.roster.models)
    }
    sample = buy_attempts(
        tables.population,
        knowledge.problems.weights(tables.population),
        price,
        budget,
        learner.tree.budget[:, -1] * zero_where_infinite(price),
        rng,
        tables.remainder,
    )
    learner.observe_sample(sample, rng["signals"].random(len(sample.problem)), price)
    return sample


def learn_from_queries(model: "MarketModel") -> None:
    """Let every arbitrageur that learns take note of what the tick's queries showed it."""
    for arbitrageur in model.arbitrageurs:
        knowledge, learner = arbitrageur.spec.knowledge, arbitrageur.learner
        if learner is None or not learns(knowledge):
            continue
        if knowledge.memory is not None:
            learner.beliefs.forget(1 - 0.5 ** (1 / knowledge.memory))
        arbitrageur.spent = sum(
            _learn_from(model, segment, arbitrageur, learner) for segment in model.segments
        )


def _learn_from(
    model: "MarketModel", segment: ConsumerSegment, arbitrageur: Arbitrageur, learner: Learner
) -> float:
    """Learn from a segment's queries; US dollars that attempts at them cost."""
    bought = segment.bought
    sold = bought.seller == arbitrageur.index
    if not sold.any():
        return 0.0
    table, _ = model.policies(segment.mix)
    first, menu = arbitrageur.first * model.points, arbitrageur.menus[segment.mix][0]
    price, spent = zero_where_infinite(arbitrageur.wholesale_price), 0.0
    for batch in segment.send().batches(with_signals=True):
        own = np.flatnonzero(sold.take(batch.buyer))
        if not len(own):
            continue
        queries = batch.take(own)
        point, share = bought.point.take(queries.buyer), bought.share.take(queries.buyer)
        upper, again = queries.between(share)
        policy = np.where(upper, point, point - 1)
        needed = np.column_stack(
            [
                attempts_needed(effort, patience.take(queries.problem))
                for effort, patience in zip(queries.effort, table.patience, strict=True)
            ]
        )
        high = (again < table.share.take(policy)).astype(np.int64)
        trials = learner.observe(menu.policies, policy - first, high, queries, needed)
        spent += float(trials.list_spend(learner.tree) @ price)
    return spent


def expected_regret(model: "MarketModel") -> FloatArray | None:
    """[A] US dollars that each arbitrageur that learns spends too much this tick, in expectation.

    Against what the same solve rates would cost one who sees as much of a query and knows the
    truth, by cascades of the same tree. NaN for those who do not learn; None where nobody does.
    """
    regret = np.full(len(model.roster.arbitrageurs), np.nan)
    for arbitrageur in model.arbitrageurs:
        if arbitrageur.learner is not None:
            place = arbitrageur.index - len(model.roster.providers)
            regret[place] = _regret(model, arbitrageur, arbitrageur.learner)
    any_learns = any(learns(group.knowledge) for group in model.rules.arbitrageurs)
    return regret if any_learns or np.isfinite(regret).any() else None


def _regret(model: "MarketModel", arbitrageur: Arbitrageur, learner: Learner) -> float:
    shape, price = (len(model.offers), model.points), arbitrageur.wholesale_price
    lost = 0.0
    for segment in model.segments:
        queries = segment.served_by_point.reshape(shape)[arbitrageur.first]
        if not queries.any():
            continue
        costs = model.costs.mixes[segment.mix]
        values = costs.values(arbitrageur.menus[segment.mix][0].policies)
        least = learner.least_cost(segment.mix, price, values.solve_rate)
        above = values.list_spend @ zero_where_infinite(price) - least
        lost += float(queries @ np.where(queries > 0, np.maximum(above, 0.0), 0.0))
    return lost
