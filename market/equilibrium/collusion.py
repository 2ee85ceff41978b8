"""Whether arbitrage breaks the collusion that pricing algorithms learn.

A few providers of a market learn their prices by Q-learning on the profits that the whole market
gives them (`profit_table`), with no, one and several arbitrageurs. The price grid is the same in
all, so that a difference is due to the arbitrageurs alone; gains are measured in each against
that market's own equilibrium and joint optimum on the grid.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from market.equilibrium.price_benchmarks import PriceBenchmarks, price_benchmarks
from market.equilibrium.profit_table import ProfitTable, profit_table
from market.equilibrium.q_learning import Deviation, Learner, Session, deviation
from market.equilibrium.static_equilibria import Benchmarks, benchmarks
from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError
from market.foundation.threads import usable_threads
from market.measures.intervals import Estimate, estimate
from market.scenario.interventions import without_arbitrageurs, without_learning
from market.scenario.schema import Scenario
from market.simulation.priced_market import PricedMarket

BEYOND = 0.1  # ξ of Calvano et al.: the grid goes on by a tenth at both ends
SHOWN = 15  # periods after a deviation, as in their figure
MOST_STRATEGIC = 3  # a table of three has m³ cells

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Learned:
    """What n providers learned with one number of arbitrageurs, in R sessions.

    Attributes
    ----------
    arbitrageurs
        How many there are.
    table
        The game.
    benchmarks
        Its equilibrium and joint optimum on the grid.
    sessions
        What each session came to.
    price, profit
        [R, n] means over the cycle that a session ended in.
    gain
        [R] Δ: 0 in equilibrium, 1 at the joint optimum.
    deviations
        Of the first provider, one for each session.
    """

    arbitrageurs: int
    table: ProfitTable
    benchmarks: Benchmarks
    sessions: tuple[Session, ...]
    price: FloatArray
    profit: FloatArray
    gain: FloatArray
    deviations: tuple[Deviation, ...]

    @property
    def mean_gain(self) -> Estimate:
        """Δ over the sessions."""
        return estimate(self.gain)

    @property
    def curve(self) -> FloatArray:
        """[B] mean Δ while learning, by blocks of periods; NaN where too few sessions go on."""
        joint = np.stack([session.curve.sum(axis=0) for session in self.sessions])
        going = np.isfinite(joint).mean(axis=0) >= 0.5
        earned = np.where(going, np.nan_to_num(joint).sum(axis=0), np.nan)
        mean = earned / np.maximum(np.isfinite(joint).sum(axis=0), 1)
        low, high = self.benchmarks.competitive.sum(), self.benchmarks.joint_profit.sum()
        return np.asarray((mean - low) / (high - low)) if high > low else np.full(len(mean), np.nan)

    @property
    def path(self) -> FloatArray:
        """[1 + T, n] mean prices before, in and after a deviation by the first provider."""
        firms = range(len(self.table.providers))
        paths = [
            np.stack([self.table.price[i, d.path[:, i]] for i in firms], axis=1)
            for d in self.deviations
        ]
        return np.asarray(np.mean(paths, axis=0))


@dataclass(frozen=True)
class Collusion:
    """What providers learn, by the number of arbitrageurs.

    Attributes
    ----------
    providers
        The strategic ones.
    without
        Competitive and joint prices without arbitrageurs, between which the grid lies.
    each
        One for each number of arbitrageurs.
    """

    providers: tuple[str, ...]
    without: PriceBenchmarks
    each: tuple[Learned, ...]

    def differences(self) -> list[Estimate]:
        """Δ less that of the first number of arbitrageurs, session by session."""
        first = self.each[0].gain
        return [estimate(learned.gain - first) for learned in self.each[1:]]


def strategic_providers(scenario: Scenario, names: Sequence[str] | None) -> tuple[str, ...]:
    """Who learns: those named, or else the two that earn most at list prices.

    Raises
    ------
    DataError
        Fewer than two or more than three are named, or one twice, or one who sells nothing at
        first; or nobody is named, and fewer than two sell.
    """
    if names is not None and (
        not 2 <= len(names) <= MOST_STRATEGIC or len(set(names)) < len(names)
    ):
        raise DataError(f"--providers {','.join(names)}: name two or three different ones")
    every = [provider.name for provider in PricedMarket(scenario, ()).model.providers]
    for name in names or ():
        if name not in every:
            raise DataError(
                f"--providers {','.join(names or ())}: {name} sells nothing in this market; choose "
                f"from {', '.join(every)}"
            )
    if names is not None:
        return tuple(names)
    if len(every) < 2:
        raise DataError(
            f"{scenario.name}: providers: {', '.join(every)} alone has nobody to collude with; add "
            "a provider that sells from tick 0 on"
        )
    market = PricedMarket(_alone(scenario), every)
    earned = market.profits(np.ones(len(every)))
    best = sorted(np.argsort(-earned, kind="stable")[:2].tolist())
    return tuple(every[k] for k in best)


def collusion(
    scenario: Scenario,
    with_arbitrageurs: Callable[[int], Scenario],
    arbitrageurs: Sequence[int],
    providers: Sequence[str],
    rule: Learner,
    *,
    prices: int = 15,
    sessions: int = 50,
    progress: Progress | None = None,
) -> Collusion:
    """Let providers learn their prices with different numbers of arbitrageurs.

    Parameters
    ----------
    scenario
        The market; its seed keys the sessions.
    with_arbitrageurs
        The same with another number of arbitrageurs.
    arbitrageurs
        Numbers of them, the first to compare with.
    providers
        Two or three that learn; the others keep their prices.
    rule
        How they learn.
    prices, sessions
        m, on each provider's grid, and R.
    progress
        Called with the number of cells and sessions done, and of all.

    Raises
    ------
    DataError
        A provider has no best price, or there is nothing to gain by agreeing.
    """
    alone = PricedMarket(_alone(scenario), providers)
    without = price_benchmarks(alone.profits, alone.floor)
    grid, cells = without.grid(prices, BEYOND), prices ** len(providers)
    steps = cells + sessions
    found: list[Learned] = []

    def tell(done: int) -> None:
        if progress is not None:
            progress(len(found) * steps + done, len(arbitrageurs) * steps)

    for number in arbitrageurs:
        table = profit_table(with_arbitrageurs(number), providers, grid, tell)
        found.append(
            _learned(number, table, rule, scenario.seed, sessions, lambda r: tell(cells + r))
        )
    return Collusion(tuple(providers), without, tuple(found))


def learned_in(
    scenario: Scenario, rules: Sequence[Learner], *, prices: int = 15, sessions: int = 50
) -> tuple[Learned, ...]:
    """What the two largest providers of one market learn, by each rule on the same table.

    Prices are those of :func:`collusion`, which hang on the market without its arbitrageurs.

    Parameters
    ----------
    scenario, prices, sessions
        As there.
    rules
        How they learn.

    Raises
    ------
    DataError
        As there.
    """
    names = strategic_providers(scenario, None)
    alone = PricedMarket(_alone(scenario), names)
    grid = price_benchmarks(alone.profits, alone.floor).grid(prices, BEYOND)
    table = profit_table(scenario, names, grid)
    count = sum(group.count for group in scenario.arbitrageurs)
    return tuple(
        _learned(count, table, rule, scenario.seed, sessions, lambda _: None) for rule in rules
    )


def _alone(scenario: Scenario) -> Scenario:
    """The market without arbitrageurs, those who do not learn here at the prices that they keep."""
    return without_learning(without_arbitrageurs(scenario))


def _learned(
    number: int,
    table: ProfitTable,
    rule: Learner,
    seed: int,
    sessions: int,
    tell: Callable[[int], None],
) -> Learned:
    each: list[Session] = []
    with ThreadPoolExecutor(usable_threads()) as pool:
        for session in pool.map(lambda r: rule.learn(table.profit, seed, r), range(sessions)):
            each.append(session)
            tell(len(each))
    firms = range(len(table.providers))
    at = [tuple(session.cycle.T) for session in each]
    profit = np.array([[table.profit[i][cells].mean() for i in firms] for cells in at])
    price = np.array([[table.price[i, cells[i]].mean() for i in firms] for cells in at])
    rests = benchmarks(table.profit, table.price)
    left = tuple(deviation(session, table.profit, rule, 0, SHOWN) for session in each)
    return Learned(number, table, rests, tuple(each), price, profit, rests.gain(profit), left)
