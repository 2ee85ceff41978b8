"""Menus that list twice as many solve rates, and reports of twice as many bins."""

import pytest

import market

LEVELS = (
    "price_index",
    "price_index_paid",
    "price_per_query",
    "price_per_solution",
    "revenue_per_query",
    "provider_revenue",
    "consumer_surplus",
    "producer_surplus",
    "welfare",
    "efficiency",
)
MOVED = 0.004  # as docs/validation.md has it


@pytest.mark.parametrize("name", ["swebench", "value_demand"])
def test_twice_as_many_menu_points_and_bins_move_levels_by_less_than_half_a_percent(name):
    spec = market.load(name)
    twice = {
        "menu_points": 2 * spec.menu_points,
        "quality_tiers.count": 2 * spec.quality_tiers.count,
    }
    one, other = (market.run(market.load(name, set=more)).summary for more in ({}, twice))
    levels = {measure: one[measure] for measure in LEVELS}
    assert {measure: other[measure] for measure in LEVELS} == pytest.approx(levels, rel=MOVED)
