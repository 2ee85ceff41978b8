"""Verdicts of single runs: against the same market without arbitrageurs, or before a change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from market.findings.gains import who_gains
from market.findings.moves import Move, moved, noun, unclear, without_intervals
from market.findings.verdict import Verdict, on, sentence, verdict
from market.measures.formulas import last_quarter_ticks
from market.measures.intervals import mean_of_ticks

if TYPE_CHECKING:
    import pandas as pd

MAIN = ("price_index", "consumer_surplus", "provider_profit", "welfare")
CHANGED = (*MAIN, "arbitrage_profit")


@dataclass(frozen=True)
class RunTables:
    """What a run left behind, as far as its verdict needs it.

    Attributes
    ----------
    market, providers, arbitrageurs
        Tables by tick.
    summary
        Means of the last quarter by measure.
    """

    market: "pd.DataFrame"
    providers: "pd.DataFrame"
    arbitrageurs: "pd.DataFrame"
    summary: Mapping[str, Any]

    @classmethod
    def of(cls, tables: Mapping[str, "pd.DataFrame"], summary: Mapping[str, Any]) -> "RunTables":
        """Those of a result, or of its folder."""
        return cls(tables["market"], tables["providers"], tables["arbitrageurs"], summary)


def of_run(
    run: RunTables,
    without: RunTables | None,
    *,
    question: str = "",
    population: str = "",
    assumed: Sequence[str] = (),
) -> Verdict:
    """Say what arbitrageurs do to a market, from one run with them and one without.

    Parameters
    ----------
    run, without
        The market, and the same without arbitrageurs on the same queries; None where it has none,
        or it was not run.
    question
        That of the scenario.
    population
        What problems it rests on, in words (:func:`market.findings.verdict.population_words`).
    assumed
        Sentences on models that are assumed.
    """
    resellers = run.arbitrageurs["arbitrageur"].nunique()
    ticks = len(run.market)
    quarter = len(last_quarter_ticks(ticks))
    earned = _arbitrage(run)
    if without is None:
        if resellers == 0:
            first = "there are no arbitrageurs: what moves here is providers' and buyers' doing"
            return verdict(
                question, [sentence([first]), _rests(ticks, quarter, population), *assumed]
            )
        index = run.summary.get("price_index")
        price = Move(float(index) - 1, np.nan, np.nan, 1.0) if index is not None else None
        level = (
            f"prices at constant quality are {price.size('price_index')} "
            f"{'below' if price.difference < 0 else 'above'} those without arbitrageurs at list "
            "prices"
            if price is not None and price.difference
            else ""
        )
        more = "what others gain or lose is told where the market without arbitrageurs is run, too"
        return verdict(
            question,
            [
                sentence([level, earned]),
                sentence([more]),
                _rests(ticks, quarter, population),
                *assumed,
            ],
        )
    moves = {name: _move(run.market, without.market, name, quarter) for name in MAIN}
    if not any(move.known for move in moves.values()):
        seen = f"against the same market without arbitrageurs ({resellers} here), "
        return verdict(
            question,
            [
                sentence([seen + without_intervals(moves)]),
                sentence([earned]),
                _rests(ticks, quarter, population),
                *assumed,
            ],
        )
    sure = [moved(name, move) for name, move in moves.items()]
    opened = unclear((noun(name).words, name, move) for name, move in moves.items())
    against = f"against the same market without arbitrageurs ({resellers} here), "
    return verdict(
        question,
        [
            sentence([against + (", ".join(filter(None, sure)) or "nothing surely moves")]),
            sentence([who_gains(_profits(run, without, quarter))]),
            sentence([earned]),
            sentence([opened]),
            _rests(ticks, quarter, population),
            *assumed,
        ],
    )


def of_change(
    before: RunTables, after: RunTables, *, population: str = "", assumed: Sequence[str] = ()
) -> Verdict:
    """Say what a change does to a market, from one run without it and one with it.

    Parameters
    ----------
    before, after
        Both on the same queries, and of as many ticks.
    population
        What problems it rests on, in words (:func:`market.findings.verdict.population_words`).
    assumed
        Sentences on models that are assumed.
    """
    ticks = len(after.market)
    quarter = len(last_quarter_ticks(ticks))
    if len(before.market) != ticks:
        return verdict(
            "",
            [
                sentence(
                    [
                        f"the markets run for {len(before.market)} and {ticks} ticks, so that they "
                        "cannot be compared tick by tick"
                    ]
                ),
                *assumed,
            ],
        )
    moves = {name: _move(after.market, before.market, name, quarter) for name in CHANGED}
    sure = [moved(name, move) for name, move in moves.items()]
    opened = unclear((noun(name).words, name, move) for name, move in moves.items())
    still = all(move.still for move in moves.values())
    nothing = "nothing moves" if still else "nothing surely moves"
    return verdict(
        "",
        [
            sentence(["with this change, " + (", ".join(filter(None, sure)) or nothing)]),
            sentence([who_gains(_profits(after, before, quarter))]),
            sentence([_arbitrage(after)]),
            sentence([opened]),
            _rests(ticks, quarter, population),
            *assumed,
        ],
    )


def _move(market: "pd.DataFrame", other: "pd.DataFrame", name: str, quarter: int) -> Move:
    """Tick by tick, over the last quarter, on the same queries."""
    values, base = (of[name].to_numpy(dtype=np.float64)[-quarter:] for of in (market, other))
    mean, low, high = mean_of_ticks(values - base)
    return Move(mean, low, high, float(np.mean(base)))


def _profits(run: RunTables, without: RunTables, quarter: int) -> dict[str, Move]:
    """Of each provider, by name."""
    here, there = (
        of.providers.pivot_table(index="tick", columns="provider", values="profit")
        for of in (run, without)
    )
    names = [str(name) for name in here if name in there]
    return {name: _move(here, there, name, quarter) for name in names if len(here) == len(there)}


def _arbitrage(run: RunTables) -> str:
    """A clause on what arbitrageurs sell and keep."""
    share, margin = (
        float(run.summary.get(name) or np.nan) for name in ("arbitrage_share", "arbitrage_margin")
    )
    if not np.isfinite(share) or share == 0:
        return "arbitrageurs sell nothing" if run.arbitrageurs.size else ""
    kept = f" and keep {100 * margin:.1f}% of their fees" if np.isfinite(margin) else ""
    return f"arbitrageurs serve {100 * share:.0f}% of the queries{kept}"


def _rests(ticks: int, quarter: int, population: str) -> str:
    return (
        f"This is one run{on(population)}, on one seed: intervals (95%) are over its last "
        f"{quarter} of {ticks} ticks; market compare says how sure it is over seeds and problems."
    )
