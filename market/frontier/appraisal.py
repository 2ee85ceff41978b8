"""What a population is worth to an arbitrageur: costs, margin, shares, policies, ready for JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.random_streams import Streams
from market.foundation.shown import Charted
from market.foundation.threads import on_one_thread
from market.frontier.appraisal_json import appraisal_as_json
from market.frontier.attempt_costs import Remainder
from market.frontier.bootstrap import DRAWS, Resamples, resample
from market.frontier.budget_grid import TOLERANCE, build_tables
from market.frontier.cross_validation import OutOfSample, deal_folds, out_of_sample
from market.frontier.evidence import thin_evidence
from market.frontier.frontier import Frontier, solve_frontier
from market.frontier.lotteries import Lotteries
from market.frontier.market_price import (
    MarketPrice,
    RevenueShares,
    margin,
    margin_summary,
    market_price,
)
from market.frontier.oracle import solve_oracle
from market.frontier.pass_curves import CurveTables, Estimator
from market.frontier.policy_cloud import PolicyCloud
from market.frontier.query_signal import signal_of
from market.frontier.rates_shown import require_draws, solve_rates
from market.frontier.seen_types import SeenTypes, see_domains, see_features
from market.frontier.signal_equivalent import equivalent_accuracies
from market.frontier.signal_frontier import SignalFrontier, solve_signal
from market.frontier.verified import Verification
from market.frontier.verifier import Verifier
from market.population.population import Population
from market.population.problem_types import problem_types


@dataclass(frozen=True)
class RouterKnowledge:
    """What the router knows of a query.

    Attributes
    ----------
    accuracy
        Chance that the type seen is the true one; None for a router without a signal.
    types
        Number of types.
    oracle
        Whether it knows every problem instead.
    sees
        What it sees of a query in place of an abstract signal: its domain, or types that its
        features foretell.
    """

    accuracy: float | None = None
    types: int = 8
    oracle: bool = False
    sees: Literal["domain", "features"] | None = None


@dataclass(frozen=True, repr=False)
class Appraisal(Charted):
    """Market price, arbitrage cost and margin of one population.

    Attributes
    ----------
    tables
        Curves on the budget grid.
    price
        [M] price multipliers.
    market, frontier, shares
        Without a signal.
    signal
        Of the router's signal, if it has one.
    out_of_sample
        Of policies judged on folds left out, if asked.
    lotteries
        Without a signal, where both sides may draw lots between different policies.
    resamples
        Without a signal, on problems drawn anew; None if not asked.
    cost, margin
        [G] arbitrage cost and margin: of the signal's router if there is one.
    evidence
        What it is too thin for, in sentences.
    verification
        What is accepted, right or wrong, and what checks cost, where a verifier errs or costs.
    seen
        What the router sees of queries, where records say it; `out_of_sample` is then of it.
    equivalent
        Accuracies of an abstract signal that are worth as much as what is seen; None where none
        is, or that is not known for want of held-out problems.
    """

    tables: CurveTables
    price: FloatArray
    market: MarketPrice
    frontier: Frontier
    shares: RevenueShares
    signal: SignalFrontier | None
    out_of_sample: OutOfSample | None
    lotteries: Lotteries
    resamples: Resamples | None
    cost: FloatArray
    margin: FloatArray
    evidence: tuple[str, ...] = ()
    verification: Verification | None = None
    seen: SeenTypes | None = None
    equivalent: tuple[float, float] | None = None

    @property
    def max_quality(self) -> dict[str, float]:
        """Highest solve rate of the best single model, and of the router's cascades."""
        best = self.frontier if self.signal is None else self.signal
        return {"single": float(self.market.max_quality.max()), "cascade": best.max_quality}

    def to_json(self) -> dict[str, Any]:
        """Plain lists and numbers; NaN and infinite values are left for the writer to null."""
        return appraisal_as_json(self)


