"""From ticks to tidy tables: a row per tick and agent, every column with its unit in the docs."""

import warnings
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from market.foundation.arrays import FloatArray
from market.foundation.errors import MarketWarning
from market.measures.elasticity import nothing
from market.results.flows import QueryLog
from market.results.free_money import with_free_as_zero
from market.results.roster import Roster
from market.results.run_result import RUN_TABLES, RunResult, versions
from market.results.tick_outcome import TickOutcome
from market.scenario.interventions import mergers
from market.scenario.schema import Scenario
from market.strategies.choice import OUTSIDE_OPTION

Block = Mapping[str, Any]  # columns of equal length


class Recorder:
    """Collects ticks, and makes tables of them.

    Parameters
    ----------
    spec
        The scenario that runs.
    unseen
        US dollars below which an amount comes of free attempts, and is 0 in the tables.
    """

    def __init__(self, spec: Scenario, unseen: float = 0.0) -> None:
        self.spec, self.unseen = spec, unseen
        self._merges = bool(mergers(spec))
        self._blocks: dict[str, list[Block]] = {name: [] for name in RUN_TABLES}
        self.last: TickOutcome | None = None
        self.warnings: list[str] = []

    def add(self, tick: TickOutcome) -> None:
        """Take in one tick; it stays in `last` until the next."""
        self.last = tick
        market: dict[str, Any] = {"tick": [tick.tick]}
        market.update((name, [value]) for name, value in tick.measures().items())
        self._blocks["market"].append(market)
        self._blocks["providers"].append(_providers(tick, self._merges))
        self._blocks["arbitrageurs"].append(_arbitrageurs(tick))
        self._blocks["consumers"].append(_consumers(tick))
        self._blocks["models"].append(_models(tick))
        self._blocks["trades"].append(_trades(tick))
        self._blocks["queries"] += [_queries(tick, log) for log in tick.queries]

    def warn(self, text: str) -> None:
        """Warn the user, now and in the result."""
        self.warnings.append(text)
        warnings.warn(text, MarketWarning, stacklevel=2)

    def result(self) -> RunResult:
        """Make the tables."""
        tables = {
            name: _table([with_free_as_zero(block, self.unseen) for block in blocks])
            for name, blocks in self._blocks.items()
        }
        queries = tables.pop("queries")
        return RunResult(
            **tables,
            queries=queries if self.spec.record_queries else None,
            scenario=self.spec,
            versions=versions(),
            warnings=tuple(self.warnings),
        )


def _table(blocks: Sequence[Block]) -> pd.DataFrame:
    if not blocks:
        return pd.DataFrame({"tick": np.empty(0, dtype=np.int64)})
    return pd.DataFrame(
        {column: np.concatenate([block[column] for block in blocks]) for column in blocks[0]}
    )


