"""Small charts say in their title what is measured."""

import pandas as pd
from frames import COUNT, study_frames

from market import charts


def test_a_small_chart_has_the_measure_for_its_title_and_the_parameter_in_words():
    summary = study_frames(counts=(0, 1), replicates=2)["summary"]
    chart = charts.small_by_parameter(summary, "price_index")
    assert chart.layout.title.text == "price index (1 = no arbitrageurs)"
    assert chart.layout.xaxis.title.text == "arbitrageurs (router)"
    assert not chart.layout.annotations
    rows = summary.query("measure == 'price_index'")
    assert list(chart.data[1].y) == list(rows["mean"])


def test_a_legend_adds_to_its_height():
    summary = study_frames(counts=(0, 1), replicates=2)["summary"]
    both = [summary.assign(**{"consumers.teams.price_sensitivity": s}) for s in (2, 6)]
    one = charts.small_by_parameter(summary, "price_index")
    two = charts.small_by_parameter(pd.concat(both), "price_index", over=COUNT)
    assert two.layout.height == one.layout.height + 2 * charts.small.LEGEND
    assert [t.name for t in two.data if t.showlegend] == [
        "price sensitivity (teams) = 2",
        "price sensitivity (teams) = 6",
    ]
