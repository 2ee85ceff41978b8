"""Arbitrageurs that learn while they sell: what they see is what was served, and paid for."""

import numpy as np
import pytest

import market
from market.foundation.errors import ScenarioError
from market.simulation.learner import Learner
from market.simulation.model import MarketModel
from market.strategies.learning_knowledge import LearningKnowledge
from market.strategies.linear_beliefs import LinearBeliefs
from market.strategies.nearest_beliefs import NearestBeliefs
from market.strategies.routing import SignalRouting

LEARNS = {"kind": "learning"}
SEES = {"kind": "signal", "accuracy": 0.8, "types": 4}


def scenario(ticks: int = 6, **values: object) -> market.Scenario:
    settings = {
        "ticks": ticks,
        "consumers.teams.size": 2000,
        "perturb_every": "never",
        "measure_every": 100,
        "arbitrageurs.router.knowledge": LEARNS,
        "arbitrageurs.router.routing": SEES,
    }
    return market.load("routing_knowledge", set={**settings, **values})


@pytest.fixture(scope="module")
def long() -> market.RunResult:
    return market.run(scenario(40, **{"consumers.teams.queries_per_tick": 4}))


@pytest.mark.parametrize("routing", [SEES, {"kind": "cascade"}, {"kind": "single", "types": 3}])
@pytest.mark.parametrize("remainder", ["spent", "kept"])
def test_it_sees_just_what_was_served_and_paid(routing: object, remainder: str) -> None:
    model = MarketModel(
        scenario(
            **{"arbitrageurs.router.routing": routing, "population.budget.remainder": remainder}
        )
    )
    (arbitrageur,) = model.arbitrageurs
    for _ in range(3):
        model.step()
    table = model.recorder.result().arbitrageurs
    learner = arbitrageur.learner
    assert learner is not None
    beliefs, tree = learner.beliefs, learner.tree
    assert table["queries"].sum() > 100
    assert beliefs.solved.sum() == table["solved"].sum()
    assert arbitrageur.spent == pytest.approx(table["spend"].iloc[-1])
    left = (beliefs.reached - beliefs.saved) * tree.width
    price = np.append(arbitrageur.wholesale_price, 0.0)[tree.model]
    assert (left @ price).sum() == pytest.approx(table["spend"].sum())


@pytest.mark.parametrize("rule", ["greedy", "linucb", "knn"])
def test_every_rule_learns_what_it_sells(rule: str) -> None:
    model = MarketModel(
        scenario(
            30,
            **{
                "seed": 3,
                "consumers.teams.queries_per_tick": 8,
                "arbitrageurs.router.knowledge": {**LEARNS, "rule": rule},
            },
        )
    )
    for _ in range(30):
        model.step()
    table = model.recorder.result().arbitrageurs
    share = (table["regret"] / table["spend"]).to_numpy()
    assert np.isfinite(share).all()
    assert share[20:].mean() < 0.3 * share[:3].mean()
    assert table["profit"][20:].mean() > table["profit"][:3].mean()


def test_linear_bandits_and_nearest_queries_count_each_query_once() -> None:
    sold = {}
    for rule in ("linucb", "knn"):
        model = MarketModel(scenario(**{"arbitrageurs.router.knowledge": {**LEARNS, "rule": rule}}))
        for _ in range(3):
            model.step()
        (arbitrageur,) = model.arbitrageurs
        assert arbitrageur.learner is not None
        sold[rule] = (
            model.recorder.result().arbitrageurs["queries"].sum(),
            arbitrageur.learner,
        )
    number, learner = sold["knn"]
    assert isinstance(learner.beliefs, NearestBeliefs)
    assert learner.beliefs.queries.sum() == number
    number, learner = sold["linucb"]
    assert isinstance(learner.beliefs, LinearBeliefs)
    # all came to the first step of a model, or were not tried on any
    first = np.flatnonzero((learner.tree.depth == 1) & (learner.tree.level == 0))
    counted = learner.beliefs.bandit.counted[first].sum()
    assert 0.9 * number < counted <= number


