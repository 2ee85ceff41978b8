"""The compiled loop does what the plain reference does, whoever serves and however it is split."""

import numpy as np
import pytest

import market
from market.foundation.compiled import can_compile
from market.simulation import query_loop, query_service
from market.simulation.buyer_classes import BuyerClasses
from market.simulation.model import MarketModel
from market.simulation.plain_query_service import serve_plainly
from market.simulation.queries import arrivals, plain_arrivals
from market.simulation.query_arrays import Block

needs_numba = pytest.mark.skipif(not can_compile(), reason="numba is missing or switched off")

FEW = {"ticks": 3, "consumers.teams.size": 700}
KINDS = {
    "plain": ("swebench", {}),
    "many queries each": ("swebench", {"consumers.teams.queries_per_tick": 40.0}),
    "budgets kept": ("swebench", {"population.budget.remainder": "kept"}),
    "query signals": ("routing_knowledge", {}),
    "weak verifiers": ("weak_tests", {"verifier.price": 0.002, "verifier.wrong_answer_cost": 0.05}),
    "no verifier": ("chat", {}),
    "hosts": ("open_weights", {}),
    "own routers": ("build_or_buy", {}),
}


def served(kind: str, ticks: int = 2):
    """What a market's queries are served with: arguments of either way to serve them."""
    name, more = KINDS[kind]
    (segment, *_) = market.load(name).consumers
    few = {f"consumers.{segment.name}.size": 300, "menu_points": 8, "ticks": ticks}
    model = MarketModel(market.load(name, set={**few, **more}))
    for _ in range(ticks):
        model.step()
    for group in model.segments:
        table, _ = model.policies(group.mix)
        classes = BuyerClasses.of(model, group)
        yield group.send(), classes.buying, table, model.wholesale_price, classes.places


def counted(serve, sent, buying, table, price, places):
    total = query_service._nothing(places, price.shape[1])
    logged = query_service._blank(len(sent))
    serve(sent, buying, table, price, total, logged)
    return total, logged


@needs_numba
@pytest.mark.parametrize("kind", KINDS)
def test_compiled_and_plain_service_agree(kind):
    for args in served(kind):
        (one, written), (other, wanted) = (
            counted(serve, *args) for serve in (query_service._serve_compiled, serve_plainly)
        )
        assert wanted.solved.any()
        for name in ("buyer", "problem", "solved", "accepted"):
            np.testing.assert_array_equal(getattr(written, name), getattr(wanted, name))
        np.testing.assert_allclose(written.paid, wanted.paid, rtol=1e-12)
        np.testing.assert_array_equal(one.place[:3], other.place[:3])
        np.testing.assert_array_equal(one.tried, other.tried)
        np.testing.assert_array_equal(one.who[:2], other.who[:2])
        for name in ("place", "spent", "who", "whole"):
            found, sums = getattr(one, name), getattr(other, name)
            np.testing.assert_allclose(found, sums, rtol=1e-12, atol=1e-12 * np.abs(sums).max())


@needs_numba
def test_the_number_of_threads_changes_no_byte(monkeypatch):
    monkeypatch.setattr(query_service, "CHUNK", 1000)
    (args,) = served("many queries each")
    found = []
    for threads in ("1", "2", "5"):
        monkeypatch.setenv("MARKET_THREADS", threads)
        total, logged = counted(query_service._serve_compiled, *args)
        found.append([array.tobytes() for array in (*total, *logged)])
    assert found[0] == found[1] == found[2]


@needs_numba
def test_chunks_may_end_within_a_buyer(monkeypatch):
    (args,) = served("many queries each", ticks=1)
    whole, logged = counted(query_service._serve_compiled, *args)
    monkeypatch.setattr(query_service, "CHUNK", 7)
    parts, same = counted(query_service._serve_compiled, *args)
    for one, other in zip(logged, same, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(parts.whole, whole.whole, rtol=1e-12)


@needs_numba
@pytest.mark.parametrize("rate", [0.0, 0.01, 1.0, 16.0, 100.0])
def test_compiled_and_plain_arrivals_agree(rate):
    key, relative = np.uint64(123), np.random.default_rng(1).lognormal(size=3000)
    for of in (relative, np.ones(3000)):  # like buyers are drawn together
        np.testing.assert_array_equal(arrivals(key, rate, of), plain_arrivals(key, rate, of))


@needs_numba
def test_efforts_are_off_by_less_than_attempts_that_are_worked_out_to_the_last_digit():
    steps = np.concatenate([np.arange(1.0, 40), 2.0**53 - np.arange(40.0), 2.0 ** np.arange(54)])
    random = np.floor(np.random.default_rng(1).random(2000) * 2**53) + 1
    draws = np.concatenate([steps, random, random / 2**30 // 1 + 1]) / 2**53
    block = Block.room(len(draws), 1, 1, shared=False)
    block.uniform[:] = draws
    query_loop._nearly_exponential(len(draws), block)
    np.testing.assert_allclose(block.effort, -np.log(draws), rtol=query_loop._NEAR / 100)


@pytest.mark.parametrize("name", ["swebench", "weak_tests"])
def test_a_run_without_numba_is_the_same_run(name, monkeypatch):
    spec = market.load(name, set={"ticks": 3, "consumers.teams.size": 100, "menu_points": 8})
    one = market.run(spec)
    for module in ("query_service", "queries"):
        monkeypatch.setattr(f"market.simulation.{module}.can_compile", lambda: False)
    other = market.run(spec)
    for table, frame in one.tables.items():
        numbers = frame.select_dtypes("number")
        np.testing.assert_allclose(
            numbers, other.tables[table].select_dtypes("number"), rtol=1e-9, atol=1e-12
        )
