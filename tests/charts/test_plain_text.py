"""Names in charts are text, never links."""

import json

from market.charts.mode_bar import Chart
from market.charts.plain_text import plain

LINK = '<a href="http://elsewhere.org">R&D</a>'


def test_a_name_is_no_link_wherever_a_chart_has_it():
    chart = Chart()
    chart.add_bar(
        x=[LINK], y=[1.0], name=LINK, customdata=[[LINK]], hovertemplate="%{y}<extra></extra>"
    )
    chart.update_layout(title_text=f"one<br>{LINK}")
    for written in (chart.to_json(), json.dumps(chart.to_plotly_json(), default=str)):
        assert "<a" not in written.replace("\\u003c", "<")
        assert "&lt;a href" in written.replace("\\u0026", "&")
        assert "<br>" in written.replace("\\u003c", "<").replace("\\u003e", ">")
    assert chart.data[0].name == LINK


def test_writing_entities_twice_is_as_once():
    assert plain(plain(LINK)) == plain(LINK) == '&lt;a href="http://elsewhere.org">R&amp;D&lt;/a>'
