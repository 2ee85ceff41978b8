"""What `market equilibrium` prints for people."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from market.cli.print_verdict import print_verdict
from market.cli.tables import plain_table
from market.cli.terminal import number, out, short
from market.findings import Verdict

MOST = 12  # pairs of providers that are printed; --json has all


def print_equilibrium(found: Mapping[str, Any], said: Verdict) -> None:
    """The verdict, then prices, matrices and mergers by number of arbitrageurs."""
    print_verdict(said)
    rows = found["by_arbitrageurs"]
    if len(rows) > 1:
        _side_by_side(rows)
    for row in rows:
        _providers(row)
    for row in rows:
        _matrix(row, "elasticity", "Elasticity of the quantity by row to the price by column")
        _matrix(row, "diversion", "Diversion: of what the row's loses, what the column's gains")
    for row in rows:
        _pressure(row)
        _mergers(row)


def _with(row: Mapping[str, Any]) -> str:
    count = row["arbitrageurs"]
    return "no arbitrageur" if count == 0 else f"{count} arbitrageur{'s' if count > 1 else ''}"


def _side_by_side(rows: Sequence[Mapping[str, Any]]) -> None:
    table = plain_table(
        "Price over list at rest, and own elasticity there, by number of arbitrageurs",
        ["provider"],
        [
            *(f"price, {_with(row)}" for row in rows),
            *(f"elasticity, {_with(row)}" for row in rows),
        ],
    )
    for i, name in enumerate(rows[0]["providers"]):
        table.add_row(
            name,
            *(number(row["rest"]["price"][i]) for row in rows),
            *(number(row["panel"]["elasticity"][i][i], "{:.2f}") for row in rows),
        )
    out.print(table)


def _providers(row: Mapping[str, Any]) -> None:
    panel, rest = row["panel"], row["rest"]
    where = "at rest" if row["at"] == "rest" else "at today's prices"
    sure = bool(row["intervals"])
    table = plain_table(
        f"Prices over list with {_with(row)}; measures {where}",
        ["provider"],
        [
            "today",
            "at rest",
            *(["95% interval"] if sure and row["at"] == "rest" else []),
            "gain of moving",
            "cost",
            "Lerner index",
            "own elasticity",
            *(["its interval"] if sure else []),
            "pass-through",
            "share sold",
            "profit, $ per tick",
        ],
    )
    total = sum(panel["quantity"])
    for i, name in enumerate(row["providers"]):
        table.add_row(
            name,
            number(row["today"][i]),
            number(rest["price"][i]),
            *([_between(row, "price", i)] if sure and row["at"] == "rest" else []),
            f"{100 * rest['gain'][i]:.2f}%",
            number(panel["unit_cost"][i]),
            number(panel["lerner"][i]),
            number(panel["elasticity"][i][i], "{:.2f}"),
            *([_between(row, "elasticity", i, i)] if sure else []),
            number(panel["pass_through"][i][i], "{:.2f}"),
            f"{100 * panel['quantity'][i] / total:.1f}%" if total else "",
            short(panel["profit"][i]),
        )
    out.print(table)
    of_owners = f"HHI of list dollars sold {panel['quantity_hhi']:.3f}, by owner"
    out.print(f"{of_owners}; buyers' surplus ${short(panel['surplus'])} per tick.")
    out.print()


def _between(row: Mapping[str, Any], name: str, *at: int) -> str:
    ends = row["intervals"][name]
    low, high = (np.asarray(ends[end], dtype=np.float64)[at] for end in ("low", "high"))
    return f"{low:.2f} to {high:.2f}" if np.isfinite(low + high) else ""


def _matrix(row: Mapping[str, Any], name: str, title: str) -> None:
    names = row["providers"]
    table = plain_table(f"{title}, with {_with(row)}", ["provider"], names)
    for i, of in enumerate(names):
        cells = row["panel"][name][i]
        shown = [
            "" if name == "diversion" and i == j else number(cell, "{:.2f}")
            for j, cell in enumerate(cells)
        ]
        table.add_row(of, *shown)
    out.print(table)


def _pressure(row: Mapping[str, Any]) -> None:
    """Pairs of the strongest pressure first."""
    panel, names = row["panel"], row["providers"]
    index = np.array(panel["guppi"], dtype=np.float64)
    pairs = np.argwhere(np.isfinite(index))
    if not len(pairs):
        return
    pairs = pairs[np.argsort(-index[tuple(pairs.T)], kind="stable")]
    table = plain_table(
        f"Upward pricing pressure if two merged, with {_with(row)}",
        ["price of", "if merged with"],
        ["diversion", "UPP", "GUPPI", "compensating cost reduction"],
        keys=2,
    )
    for i, j in pairs[:MOST].tolist():
        table.add_row(
            names[i],
            names[j],
            number(panel["diversion"][i][j]),
            number(panel["upp"][i][j]),
            f"{100 * panel['guppi'][i][j]:.1f}%",
            number(panel["compensating"][i][j]),
        )
    out.print(table)
    if len(pairs) > MOST:
        out.print(f"{MOST} of {len(pairs)} pairs; --json has all.")


def _mergers(row: Mapping[str, Any]) -> None:
    if not row["mergers"]:
        return
    before, names = row["rest"]["price"], row["providers"]
    table = plain_table(
        f"Mergers with {_with(row)}: change of prices at rest, profit and surplus",
        ["merged"],
        [
            "their prices",
            "others' prices",
            "joint profit, $ per tick",
            "buyers' surplus, $ per tick",
            "HHI",
            "left to gain",
        ],
    )
    for merger in row["mergers"]:
        moves = [100 * (now / then - 1) for now, then in zip(merger["price"], before, strict=True)]
        own = [m for m, name in zip(moves, names, strict=True) if name in merger["providers"]]
        rest = [m for m, name in zip(moves, names, strict=True) if name not in merger["providers"]]
        table.add_row(
            " + ".join(merger["providers"]),
            _range(own),
            _range(rest),
            short(merger["joint_profit"]),
            short(merger["consumer_surplus"]),
            number(merger["quantity_hhi"]),
            "" if merger["equilibrium"] else f"{100 * merger['largest_gain']:.2f}%",
        )
    out.print(table)


def _range(moves: Sequence[float]) -> str:
    if not moves:
        return ""
    low, high = f"{min(moves):+.1f}", f"{max(moves):+.1f}"
    return f"{low}%" if low == high else f"{low} to {high}%"
