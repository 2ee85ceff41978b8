"""From ticks to tidy tables: a row per tick and agent, every column with its unit in the docs."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from market.demand import NOBODY
from market.outcome import QueryLog, TickOutcome
from market.population import FloatArray
from market.results import TABLES, RunResult, versions
from market.scenario import Scenario

Block = Mapping[str, Any]  # columns of equal length


class Recorder:
    """Collects ticks, and makes tables of them.

    Parameters
    ----------
    spec
        The scenario that runs.
    """

    def __init__(self, spec: Scenario) -> None:
        self.spec = spec
        self._blocks: dict[str, list[Block]] = {name: [] for name in TABLES}
        self.last: TickOutcome | None = None

    def add(self, tick: TickOutcome) -> None:
        """Take in one tick; it stays in `last` until the next."""
        self.last = tick
        market: dict[str, Any] = {"tick": [tick.tick]}
        market.update((name, [value]) for name, value in tick.measures().items())
        self._blocks["market"].append(market)
        self._blocks["providers"].append(_providers(tick))
        self._blocks["arbitrageurs"].append(_arbitrageurs(tick))
        self._blocks["consumers"].append(_consumers(tick))
        self._blocks["models"].append(_models(tick))
        self._blocks["trades"].append(_trades(tick))
        self._blocks["queries"] += [_queries(tick, log) for log in tick.queries]

    def result(self) -> RunResult:
        """Make the tables."""
        tables = {name: _table(blocks) for name, blocks in self._blocks.items()}
        queries = tables.pop("queries")
        return RunResult(
            **tables,
            queries=queries if self.spec.record_queries else None,
            scenario=self.spec,
            versions=versions(),
        )


def _table(blocks: Sequence[Block]) -> pd.DataFrame:
    if not blocks:
        return pd.DataFrame({"tick": np.empty(0, dtype=np.int64)})
    return pd.DataFrame(
        {column: np.concatenate([block[column] for block in blocks]) for column in blocks[0]}
    )


def _share(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator > 0, numerator / denominator, np.nan)


def _ticks(tick: TickOutcome, rows: int) -> Any:
    return np.full(rows, tick.tick, dtype=np.int64)


def _text(names: Sequence[str | None]) -> Any:
    return np.array(names, dtype=object)


def _providers(tick: TickOutcome) -> Block:
    roster = tick.roster
    count = len(roster.providers)
    direct = tick.revenue_by_seller[:count].sum(axis=0)
    revenue, cost = tick.provider_revenue, tick.provider_cost
    return {
        "tick": _ticks(tick, count),
        "provider": _text(roster.providers),
        "revenue": revenue,
        "direct_revenue": direct,
        "resale_revenue": revenue - direct,
        "cost": cost,
        "profit": revenue - cost,
        "revenue_share": _share(revenue, np.full(count, revenue.sum())),
        "direct_queries": tick.served[:count].sum(axis=1),
        "marginal_revenue_per_query": tick.expected_revenue,
    }


def _arbitrageurs(tick: TickOutcome) -> Block:
    roster = tick.roster
    first, count = len(roster.providers), len(roster.arbitrageurs)
    fees, spend = tick.arbitrage_fees, tick.arbitrage_spend
    return {
        "tick": _ticks(tick, count),
        "arbitrageur": _text(roster.arbitrageurs),
        "group": _text(roster.groups),
        "queries": tick.served[first:].sum(axis=1),
        "solved": tick.solved[first:].sum(axis=1),
        "fees": fees,
        "spend": spend,
        "profit": fees - spend,
        "margin": _share(fees - spend, fees),
        "balance": tick.balances,
    }


def _consumers(tick: TickOutcome) -> Block:
    flows, quality = tick.flows, tick.roster.quality
    sent = np.array([flow.sent for flow in flows], dtype=np.int64)
    served = np.array([flow.served.sum() for flow in flows])
    solved = np.array([flow.solved.sum() for flow in flows])
    paid = np.array([flow.payments for flow in flows])
    bought = np.array([flow.served.sum(axis=0) @ quality for flow in flows])
    return {
        "tick": _ticks(tick, len(flows)),
        "segment": _text(tick.roster.segments),
        "queries_sent": sent,
        "queries_served": served,
        "queries_solved": solved,
        "paid": paid,
        "consumer_surplus": np.array([flow.surplus for flow in flows]),
        "price_per_query": _share(paid, served),
        "price_per_solution": _share(paid, solved),
        "solve_rate": _share(solved, served),
        "mean_tier": _share(bought, served),
    }


def _models(tick: TickOutcome) -> Block:
    roster = tick.roster
    list_spend = tick.list_spend.sum(axis=(0, 1))
    direct = tick.list_spend[: len(roster.providers)].sum(axis=(0, 1))
    revenue = list_spend * tick.price
    return {
        "tick": _ticks(tick, len(roster.models)),
        "model": _text(roster.models),
        "provider": _text([roster.providers[k] for k in roster.owner.tolist()]),
        "price_multiplier": tick.price,
        "attempts": tick.attempts,
        "list_spend": list_spend,
        "revenue": revenue,
        "direct_revenue": direct * tick.price,
        "profit": revenue - list_spend * roster.cost_ratio,
    }


def _trades(tick: TickOutcome) -> Block:
    roster = tick.roster
    sellers, tiers = tick.menus.shape
    posted = np.where(np.isfinite(tick.menus), tick.menus, np.nan)
    block: dict[str, Any] = {
        "tick": _ticks(tick, sellers * tiers),
        "seller": np.repeat(_text(roster.sellers), tiers),
        "quality": np.tile(roster.quality, sellers),
        "posted_price": posted.ravel(),
        "queries": tick.served.ravel(),
        "solved": tick.solved.ravel(),
        "paid": tick.paid.ravel(),
    }
    for k, provider in enumerate(roster.providers):
        block[f"to:{provider}"] = tick.to_provider[..., k].ravel()
    return block


def _queries(tick: TickOutcome, log: QueryLog) -> Block:
    roster = tick.roster
    count = len(log.buyer)
    names = _text([*roster.sellers, None])  # the last serves NOBODY = -1
    assert NOBODY == -1
    return {
        "tick": _ticks(tick, count),
        "segment": np.full(count, log.segment, dtype=object),
        "buyer": log.buyer,
        "problem": log.problem,
        "seller": names[log.seller],
        "quality": np.append(roster.quality, np.nan)[log.tier],
        "solved": log.solved,
        "paid": log.paid,
    }
