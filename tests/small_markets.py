"""Small markets, generated: what a property of every market is tried on."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

import market
from market.foundation.random_streams import Streams
from market.population.item_response import synthetic

TICKS = 4
SMALL: dict[str, Any] = {
    "ticks": TICKS,
    "quality_tiers.count": 3,
    "population.problems": 12,
    "menu_points": 16,
    "consumers.teams.size": 80,
    "perturb_every": "never",
}
RECORDED = {"small": (-1.0, 0.003), "middle": (-0.4, 0.008), "large": (0.4, 0.02)}
"""Ability and US dollars per attempt of the models of recorded markets."""
TRIED = 8  # attempts recorded at each problem
# the gate, which looks at the same examples every time, looks at few; other profiles at more
FURTHER = 1 if settings().derandomize else 10
few, fewer = (settings(max_examples=FURTHER * count, deadline=None) for count in (5, 3))

providers_pricing = st.sampled_from(
    [
        {"kind": "list"},
        {"kind": "cost_plus", "markup": 0.6},
        {"kind": "derivative_follower", "step": 0.05},
        {"kind": "best_response", "count": 5},
        {"kind": "q_learning", "count": 5, "every": 1, "decay": 1.0},
        {"kind": "ucb", "count": 3, "every": 1},
    ]
)
fixed_prices = st.sampled_from([{"kind": "list"}, {"kind": "cost_plus", "markup": 0.6}])
quick_routings = st.sampled_from(
    [{"kind": "oracle"}, {"kind": "cascade"}, {"kind": "single", "types": 3}]
)
routings = quick_routings | st.just({"kind": "signal", "accuracy": 0.8, "types": 2})
"""Of these one takes its time wherever a price has moved."""
undercuts = st.sampled_from(
    [  # steps so wide that a price war has ended before the last tick
        {"kind": "undercut", "step": 0.5, "min_margin": 0.02},
        {"kind": "undercut", "step": 0.9, "min_margin": 0.1},
    ]
)
resale_pricing = undercuts | st.just({"kind": "best_response", "count": 5, "anchors": 3})
mixes = st.sampled_from([{"kind": "all"}, {"kind": "difficulty", "tilt": 1.0}])
demand = st.sampled_from(
    [
        {
            "kind": "fixed_quality",
            "quality": {"kind": "uniform", "low": 0.3, "high": 0.75},
            "budget": {"kind": "lognormal", "median": 0.05, "sigma": 0.8},
        },
        {"kind": "value", "value": {"kind": "lognormal", "median": 0.2, "sigma": 0.8}},
    ]
)
alike = st.builds(
    lambda q, b: {
        "kind": "fixed_quality",
        "quality": {"kind": "constant", "value": q},
        "budget": {"kind": "constant", "value": b},
    },
    st.sampled_from([0.35, 0.5, 0.65]),
    st.sampled_from([0.03, 0.08]),
) | st.builds(
    lambda v: {"kind": "value", "value": {"kind": "constant", "value": v}},
    st.sampled_from([0.08, 0.2, 0.5]),
)
"""Demand of buyers who are all alike, so that no draw that is keyed by a name tells them apart."""
levers = st.fixed_dictionaries(
    {
        "policy.routing_tax": st.sampled_from([0.0, 0.1]),
        "policy.resale_markup": st.sampled_from([0.0, 0.2]),
        "policy.price_floor": st.sampled_from([0.0, 0.9]),
        "policy.transparency": st.booleans(),
        "policy.gated": st.sampled_from([[], ["South"]]),
    }
)
markets = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 1000),
        "arbitrageurs.routers.count": st.integers(0, 2),
        "arbitrageurs.routers.awareness": st.floats(0, 1),
        "arbitrageurs.routers.segment_menus": st.booleans(),
        "providers.North.pricing": providers_pricing,
        "providers.South.fixed_cost": st.floats(0, 1),
        "providers.West.active_until": st.sampled_from([2, TICKS]),
        "consumers.teams.demand": demand,
        "consumers.teams.switching_cost": st.sampled_from([0.0, 0.3]),
        "consumers.teams.tastes": st.booleans(),
    }
)


def load(*parts: dict[str, Any]) -> market.Scenario:
    """The synthetic market, small, with these values."""
    values = dict(SMALL)
    for part in parts:
        values |= part
    return market.load("synthetic", set=values)


def segments(wants: st.SearchStrategy[Any] = demand, **more: Any) -> st.SearchStrategy[Any]:
    """One to three segments of buyers."""
    each = {
        "size": st.just(40),
        "queries_per_tick": st.sampled_from([1.0, 0.5]),
        "price_sensitivity": st.sampled_from([5.0, 10.0]),
        "switching_cost": st.sampled_from([0.0, 0.3]),
        "demand": wants,
        "problems": mixes,
        "tastes": st.booleans(),
        "taste_correlation": st.sampled_from([0.0, 0.5, 0.9, 1.0]),
    }
    return named("segment", st.fixed_dictionaries(each | more), 1, 3)


def resellers(least: int = 0, most: int = 2, **more: Any) -> st.SearchStrategy[Any]:
    """Groups of arbitrageurs, known to all."""
    each = {
        "count": st.integers(1, 2),
        "awareness": st.just(1.0),
        "routing": routings,
        "pricing": undercuts,
        "segment_menus": st.booleans(),
    }
    return named("group", st.fixed_dictionaries(each | more), least, most)


def named(kind: str, part: st.SearchStrategy[Any], least: int, most: int) -> st.SearchStrategy[Any]:
    """Several parts of a scenario, numbered."""
    several = st.lists(part, min_size=least, max_size=most)
    return several.map(lambda of: [p | {"name": f"{kind} {i}"} for i, p in enumerate(of)])


def makers(prices: st.SearchStrategy[Any] = fixed_prices, **more: Any) -> st.SearchStrategy[Any]:
    """By recorded model, how its provider sells it."""
    each = {"cost_ratio": st.just(0.5), "pricing": prices}
    return st.fixed_dictionaries(dict.fromkeys(RECORDED, st.fixed_dictionaries(each | more)))


def written(folder: Path, models: Mapping[str, str]) -> Path:
    """Attempt records of models by name, each of them one of `RECORDED`, or `useless` or `dear`.

    One solves nothing, the other is `large` at a million times its price.
    """
    names = tuple(RECORDED)
    rng = {name: Streams(1).generator("test", name) for name in (*names, "problems")}
    drawn = synthetic(
        {name: ability for name, (ability, _) in RECORDED.items()},
        {name: cost for name, (_, cost) in RECORDED.items()},
        problems=20,
        heterogeneity=1.0,
        unsolvable=0.15,
        rng=rng,
    )
    solved = np.random.default_rng(1).binomial(TRIED, drawn.solve_prob)
    for name, kind in models.items():
        m = names.index(kind if kind in names else "large")
        factor, works = 1e6 if kind == "dear" else 1.0, kind != "useless"
        lines = []
        for i, (cost, right) in enumerate(zip(drawn.list_cost[:, m], solved[:, m], strict=True)):
            attempts = [int(k < works * right) for k in range(TRIED)]
            lines.append({"id": f"{i:02}", "mean_cost": factor * cost, "attempts": attempts})
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def recorded(
    folder: Path, sold: Mapping[str, dict[str, Any]], *parts: dict[str, Any]
) -> market.Scenario:
    """A market of recorded models, each of a provider of its own."""
    values: dict[str, Any] = {
        "ticks": TICKS,
        "menu_points": 16,
        "quality_tiers.count": 3,
        "perturb_every": "never",
        "population": {"source": "records", "folder": str(folder)},
        "providers": [
            {"name": f"maker of {name}", "models": [name], **how} for name, how in sold.items()
        ],
    }
    for part in parts:
        values |= part
    return market.load("synthetic", set=values)
