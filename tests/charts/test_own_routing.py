"""The chart of who routes queries by what a router of one's own costs."""

import pandas as pd
import pytest

from market import charts
from market.foundation.errors import DataError

PATH = "consumers.teams.self_routing.cost"
COSTS = [0.01, 0.1, 1.0, 10.0]


def summary(costs: list[float]) -> pd.DataFrame:
    shares = {"arbitrage_share": 0.3, "own_routing_share": 0.5, "arbitrage_margin": 0.2}
    return pd.DataFrame(
        [
            {PATH: c, "measure": m, "mean": v, "low": v - 0.1, "high": v + 0.1, "replicates": 3}
            for c in costs
            for m, v in shares.items()
        ]
    )


def test_each_share_and_the_margin_is_a_line_by_cost():
    chart = charts.build_or_buy(summary(COSTS))
    lines = {trace.name: trace for trace in chart.data if trace.mode == "lines+markers"}
    assert list(lines) == ["arbitrageurs", "buyers themselves", "arbitrage margin"]
    assert list(lines["buyers themselves"].y) == [0.5] * 4
    assert lines["arbitrage margin"].yaxis == "y2"
    assert len(chart.data) == 6  # with a band each
    assert chart.layout.xaxis2.type == "log"


def test_its_axis_is_in_the_unit_that_the_amounts_ask_for():
    small, large = (
        charts.build_or_buy(summary([c * factor for c in COSTS])) for factor in (1e-9, 1.0)
    )
    titles = [chart.layout.xaxis2.title.text for chart in (small, large)]
    assert "$ per billion ticks" in titles[0]
    assert "$ per tick" in titles[1]


@pytest.mark.parametrize("table", [summary([1.0]), summary(COSTS).drop(columns=PATH)])
def test_a_study_of_something_else_has_no_such_chart(table):
    assert charts.routing_cost_varied(table) is None
    with pytest.raises(DataError, match="varies no cost"):
        charts.build_or_buy(table)
