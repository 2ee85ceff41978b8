"""The market as a Mesa user meets it: agents are registered, leave, return, and are let go."""

import gc
import weakref

import pytest

import market
from market.simulation.agents import Arbitrageur, ConsumerSegment, Provider, Seller
from market.simulation.mesa_versions import advance
from market.simulation.model import MarketModel

SMALL = {"consumers.teams.size": 200, "perturb_every": "never", "ticks": 8}
FIT = {"kind": "fit", "budget": 5.0}


def changing(**values: int) -> list[dict]:
    """Interventions that set the number of routers at ticks."""
    return [
        {"name": name, "at": int(name[1:]), "set": {"arbitrageurs.routers.count": count}}
        for name, count in values.items()
    ]


def test_agents_are_found_by_type():
    model = MarketModel(market.load("swebench", set=SMALL))
    model.step()
    assert len(model.agents_by_type[ConsumerSegment]) == 1
    assert set(model.agents_by_type[Provider]) == set(model.providers)
    assert set(model.agents.select(agent_type=Seller)) == {*model.providers, *model.arbitrageurs}


def test_a_seller_that_is_not_due_is_not_registered():
    spec = market.load("swebench", set={**SMALL, "providers.OpenAI.active_from": 2})
    model = MarketModel(spec)
    names = []
    for _ in range(3):
        model.step()
        names.append("OpenAI" in {provider.name for provider in model.agents_by_type[Provider]})
    assert names == [False, False, True]


def test_a_seller_that_returns_is_the_same_object_with_what_it_knows():
    settings = {"arbitrageurs.routers.knowledge": FIT, "interventions": changing(t2=0, t4=2)}
    model = MarketModel(market.load("swebench", set={**SMALL, **settings}))
    advance(model, 2)
    before = list(model.arbitrageurs)
    samples = [arbitrageur.sample for arbitrageur in before]
    advance(model, 1)
    assert len(model.agents.select(agent_type=Arbitrageur)) == 0
    advance(model, 3)
    after = list(model.arbitrageurs)
    assert [a is b for a, b in zip(after, before, strict=True)] == [True, True]
    assert [a.sample is s for a, s in zip(after, samples, strict=True)] == [True, True]
    assert all(sample is not None for sample in samples)


def test_a_provider_that_comes_late_keeps_its_place_on_the_seller_axis():
    spec = market.load("swebench", set={**SMALL, "providers.OpenAI.active_from": 2})
    model = MarketModel(spec)
    advance(model, 4)
    places = [seller.index for seller in model.sellers]
    assert places == sorted(places)
    assert [model.roster.sellers[seller.index] for seller in model.sellers] == [
        seller.name for seller in model.sellers
    ]


@pytest.mark.parametrize("count", [0, 3])
def test_advancing_makes_as_many_ticks_as_asked(count):
    model = MarketModel(market.load("swebench", set=SMALL))
    advance(model, count)
    assert model.tick == count


def test_a_model_that_nobody_has_is_collected():
    model = MarketModel(market.load("swebench", set=SMALL))
    model.step()
    seen = weakref.ref(model)
    del model
    gc.collect()
    assert seen() is None