def test_it_sees_queries_of_every_segment() -> None:
    chosen = market.load(
        "adverse_selection",
        set={
            "ticks": 2,
            "perturb_every": "never",
            **{
                f"arbitrageurs.{group.name}.knowledge": LEARNS
                for group in market.load("adverse_selection").arbitrageurs
            },
        },
    )
    model = MarketModel(chosen)
    for _ in range(2):
        model.step()
    table = model.recorder.result().arbitrageurs
    assert len(model.segments) > 1
    for arbitrageur in model.arbitrageurs:
        own = table[table["arbitrageur"] == arbitrageur.name]
        learner = arbitrageur.learner
        assert learner is not None
        assert learner.beliefs.solved.sum() == own["solved"].sum()


def test_regret_is_only_said_of_those_who_learn() -> None:
    other = {"name": "other", "routing": {"kind": "cascade"}}
    both = scenario().change({"arbitrageurs": [*_groups(scenario()), other]})
    table = market.run(both).arbitrageurs
    learns = table["group"] == "router"
    assert np.isfinite(table["regret"][learns]).all()
    assert table["regret"][~learns].isna().all()
    full = market.run(scenario(2, **{"arbitrageurs.router.knowledge": {"kind": "full"}}))
    assert "regret" not in full.arbitrageurs


def _groups(of: market.Scenario) -> list[dict[str, object]]:
    return [group.model_dump(exclude_none=True) for group in of.arbitrageurs]


def test_regret_falls_as_it_sells(long: market.RunResult) -> None:
    table = long.arbitrageurs
    share = table["regret"] / table["spend"]
    assert share[20:].mean() < 0.5 * share[:4].mean()
    assert (table["regret"] >= 0).all()


def test_the_same_seed_learns_the_same() -> None:
    first, again = (market.run(scenario()).arbitrageurs for _ in range(2))
    assert first.equals(again)


@pytest.mark.parametrize("bought", [{"budget": 20.0}, {"explore": 0.2}])
def test_what_it_buys_to_learn_it_pays_providers_for(bought: dict[str, float]) -> None:
    result = market.run(scenario(**{"arbitrageurs.router.knowledge": {**LEARNS, **bought}}))
    table = result.arbitrageurs
    if "budget" in bought:
        assert table["outlay"][0] == pytest.approx(20.0, rel=0.2)
        assert (table["outlay"][1:] == 0).all()
    else:
        meant, spent = 0.2 * table["spend"][:-1].to_numpy(), table["outlay"][1:].to_numpy()
        assert table["outlay"][0] == 0
        assert (spent >= meant).all()
        assert spent.sum() < meant.sum() + 2.5 * len(spent)  # the last problem is finished
    paid = table["fees"] - table["spend"] - table["outlay"]
    assert table["profit"].to_numpy() == pytest.approx(paid.to_numpy())


def test_a_larger_budget_leaves_less_to_regret() -> None:
    lost = [
        market.run(
            scenario(3, **{"arbitrageurs.router.knowledge": {**LEARNS, "budget": budget}})
        ).arbitrageurs
        for budget in (0.0, 500.0)
    ]
    share = [table["regret"].sum() / table["spend"].sum() for table in lost]
    assert share[1] < 0.5 * share[0]


def test_who_believes_the_truth_regrets_nothing_and_knows_its_costs() -> None:
    model = MarketModel(scenario(**{"arbitrageurs.router.knowledge": {**LEARNS, "rule": "greedy"}}))
    (arbitrageur,) = model.arbitrageurs
    model.step()
    learner = arbitrageur.learner
    assert learner is not None
    truth = learner.truth(0).steps
    learner.beliefs.reached[:] = 1e12
    learner.beliefs.solved[:] = 1e12 * truth.chance
    learner.beliefs.saved[:] = 1e12 * (1 - truth.spend / learner.tree.width)
    model.step()
    table = model.recorder.result().arbitrageurs
    assert table["regret"][1] == pytest.approx(0.0, abs=1e-6 * table["spend"][1])
    schedule = arbitrageur.schedule()
    assert schedule is not None
    values = model.costs.whole.values(schedule.policies)
    assert values.list_spend @ arbitrageur.wholesale_price == pytest.approx(
        schedule.spend, rel=1e-6
    )
    assert values.solve_rate == pytest.approx(schedule.quality, rel=1e-6)


