"""Providers that learn their prices in the run: what a learner is, and what it outlives."""

import numpy as np
import pytest
from logit_markets import apart, logit_market

import market
from market.equilibrium.collusion import strategic_providers
from market.equilibrium.price_equilibrium import posted_at_first
from market.foundation.errors import MarketWarning
from market.scenario.interventions import without_learning
from market.simulation.owners import owners

pytestmark = pytest.mark.filterwarnings("ignore::market.foundation.errors.MarketWarning")
Q = {"kind": "q_learning", "low": 1.3, "high": 2.1, "count": 5, "every": 1, "decay": 0.05}
BANDIT = {"kind": "ucb", "low": 1.3, "high": 2.1, "count": 4, "every": 2}
SMALL = {"consumers.teams.size": 40, "menu_points": 8, "perturb_every": "never", "ticks": 12}


@pytest.fixture
def duopoly(tmp_path):
    """A logit duopoly whose providers follow these rules."""

    def made(*rules, **more):
        set_ = {f"providers.m{i}.pricing": rule for i, rule in enumerate(rules)}
        return logit_market(tmp_path, apart(2), {"kind": "list"}, **{**SMALL, **set_, **more})

    return made


def run(spec):
    """A market after its run, and [T, n] what its providers asked, or would ask."""
    model, asked = market.MarketModel(spec), []
    every = sorted((*model.providers, *model.absent), key=lambda seller: seller.index)
    for _ in range(spec.ticks):
        model.step()
        asked.append([provider.multiplier for provider in every])
    return model, np.array(asked)


def test_a_learner_is_paid_what_it_earned_and_sees_what_its_rival_asked(duopoly):
    spec = duopoly(Q, {"kind": "list", "factor": 1.7}, ticks=30)
    model, asked = market.MarketModel(spec), []
    earned = []
    (provider, _) = model.providers
    for _ in range(spec.ticks):
        before = provider.balance
        model.step()
        asked.append(provider.multiplier)
        earned.append(provider.balance - before)
    learner = provider.learned["m0"][1].learner
    assert {state[1] for state in learner.values} == {("m1", 0), ("m1", 2)}  # list price at first
    first = QLearned(learner.first, asked, earned, provider.learned["m0"][1].prices)
    for state, row in learner.values.items():
        np.testing.assert_allclose(row, first.value[state[0], state[1][1]], rtol=1e-12)


class QLearned:
    """Q-learning of one firm by hand: states are its own last price, and its rival's."""

    def __init__(self, first, asked, earned, prices):
        self.value = np.tile(first, (5, 5, 1))
        at = [int(np.argmin(np.abs(prices - price))) for price in asked]
        state = (0, 0)
        for t in range(len(asked) - 1):
            then = (at[t], 2)
            old, best = self.value[state][at[t]], self.value[then].max()
            self.value[state][at[t]] = 0.85 * old + 0.15 * (earned[t] + 0.95 * best)
            state = then


def test_the_same_seed_learns_the_same_and_another_does_not(duopoly):
    _, one = run(duopoly(Q, Q))
    _, same = run(duopoly(Q, Q))
    _, other = run(duopoly(Q, Q, seed=2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)
    assert not np.array_equal(one[:, 0], one[:, 1])  # each has luck of its own


def test_prices_move_when_they_may_and_are_on_the_grid(duopoly):
    _, asked = run(duopoly(BANDIT, Q))
    np.testing.assert_array_equal(asked[::2, 0], asked[1::2, 0])
    assert len(np.unique(asked[:8, 0])) == 4
    np.testing.assert_allclose(np.unique(asked[:, 0]), np.geomspace(1.3, 2.1, 4))


def test_what_was_learned_outlives_other_changes_and_not_another_rule(duopoly):
    changes = [
        {"name": "tax", "at": 4, "set": {"policy.routing_tax": 0.1}},
        {"name": "slower", "at": 8, "set": {"providers.m0.pricing.rate": 0.3}},
    ]
    model, _ = run(duopoly(Q, Q, interventions=changes))
    own, rival = (p.learned[p.name][1].learner.chosen for p in model.providers)
    assert (own, rival) == (4, 12)


def test_an_owner_of_several_learns_each_of_its_prices_by_its_whole_profit(duopoly):
    model, asked = run(duopoly(Q, {"kind": "list"}, merge=["m0", "m1"]))
    one, other = (p.learned[p.name][1].learner for p in model.providers)
    assert one.chosen == other.chosen == 12
    assert not np.array_equal(asked[:, 0], asked[:, 1])
    assert all(state[1:] == () for state in one.values)  # its own are no rivals
    (owner,) = owners(model)
    assert owner.lead.name == "m0"


def test_models_may_be_priced_apart(tmp_path):
    spec = logit_market(
        tmp_path, {"both": ["m0", "m1"], "one": ["m2"]}, {**BANDIT, "per": "model"}, **SMALL
    )
    model, _ = run(spec)
    both, one = model.providers
    assert list(both.learned) == ["both/m0", "both/m1"]
    assert list(one.learned) == ["one"]


def test_who_enters_later_begins_then(duopoly):
    model, _ = run(duopoly(Q, Q, **{"providers.m1.active_from": 7}))
    assert [p.learned[p.name][1].learner.chosen for p in model.providers] == [12, 5]


def test_a_run_says_what_was_not_learned(duopoly):
    with pytest.warns(MarketWarning, match="providers.m0.pricing: m0: after 3 price changes 86%"):
        result = market.run(duopoly({**Q, "every": 4}, {"kind": "list"}))
    assert "give more ticks" in result.warnings[0]


def test_where_nothing_has_been_learned_yet_a_market_at_rest_has_list_prices(duopoly):
    spec = duopoly(Q, {"kind": "list", "factor": 1.7})
    np.testing.assert_array_equal(posted_at_first(without_learning(spec), ["m0", "m1"]), [1, 1.7])
    fixed = duopoly({"kind": "list"}, {"kind": "list"})
    assert without_learning(fixed) is fixed
    assert strategic_providers(spec, None) == ("m0", "m1")
