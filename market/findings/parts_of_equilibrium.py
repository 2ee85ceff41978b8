"""Prices at rest, how they press on each other, and mergers, as tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from market.findings.answer_parts import AnswerTable, Parts, Remark
from market.measures.counted import counted
from market.measures.number_text import formatted, short

MOST = 12  # pairs of providers that a table has; --json has all
_THREE, _TWO = "{:.3f}", "{:.2f}"


def parts_of_equilibrium(found: Mapping[str, Any]) -> Parts:
    """Prices, matrices and mergers by number of arbitrageurs.

    Parameters
    ----------
    found
        What `market equilibrium --json` prints.
    """
    rows = found["by_arbitrageurs"]
    parts: list[AnswerTable | Remark] = [_side_by_side(rows)] if len(rows) > 1 else []
    for row in rows:
        parts += _providers(row)
    for row in rows:
        parts += [
            _matrix(row, "elasticity", "Elasticity of the quantity by row to the price by column"),
            _matrix(
                row, "diversion", "Diversion: of what the row's loses, what the column's gains"
            ),
        ]
    for row in rows:
        parts += [*_pressure(row), *_mergers(row)]
    return parts


def _with(row: Mapping[str, Any]) -> str:
    return counted(row["arbitrageurs"], "arbitrageur")


def _side_by_side(rows: Sequence[Mapping[str, Any]]) -> AnswerTable:
    return AnswerTable(
        "Price over list at rest, and own elasticity there, by number of arbitrageurs",
        ("provider",),
        (
            *(f"price, {_with(row)}" for row in rows),
            *(f"elasticity, {_with(row)}" for row in rows),
        ),
        tuple(
            (
                name,
                *(formatted(row["rest"]["price"][i], _THREE) for row in rows),
                *(formatted(row["panel"]["elasticity"][i][i], _TWO) for row in rows),
            )
            for i, name in enumerate(rows[0]["providers"])
        ),
    )


def _providers(row: Mapping[str, Any]) -> Parts:
    panel, rest = row["panel"], row["rest"]
    where = "at rest" if row["at"] == "rest" else "at today's prices"
    sure = bool(row["intervals"])
    sure_of_price = sure and row["at"] == "rest"
    total = sum(panel["quantity"])
    columns = (
        "today",
        "at rest",
        *(["95% interval"] if sure_of_price else []),
        "gain of moving",
        "cost",
        "Lerner index",
        "own elasticity",
        *(["its interval"] if sure else []),
        "pass-through",
        "share sold",
        "profit, $ per tick",
    )
    cells = tuple(
        (
            name,
            formatted(row["today"][i], _THREE),
            formatted(rest["price"][i], _THREE),
            *([_between(row, "price", i)] if sure_of_price else []),
            f"{100 * rest['gain'][i]:.2f}%",
            formatted(panel["unit_cost"][i], _THREE),
            formatted(panel["lerner"][i], _THREE),
            formatted(panel["elasticity"][i][i], _TWO),
            *([_between(row, "elasticity", i, i)] if sure else []),
            formatted(panel["pass_through"][i][i], _TWO),
            f"{100 * panel['quantity'][i] / total:.1f}%" if total else "",
            short(panel["profit"][i]),
        )
        for i, name in enumerate(row["providers"])
    )
    title = f"Prices over list with {_with(row)}; measures {where}"
    of_owners = f"HHI of list dollars sold {panel['quantity_hhi']:.3f}, by owner"
    surplus = f"{of_owners}; buyers' surplus ${short(panel['surplus'])} per tick."
    return [AnswerTable(title, ("provider",), columns, cells), Remark(surplus), Remark()]


def _between(row: Mapping[str, Any], name: str, *at: int) -> str:
    ends = row["intervals"][name]
    low, high = (np.asarray(ends[end], dtype=np.float64)[at] for end in ("low", "high"))
    return f"{low:.2f} to {high:.2f}" if np.isfinite(low + high) else ""


def _matrix(row: Mapping[str, Any], name: str, title: str) -> AnswerTable:
    names = row["providers"]
    cells = tuple(
        (
            of,
            *(
                "" if name == "diversion" and i == j else formatted(cell, _TWO)
                for j, cell in enumerate(row["panel"][name][i])
            ),
        )
        for i, of in enumerate(names)
    )
    return AnswerTable(f"{title}, with {_with(row)}", ("provider",), tuple(names), cells)


def _pressure(row: Mapping[str, Any]) -> Parts:
    """Pairs of the strongest pressure first."""
    panel, names = row["panel"], row["providers"]
    index = np.array(panel["guppi"], dtype=np.float64)
    pairs = np.argwhere(np.isfinite(index))
    if not len(pairs):
        return []
    pairs = pairs[np.argsort(-index[tuple(pairs.T)], kind="stable")]
    cells = tuple(
        (
            names[i],
            names[j],
            formatted(panel["diversion"][i][j], _THREE),
            formatted(panel["upp"][i][j], _THREE),
            f"{100 * panel['guppi'][i][j]:.1f}%",
            formatted(panel["compensating"][i][j], _THREE),
        )
        for i, j in pairs[:MOST].tolist()
    )
    table = AnswerTable(
        f"Upward pricing pressure if two merged, with {_with(row)}",
        ("price of", "if merged with"),
        ("diversion", "UPP", "GUPPI", "compensating cost reduction"),
        cells,
        keys=2,
    )
    more = f"{MOST} of {len(pairs)} pairs; --json has all."
    return [table, Remark(more)] if len(pairs) > MOST else [table]


def _mergers(row: Mapping[str, Any]) -> Parts:
    if not row["mergers"]:
        return []
    sure = "intervals" in row["mergers"][0]
    return [
        AnswerTable(
            f"Mergers with {_with(row)}: change of prices at rest, profit and surplus",
            ("merged",),
            (
                "their prices",
                *(["95% intervals"] if sure else []),
                "others' prices",
                "joint profit, $ per tick",
                *(["its interval"] if sure else []),
                "buyers' surplus, $ per tick",
                *(["interval of it"] if sure else []),
                "HHI",
                "left to gain",
            ),
            tuple(_merger(row, merger) for merger in row["mergers"]),
        )
    ]


def _merger(row: Mapping[str, Any], merger: Mapping[str, Any]) -> tuple[str, ...]:
    before, names = row["rest"]["price"], row["providers"]
    moves = [100 * (now / then - 1) for now, then in zip(merger["price"], before, strict=True)]
    own = [m for m, name in zip(moves, names, strict=True) if name in merger["providers"]]
    ends = merger.get("intervals")
    theirs = [i for i, name in enumerate(names) if name in merger["providers"]]
    rest = [m for m, name in zip(moves, names, strict=True) if name not in merger["providers"]]
    return (
        " + ".join(merger["providers"]),
        _range(own),
        *(["; ".join(_moves(ends["price_change"], i) for i in theirs)] if ends else []),
        _range(rest),
        short(merger["joint_profit"]),
        *([_amounts(ends["joint_profit"])] if ends else []),
        short(merger["consumer_surplus"]),
        *([_amounts(ends["consumer_surplus"])] if ends else []),
        formatted(merger["quantity_hhi"], _THREE),
        "" if merger["equilibrium"] else f"{100 * merger['largest_gain']:.2f}%",
    )


def _moves(ends: Mapping[str, Any], i: int) -> str:
    low, high = (float(np.float64(ends[end][i])) for end in ("low", "high"))
    return f"{100 * low:+.1f} to {100 * high:+.1f}%" if np.isfinite(low + high) else ""


def _amounts(ends: Mapping[str, Any]) -> str:
    low, high = (float(np.float64(ends[end])) for end in ("low", "high"))
    return f"{short(low)} to {short(high)}" if np.isfinite(low + high) else ""


def _range(moves: Sequence[float]) -> str:
    if not moves:
        return ""
    low, high = f"{min(moves):+.1f}", f"{max(moves):+.1f}"
    return f"{low}%" if low == high else f"{low} to {high}%"
