"""Reports on answers: the verdict as it was printed, charts, tables, and how to make it again."""

import re
from dataclasses import replace

import pytest
from answers_of_commands import ANSWERS

from market.findings import (
    Verdict,
    of_equilibrium,
    of_fit,
    of_learning,
    of_learning_by_value,
    of_regret,
    of_release,
)
from market.foundation.errors import DataError, ScenarioError
from market.report import answer_subject, render, write_report
from market.report.answer_tables import answer_tables
from market.report.sections import sections

VERDICTS = {
    "fit": of_fit,
    "release": of_release,
    "regret": of_regret,
    "equilibrium": of_equilibrium,
    "learning": of_learning,
    "learning by value": of_learning_by_value,
}
MADE = {"command": "market ask --set 'a=<b>'", "seed": 7, "versions": {"market": "0.2.0"}}


def subject(name: str):
    kind, answer = ANSWERS[name]
    said: Verdict = VERDICTS[name](answer)
    return said, answer_subject(kind, "name", answer, said, MADE, {"scenario.toml": "ticks = 3"})


@pytest.mark.parametrize("name", ANSWERS)
def test_the_page_has_the_verdict_the_charts_the_tables_and_the_command(name):
    said, about = subject(name)
    drawn = sections(about)
    page = render(about)
    head, _, rest = page.partition("<style>")
    assert "default-src 'none'" in head
    text = re.sub(r"<[^>]*>", "", page.partition("<main>")[2].partition("<script")[0])
    plain = said.text.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")
    assert plain in text
    assert len(drawn) == len(re.findall(r'<script type="application/json" data-chart', page))
    assert all(section.note for section in drawn)
    tables = [passage for passage in answer_tables(about) if passage.table]
    assert page.count("<tbody>") == len(tables) > 0
    assert "market ask --set &#39;a=&lt;b&gt;&#39;" in page
    assert "ticks = 3" in rest
    assert "<b>A</b>" not in page


def test_a_panel_stands_alone_with_its_own_names_and_lines():
    _, about = subject("release")
    lines, taken, gains = (section.chart for section in sections(about))
    assert [trace.name for trace in lines.data if trace.showlegend] == [
        "no arbitrageur",
        "1 arbitrageur",
    ]
    assert [trace.showlegend for trace in taken.data] == [True, True]
    assert gains.layout.xaxis.title.text == "$ per tick"
    _, about = subject("fit")
    targets, loss, _ = (section.chart for section in sections(about))
    assert not targets.layout.shapes
    (line,) = loss.layout.shapes
    assert (line.xref, line.yref, line.y0) == ("x domain", "y", 3.84)


def test_every_number_of_arbitrageurs_has_heat_maps_on_one_scale():
    _, about = subject("equilibrium")
    maps = [section.chart for section in sections(about) if section.group]
    assert len(maps) == 4
    scales = [(chart.data[0].zmin, chart.data[0].zmax) for chart in maps]
    assert scales[0] == scales[1] == (-2.2, 2.2)
    assert scales[2] == scales[3]


def test_what_is_no_report_is_not_replaced(tmp_path):
    _, about = subject("regret")
    file = tmp_path / "page.html"
    file.write_text("mine")
    with pytest.raises(DataError, match="is not a report and is not replaced; name another --rep"):
        write_report(about, file, "--report")
    assert file.read_text() == "mine"
    with pytest.raises(ScenarioError, match="--report"):
        write_report(about, tmp_path / "none" / "page.html", "--report")
    again = write_report(about, tmp_path / "new.html")
    before = again.read_bytes()
    write_report(replace(about, asked="Another?"), again)
    assert again.read_bytes() != before
