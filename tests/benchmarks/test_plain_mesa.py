"""The plain Mesa model is the market that it is timed against: to the digit where no chance is."""

from typing import Any

import numpy as np
import pytest

import market
from benchmarks import __main__ as benchmarks
from benchmarks.plain_mesa import PlainMarket
from market.simulation.model import MarketModel

SMALL: dict[str, Any] = {"consumers.teams.size": 300, "arbitrageurs.routers.count": 1}


def stepped(ticks: int = 2, **changes: Any) -> MarketModel:
    """A market of ours, after some ticks."""
    changed = {path.replace("__", "."): value for path, value in changes.items()}
    model = MarketModel(market.load("swebench", set={**SMALL, **changed}))
    for _ in range(ticks):
        model.step()
    return model


@pytest.mark.parametrize("thrifty", [False, True])
def test_sellers_post_and_buyers_choose_as_in_ours(thrifty: bool) -> None:
    model = stepped()
    plain = PlainMarket(model, thrifty=thrifty)
    (segment,) = model.segments
    for _ in range(3):  # a price war has not ended
        model.step()
        plain.step()
        posted = np.array([offer.price for offer in plain.offers])
        np.testing.assert_allclose(posted, model.menus().price[0], rtol=1e-12)
        buys = [buyer.offer is not None for buyer in plain.buyers]
        offer = [buyer.offer.place if buyer.offer else -1 for buyer in plain.buyers]
        assert offer == segment.choice.offer.tolist()
        price = [buyer.price for buyer in plain.buyers if buyer.offer]
        np.testing.assert_allclose(price, segment.bought.price[buys], rtol=1e-12)
        gain = [buyer.gain - buyer.price for buyer in plain.buyers if buyer.offer]
        np.testing.assert_allclose(gain, segment.bought.surplus[buys], rtol=1e-9)
        theirs = plain.collector.tables["market"]
        ours = model.recorder.last.measures()
        for name in ("price_index", "price_index_coverage", "price_index_paid"):
            assert theirs[name][-1] == pytest.approx(ours[name], rel=1e-12)


def test_queries_are_solved_and_cost_what_is_expected_of_the_cascades_that_serve_them() -> None:
    model = stepped(consumers__teams__queries_per_tick=30.0)
    plain = PlainMarket(model)
    model.step()
    plain.step()
    (segment,) = model.segments
    _, spend = model.policies(0)
    flat = spend.reshape(-1, spend.shape[-1])
    expected = segment.served_by_point @ flat
    made = np.sum(plain.list_spend, axis=0)
    # queries number Poisson draws, some 8,600 at cascades that cost a few dollars at most
    used = expected > 0.05 * expected.sum()
    np.testing.assert_allclose(made[used], expected[used], rtol=0.12)
    ours, theirs = model.recorder.last.measures(), plain.collector.tables["market"]
    assert theirs["mean_tier"][-1] == pytest.approx(ours["mean_tier"], rel=0.02)
    assert theirs["solve_rate"][-1] == pytest.approx(theirs["mean_tier"][-1], abs=0.03)
    assert theirs["provider_revenue"][-1] == pytest.approx(made.sum(), rel=1e-12)
    assert theirs["imbalance"][-1] < 1e-12


def test_it_keeps_the_measures_of_ours_but_those_of_expected_values() -> None:
    model = stepped(1)
    kept = PlainMarket(model).collector.tables["market"].keys() - {"tick"}
    assert model.recorder.last.measures().keys() - kept == {
        "revenue_per_query",
        "revenue_elasticity",
        "efficiency",
    }


def test_a_market_with_what_it_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="no cost of switching"):
        PlainMarket(stepped(1, consumers__teams__switching_cost=0.1))


def test_benchmarks_print_ratios(capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    def once(works: Any, rounds: int = 1, runs: int = 1) -> Any:
        return np.array([[benchmarks.seconds(work, 1) for work in works]])

    whole = benchmarks.stepped
    monkeypatch.setattr(benchmarks, "in_turn", once)
    monkeypatch.setattr(benchmarks, "stepped", lambda spec, ticks=1: whole(spec, 1))
    benchmarks.against_a_plain_model(100, (1.0,), ticks=3)
    benchmarks.against_bare_draws((1_000,))
    benchmarks.threads(0.1)
    benchmarks.linear_in("buyers", "consumers.teams.size", [10, 20, 30])
    printed = capsys.readouterr().out
    assert "plain Mesa model" in printed
    assert "served_share" in printed  # of those that must be the same
    assert "times the bare drawing" in printed
    assert "one thread takes" in printed
    assert "time per unit by buyers" in printed
