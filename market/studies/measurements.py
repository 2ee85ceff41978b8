"""What is asked of a market instead of a run, by name: pure functions of a scenario."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from market.equilibrium.collusion import learned_in
from market.equilibrium.q_learning import QLearning
from market.scenario.schema import Scenario

LEARNING_PRICES, LEARNING_SESSIONS = 9, 6
"""Coarser and fewer than `market learn` has, since many markets are asked."""


def learning(scenario: Scenario) -> dict[str, float]:
    """What the two largest providers learn to earn by Q-learning on the expected market.

    `profit_gain` is Δ of :func:`market.equilibrium.collusion.collusion`, the mean over sessions,
    `learned_profit` what both earn together, US dollars per tick, `learned_price` their mean price
    over list; and each with `_without_memory`, of learners who do not know the last prices.
    """
    found: dict[str, float] = {}
    rules = {"": QLearning(), "_without_memory": QLearning(memory=False)}
    each = learned_in(
        scenario, list(rules.values()), prices=LEARNING_PRICES, sessions=LEARNING_SESSIONS
    )
    for suffix, learned in zip(rules, each, strict=True):
        found[f"profit_gain{suffix}"] = float(learned.gain.mean())
        found[f"learned_profit{suffix}"] = float(learned.profit.sum(axis=1).mean())
        found[f"learned_price{suffix}"] = float(learned.price.mean())
    return found


Measurement = Callable[[Scenario], Mapping[str, float]]
MEASUREMENTS: Mapping[str, Measurement] = MappingProxyType({"learning": learning})
