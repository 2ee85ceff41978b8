"""The market of Calvano et al. (AER 2020): logit duopolies whose prices have closed forms.

Every attempt at the one problem solves it and costs a dollar at list, which is what it costs its
provider; a query is worth 2. With β = 4 tastes are measured in quarter dollars: a − c = 1, μ = 1/4,
a₀ = 0 and c = 1, and a price multiplier is a price.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import brentq

import market
from market.simulation.agents import ConsumerSegment
from market.simulation.model import MarketModel

SCALE, WORTH, COST = 0.25, 2.0, 1.0
BEST = {"kind": "best_response"}
NASH = {2: 1.472927, 3: 1.370163, 4: 1.331461}
MONOPOLY = {2: 1.924981, 3: 2.000, 4: 2.054411}
SINGLE = 1 + brentq(lambda m: m - SCALE * (1 + np.exp((1 - m) / SCALE)), 0.1, 5)
"""Price of a provider alone: p − c = μ/(1 − s)."""


def sure_records(folder: Path, models: Sequence[str]) -> Path:
    """Attempt records of models that solve the only problem at once, at a dollar."""
    for name in models:
        line = json.dumps({"id": "it", "mean_cost": COST, "attempts": [1]})
        (folder / f"{name}.jsonl").write_text(line + "\n")
    return folder


def as_counted(folder: Path) -> dict[str, str]:
    """A population of records whose attempts say what solve probabilities are."""
    return {"source": "records", "folder": str(folder), "estimator": "geometric"}


def logit_market(
    folder: Path,
    owners: Mapping[str, Sequence[str]],
    pricing: Mapping[str, object] = BEST,
    **more: object,
) -> market.Scenario:
    """Providers and their models, buyers who are alike but for their tastes, no arbitrageurs."""
    models = [name for of in owners.values() for name in of]
    value: dict[str, object] = {
        "ticks": 12,
        "arbitrageurs": [],
        "population": as_counted(sure_records(folder, models)),
        "providers": [
            {"name": owner, "models": list(of), "cost_ratio": 1.0, "pricing": pricing}
            for owner, of in owners.items()
        ],
        "consumers.teams.size": 200,
        "consumers.teams.price_sensitivity": COST / SCALE,
        "consumers.teams.demand": {
            "kind": "fixed_quality",
            "quality": {"kind": "constant", "value": 1.0},
            "budget": {"kind": "constant", "value": WORTH},
        },
    }
    return market.load("synthetic", set={**value, **more})


def apart(sellers: int) -> dict[str, list[str]]:
    """So many providers of one model each."""
    return {f"m{i}": [f"m{i}"] for i in range(sellers)}


def stepped(spec: market.Scenario) -> MarketModel:
    """A market at the end of its run."""
    model = MarketModel(spec)
    for _ in range(spec.ticks):
        model.step()
    return model


def prices(model: MarketModel) -> np.ndarray:
    """[K] what each provider asks, US dollars per query."""
    return np.array([provider.multiplier for provider in model.providers])


def only_segment(model: MarketModel) -> ConsumerSegment:
    """The buyers of a market that has one segment."""
    (segment,) = model.segments
    return segment
