import numpy as np
import pandas as pd
import pytest

import market
from market.foundation.errors import ScenarioError
from market.scenario.interventions import largest, overriding, phases, without_arbitrageurs

SMALL = {"ticks": 10, "consumers.teams.size": 1000, "perturb_every": "never"}


def load(*changes: tuple[int, dict[str, object]], **more: object) -> market.Scenario:
    listed = [{"name": f"c{i}", "at": at, "set": values} for i, (at, values) in enumerate(changes)]
    return market.load("swebench", set={**SMALL, "interventions": listed, **more})


def test_phases_follow_each_other_and_keep_what_was_set():
    found = phases(load((3, {"policy.routing_tax": 0.1}), (6, {"policy.transparency": True})))
    assert [phase.start for phase in found] == [0, 3, 6]
    assert found[2].scenario.policy.routing_tax == 0.1
    assert found[2].scenario.policy.transparency
    assert not found[1].scenario.policy.transparency


def test_changes_of_one_tick_apply_in_their_order():
    found = phases(load((3, {"policy.routing_tax": 0.1}), (3, {"policy.routing_tax": 0.2})))
    assert [phase.start for phase in found] == [0, 3]
    assert found[1].scenario.policy.routing_tax == 0.2
    assert found[1].labels == ("c0", "c1")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"policy.routing_taxx": 0.1}, "did you mean 'routing_tax'"),
        ({"polcy.routing_tax": 0.1}, "has no 'polcy'"),
        ({"policy.routing_tax": 1.5}, "must be at most 1"),
        ({"policy.gated": ["OpenAl"]}, "did you mean 'OpenAI'"),
        ({"providers.OpenAl.cost_ratio": 0.1}, "did you mean 'OpenAI'"),
        ({"ticks": 5}, "cannot change during a run"),
        ({"seed": 5}, "cannot change during a run"),
        ({"consumers.teams.size": 5}, "cannot change during a run"),
        ({"quality_tiers.count": 5}, "cannot change during a run"),
        ({"providers.OpenAI.active_from": 5}, "in the provider's own table"),
        ({"arbitrageurs": []}, "cannot be added, renamed or left out"),
        ({"policy": "no"}, "must be a table"),
        ({"policy..gated": []}, "quote names that contain a dot"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_done_is_refused_when_the_scenario_loads(values, says):
    with pytest.raises(ScenarioError, match=r"interventions\.c0\.set") as caught:
        load((3, values))
    assert says in str(caught.value)


def test_a_change_after_the_end_is_refused():
    with pytest.raises(ScenarioError, match="not before the end of the run"):
        load((10, {"policy.routing_tax": 0.1}))


def test_arbitrageurs_may_enter_and_leave():
    result = market.run(
        load(
            (3, {"arbitrageurs.routers.count": 3}),
            (7, {"arbitrageurs.routers.count": 0}),
            **{"arbitrageurs.routers.count": 1},
        )
    )
    active = result.arbitrageurs.groupby("tick")["active"].sum()
    assert active.tolist() == [1] * 3 + [3] * 4 + [0] * 3
    assert result.exits == {"routers-1": 7, "routers-2": 7, "routers-3": 7}
    sold = result.arbitrageurs.groupby("tick")["queries"].sum()
    assert (sold[:7] > 0).all()
    assert (sold[7:] == 0).all()


def test_prices_costs_rates_and_awareness_may_change():
    result = market.run(
        load(
            (
                5,
                {
                    "providers.OpenAI.pricing": {"kind": "cost_plus", "markup": 0.2},
                    "providers.OpenAI.cost_ratio": 0.25,
                    "consumers.teams.queries_per_tick": 2.0,
                    "arbitrageurs.routers.awareness": 0.0,
                },
            )
        )
    )
    price = result.models[result.models["model"] == "gpt5mini"].set_index("tick")
    np.testing.assert_allclose(price["price_multiplier"], [1.0] * 5 + [0.3] * 5)
    np.testing.assert_allclose(
        price["profit"][5:], price["revenue"][5:] - 0.25 * price["list_spend"][5:]
    )
    sent = result.market["queries_sent"]
    assert sent[5:].mean() == pytest.approx(2 * sent[:5].mean(), rel=0.1)
    assert (result.market["arbitrage_share"][5:] == 0).all()


def test_demand_may_shift_and_its_buyers_stay_who_they_are():
    shift = {"consumers.teams.demand.budget": {"kind": "lognormal", "median": 0.02, "sigma": 0.8}}
    result = market.run(load((5, shift)))
    served = result.market["served_share"]
    assert served[5:].max() < served[:5].min()
    same = {"consumers.teams.demand.budget": {"kind": "lognormal", "median": 0.2, "sigma": 0.8}}
    pd.testing.assert_frame_equal(market.run(load((5, same))).trades, market.run(load()).trades)


def test_the_largest_market_has_room_for_every_phase():
    spec = load((3, {"arbitrageurs.routers.count": 4}))
    assert largest(phases(spec)).arbitrageurs[0].count == 4


def test_a_market_without_arbitrageurs_stays_without():
    spec = load((3, {"arbitrageurs.routers.count": 4, "policy.routing_tax": 0.1}))
    alone = without_arbitrageurs(spec)
    assert largest(phases(alone)).arbitrageurs[0].count == 0
    assert alone.interventions[0].set == {"policy.routing_tax": 0.1}
    assert without_arbitrageurs(load((3, {"arbitrageurs.routers.count": 4}))).interventions == ()


@pytest.mark.parametrize("count", [5, 9])
def test_arbitrageurs_to_come_leave_the_ticks_before_them_the_same_to_the_bit(count):
    more = {"quality_tiers.count": 5, "consumers.teams.size": 500, "ticks": 6}
    plain = market.run(load(**more))
    joined = market.run(load((4, {"arbitrageurs.routers.count": count}), **more))
    for name in ("market", "providers", "consumers", "models"):
        before, then = (result.tables[name].query("tick < 4") for result in (plain, joined))
        assert before.equals(then)


def test_what_changes_at_tick_0_is_as_if_it_were_in_the_scenario():
    values = {
        "consumers.teams.demand.quality": {"kind": "uniform", "low": 0.6, "high": 0.75},
        "providers.OpenAI.pricing": {"kind": "best_response"},
    }
    small = {"ticks": 2, "quality_tiers.count": 4, "consumers.teams.size": 500}
    changed, written = market.run(load((0, values), **small)), market.run(load(**small, **values))
    for name, table in written.tables.items():
        assert table.equals(changed.tables[name])


def test_what_is_varied_and_set_by_an_intervention_too_is_noted():
    spec = load((3, {"policy.routing_tax": 0.1, "arbitrageurs.routers.count": 4}))
    (note,) = overriding(spec, ["policy.routing_tax", "consumers.teams.size"])
    assert "policy.routing_tax is varied" in note
    assert "from tick 3" in note
    assert len(overriding(spec, ["policy", "arbitrageurs.routers.count"])) == 2
    assert overriding(spec, ["policy.transparency", "arbitrageurs.routers.awareness"]) == []
