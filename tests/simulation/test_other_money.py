"""What a dollar is worth changes nothing: whole runs with all money times a constant."""

import warnings
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from other_money import in_other_money

import market

POWERS = (2.0**20, 2.0**-30)
OTHERS = (1e6, 1e-9)
RUNS: dict[str, dict[str, object]] = {
    "duopoly": {},
    "swebench": {"ticks": 3, "quality_tiers.count": 4},
    "value_demand": {"ticks": 3, "quality_tiers.count": 4},
    "synthetic": {"ticks": 3, "population.problems": 30, "quality_tiers.count": 4},
    "price_response": {"ticks": 2, "quality_tiers.count": 4},
    "routing_knowledge": {"ticks": 3, "quality_tiers.count": 4},
    "adverse_selection": {
        "ticks": 2,
        "quality_tiers.count": 2,
        "menu_points": 6,
        "consumers.hard problems.size": 100,
    },
    "distillation": {"ticks": 8},
}
ROUNDING = "imbalance"  # of what adds up to nothing


def run(spec: market.Scenario) -> market.RunResult:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", market.MarketWarning)
        return market.run(spec)


def run_in(spec: market.Scenario, factor: float) -> market.RunResult:
    with TemporaryDirectory() as folder:
        return run(in_other_money(spec, factor, Path(folder)))


@cache
def shipped(name: str) -> tuple[market.Scenario, market.RunResult]:
    spec = market.load(name, set={"consumers.teams.size": 300, "menu_points": 12, **RUNS[name]})
    return spec, run(spec)


Column = tuple[str, pd.Series, pd.Series]


def columns(one: market.RunResult, other: market.RunResult) -> list[Column]:
    """Each column of each table of the one run, and of the other."""
    assert list(one.tables) == list(other.tables)
    return [
        (f"{table}.{name}", frame[name], other.tables[table][name])
        for table, frame in one.tables.items()
        for name in frame.columns
    ]


def unlike(one: market.RunResult, other: market.RunResult, factor: float) -> list[str]:
    """Columns that are neither the same nor the same times the factor, to the last digit."""
    return [
        name
        for name, x, y in columns(one, other)
        if not x.equals(y) and not (x.dtype == y.dtype == np.float64 and (x * factor).equals(y))
    ]


def far(one: market.RunResult, other: market.RunResult, factor: float) -> list[str]:
    """The same, to 1e-9 of each value, or 1e-12 of the largest of the column."""

    def near(x: pd.Series, y: pd.Series) -> bool:
        return np.allclose(x, y, rtol=1e-9, atol=1e-12 * x.abs().max(), equal_nan=True)

    return [
        name
        for name, x, y in columns(one, other)
        if not x.equals(y)
        and not (x.dtype == y.dtype == np.float64 and (near(x, y) or near(x * factor, y)))
        and not (name.endswith(ROUNDING) and max(x.max(), y.max()) < 1e-9)
    ]


# whole runs take one factor each, in turn; small markets take either


@pytest.mark.parametrize(("name", "factor"), list(zip(RUNS, 4 * POWERS, strict=True)))
def test_a_power_of_two_changes_no_digit_of_a_run(name, factor):
    spec, result = shipped(name)
    assert unlike(result, run_in(spec, factor), factor) == []


@pytest.mark.parametrize(("name", "factor"), list(zip(RUNS, 4 * OTHERS, strict=True)))
def test_any_other_factor_changes_rounding_alone(name, factor):
    spec, result = shipped(name)
    assert far(result, run_in(spec, factor), factor) == []


def test_another_run_is_told_from_the_same_one():
    spec, result = shipped("duopoly")
    other = run(spec.model_copy(update={"seed": 2}))
    assert unlike(result, other, 1.0)
    assert far(result, other, 1.0)


@settings(max_examples=3)
@given(
    st.integers(1, 1000),
    st.sampled_from(["list", "derivative_follower", "best_response", "q_learning", "ucb"]),
    st.sampled_from(["undercut", "best_response"]),
    st.sampled_from(
        [{"kind": "cascade"}, {"kind": "signal", "accuracy": 0.6, "types": 3}, {"kind": "single"}]
    ),
    st.booleans(),
    st.floats(0.0, 2.0),
    st.sampled_from(POWERS),
)
def test_a_power_of_two_changes_no_digit_of_a_small_market(
    seed, pricing, fees, routing, tastes, heterogeneity, factor
):
    spec = market.load(
        "synthetic",
        set={
            "ticks": 2,
            "population.problems": 15,
            "menu_points": 12,
            "population.heterogeneity": heterogeneity,
            "quality_tiers.count": 3,
            "consumers.teams.size": 100,
            "consumers.teams.tastes": tastes,
            "arbitrageurs.routers.count": 1,
            "arbitrageurs.routers.routing": routing,
            "arbitrageurs.routers.pricing": {"kind": fees},
            "providers.West.pricing": {"kind": pricing},
        },
        seed=seed,
    )
    assert unlike(run(spec), run_in(spec, factor), factor) == []
