"""Very many buyers are worked out in parts: the same market, and little memory."""

import tracemalloc

import numpy as np
import pytest

import market
from market.simulation.model import MarketModel
from market.strategies import demand

HELD = 160  # bytes that a buyer of six models and two arbitrageurs needs, of them 72 of tastes
MORE = 60  # while prices are compared with the base market's
MARKETS = {
    "needs": ("swebench", {}),
    "values, and costs of switching": ("value_demand", {"consumers.teams.switching_cost": 0.1}),
    "own routers": ("build_or_buy", {}),
}


def in_parts(monkeypatch, at_once):
    monkeypatch.setattr(demand, "_TOGETHER", 0)
    monkeypatch.setattr(demand, "_AT_ONCE", at_once)


@pytest.mark.parametrize("kind", MARKETS)
def test_buyers_in_parts_make_the_same_market(kind, monkeypatch):
    name, more = MARKETS[kind]
    size = {f"consumers.{group.name}.size": 500 for group in market.load(name).consumers}
    spec = market.load(name, set={"ticks": 3, "menu_points": 16, **size, **more})
    whole = market.run(spec)
    in_parts(monkeypatch, 77)
    parts = market.run(spec)
    for table, frame in whole.tables.items():
        assert frame.equals(parts.tables[table]), table


def test_a_buyer_takes_few_bytes(monkeypatch):
    in_parts(monkeypatch, 1024)
    market.run(market.load("swebench", set={"ticks": 3, "consumers.teams.size": 100}))
    taken = []
    for size in (30_000, 60_000):  # both fill the room that threads keep for blocks of queries
        tracemalloc.start()
        model = MarketModel(market.load("swebench", set={"consumers.teams.size": size}))
        model.step()
        tracemalloc.reset_peak()
        model.step()
        taken.append(tracemalloc.get_traced_memory())
        tracemalloc.stop()
    held, peak = np.diff(taken, axis=0)[0] / 30_000
    assert held < HELD
    assert peak < HELD + MORE
