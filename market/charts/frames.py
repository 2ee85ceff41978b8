"""Tidy frames for the charts, from what `market frontier` and `market run` write."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from market.measures.formulas import last_quarter_ticks

MARKET_PRICE = "market price"
ARBITRAGE_COST = "arbitrage cost"
ARBITRAGEUR = "arbitrageur"
CHECKING = "checks and wrong answers"


def missing_as_nan(values: Sequence[float | None]) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Floats; NaN where a value is missing or infinite."""
    found = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return np.where(np.isfinite(found), found, np.nan)


def frontier_costs(found: Mapping[str, Any]) -> pd.DataFrame:
    """What a solve rate costs: `quality`, `kind`, `name`, `cost` (US dollars per query).

    `kind` is `model`, `market` or `arbitrage`; a cost is NaN where the solve rate is out of reach.
    Where intervals are known, `low` and `high` are the ends of that of a cost, and `margin_low` and
    `margin_high`, in the rows of arbitrage, of that of the margin.

    Parameters
    ----------
    found
        As `market frontier --json` prints it, or
        :meth:`market.frontier.appraisal.Appraisal.to_json`.
    """
    series = [("model", str(model["name"]), model["cost"]) for model in found["models"]]
    series.append(("market", MARKET_PRICE, found["market_price"]))
    series.append(("arbitrage", ARBITRAGE_COST, found["arbitrage_cost"]))
    quality = missing_as_nan(found["quality"])
    ends = _ends(found.get("uncertainty", {}))
    return pd.concat(
        [
            pd.DataFrame(
                {"quality": quality, "kind": kind, "name": name, "cost": missing_as_nan(cost)}
                | ends.get(kind, {})
            )
            for kind, name, cost in series
        ],
        ignore_index=True,
    )


def _ends(known: Mapping[str, Any]) -> "dict[str, dict[str, np.ndarray[Any, Any]]]":
    """Columns of ends of intervals, by kind of cost."""
    found: dict[str, dict[str, np.ndarray[Any, Any]]] = {}
    named = (("market", "market_price", ""), ("arbitrage", "arbitrage_cost", ""))
    for kind, name, prefix in (*named, ("arbitrage", "margin", "margin_")):
        for end, values in known.get(name, {}).items():
            found.setdefault(kind, {})[prefix + end] = missing_as_nan(values)
    return found


def frontier_shares(found: Mapping[str, Any]) -> pd.DataFrame:
    """Who earns what: `quality`, `arbitrage` (without, with), `name`, `share` of the market price.

    Parameters
    ----------
    found
        As for :func:`frontier_costs`. With a router's signal, the shares are those of the cascade
        without it.
    """
    shares = found.get("without_signal", found)["revenue_shares"]
    quality = missing_as_nan(found["quality"])
    blocks = [
        pd.DataFrame(
            {
                "quality": quality,
                "arbitrage": arbitrage,
                "name": name,
                "share": missing_as_nan(values),
            }
        )
        for arbitrage in ("without", "with")
        for name, values in [
            *shares[arbitrage].items(),
            *([(ARBITRAGEUR, shares["arbitrageur"])] if arbitrage == "with" else []),
            *[
                (CHECKING, shares[key])
                for key in (f"checks_and_wrong_answers_{arbitrage}",)
                if key in shares
            ],
        ]
    ]
    return pd.concat(blocks, ignore_index=True)


def verifier_margins(found: Mapping[str, Any]) -> pd.DataFrame:
    """Margins by how answers are checked: `varied`, `value`, `quality`, `margin`, `low`, `high`.

    `varied` is what `value` is of: `false_accept`, `false_reject`, `price` or `wrong_answer_cost`;
    `low` and `high` are the ends of the margin's 95% interval, NaN where it is not known.

    Parameters
    ----------
    found
        As `market frontier --json` prints it, given several values of one of these; empty of rows
        without them.
    """
    told = found.get("by_verifier", {"varied": "", "quality": [], "rows": []})
    quality = missing_as_nan(told["quality"])
    blocks = [
        pd.DataFrame(
            {
                "varied": told["varied"],
                "value": float(row["value"]),
                "quality": quality,
                **{name: missing_as_nan(row[name]) for name in ("margin", "low", "high")},
            }
        )
        for row in told["rows"]
    ]
    columns = ["varied", "value", "quality", "margin", "low", "high"]
    return pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=columns)


