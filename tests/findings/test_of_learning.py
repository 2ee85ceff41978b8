"""What is said of learned prices: no more than the intervals do."""

import pytest

from market.findings import of_learning

CLEAR = {"value": -0.05, "low": -0.06, "high": -0.04}


def row(count: int, change: tuple[float, float] | None = None, **more: object) -> dict[str, object]:
    low, high = change or (None, None)
    return {
        "arbitrageurs": count,
        "sessions": 50,
        "converged": 50,
        "at_rest": 1.0,
        "drift": None,
        "profit_gain": {"value": 0.8, "low": 0.75, "high": 0.85},
        "change": {"value": None if low is None else (low + high) / 2, "low": low, "high": high},
        "deviation_gain": CLEAR,
        "reply_to_deviation": {"value": -0.3, "low": -0.35, "high": -0.25},
        **more,
    }


def said(*rows: dict[str, object]) -> str:
    return of_learning({"providers": ["A", "B"], "by_arbitrageurs": rows}).text


def test_what_is_learned_and_what_keeps_it_up_are_said_with_intervals():
    text = said(row(0))
    assert (
        "With no arbitrageur, A and B learn prices that earn them 80% (95% interval 75 to 85%)"
        in text
    )
    assert "If A undercuts once, it loses 5.0% (4.0 to 6.0%) of its discounted profit" in text
    assert "B cuts its price by 30.0% (25.0 to 35.0%) in the period after." in text


def test_what_may_be_either_is_not_claimed():
    unclear = {"value": 0.01, "low": -0.01, "high": 0.03}
    text = said(row(0, deviation_gain=unclear, reply_to_deviation=unclear))
    assert "it neither surely gains nor loses (-1.0 to +3.0%)" in text
    assert "B does not surely answer (-1.0 to +3.0%)" in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((-0.2, -0.1), "With 1 arbitrageur they learn less of it (-20 to -10 points)"),
        ((0.1, 0.2), "they learn more of it (+10 to +20 points)"),
        ((-0.1, 0.2), "they learn neither surely more nor surely less (-10 to +20 points)"),
    ],
)
def test_what_arbitrageurs_change_is_what_the_interval_says(change, words):
    assert words in said(row(0), row(1, change))


def test_sessions_that_were_cut_off_and_arbitrageurs_without_rest_are_told():
    text = said(row(0, converged=48), row(1, (0.0, 0.1), at_rest=0.75, drift=0.0123))
    assert "2 sessions were ended before learning had settled" in text
    assert "at up to 25% of the prices arbitrageurs did not come to rest" in text
    assert "means over the rounds that they go through, of which both halves differ by 1.2%" in text
    assert "halves" not in said(row(0, at_rest=0.9))
