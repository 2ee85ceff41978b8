"""Charts that hang on a result: each method gives a Plotly figure, which can be changed."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from market import charts
from market.charts.ticks import MOVING
from market.foundation.config import nearest
from market.foundation.errors import DataError
from market.foundation.formats import letter
from market.foundation.json_values import finite
from market.frontier.appraisal import Appraisal
from market.measures.labels import HEADLINES
from market.results.run_result import RunResult
from market.studies.comparison import Comparison
from market.studies.comparisons import Comparisons
from market.studies.study import Study


class Plots:
    """The charts of one result, by name."""

    def __init__(self, result: Any) -> None:
        self._result = result

    def __dir__(self) -> list[str]:
        return [name for name in vars(type(self)) if not name.startswith("_")]

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"no chart is called {name!r}; {nearest(name, dir(self))} "
            f"Charts: {', '.join(dir(self))}"
        )

    def __repr__(self) -> str:
        return "Charts: " + ", ".join(f"{name}()" for name in dir(self))


class RunPlots(Plots):
    """Charts of a run."""

    _result: RunResult

    def prices(self) -> go.Figure:
        """Draw what a solve rate costs from providers, and in arbitrage; last quarter."""
        trades = self._late("trades")
        mix, own = next(iter(charts.by_problems(trades).items()))
        return charts.cost_by_solve_rate(
            charts.menu_costs(own, self._resellers()),
            self._colours(),
            question="What does a solve rate cost from providers, and with arbitrage?"
            + (f" Query mix: {mix}" if mix else ""),
        )

    def price_war(self) -> go.Figure:
        """Draw how arbitrageurs undercut each other, tick by tick."""
        return charts.price_war(
            self._result.trades, self._resellers(), self._colours(), self._events()
        )

    def measures(
        self,
        *names: str,
        without: RunResult | None = None,
        called: str = "without arbitrageurs",
    ) -> go.Figure:
        """Draw measures of the market over ticks, beside those of another run and its name."""
        known = [str(name) for name in self._result.market.columns if name != "tick"]
        _require(names, known)
        base = None if without is None else without.market
        return charts.measures_over_ticks(
            self._result.market, names or MOVING, self._events(), base, called
        )

    def provider_prices(self) -> go.Figure:
        """Draw what providers charge over list price, tick by tick."""
        return charts.provider_prices(self._result.models, self._colours(), self._events())

    def revenue(self) -> go.Figure:
        """Draw the revenue of providers and arbitrageurs over ticks."""
        return self._agents("revenue")

    def profit(self) -> go.Figure:
        """Draw the profit of providers and arbitrageurs over ticks."""
        return self._agents("profit")

    def flows(self) -> go.Figure:
        """Draw who buys from whom, in money; last quarter."""
        return charts.who_buys_from_whom(self._late("trades"), self._resellers(), self._colours())

    def segmentation(self, without: RunResult | None = None) -> go.Figure:
        """Draw which provider serves which solve rate, beside a run `without` arbitrageurs."""
        before = None
        if without is not None:
            before = charts.tier_revenue(charts.last_quarter(without.trades))
        return charts.segmentation_map(charts.tier_revenue(self._late("trades")), before)

    def _agents(self, what: str) -> go.Figure:
        found = self._result
        return charts.agents_over_ticks(
            found.providers, found.arbitrageurs, what, self._colours(), self._events()
        )

    def _late(self, table: str) -> pd.DataFrame:
        return charts.last_quarter(self._result.tables[table])

    def _resellers(self) -> list[str]:
        return [str(name) for name in self._result.arbitrageurs["arbitrageur"].unique()]

    def _events(self) -> list[tuple[int, str]]:
        return [(change.at, change.name) for change in self._result.scenario.interventions]

    def _colours(self) -> charts.Colours:
        hosts = self._result.models.drop_duplicates(["model", "provider"])
        owners = hosts.drop_duplicates("model", keep=False).set_index("model")["provider"]
        owned = {str(model): str(provider) for model, provider in owners.items()}
        return charts.Colours.of_market(
            self._result.providers["provider"], self._resellers(), owned
        )


class StudyPlots(Plots):
    """Charts of a sweep."""

    _result: Study

    def effect(self, measure: str = "price_index", over: str | None = None) -> go.Figure:
        """Draw a measure by a parameter, with intervals, and paired differences below."""
        summary = self._result.summary()
        _require([measure], [str(name) for name in summary["measure"].unique()])
        return charts.measure_by_parameter(summary, measure, self._result.differences(), over)

    def sensitivity(self, measure: str = "price_index") -> go.Figure:
        """Draw how much of a measure's variation each parameter explains (Morris or Sobol)."""
        found = self._result.sensitivity()
        if found.empty:
            raise DataError("this design gives no indices; sweep with design = 'morris' or 'sobol'")
        _require([measure], [str(name) for name in found["measure"].unique()])
        return charts.sensitivity_bars(found, measure)


class ComparisonPlots(Plots):
    """Charts of a comparison."""

    _result: Comparison

    def changes(self, *measures: str) -> go.Figure:
        """Draw what changes, relative to the first market, with 95% intervals."""
        found = self._result.measures
        _require(measures, [str(name) for name in found["measure"].unique()])
        return charts.changes(found[found["measure"].isin(measures or HEADLINES)])

    def winners(self) -> go.Figure:
        """Draw who gains and who loses, with 95% intervals."""
        frames = [self._result.agents, self._result.segments]
        return charts.winners_and_losers(pd.concat(frames, ignore_index=True))


class ComparisonsPlots(Plots):
    """Charts of a comparison of several markets, each with the first."""

    _result: Comparisons

    def changes(self, side: str = "b", *measures: str) -> go.Figure:
        """Draw what changes from the first market to `side`, by its letter."""
        return self._pair(side).changes(*measures)

    def winners(self, side: str = "b") -> go.Figure:
        """Draw who gains and who loses from the first market to `side`, by its letter."""
        return self._pair(side).winners()

    def _pair(self, side: str) -> ComparisonPlots:
        pairs = {letter(s): pair for s, pair in enumerate(self._result.pairs, start=1)}
        if side.lower() not in pairs:
            raise DataError(f"{side}: no such side; choose from: {', '.join(pairs)}")
        return ComparisonPlots(pairs[side.lower()])


class FrontierPlots(Plots):
    """Charts of a frontier with its market price."""

    _result: Appraisal

    def costs(self) -> go.Figure:
        """Draw market price and arbitrage cost by solve rate."""
        return charts.cost_by_solve_rate(self._costs())

    def margin(self) -> go.Figure:
        """Draw the arbitrage margin by solve rate."""
        return charts.margin_by_solve_rate(self._costs())

    def shares(self) -> go.Figure:
        """Draw who earns the market price, without and with arbitrage."""
        return charts.revenue_shares(charts.frontier_shares(finite(self._result.to_json())))

    def _costs(self) -> pd.DataFrame:
        return charts.frontier_costs(finite(self._result.to_json()))


def plots(result: object) -> Plots:
    """Charts of a result."""
    kinds: dict[type, type[Plots]] = {
        RunResult: RunPlots,
        Study: StudyPlots,
        Comparison: ComparisonPlots,
        Comparisons: ComparisonsPlots,
        Appraisal: FrontierPlots,
    }
    return kinds[type(result)](result)


def _require(names: Sequence[str], known: list[str]) -> None:
    """Refuse a measure that the result does not have."""
    for name in names:
        if name not in known:
            raise DataError(f"{name}: the result has no such measure; {nearest(name, known)}")