def by_problems(trades: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """A run's trades by query mix, the mix with most queries first.

    A tier is a solve rate on the buyer's own problems, so prices under two query mixes are of two
    goods. Query mixes without queries are left out; a table without the column is one mix.
    """
    if "problems" not in trades or trades["problems"].nunique() < 2:
        return {"": trades}
    queries = trades.groupby("problems", sort=False)["queries"].sum()
    queries = queries[queries > 0].sort_values(ascending=False, kind="stable")
    found = {str(mix): trades[trades["problems"] == mix] for mix in queries.index}
    return found or {"": trades[trades["problems"] == trades["problems"].iloc[0]]}


def menu_costs(trades: pd.DataFrame, arbitrageurs: Sequence[str]) -> pd.DataFrame:
    """What a solve rate was offered at, and cost, in a run: columns as of :func:`frontier_costs`.

    Means over the ticks of `trades`. The market price is the cheapest provider's; the cost of
    arbitrage is what arbitrageurs spent on a query that they served.

    Parameters
    ----------
    trades
        A run's table, or some ticks of it; of several query mixes (:func:`by_problems`), the one
        with most queries is shown.
    arbitrageurs
        Names of the sellers that own no model.
    """
    trades = next(iter(by_problems(trades).values()))
    resold = trades["seller"].isin(list(arbitrageurs))
    menus = trades[~resold].groupby(["seller", "quality"], sort=False)["posted_price"].mean()
    blocks = [menus.reset_index().rename(columns={"seller": "name", "posted_price": "cost"})]
    blocks[0]["kind"] = "provider"
    cheapest = menus.groupby("quality").min().rename("cost").reset_index()
    blocks.append(cheapest.assign(kind="market", name=MARKET_PRICE))
    if resold.any():
        spent = trades[resold].assign(spend=trades[provider_columns(trades)].sum(axis=1))
        by_tier = spent.groupby("quality")[["spend", "queries"]].sum()
        cost = (by_tier["spend"] / by_tier["queries"].where(by_tier["queries"] > 0)).rename("cost")
        blocks.append(cost.reset_index().assign(kind="arbitrage", name=ARBITRAGE_COST))
    return pd.concat(blocks, ignore_index=True)[["quality", "kind", "name", "cost"]]


def provider_columns(trades: pd.DataFrame) -> list[str]:
    """Columns of a run's trades that say what went to each provider, US dollars."""
    return [str(column) for column in trades.columns if str(column).startswith("to:")]


def tier_revenue(trades: pd.DataFrame) -> pd.DataFrame:
    """Provider revenue by tier, US dollars: index `quality`, a column per provider."""
    columns = provider_columns(trades)
    return trades.groupby("quality")[columns].sum().rename(columns=lambda c: c.removeprefix("to:"))


def last_quarter(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the last quarter of the ticks, over which summaries are means."""
    if not len(table):
        return table
    first, last = int(table["tick"].min()), int(table["tick"].max())
    return table[table["tick"] >= first + last_quarter_ticks(last - first + 1).start]


def thinned(table: pd.DataFrame, by: Sequence[str] = (), most: int = 400) -> pd.DataFrame:
    """Means of blocks of ticks, each under its first tick, so that few are left to draw.

    Parameters
    ----------
    table
        With a column `tick`; columns of numbers are averaged.
    by
        Columns that tell rows of one tick apart.
    most
        Blocks.
    """
    ticks = table["tick"].nunique()
    if ticks <= most:
        return table
    length = -(-ticks // most)
    block = table["tick"] // length * length
    kept = [*by, *table.select_dtypes("number").columns.drop("tick")]
    return table[kept].assign(tick=block).groupby(["tick", *by], sort=False).mean().reset_index()
