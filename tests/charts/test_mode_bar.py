"""Charts save SVG from their mode bar, and are there in notebooks that are exported as HTML."""

import json
import re

import nbformat
import plotly.io as pio
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from market.charts import Chart, file_name, mode_bar
from market.charts.template import figure, panels
from market.foundation.json_values import finite
from market.frontier.appraisal import appraise
from market.report.page import render
from market.report.subject import Subject


@pytest.mark.parametrize("chart", [figure("Why?"), panels("Why?", ["one", "two"])])
def test_every_chart_saves_svg_under_the_name_of_its_question(chart):
    assert isinstance(chart, Chart)
    options = mode_bar("Why not<br>here?")["toImageButtonOptions"]
    assert options == {"format": "svg", "filename": "why-not-here"}
    assert '"filename":"why"' in chart.to_html(include_plotlyjs=False).replace(' "', '"')


def test_no_chart_offers_to_upload_its_data():
    found = mode_bar("Why?")
    assert "sendChartToCloud" in found["modeBarButtonsToRemove"]
    assert found["plotlyServerURL"] == ""


def test_charts_of_a_report_have_the_mode_bar(ladder):
    found = appraise(ladder, quality=(0.3, 0.8, 6)).to_json()
    page = render(Subject("frontier", "records", {}, json.loads(json.dumps(finite(found)))))
    assert page.count('"format":"svg","filename":"') == page.count("data-chart=")


def test_a_file_name_has_words_alone_and_an_end():
    assert file_name("What is <b>'best'</b>?") == "what-is-best"
    assert len(file_name("word " * 40)) <= 60
    assert file_name("?") == "chart"


def test_a_configuration_of_one_s_own_is_kept():
    html = figure("Why?").to_html(include_plotlyjs=False, config={"displayModeBar": False})
    assert "toImageButtonOptions" not in html


@pytest.fixture(scope="module")
def exported() -> str:
    """A notebook with two charts as HTML, executed without any setting of Plotly's."""
    cells = ["from market.charts.template import figure\nfigure('First?')", "figure('Second?')"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PLOTLY_RENDERER", raising=False)
        NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    html: str = HTMLExporter().from_notebook_node(notebook)[0]
    return html


def test_a_notebook_exported_as_html_has_its_charts_and_plotly_once(exported):
    assert len(re.findall(r"Plotly\.newPlot\(\s*\"", exported)) == 2
    assert exported.count("* plotly.js v") == 1


def test_charts_in_notebooks_save_svg(exported):
    assert len(re.findall(r'"format":\s*"svg"', exported)) == 2


def test_a_renderer_that_was_chosen_is_used(monkeypatch):
    shown = []
    monkeypatch.setattr(pio, "show", lambda chart, *names, **options: shown.append(options))
    monkeypatch.setattr(pio.renderers, "_default_name", "svg", raising=False)
    monkeypatch.setattr(pio.renderers, "_default_renderers", [1], raising=False)
    figure("Why?")._ipython_display_()
    assert "renderer" not in shown[0]