def test_what_is_believed_fades_with_a_short_memory() -> None:
    known = []
    for memory in (None, 0.5):
        knowledge = LEARNS if memory is None else {**LEARNS, "memory": memory}
        model = MarketModel(scenario(**{"arbitrageurs.router.knowledge": knowledge}))
        for _ in range(5):
            model.step()
        (arbitrageur,) = model.arbitrageurs
        assert arbitrageur.learner is not None
        known.append(arbitrageur.learner.beliefs.reached.sum())
    assert known[1] < 0.6 * known[0]


def test_an_entrant_begins_with_nothing() -> None:
    groups = [*_groups(scenario()), {**_groups(scenario())[0], "name": "entrant", "count": 0}]
    enters = [{"name": "entry", "at": 3, "set": {"arbitrageurs.entrant.count": 1}}]
    model = MarketModel(scenario().change({"arbitrageurs": groups, "interventions": enters}))
    for _ in range(5):
        model.step()
    first, second = model.arbitrageurs
    assert first.learner is not None
    assert second.learner is not None
    table = model.recorder.result().arbitrageurs
    own = table[table["arbitrageur"] == "entrant-1"]
    assert own["active"].tolist() == [False, False, False, True, True]
    assert second.learner.beliefs.solved.sum() == own["solved"].sum()
    assert own["regret"].isna().tolist() == [True, True, True, False, False]


def test_a_change_of_what_it_sees_makes_it_begin_anew() -> None:
    changed = {"arbitrageurs.router.routing": {"kind": "signal", "accuracy": 1.0, "types": 4}}
    model = MarketModel(
        scenario().change({"interventions": [{"name": "eyes", "at": 2, "set": changed}]})
    )
    for _ in range(3):
        model.step()
    (arbitrageur,) = model.arbitrageurs
    assert arbitrageur.learner is not None
    table = model.recorder.result().arbitrageurs
    assert arbitrageur.learner.beliefs.solved.sum() == table["solved"].iloc[-1]


def test_it_cannot_know_less_of_a_signal_than_none() -> None:
    model = MarketModel(scenario())
    seeing = SignalRouting(accuracy=0.0, types=3)
    learner = Learner(model.costs, LearningKnowledge(rule="greedy"), seeing)
    learner.begin(np.random.default_rng(0))
    schedule = learner.schedule(np.ones(2))
    assert schedule is not None
    assert (np.diff(schedule.spend) >= 0).all()
    assert (np.diff(schedule.spend, 2) >= -1).all()


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({"arbitrageurs.router.routing": {"kind": "oracle"}}, "routing says no types"),
        ({"arbitrageurs.router.segment_menus": True}, "set knowledge to full"),
        ({"verifier.false_accept": 0.1}, "shows what is accepted"),
        ({"arbitrageurs.router.knowledge.stages": 0}, "stages"),
        (
            {
                "arbitrageurs.router.knowledge": {**LEARNS, "stages": 2, "levels": 50},
                "providers.OpenAI.models": ["gpt5mini", "minicoder4b", "sonnet"],
                "arbitrageurs.router.knowledge.stages": 4,
            },
            "take fewer stages",
        ),
        (
            {
                "providers": [
                    {"name": "One", "models": ["gpt5mini"]},
                    {"name": "Two", "models": ["gpt5mini"], "solve_shift": -0.5},
                ]
            },
            "cannot learn 'gpt5mini' apart",
        ),
        ({"arbitrageurs.router.knowledge.rule": "ucb"}, "'thompson', 'greedy', 'linucb' or 'knn'"),
    ],
)
def test_what_cannot_be_learned_is_refused(bad: dict[str, object], says: str) -> None:
    with pytest.raises(ScenarioError, match=says):
        MarketModel(scenario(**bad))


@pytest.mark.parametrize(
    ("name", "knowledge"),
    [("signals", LEARNS), ("problems", LEARNS), ("problems", {"kind": "fit", "budget": 10.0})],
)
def test_a_model_that_would_share_a_learners_draws_is_refused(
    name: str, knowledge: dict[str, object]
) -> None:
    added = {
        "add": {name: {"like": "gpt5mini", "solve_rate": 0.6, "cost": 0.02, "by": "Other"}},
        "arbitrageurs.router.knowledge": knowledge,
    }
    with pytest.raises(ScenarioError, match=f"a model that is called '{name}' would share"):
        scenario(**added)
    scenario(**{**added, "arbitrageurs.router.knowledge": {"kind": "full"}})
