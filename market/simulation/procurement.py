"""What arbitrageurs buy that no query asks for: fitting samples, and a teacher's tokens."""

import numpy as np

from market.frontier.fitting_sample import buy_attempts, sampled_tables
from market.results.flows import Outlays
from market.simulation.agents import Arbitrageur
from market.simulation.cost_cache import MixCosts
from market.simulation.state import MarketState
from market.strategies.routing import FittedKnowledge

# solve rates that a router works routes out for on its sample: finer than the tiers, since what a
# route solves in truth differs, and the cheapest that is good enough for a tier is sold at it
PROMISES = np.linspace(0.02, 0.995, 79)


def fit(model: MarketState) -> Outlays:
    """Let every arbitrageur that has not done so spend its fitting budget.

    It pays today's prices, before it sells anything; what it learns is its own.
    """
    outlays = Outlays.none(len(model.arbitrageurs), len(model.providers))
    tables = model.costs.tables
    for a, arbitrageur in enumerate(model.arbitrageurs):
        knowledge = arbitrageur.spec.knowledge
        if arbitrageur.fitted or not arbitrageur.active:
            continue
        assert isinstance(knowledge, FittedKnowledge)
        wholesale_price = model.wholesale_price[len(model.providers) + a]
        bought = wholesale_price.copy()
        bought[model.roster.student_of >= 0] = np.inf  # only what providers sell
        if not np.isfinite(bought).any():
            continue  # there is nothing to try yet
        rng = {
            name: model.streams.generator("fitting", f"{arbitrageur.name}/{name}")
            for name in ("problems", *model.roster.models)
        }
        sample = buy_attempts(
            tables.population,
            knowledge.problems.weights(tables.population),
            bought,
            knowledge.budget,
            knowledge.cap,
            rng,
        )
        arbitrageur.fitted = True
        if len(sample.problem):
            seen = sampled_tables(sample, model.roster.models, tables.budget, tables.remainder)
            arbitrageur.sample = MixCosts(seen, PROMISES), sample.problem
        paid = np.where(np.isfinite(bought), bought, 0.0)
        outlays.fitting[a] = model.roster.by_provider(sample.spend * paid)
        outlays.cost[:] += model.roster.by_provider(sample.spend * model.roster.cost_ratio)
    return outlays


def distil(model: MarketState) -> Outlays:
    """Let every arbitrageur that finds it due buy its teacher's tokens and train a student.

    Tokens have the price of attempts: whoever pays a resale markup pays it on them too, and a gated
    teacher sells none.
    """
    outlays = Outlays.none(len(model.arbitrageurs), len(model.providers))
    if model.rules.policy.distillation_ban:
        return outlays
    for a, arbitrageur in enumerate(model.arbitrageurs):
        plan = arbitrageur.spec.distillation
        if plan is None or arbitrageur.student or not arbitrageur.active:
            continue
        teacher = model.roster.models.index(plan.teacher)
        price = model.wholesale_price[len(model.providers) + a, teacher]
        if not np.isfinite(price):
            continue  # its teacher has left the market, or is gated
        tokens, training = plan.outlay(float(price))
        gain = _saving(model, a, arbitrageur) if plan.when == "profitable" else 0.0
        if plan.due(model.tick, gain, tokens + training):
            arbitrageur.student = True
            owner = model.roster.owner[teacher]
            outlays.tokens[a, owner] += tokens
            outlays.training[a] += training
            at_list, _ = plan.outlay(1.0)
            outlays.cost[owner] += at_list * model.roster.cost_ratio[teacher]
    return outlays


def _saving(model: MarketState, number: int, arbitrageur: Arbitrageur) -> float:
    """US dollars per tick that a student would save at the sales of last tick, fees held."""
    seller = len(model.providers) + number
    wholesale_price = model.wholesale_price[seller]
    with_student = wholesale_price.copy()
    with_student[model.roster.student_of == number] = 1.0
    saving = 0.0
    for segment in model.segments:
        buyers = segment.buyers_by_policy(model.menus()[0].size)
        queries = segment.rate * buyers.reshape(-1, len(model.quality))[seller]
        now, then = (
            arbitrageur.routes(model.costs, price, segment.mix)
            for price in (wholesale_price, with_student)
        )
        if now is None or then is None:
            return 0.0
        sold = (queries > 0) & np.isfinite(now.spend)  # what is out of reach now is sold no more
        saving += float(queries[sold] @ (now.spend[sold] - then.spend[sold]))
    return saving