def _share(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    missing = np.full(denominator.shape, np.nan)
    return np.asarray(np.divide(numerator, denominator, out=missing, where=denominator > 0))


def _ticks(tick: TickOutcome, rows: int) -> Any:
    return np.full(rows, tick.tick, dtype=np.int64)


def _text(names: Sequence[str | None]) -> Any:
    return np.array(names, dtype=object)


class _Names(NamedTuple):
    """Columns of names, the same in every tick.

    [K] and [A] of providers and of arbitrageurs and their groups, [C] of segments, [L] in the table
    of models, [X·S·B] in trades.
    """

    providers: Any
    arbitrageurs: Any
    groups: Any
    segments: Any
    models: Any
    owners: Any
    mixes: Any
    sellers: Any


@lru_cache(maxsize=8)
def _names(roster: Roster) -> _Names:
    owners = (*roster.providers, *roster.arbitrageurs)
    owner = np.where(roster.owner >= 0, roster.owner, len(roster.providers) + roster.student_of)
    sellers, tiers, mixes = roster.sellers, len(roster.quality), len(roster.mixes)
    return _Names(
        providers=_text(roster.providers),
        arbitrageurs=_text(roster.arbitrageurs),
        groups=_text(roster.groups),
        segments=_text(roster.segments),
        models=_text([roster.models[m] for m in roster.model_of.tolist()]),
        owners=_text([owners[k] for k in owner.tolist()]),
        mixes=np.repeat(_text(roster.mixes), len(sellers) * tiers),
        sellers=np.tile(np.repeat(_text(sellers), tiers), mixes),
    )


def _providers(tick: TickOutcome, owners: bool) -> Block:
    roster = tick.roster
    count = len(roster.providers)
    payments = tick.payments
    direct = payments.by_seller[:count].sum(axis=0) + payments.own_attempts.sum(axis=0)
    resale = payments.attempts.sum(axis=0)
    revenue, cost = payments.provider_revenue, payments.provider_cost
    found = tick.counterfactuals or nothing(count, len(roster.owner))
    return {
        "tick": _ticks(tick, count),
        "provider": _names(roster).providers,
        **({"owner": _text(roster.owners)} if owners else {}),
        "active": tick.active[:count],
        "revenue": revenue,
        "direct_revenue": direct,
        "resale_revenue": resale,
        "fitting_revenue": payments.outlays.fitting.sum(axis=0)
        + payments.outlays.own_fitting.sum(axis=0),
        "token_revenue": payments.outlays.tokens.sum(axis=0),
        "cost": cost,
        "profit": revenue - cost,
        "revenue_share": _share(revenue, np.full(count, revenue.sum())),
        "direct_queries": tick.flow.served[:count].sum(axis=1),
        "net_profit": tick.provider_balances,
        "revenue_per_query": tick.expected_revenue,
        "elasticity": found.elasticity,
        "elasticity_error": found.elasticity_error,
        "revenue_elasticity": 1 + found.elasticity,
        "marginal_revenue": found.marginal_revenue,
        "deviation_gain": found.deviation_gain,
    }


def _arbitrageurs(tick: TickOutcome) -> Block:
    roster = tick.roster
    resale, count = roster.resale, len(roster.arbitrageurs)
    payments = tick.payments
    fees, profit = payments.fees, payments.arbitrage_profit
    return {
        "tick": _ticks(tick, count),
        "arbitrageur": _names(roster).arbitrageurs,
        "group": _names(roster).groups,
        "active": tick.active[resale],
        "queries": tick.flow.served[resale].sum(axis=1),
        "solved": tick.flow.solved[resale].sum(axis=1),
        "fees": fees,
        "spend": payments.arbitrage_spend,
        **({} if tick.flow.checked is None else {"verification_cost": payments.arbitrage_checks}),
        "student_sales": payments.student_sales,
        "tax": payments.tax,
        "outlay": payments.outlay,
        "profit": profit,
        "margin": _share(profit, fees),
        "balance": tick.balances,
        **({} if tick.regret is None else {"regret": tick.regret}),
    }


def _consumers(tick: TickOutcome) -> Block:
    flows = tick.flows
    sent = np.array([flow.sent for flow in flows], dtype=np.int64)
    served = np.array([flow.served.sum() for flow in flows])
    solved = np.array([flow.solved.sum() for flow in flows])
    paid = np.array([flow.payments for flow in flows])
    bought = np.array([flow.promised for flow in flows])
    return {
        "tick": _ticks(tick, len(flows)),
        "segment": _names(tick.roster).segments,
        "queries_sent": sent,
        "queries_served": served,
        "queries_solved": solved,
        **_accepted(tick),
        **_own_routers(tick),
        "paid": paid,
        "consumer_surplus": np.array([flow.surplus for flow in flows]) - tick.payments.own_fitting,
        "price_per_query": _share(paid, served),
        "price_per_solution": _share(paid, solved),
        "solve_rate": _share(solved, served),
        "mean_tier": _share(bought, served),
    }


def _accepted(tick: TickOutcome) -> Block:
    """By segment, where a verifier errs or costs."""
    checked = [flow.checked for flow in tick.flows if flow.checked is not None]
    if not checked:
        return {}
    return {
        "queries_accepted": np.array([of.accepted.sum() for of in checked]),
        "verification_cost": tick.payments.buyers_checks,
        "wrong_answer_cost": np.array([of.harm for of in checked]),
    }


def _own_routers(tick: TickOutcome) -> Block:
    """By segment, where buyers may route for themselves."""
    if tick.flow.own_routers is None:
        return {}
    own = [flow.own_routers for flow in tick.flows]
    served = tick.roster.own
    return {
        "queries_routed": np.array([flow.served[served].sum() for flow in tick.flows]),
        "own_routers": np.array([0.0 if of is None else of.routers for of in own]),
        "own_router_cost": tick.payments.own_routers + tick.payments.own_fitting,
    }


def _models(tick: TickOutcome) -> Block:
    roster = tick.roster
    count = len(roster.model_of)
    names, first = _names(roster), len(roster.providers)
    by_seller = roster.by_listing(tick.flow.list_spend, tick.host_share[:, None])
    list_spend = by_seller.sum(axis=(0, 1))
    bills = tick.payments.bills.sum(axis=(0, 2))  # [S, L]
    for m, a in enumerate(roster.student_of.tolist()):
        if a >= 0:
            bills[first + a, m] = 0.0  # what its owner runs itself is not sold
    revenue, direct = bills.sum(axis=0), bills[:first].sum(axis=0) + bills[roster.own].sum(axis=0)
    found = tick.counterfactuals or nothing(first, count)
    attempts = roster.by_listing(tick.flow.attempts, tick.host_share)
    return {
        "tick": _ticks(tick, count),
        "model": names.models,
        "provider": names.owners,
        "student": roster.student_of >= 0,
        "price_multiplier": np.where(np.isfinite(tick.price), tick.price, np.nan),
        "attempts": np.rint(attempts.sum(axis=0)).astype(np.int64),
        "list_spend": list_spend,
        "revenue": revenue,
        "direct_revenue": direct,
        "profit": revenue - list_spend * roster.cost_ratio,
        "marginal_revenue_capability": found.marginal_revenue_capability,
    }


def _trades(tick: TickOutcome) -> Block:
    roster, names = tick.roster, _names(tick.roster)
    mixes, sellers, tiers = tick.posted.shape
    posted = np.where(np.isfinite(tick.posted), tick.posted, np.nan)
    to_provider = roster.by_provider(tick.payments.bills)
    block: dict[str, Any] = {
        "tick": _ticks(tick, mixes * sellers * tiers),
        "problems": names.mixes,
        "seller": names.sellers,
        "quality": np.tile(roster.quality, mixes * sellers),
        "posted_price": posted.ravel(),
        "queries": tick.by_mix("served").ravel(),
        "solved": tick.by_mix("solved").ravel(),
        "paid": tick.by_mix("paid").ravel(),
    }
    for k, provider in enumerate(roster.providers):
        block[f"to:{provider}"] = to_provider[..., k].ravel()
    return block


def _queries(tick: TickOutcome, log: QueryLog) -> Block:
    roster = tick.roster
    count = len(log.buyer)
    names = _text([*roster.sellers, None])  # the last serves OUTSIDE_OPTION = -1
    assert OUTSIDE_OPTION == -1
    return {
        "tick": _ticks(tick, count),
        "segment": np.full(count, log.segment, dtype=object),
        "buyer": log.buyer,
        "problem": log.problem,
        "seller": names[log.seller],
        "quality": log.quality,
        **({} if log.accepted is None else {"accepted": log.accepted}),
        "solved": log.solved,
        "paid": log.paid,
    }
