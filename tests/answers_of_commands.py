"""Small answers of the commands that ask a question of their own, as JSON has them."""

from typing import Any

NAMES = ["<b>A</b>", "B"]


def about(value: float, half: float = 1.0) -> dict[str, float]:
    return {"value": value, "low": value - half, "high": value + half}


def _fit() -> dict[str, Any]:
    parameter = {
        "path": "arbitrageurs.<i>.awareness",
        "before": 0.8,
        "value": 0.7,
        "standard_error": 0.02,
        "pinned": True,
        "low": 0.6,
        "high": 0.9,
        "open_low": False,
        "open_high": True,
        "at_bound": False,
        "bounds": [0.0, 1.0],
        "by_ratio": False,
        "profile": [{"value": 0.5, "loss": 8.0}, {"value": 0.7, "loss": 1.0}],
    }
    target = {
        "name": "hhi",
        "asked": -0.3,
        "error": 0.03,
        "error_assumed": True,
        "before": 0.2,
        "fitted": 0.31,
        "distance": 0.3,
    }
    return {
        "parameters": [parameter, parameter | {"path": "b"}],
        "targets": [target],
        "directions": [],
        "points": 20,
        "replicates": 2,
        "failed": [],
        "loss": 1.0,
        "allowed": 3.84,
        "p_value": None,
    }


def _release() -> dict[str, Any]:
    row = {
        "revenue": about(100.0),
        "revenue_change": None,
        "ticks_to_half": about(0.0, 0.0),
        "revenue_by_tick": [about(90.0), about(100.0)],
        "taken_from": {name: about(-20.0) for name in NAMES},
        "gains": dict.fromkeys(
            ("releaser", "other_providers", "buyers", "arbitrageurs", "treasury", "welfare"),
            about(9.0),
        ),
        "marginal_revenue_capability": {"m": about(3.0)},
    }
    rows = [row | {"arbitrageurs": 0}, row | {"arbitrageurs": 1, "revenue_change": about(-9.0)}]
    return {
        "release": "New",
        "owner": "New",
        "tick": 3,
        "replicates": 4,
        "by_arbitrageurs": rows,
    }


def _regret() -> dict[str, Any]:
    points = [
        {"queries": n, "regret": n / 50, "low": None, "high": None, "per_query": 1 / n}
        for n in (100, 1000)
    ]
    slope = {"value": 0.6, "low": None, "high": None}
    rule = {"name": "thompson", "points": points, "slope": slope, "profitable_after": 300}
    worth = {"value": 0.4, "solve_rate": 0.6, "spend": 0.03, "best": 0.2}
    return {**worth, "rules": [rule, rule | {"name": "greedy"}]}


def _equilibrium() -> dict[str, Any]:
    both: list[Any] = [1.2, 0.9]
    square = [[-1.7, 1.6], [1.5, -2.2]]
    off = [[None, 0.5], [0.6, None]]
    panel = {
        "price": both,
        "quantity": both,
        "unit_cost": both,
        "profit": both,
        "lerner": both,
        "elasticity": square,
        "diversion": off,
        "pass_through": square,
        "upp": off,
        "guppi": [[float("nan"), 0.4], [0.3, float("nan")]],
        "compensating": off,
        "quantity_hhi": 0.5,
        "surplus": 200.0,
    }
    panel["upp"] = panel["compensating"] = [[float("nan"), 0.5], [0.6, float("nan")]]
    rest = {"price": both, "equilibrium": True, "largest_gain": 0.0, "gain": [0.0, 0.0]}
    merger = {
        "providers": NAMES,
        "price": [3.0, 2.0],
        "equilibrium": True,
        "largest_gain": 0.0,
        "joint_profit": 5.0,
        "consumer_surplus": -100.0,
        "quantity_hhi": 1.0,
    }
    row = {
        "providers": NAMES,
        "today": [1.0, 1.0],
        "rest": rest | {"grid": None},
        "at": "rest",
        "panel": panel,
        "intervals": {},
        "mergers": [merger],
        "residual_demand": {"multiple": [0.5, 1.0], "quantity": [[9.0, 5.0], [8.0, 2.0]]},
        "arbitrageurs_at_rest": 1.0,
    }
    return {"by_arbitrageurs": [row | {"arbitrageurs": n} for n in (0, 1)]}


def _learning() -> dict[str, Any]:
    row = {
        "sessions": 4,
        "converged": 3,
        "profit_gain": about(0.8, 0.1),
        "change": about(-0.1, 0.2),
        "price": [about(3.0), about(2.0)],
        "competitive_price": [1.2, 0.9],
        "joint_price": [5.0, 3.0],
        "pure_equilibria": 0,
        "periods": 2e6,
        "at_rest": 1.0,
        "deviation_gain": about(-0.02, 0.01),
        "reply_to_deviation": about(-0.3, 0.1),
        "path_after_deviation": [[3.0, 2.0], [2.0, 2.0], [3.0, 2.0]],
        "curve": [{"period": 1.0, "profit_gain": 0.1}, {"period": 100.0, "profit_gain": 0.8}],
    }
    return {"providers": NAMES, "by_arbitrageurs": [row | {"arbitrageurs": n} for n in (0, 1)]}


def _learning_by_value() -> dict[str, Any]:
    found = _learning()
    return {"vary": "seed", "by_value": [found | {"value": value} for value in (1, 2)]}


ANSWERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "fit": ("fit", _fit()),
    "release": ("release", _release()),
    "regret": ("regret", _regret()),
    "equilibrium": ("equilibrium", _equilibrium()),
    "learning": ("learning", _learning()),
    "learning by value": ("learning", _learning_by_value()),
}
"""By name, what was asked and the answer."""
