"""Where a market's prices come to rest, how sellers press on each other there, what mergers do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np

from market.equilibrium.mergers import Merger, Merging, merger, pairs_of, with_intervals
from market.equilibrium.pressure import Pressure, pressure
from market.equilibrium.rest import Rest, find_rest
from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError
from market.frontier.bootstrap import interval
from market.scenario.interventions import without_learning
from market.scenario.population_source import Synthetic
from market.scenario.schema import Scenario
from market.simulation.priced_market import PricedMarket
from market.simulation.solved_prices import slopes_over

At = Literal["rest", "today"]
Progress = Callable[[int, int], None]

CURVE = np.geomspace(0.5, 2.0, 33)  # a drawn price over that of the point
FEWEST = 40  # resamples: an end of a 95% interval needs one beyond it


@dataclass(frozen=True)
class Equilibrium:
    """A market's prices at rest, and how its providers press on each other.

    Attributes
    ----------
    providers, owners
        n names; of the owner of each.
    arbitrageurs
        How many there are.
    today
        [n] prices over list that the scenario's rules post at first.
    rest
        Where prices come to rest, or nearest to it.
    at
        At which prices the panel is.
    panel
        The measures there.
    mergers
        What was asked for.
    curve
        [C] multiples of a provider's price in the panel, and [n, C] what it sells there, all
        others' prices held: residual demand.
    resamples
        How often problems were drawn anew.
    intervals
        By the name of a measure of :class:`Pressure`, its [2, ...] ends of a 95% interval over
        resampled problems; empty without.
    arbitrageurs_at_rest
        Share of the prices asked at which arbitrageurs came to rest.
    """

    providers: tuple[str, ...]
    owners: tuple[str, ...]
    arbitrageurs: int
    today: FloatArray
    rest: Rest
    at: At
    panel: Pressure
    mergers: tuple[Merger, ...]
    curve: tuple[FloatArray, FloatArray]
    resamples: int
    intervals: dict[str, FloatArray]
    arbitrageurs_at_rest: float


def equilibrium(
    scenario: Scenario,
    *,
    at: At = "rest",
    merge: Merging = (),
    prices: int = 15,
    resamples: int = 0,
    progress: Progress | None = None,
) -> Equilibrium:
    """Find prices from which no provider gains by moving alone, and measure the market there.

    Every provider has one price over list for all its models; ownership is as the scenario has it.
    Arbitrageurs route and undercut to their rest at all prices.

    Parameters
    ----------
    scenario
        The market, as it is at its first tick.
    at
        Where elasticities and the like are measured: at rest, or at the prices that the scenario's
        rules post at first.
    merge
        Pairs of providers whose owners merge, or all pairs.
    prices
        For each provider, on the grid that best replies are followed on where there is no
        equilibrium.
    resamples
        How often problems are drawn anew, with the rest of the market (by other seeds), for
        intervals; none by default, as each takes as long as the market itself, mergers included.
    progress
        Called with the number of markets done, and of all.

    Raises
    ------
    DataError
        A provider has no best price, or one that is to merge is unknown; too few resamples.
    """
    if 0 < resamples < FEWEST:
        raise DataError(f"{resamples} resamples tell no 95% interval; give at least {FEWEST}")
    tell = progress or (lambda done, total: None)
    found = _of_market(scenario, at, merge, prices)
    tell(1, 1 + resamples)
    draws: list[Pressure] = []
    merged: list[tuple[Merger, ...]] = []
    for draw in range(resamples):
        again = _Solved.of(_resampled(scenario, draw), at, prices, merge)
        draws.append(again.panel)
        merged.append(again.mergers(prices))
        tell(2 + draw, 1 + resamples)
    ends = {
        field.name: interval(np.stack([np.asarray(getattr(of, field.name)) for of in draws]))
        for field in fields(Pressure)
        if draws
    }
    mergers = with_intervals(found.mergers, merged)
    return replace(found, resamples=resamples, intervals=ends, mergers=mergers)


@dataclass(frozen=True)
class _Solved:
    """A market with its prices at rest and its panel."""

    market: PricedMarket
    names: tuple[str, ...]
    today: FloatArray
    rest: Rest
    panel: Pressure
    pairs: list[tuple[int, int]]

    @classmethod
    def of(cls, scenario: Scenario, at: At, prices: int, merge: Merging = ()) -> "_Solved":
        scenario = without_learning(scenario)
        there = [provider for provider in scenario.providers if provider.active_from == 0]
        names = tuple(p.name for p in there if p.name not in scenario.remove)
        market = PricedMarket(scenario, names)
        pairs = pairs_of(names, market.owner, merge)
        today = posted_at_first(scenario, names)
        rest = find_rest(market, market.owner, today, prices)
        price = rest.at.price if at == "rest" else today
        held = at == "rest" and rest.at.converged
        panel = pressure(market, market.owner, price, slopes_over(market), held)
        return cls(market, names, today, rest, panel, pairs)

    def mergers(self, prices: int) -> tuple[Merger, ...]:
        """What happens if the owners of each pair become one."""
        return tuple(
            merger(self.market, self.names, self.rest.at, pair, prices) for pair in self.pairs
        )


def _of_market(scenario: Scenario, at: At, merge: Merging, prices: int) -> Equilibrium:
    solved = _Solved.of(scenario, at, prices, merge)
    market, names, rest = solved.market, solved.names, solved.rest
    firms = market.model.roster.owners
    return Equilibrium(
        providers=names,
        owners=tuple(firms[provider.index] for provider in market.strategic),
        arbitrageurs=len(market.model.arbitrageurs),
        today=solved.today,
        rest=rest,
        at=at,
        panel=solved.panel,
        mergers=solved.mergers(prices),
        curve=(CURVE, residual_demand(market, solved.panel.price, CURVE)),
        resamples=0,
        intervals={},
        arbitrageurs_at_rest=market.rounds.at_rest,
    )


def posted_at_first(scenario: Scenario, names: Sequence[str]) -> FloatArray:
    """[n] prices over list that providers' rules post at first; the mean of a provider's models."""
    model = PricedMarket(scenario, ()).model
    posted = {provider.name: float(np.mean(provider.prices)) for provider in model.providers}
    return np.array([posted[name] for name in names])


def residual_demand(market: PricedMarket, price: FloatArray, multiples: FloatArray) -> FloatArray:
    """[n, C] what each provider sells at multiples [C] of its price, all others' held."""
    sold = np.empty((len(price), len(multiples)))
    for i in range(len(price)):
        for c, multiple in enumerate(multiples.tolist()):
            asked = price.copy()
            asked[i] *= multiple
            sold[i, c] = market.sold(asked).quantity[i]
    return sold


def _resampled(scenario: Scenario, draw: int) -> Scenario:
    """The same market with other buyers and as many problems drawn anew, as studies have it."""
    source = scenario.population
    if not isinstance(source, Synthetic):
        source = source.model_copy(update={"resample": True})
    return scenario.model_copy(update={"population": source, "seed": scenario.seed + 1 + draw})
