"""What is said of a release: no more than the intervals do."""

from typing import Any

from market.findings import of_release

NOTHING = {"value": 0.0, "low": 0.0, "high": 0.0}


def about(value: float, half: float = 1.0) -> dict[str, float]:
    return {"value": value, "low": value - half, "high": value + half}


def row(count: int, earned: float, change: dict[str, float] | None, **more: Any) -> dict[str, Any]:
    return {
        "arbitrageurs": count,
        "revenue": about(earned, 10),
        "revenue_change": change,
        "ticks_to_half": about(0, 0),
        "taken_from": {"A": about(-50), "B": about(0.5)},
        "gains": {
            "releaser": about(earned / 2),
            "other_providers": about(-20),
            "buyers": about(5),
            "arbitrageurs": NOTHING,
            "treasury": NOTHING,
            "welfare": about(30),
        },
        **more,
    }


def said(*rows: dict[str, Any], **more: Any) -> str:
    return of_release({"owner": "New", "by_arbitrageurs": rows, **more}).text


def test_what_it_earns_is_said_with_its_interval_and_how_soon():
    assert said(row(0, 100, None)).startswith(
        "With no arbitrageur, the release adds $100 per tick ($90 to $110) to New's revenue, half "
        "of it in the first tick."
    )
    late = row(0, 100, None, ticks_to_half=about(3))
    assert "half of it after 3.0 ticks" in said(late)


def test_what_arbitrageurs_take_from_it_is_said_only_where_it_is_sure():
    less, unclear = about(-20, 5), about(-20, 30)
    assert "With 2 arbitrageurs it adds 20% (15 to 25%) less" in said(
        row(0, 100, None), row(2, 80, less)
    )
    assert "it adds neither surely more nor surely less" in said(
        row(0, 100, None), row(2, 80, unclear)
    )


def test_only_who_surely_loses_or_gains_is_named():
    text = said(row(0, 100, None))
    assert "it takes revenue from A (−$50.0 per tick)" in text
    assert "B" not in text
    assert (
        "New gains $50.0 per tick, buyers gain $5.00 per tick, the other providers lose $20.0 per "
        "tick and welfare rises by $30.0 per tick" in text
    )


def test_a_release_that_may_earn_nothing_is_not_praised():
    text = said(row(0, 100, None, revenue=about(2, 5)))
    assert "the release may raise or lower New's revenue (−$3 to $7 per tick)" in text
    assert "lowers New's revenue by $20 per tick" in said(row(0, 0, None, revenue=about(-20, 5)))


def test_models_that_are_assumed_are_said_to_be():
    assert said(row(0, 100, None), assumed=["x is assumed"]).endswith("x is assumed.")