@on_one_thread
def appraise(
    population: Population,
    *,
    quality: tuple[float, float, int] | FloatArray | None = None,
    price: FloatArray | None = None,
    estimator: Estimator | None = None,
    budget: FloatArray | None = None,
    remainder: Remainder = "spent",
    tolerance: float = TOLERANCE,
    highest: float | None = None,
    knowledge: RouterKnowledge | None = None,
    folds: int = 0,
    draws: int = DRAWS,
    seed: int = 1,
    verifier: Verifier | None = None,
    buyers: Verifier | None = None,
    worth: float | None = None,
    tell: Callable[[str], None] | None = None,
) -> Appraisal:
    """Appraise a population: market price, arbitrage cost and margin by solve rate.

    Parameters
    ----------
    population
        Problems and models.
    quality
        Solve rates: (min, max, points), [G] values, or None for :func:`solve_rates`'s own.
    price
        [M] price multipliers, all 1 if None.
    estimator, budget, remainder, tolerance, highest
        As :func:`market.frontier.budget_grid.build_tables` takes them.
    knowledge
        What the router knows; nothing if None.
    folds
        Judge policies out of sample on this many folds; 0 for not at all.
    draws
        Resamples of the problems that intervals rest on; 0 for none.
    seed
        Of folds and draws.
    verifier
        What tells success; at once, free of charge and without error if None.
    buyers
        That of buyers who buy attempts directly, where it is another.
    worth
        US dollars that a right answer is worth, by which attempts are worth making; the market
        price of one at the highest solve rate that has a price if None.
    tell
        Is told in words what is worked on.
    """
    require_draws(draws)
    known, streams = knowledge or RouterKnowledge(), Streams(seed)
    seen = None
    if known.sees is not None:
        by_features = known.sees == "features"
        seen = (
            see_features(population, known.types, streams)
            if by_features
            else see_domains(population)
        )
        population = seen.population
    tables = build_tables(
        population,
        budget,
        estimator,
        remainder,
        tolerance=tolerance,
        highest=highest,
        verifier=verifier,
    )
    alone = tables
    if buyers is not None and buyers != verifier:
        alone = build_tables(
            population,
            budget,
            tables.estimator,
            remainder,
            tolerance=tolerance,
            highest=highest,
            verifier=buyers,
        )
    multipliers = np.ones(len(tables.models)) if price is None else price
    target = solve_rates(alone, quality, population)
    market = market_price(alone, target, multipliers)
    cloud = PolicyCloud(tables, tell=tell)
    frontier = solve_frontier(tables, target, multipliers, cloud=cloud)
    direct = None if alone is tables else alone
    lotteries = Lotteries.of_cloud(cloud, target, multipliers, direct)
    types: Callable[[BoolArray], IntArray] | None = None
    signal: SignalFrontier | None = None
    if known.oracle:
        signal = solve_oracle(tables, target, multipliers, frontier)
    elif known.accuracy is not None:
        label = problem_types(tables.population, known.types)
        query_signal = signal_of(tables.population, label, known.accuracy)
        signal = solve_signal(tables, target, query_signal, multipliers, frontier)
    elif seen is not None:
        types = seen.rows(tables.population.size // len(seen.label))
        label = np.repeat(seen.label, tables.population.size // len(seen.label))
        query_signal = signal_of(tables.population, label, 1.0)
        signal = solve_signal(tables, target, query_signal, multipliers, frontier)
    judged = None
    # a class stands for many problems: to hold it out leaves a domain without problems of its kind
    if folds and (seen is None or population.sample_size is None):
        fold = deal_folds(population.clusters, folds, streams.generator("folds"))
        judged = out_of_sample(tables, target, fold, multipliers, direct, types, tell)
    drawn = None
    if draws and tables.population.strata is None:  # else a law is fitted, which no draw doubts
        if tell is not None:
            tell(f"{draws} draws")
        drawn = resample(cloud, market, frontier, multipliers, streams, draws=draws, direct=direct)
    cost = frontier.spend if signal is None else signal.spend
    found = margin(market.price, cost)
    chosen = frontier.spend if seen is None else cost
    fitted = margin_summary(margin(market.price, chosen))["mean_margin"]
    held_out = None if judged is None else margin_summary(judged.margin)["mean_margin"]
    sure = None if drawn is None else drawn.mean_with_interval
    equivalent = None
    if seen is not None and held_out is not None:
        equivalent = equivalent_accuracies(
            tables, market, frontier, seen.types, (held_out, fitted), multipliers
        )
    return Appraisal(
        tables,
        multipliers,
        market,
        frontier,
        RevenueShares.of(tables, market, frontier, multipliers, direct),
        signal,
        judged,
        lotteries,
        drawn,
        cost,
        found,
        thin_evidence(population, fitted, held_out, sure, tables.estimator),
        Verification.of(tables, alone, market, frontier, multipliers, worth),
        seen,
        equivalent,
    )
