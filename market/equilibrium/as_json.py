"""The equilibrium panel as plain values, for JSON, tables, charts and verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from market.equilibrium.mergers import Merger
from market.equilibrium.pressure import Pressure
from market.equilibrium.price_equilibrium import Equilibrium
from market.equilibrium.rest import GridRest
from market.foundation.arrays import FloatArray


def equilibrium_as_json(name: str, found: Sequence[Equilibrium]) -> dict[str, Any]:
    """What `market equilibrium --json` prints; NaN and infinite values are left for the writer.

    Parameters
    ----------
    name
        Of the scenario.
    found
        One for each number of arbitrageurs.
    """
    return {"scenario": name, "by_arbitrageurs": [_row(of) for of in found]}


def _row(found: Equilibrium) -> dict[str, Any]:
    rest, (multiple, quantity) = found.rest, found.curve
    panel = {field.name: _plain(getattr(found.panel, field.name)) for field in fields(Pressure)}
    return {
        "arbitrageurs": found.arbitrageurs,
        "providers": list(found.providers),
        "owners": list(found.owners),
        "today": found.today.tolist(),
        "rest": {
            "price": rest.at.price.tolist(),
            "equilibrium": rest.at.converged,
            "solutions": rest.at.found,
            "residual": rest.at.residual,
            "largest_gain": rest.at.largest_gain,
            "gain": rest.at.gain.tolist(),
            "best_reply": rest.at.best.tolist(),
            "grid": None if rest.grid is None else _grid(rest.grid),
        },
        "at": found.at,
        "panel": panel,
        "resamples": found.resamples,
        "intervals": _ends(found.intervals),
        "mergers": [_merger(of) for of in found.mergers],
        "residual_demand": {"multiple": multiple.tolist(), "quantity": quantity.tolist()},
        "arbitrageurs_at_rest": found.arbitrageurs_at_rest,
    }


def _grid(grid: GridRest) -> dict[str, Any]:
    known = grid.benchmarks
    return {
        "price": grid.price.tolist(),
        "cycle": grid.cycle.tolist(),
        "largest_gain": grid.least_gain,
        "pure_equilibria": None if known is None else len(known.equilibria),
        "mixed": None if known is None else known.mixed,
        "mean_price": None if known is None else known.competitive_price.tolist(),
        "mean_profit": None if known is None else known.competitive.tolist(),
    }


def _merger(of: Merger) -> dict[str, Any]:
    sure = {("consumer_surplus" if k == "surplus" else k): v for k, v in of.intervals.items()}
    return {
        "providers": list(of.providers),
        "price": of.after.price.tolist(),
        "equilibrium": of.after.converged,
        "largest_gain": of.after.largest_gain,
        "joint_profit": of.joint_profit,
        "consumer_surplus": of.surplus,
        "quantity_hhi": of.quantity_hhi,
        **({"intervals": _ends(sure)} if sure else {}),
    }


def _ends(intervals: Mapping[str, FloatArray]) -> dict[str, Any]:
    return {
        name: {"low": _plain(low), "high": _plain(high)} for name, (low, high) in intervals.items()
    }


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else float(value)
