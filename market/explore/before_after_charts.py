"""The charts of two markets, before and after: side by side on one scale, or in one figure."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from market import charts
from market.charts import Colours
from market.charts.flows import KEPT_SHARE
from market.charts.template import TITLE_LINE
from market.charts.ticks import MOVING
from market.explore.before_after_text import earnings_unit
from market.foundation.errors import DataError
from market.measures.money_units import MoneyUnit
from market.results.run_result import RunResult

SIDES = ("before", "after")
LEGEND_LINE, LEGEND_MARK, LETTER, HALF, AXIS = 19, 45, 7, 340, 66  # pixels


@dataclass(frozen=True)
class Pictures:
    """A question, and the charts that answer it.

    Attributes
    ----------
    question, note
        Heading, and how to read what is below it.
    charts
        One for both markets, or one for each: before, after. A text where there is nothing to draw.
    """

    question: str
    note: str
    charts: tuple[go.Figure | str, ...]


@dataclass(frozen=True)
class _Side:
    """One of the two markets, as charts need it."""

    result: RunResult
    resellers: list[str] = field(init=False)

    def __post_init__(self) -> None:
        table = self.result.arbitrageurs
        names = [str(name) for name in table["arbitrageur"].unique()] if len(table) else []
        object.__setattr__(self, "resellers", names)

    @property
    def events(self) -> list[tuple[int, str]]:
        changes = self.result.scenario.interventions
        return sorted((change.at, change.name) for change in changes)


def pictures(
    before: RunResult, after: RunResult, sides_are: tuple[str, str] = SIDES
) -> Iterator[Pictures]:
    """All charts, in the order in which they are read.

    Parameters
    ----------
    before, after
        Results of the scenario as given, and as changed.
    sides_are
        What the two are called.
    """
    sides = [_Side(before), _Side(after)]
    names = max((side.resellers for side in sides), key=len)
    providers = [provider.name for provider in before.scenario.providers]
    colours = Colours.of_market(providers, names)
    late = [charts.last_quarter(side.result.trades) for side in sides]
    mix = next(iter(charts.by_problems(late[1])))  # prices are shown on the same problems
    by_seller = [
        charts.menu_costs(_of(trades, mix), side.resellers)
        for side, trades in zip(sides, late, strict=True)
    ]
    price = MoneyUnit.fitting(pd.concat(by_seller)["cost"], "query")
    money = earnings_unit(before, after)
    whose = f" Prices for the query mix: {mix}." if mix else ""

    yield _side_by_side(
        "Posted prices, and in orange what arbitrageurs spent. The shaded margin is what "
        f"competition among them passes on.{whose}",
        [partial(_costs, costs, colours, price) for costs in by_seller],
    )
    tier = _contested_tier(sides, mix)
    if tier is not None:
        yield _side_by_side(
            "Each acts once a tick and undercuts the cheapest rival, but not below its own cost, "
            f"which is shown as a mean of ten ticks.{whose}",
            [partial(_undercutting, side, colours, tier, mix, price) for side in sides],
        )
    yield _side_by_side(
        "Money per tick, last quarter of the run.",
        [
            partial(_flows, trades, side, colours, money)
            for side, trades in zip(sides, late, strict=True)
        ],
    )
    for what, note in (
        ("revenue", "An arbitrageur's revenue is its fees, most of which it pays on to providers."),
        (
            "profit",
            "Revenue minus marginal cost; for an arbitrageur, fees minus spend and tax.",
        ),
    ):
        yield _side_by_side(note, [partial(_earned, side, what, colours, money) for side in sides])
    yield _together(
        f"Grey with circles is {sides_are[0]}, black is {sides_are[1]}. A price index "
        "of 1 means list prices without arbitrage.",
        _moves(before, sides[1], sides_are),
    )
    earned = [charts.tier_revenue(trades) for trades in late]
    if earned[1].to_numpy().sum() > 0:
        yield _together(
            "A tier that one provider serves alone is one dark cell in its column.",
            charts.segmentation_map(earned[1], earned[0], sides_are),
        )


def _costs(costs: pd.DataFrame, colours: Colours, unit: MoneyUnit) -> go.Figure:
    return charts.cost_by_solve_rate(
        costs, colours, question="What does a solve rate cost?", unit=unit
    )


def _of(trades: pd.DataFrame, mix: str) -> pd.DataFrame:
    """Trades of one mix of problems, if they tell it."""
    return charts.by_problems(trades).get(mix, trades)


def _undercutting(
    side: _Side, colours: Colours, tier: float, mix: str, unit: MoneyUnit
) -> go.Figure:
    """The price war; its cost under a name that half of a window holds beside another."""
    trades = _of(side.result.trades, mix)
    chart = charts.price_war(trades, side.resellers, colours, side.events, tier, unit)
    short = "arbitrage cost"
    return chart.update_traces({"name": short}, lambda t: str(t.name).startswith(short))


def _flows(trades: pd.DataFrame, side: _Side, colours: Colours, unit: MoneyUnit) -> go.Figure:
    """Who buys from whom; what no provider gets, under a name that half of a window holds."""
    chart = charts.who_buys_from_whom(trades, side.resellers, colours, unit=unit)
    rest = "kept or taxed" if side.result.summary["tax_revenue"] > 0 else "kept"
    names = [rest if name == KEPT_SHARE else name for name in chart.data[0].node.label]
    return chart.update_traces(node_label=names)


def _earned(side: _Side, what: str, colours: Colours, unit: MoneyUnit) -> go.Figure:
    result = side.result
    return charts.agents_over_ticks(
        result.providers, result.arbitrageurs, what, colours, side.events, unit=unit
    )


def _moves(before: RunResult, after: _Side, names: tuple[str, str]) -> go.Figure:
    chart = charts.measures_over_ticks(
        after.result.market, MOVING, after.events, before.market, names[0]
    )
    return chart.update_traces({"name": names[1]}, {"name": "this market"})


def _contested_tier(sides: Sequence[_Side], mix: str) -> float | None:
    """The solve rate at which arbitrageurs took most fees, after if there are any, else before."""
    for side in reversed(sides):
        trades = _of(side.result.trades, mix)
        resold = trades[trades["seller"].isin(side.resellers)].dropna(subset="posted_price")
        if len(resold):
            tiers = resold.groupby("quality")["paid"].sum()
            return float(tiers.index.to_numpy()[tiers.argmax()])
    return None


def _side_by_side(note: str, draw: Sequence[Callable[[], go.Figure]]) -> Pictures:
    drawn = [_drawn(one) for one in draw]
    made = [chart for chart in drawn if not isinstance(chart, str)]
    question = " ".join(made[0].layout.title.text.split("<br>")) if made else "Nothing was sold"
    scale, lines = _common_range(made), max(map(_legend_lines, made), default=0)
    return Pictures(
        question, note, tuple(c if isinstance(c, str) else _bare(c, lines, scale) for c in drawn)
    )


def _together(note: str, chart: go.Figure) -> Pictures:
    question = " ".join(chart.layout.title.text.split("<br>"))
    return Pictures(question, note, (_bare(chart, _legend_lines(chart)),))


def _drawn(draw: Callable[[], go.Figure]) -> go.Figure | str:
    try:
        return draw()
    except DataError as error:
        return str(error).removeprefix("nothing to draw: ")


def _bare(
    chart: go.Figure, legend_lines: int, scale: tuple[float, float] | None = None
) -> go.Figure:
    """A chart, changed in place for a heading above it and half of a window's width.

    With as many lines of legend, two charts have axes of the same height.
    """
    saved = TITLE_LINE * len(chart.layout.title.text.split("<br>"))
    room = LEGEND_LINE * legend_lines
    chart.update_layout(
        title=None,
        height=chart.layout.height - saved + room,
        margin_t=chart.layout.margin.t - saved,
    )
    if legend_lines:
        chart.update_layout(margin_b=AXIS + room)
    return chart if scale is None else chart.update_yaxes(range=scale, autorange=False)


def _legend_lines(chart: go.Figure) -> int:
    """Lines of the legend at half of a window's width: columns are as wide as the longest name."""
    names = [str(t.name) for t in chart.data if t.name and t.showlegend is not False]
    if len(names) < 2:
        return 0
    columns = max(HALF // (LEGEND_MARK + LETTER * max(map(len, names))), 1)
    return math.ceil(len(names) / columns)


def _common_range(made: Sequence[go.Figure]) -> tuple[float, float] | None:
    """Range of the y axis that holds what is in all charts; None where they have no such axis."""
    parts = [np.asarray(t.y, dtype=np.float64) for c in made for t in c.data if "y" in t]
    values = np.concatenate([part for part in parts if part.size] or [np.empty(0)])
    values = values[np.isfinite(values)]
    if not values.size:
        return None
    axis = made[0].layout.yaxis
    if axis.type == "log":
        values = np.log10(values[values > 0])
    elif axis.rangemode == "tozero":
        values = np.append(values, 0.0)
    low, high = float(values.min()), float(values.max())
    room = 0.06 * ((high - low) or abs(high) or 1.0)
    flat = axis.rangemode == "tozero" and low == 0
    return (0.0 if flat else low - room), high + room
