"""The tick player shows what the tables of a run say, and stays small."""

import json

import numpy as np
import pandas as pd
import pytest

from market import charts
from market.charts import Colours
from market.foundation.errors import DataError


@pytest.fixture(scope="module")
def trades() -> pd.DataFrame:
    """Three ticks: A's price falls to that of a reseller, who buys from A."""
    return pd.DataFrame(
        [
            {
                "tick": tick,
                "seller": seller,
                "quality": quality,
                "posted_price": price - 0.01 * tick,
                "queries": queries,
                "paid": paid,
                "to:A": to,
            }
            for tick in range(3)
            for quality in (0.5, 0.6)
            for seller, price, queries, paid, to in (
                ("A", 0.2, 10.0 + tick, 2.0, 2.0),
                ("router", 0.1, 5.0, 1.0, 0.5),
            )
        ]
    )


def test_each_tick_is_a_frame_with_the_menus_sales_and_payments_of_that_tick(trades):
    chart = charts.tick_player(trades, ["router"])
    assert [frame.name for frame in chart.frames] == ["0", "1", "2"]
    menu, _, sold, *_ = chart.frames[2].data
    assert list(menu.y) == pytest.approx([0.18, 0.18])
    assert list(sold.x) == [24.0]
    buyers, router = chart.frames[2].data[4:]
    assert (list(buyers.x), list(router.x)) == ([4.0], [1.0])


def test_the_first_frame_is_what_is_drawn(trades):
    chart = charts.tick_player(trades, ["router"])
    drawn, first = ([list(t.x) for t in traces] for traces in (chart.data, chart.frames[0].data))
    assert drawn == first


def test_axes_hold_every_tick(trades):
    chart = charts.tick_player(trades, ["router"])
    sold = max(x for frame in chart.frames for t in frame.data[2:4] for x in t.x)
    assert chart.layout.xaxis2.range[1] > sold


def test_of_many_ticks_the_first_the_last_and_some_between_are_shown_and_the_chart_says_so(trades):
    many = pd.concat([trades.query("tick == 0").assign(tick=t) for t in range(500)])
    chart = charts.tick_player(many, ["router"], most=20)
    names = [int(frame.name) for frame in chart.frames]
    assert (names[0], names[-1], len(names)) == (0, 499, 20)
    assert np.ptp(np.diff(names)) <= 1
    assert "20 of 500 ticks shown" in chart.layout.sliders[0].currentvalue.suffix
    assert [step.label for step in chart.layout.sliders[0].steps] == list(map(str, names))


def test_its_size_is_bounded(trades):
    sizes = []
    for ticks in (60, 600):
        many = pd.concat([trades.query("tick == 0").assign(tick=t) for t in range(ticks)])
        sizes.append(len(json.dumps(charts.tick_player(many, ["router"]).to_dict()["frames"])))
    assert sizes[1] < 1.05 * sizes[0]


def test_colours_are_those_of_the_other_charts_and_buttons_are_dark_on_light(trades):
    chart = charts.tick_player(trades, ["router"])
    colours = Colours.of_market(["A"], ["router"])
    assert [trace.line.color for trace in chart.data[:2]] == [colours["A"], colours["router"]]
    (buttons,) = chart.layout.updatemenus
    assert [button.label for button in buttons.buttons] == ["Play", "Pause"]
    assert charts.colours.contrast(buttons.font.color, buttons.bgcolor) > 10


def test_a_run_in_which_nothing_was_sold_is_refused(trades):
    with pytest.raises(DataError, match="nothing was sold"):
        charts.tick_player(trades.assign(paid=0.0), ["router"])
