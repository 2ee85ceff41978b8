"""What is said of a fit: what is reached, what is told, and what is left open."""

from typing import Any

from market.findings import of_fit


def parameter(path: str, **more: Any) -> dict[str, Any]:
    return {
        "path": path,
        "value": 5.0,
        "low": 4.0,
        "high": 6.0,
        "open_low": False,
        "open_high": False,
        "at_bound": False,
        **more,
    }


def target(name: str = "arbitrage_share", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "asked": 0.3,
        "fitted": 0.3,
        "distance": 0.0,
        "error_assumed": False,
        **more,
    }


A, B, C = (f"consumers.teams.{name}" for name in ("price_sensitivity", "switching_cost", "x"))


def said(
    parameters: list[dict[str, Any]],
    targets: list[dict[str, Any]],
    loose: list[dict[str, float]] | None = None,
    p_value: float | None = None,
) -> str:
    directions = [{"loads": loads, "pinned": False} for loads in loose or []]
    found = {"parameters": parameters, "targets": targets, "directions": directions}
    return of_fit({**found, "p_value": p_value, "loss": 9.0, "degrees": 1}).text


def test_what_is_reached_and_known_is_said_with_intervals():
    text = said([parameter(A)], [target()])
    assert text == (
        "The market gives arbitrage_share as asked. Price sensitivity (teams) is 5 (4 to 6)."
    )


def test_how_far_the_furthest_target_is_stands_beside_what_is_reached():
    text = said([parameter(A)], [target(), target("hhi", distance=-1.2)])
    assert "The market gives arbitrage_share and hhi within 1.2 standard errors." in text


def test_a_target_that_is_missed_is_named_with_what_the_market_gives():
    text = said([parameter(A, at_bound=True)], [target(fitted=0.2, distance=-3.3)])
    assert "Arbitrage_share is 0.2 at the nearest, where 0.3 was asked (3.3 standard error" in text
    assert "Price sensitivity (teams) lies at its bound, and may fit better beyond." in text


def test_what_the_targets_leave_open_is_not_given_an_interval():
    text = said(
        [parameter(A, open_low=True, open_high=True, at_bound=True), parameter(B, open_high=True)],
        [target()],
    )
    assert "leave price sensitivity (teams) anywhere within the bounds" in text
    assert "of switching cost (teams) the targets say only that it is at least 4" in text
    assert "(4 to 6)" not in text
    assert "lies at its bound" not in text


def test_parameters_that_are_not_told_apart_are_named_with_what_trades_them():
    text = said([parameter(A), parameter(B)], [target()], [{A: 0.8, B: -0.6}])
    assert "do not tell price sensitivity (teams) from switching cost (teams): more of one" in text
    assert "more of both leaves" in said([parameter(A)], [target()], [{A: 0.8, B: 0.6}])
    assert "from each other" not in said([parameter(A)], [target()], [{A: 1.0, B: 0.01}])


def test_of_several_open_mixes_it_is_said_how_many_are_told():
    loose = [{A: 0.7, B: 0.7, C: 0.1}, {A: 0.1, B: 0.7, C: 0.7}]
    assert "of 2 mixes of parameters they pin down 0" in said([parameter(A)], [target()], loose)


def test_targets_to_spare_test_the_market():
    assert "agree with each other" in said([parameter(A)], [target(), target()], p_value=0.2)
    assert "No parameters within the bounds" in said([parameter(A)], [target()], p_value=0.01)


def test_an_assumed_error_is_owned_up_to():
    assert "a standard error of a tenth is assumed" in said(
        [parameter(A)], [target(error_assumed=True)]
    )
