"""Reports: what is on the page, where it is written, and what is refused."""

import contextlib
import json
import re
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from frames import COUNT, comparison_frames, small_run, study_frames, write_folder
from money_scales import run_at
from plotly.offline import get_plotlyjs
from typer.testing import CliRunner

from market.cli.app import app
from market.foundation.atomic_files import write_whole
from market.foundation.errors import DataError, ScenarioError
from market.foundation.json_values import finite
from market.frontier.appraisal import appraise
from market.measures.labels import HEADLINES
from market.report import export_tables, read_subject, render, write_report
from market.report.sections import sections
from market.results.run_result import RunResult

MEGABYTE = 1_000_000
VERSIONS = {"versions": {"market": "0.1.0"}, "seed": 1}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A run of two arbitrageurs."""
    return small_run(2).save(tmp_path_factory.mktemp("run") / "two")


@pytest.fixture(scope="module")
def without(tmp_path_factory) -> Path:
    return small_run(0).save(tmp_path_factory.mktemp("run") / "none")


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    manifest = {"study": "duopoly", "design": "grid", "replicates": 3, **VERSIONS}
    return write_folder(tmp_path_factory.mktemp("s") / "study", study_frames(), manifest)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory) -> Path:
    manifest = {"comparison": ["none", "two"], "seeds": [1, 2, 3, 4], **VERSIONS}
    return write_folder(tmp_path_factory.mktemp("c") / "pair", comparison_frames(), manifest)


@pytest.fixture(scope="module")
def frontier(tmp_path_factory, ladder) -> Path:
    file = tmp_path_factory.mktemp("f") / "frontier.json"
    found = appraise(ladder, quality=(0.3, 0.8, 11)).to_json()
    file.write_text(json.dumps(finite(found)))
    return file


def market(*arguments: str, cwd: Path):
    with contextlib.chdir(cwd):
        return CliRunner().invoke(app, list(arguments))


@cache
def page_of(*results: Path) -> str:
    """The page of results that no test changes."""
    return render(read_subject(*results))


def headings(page: str) -> list[str]:
    return re.findall(r"<h[23]>(.*?)</h[23]>", page)


def seen(page: str) -> list[str]:
    """Headings of what is not folded away."""
    return headings(re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL))


def test_a_run_s_report_shows_figures_charts_method_versions_and_scenario(folder):
    page = page_of(folder)
    assert "Who buys from whom?" in headings(page)
    assert headings(page)[-4:] == ["Terms", "Method", "Versions and seed", "Scenario, as resolved"]
    assert "of the queries served go through arbitrageurs" in page
    assert "arXiv:2603.22404" in page
    assert "name = &#34;duopoly&#34;" in page
    assert "version of numpy" in page


def test_a_run_s_report_asks_the_scenario_s_question_and_answers_in_three_figures(folder):
    page = page_of(folder)
    asked = "How much can a single arbitrageur earn between two rivals of nearly equal quality?"
    assert f"<h1>{asked}</h1>" in page
    assert seen(page) == [
        "What does a solve rate cost from providers, and with arbitrage?",
        "Who buys from whom?",
        "Who earns what profit?",
        "Agent by agent",
    ]
    assert "What happens tick by tick?" in headings(page)


def test_the_contents_lead_to_every_part_of_the_page(folder, study, comparison, frontier):
    for result in (folder, study, comparison, frontier):
        page = page_of(result)
        links = re.findall(r'href="#([^"]+)"', page)
        assert len(links) > 3
        assert set(links) <= set(re.findall(r' id="([^"]+)"', page))


def test_the_table_of_agents_has_what_the_summary_says(folder):
    agents = json.loads((folder / "manifest.json").read_text())["agents"]
    page = page_of(folder)
    for name in agents:
        assert f'<th scope="row">{name}</th>' in page
    assert 'data-column="profit, $ per tick"' in page


def test_every_term_is_described_in_the_glossary_and_reached_by_keyboard(folder):
    page = page_of(folder)
    terms = re.findall(r'<span class="term"(.*?)>', page)
    assert len(terms) > 20
    for term in terms:
        assert 'tabindex="0"' in term
        place = re.search(r'aria-describedby="(.*?)"', term)
        assert place is not None
        assert f'<dd id="{place[1]}">' in page


def test_a_dark_page_turns_text_and_market_price_and_keeps_colours_that_can_be_seen(folder):
    page = page_of(folder)
    found = re.search(r'id="dark">(.*?)</script>', page)
    assert found is not None
    dark = json.loads(found[1])
    assert dark["white"] == "#16181B"
    assert dark["#000000"] == "#F2F2F2"
    assert "#009E73" not in dark


def test_the_figures_of_the_report_are_those_of_the_summary(folder):
    summary = json.loads((folder / "manifest.json").read_text())["summary"]
    page = page_of(folder)
    assert f"<strong>{100 * summary['arbitrage_share']:.1f}%</strong>" in page
    assert f">{summary['price_index']:.3f}</td>" in page


def test_a_loss_has_its_sign_before_the_dollar(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "loss")
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["summary"]["arbitrage_profit"] = -26.24
    (copy / "manifest.json").write_text(json.dumps(manifest))
    assert "<strong>−$26.2 per tick</strong>" in render(read_subject(copy))


@pytest.mark.parametrize(
    ("scale", "tick"), [(1e-6, "$ per 1,000 ticks"), (1e7, "$ million per tick")]
)
def test_cards_and_table_of_a_run_have_one_unit_at_any_scale(folder, tmp_path, scale, tick):
    run_at(RunResult.read(folder), scale).save(tmp_path / "scaled")
    page = render(read_subject(tmp_path / "scaled"))
    assert f"provider revenue, {tick}</span></th>" in page
    card = re.search(r"<strong>\$([\d.,]+)(.*)</strong> <span>is what providers earn", page)
    assert f"${card[2]}" == tick
    assert "0.0000" not in re.sub(r"<script.*?</script>|<pre.*?</pre>", "", page, flags=re.DOTALL)


def test_a_run_without_arbitrageurs_has_no_price_war(without):
    asked = headings(page_of(without))
    assert "Who earns what profit?" in asked
    assert not any("undercut" in question for question in asked)


def test_a_run_held_against_another_shows_both_and_the_change(folder, without):
    page = page_of(folder, without)
    assert '<th scope="col">without arbitrageurs</th>' in page
    assert '"name":"without arbitrageurs"' in page


def test_what_makes_the_sides_of_a_comparison_unlike_is_said_first(comparison):
    subject = read_subject(comparison)
    differ = "The sides differ in more than what is compared"
    assert differ not in render(subject)
    told = replace(subject, manifest={**subject.manifest, "unlike": ["ticks: 2 in A, 3 in B"]})
    page = render(told)
    assert "ticks: 2 in A, 3 in B." in page
    assert page.index(differ) < page.index('class="verdict"')


def test_the_markets_of_a_comparison_are_named(comparison):
    page = page_of(comparison)
    assert "A is none, B is two." in page
    assert "<h1>none and two</h1>" in page
    assert "1 to 4 (4)" in page
    assert seen(page) == [
        "Who gains and who loses?",
        "What changes from A to B?",
        "Agent by agent",
    ]


@pytest.fixture(scope="module")
def three(tmp_path_factory) -> Path:
    """A compared with B, and with C, where each measure is twice what it is in A."""
    frames = {}
    for name, frame in comparison_frames().items():
        twice = frame.assign(b=2 * frame["a"], difference=frame["a"])
        twice["low"], twice["high"] = frame["a"] - 0.001, frame["a"] + 0.001
        frames[name] = pd.concat([frame.assign(side="b"), twice.assign(side="c")])
    manifest = {"comparison": ["none", "two", "double"], "seeds": [1, 2, 3], **VERSIONS}
    return write_folder(tmp_path_factory.mktemp("c") / "three", frames, manifest)


def test_of_three_markets_each_has_small_charts_a_verdict_and_columns_beside_a(three):
    page = render(read_subject(three))
    assert "<h1>none, two and double</h1>" in page
    assert "A is none, B is two, C is double." in page
    assert seen(page) == [
        "Who gains and who loses?",
        "From A to B",
        "From A to C",
        "What changes?",
        "From A to B",
        "From A to C",
        "Agent by agent",
    ]
    assert "With C in place of A" in page
    assert 'data-column="C − A"' in page


def test_what_is_told_of_a_third_market_is_its_own(three):
    subject = read_subject(three)
    index = subject.tables["measures"].query("measure == 'price_index'").set_index("side")
    page = render(subject)
    row = re.search(r">price index .*?</tr>", page[page.index('id="measures"') :], re.DOTALL)
    assert row is not None
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", row[0])
    assert cells[0] == f"{index.loc['b', 'a']:.3f}"
    assert cells[1] == f"{index.loc['b', 'b']:.3f}"
    assert cells[3] == f"{index.loc['c', 'b']:.3f}"
    tables = {table.name: table for table in export_tables(subject)}
    assert tables["measures-c"].columns[-2:] == ("C", "C − A")
    assert (tables["agents-c"].frame["C"] == 2 * tables["agents-c"].frame["A"]).all()


def test_a_change_from_near_zero_has_no_percent(comparison):
    page = page_of(comparison)
    profit = re.search(r"<strong>([^<]*)</strong> <span>arbitrage profit", page)
    assert profit is not None
    assert "%" not in profit[1]


def test_a_study_s_report_has_a_chart_per_headline_measure(study):
    subject = read_subject(study)
    del subject.tables["sensitivity"]  # type: ignore[attr-defined]
    asked = headings(render(subject))
    expected = {"price_index", "revenue_per_query", "segmentation", "arbitrage_profit"}
    assert sum("depend on the number of arbitrageurs" in q for q in asked) == len(expected)


def test_a_study_s_report_has_a_row_of_small_charts_for_each_question(study):
    subject = read_subject(study)
    del subject.tables["sensitivity"]  # type: ignore[attr-defined]
    assert seen(render(subject)) == [
        "What happens to prices?",
        "price index (1 = no arbitrageurs)",
        "Who earns?",
        "providers' revenue, $ per query".replace("'", "&#39;"),
        "arbitrage profit, $ per tick",
        "How concentrated is the market?",
        "segmentation by model",
    ]


def test_a_study_without_a_scenario_is_called_by_its_name_and_a_long_one_by_its_question(
    study, tmp_path
):
    assert "<h1>duopoly</h1>" in page_of(study)
    copy = shutil.copytree(study, tmp_path / "long")
    text = json.dumps({"scenario": {"description": 'What "if"?'}, "runs": ["x"] * 20_000})
    (copy / "study.json").write_text(text)
    assert "<h1>What &#34;if&#34;?</h1>" in render(read_subject(copy))


def test_a_study_that_sampled_its_parameters_shows_indices_and_no_lines(study):
    asked = headings(page_of(study))
    assert asked[:2] == ["What does the price index depend on?", "Terms"]


def test_a_sampled_value_is_written_with_four_digits(study, tmp_path):
    copy = shutil.copytree(study, tmp_path / "sampled")
    summary = pd.read_parquet(copy / "summary.parquet")
    summary[COUNT] = summary[COUNT] * 2 / 3
    summary.to_parquet(copy / "summary.parquet", index=False)
    page = render(read_subject(copy))
    assert "0.6666666" not in page.split("<h2")[0]


def test_a_long_design_is_cut(study, tmp_path):
    copy = shutil.copytree(study, tmp_path / "copy")
    (copy / "study.json").write_text("x" * 2_000_000)
    page = render(read_subject(copy))
    assert "(2,000,000 letters in all: see the folder)" in page
    assert "x" * 50_001 not in page


def test_a_study_that_varied_nothing_shows_means_and_no_empty_chart(tmp_path):
    summary = study_frames(counts=(0, 1))["summary"].query(f"`{COUNT}` == 1")
    page = render(read_subject(write_folder(tmp_path / "s", {"summary": summary}, VERSIONS)))
    assert "price index (1 = no arbitrageurs) (" in page
    assert headings(page)[0] == "Terms"


def test_a_frontier_s_report_says_where_the_margin_is_highest(frontier):
    found = json.loads(frontier.read_text())
    page = page_of(frontier)
    assert f"<strong>{100 * found['max_margin']:.1f}%</strong>" in page
    assert "Who earns the market price, without and with arbitrage?" in headings(page)


def test_interventions_of_the_scenario_are_marked(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    file = copy / "scenario.toml"
    file.write_text(
        file.read_text().replace("interventions = []\n", "")
        + '\n[[interventions]]\nat = 5\nset = { "routing_tax" = 0.1 }\n'
        + '\n[[interventions]]\nat = 2\nname = "a ban"\n'
    )
    subject = read_subject(copy)
    assert subject.interventions == [(2, "a ban"), (5, "routing_tax = 0.1")]
    assert '"text":"a ban"' in render(subject)


def test_names_cannot_bring_markup_into_the_page(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    for name, column in (("providers", "provider"), ("arbitrageurs", "arbitrageur")):
        table = pd.read_parquet(copy / f"{name}.parquet")
        table[column] = table[column] + "</script><script>alert(1)</script>"
        table.to_parquet(copy / f"{name}.parquet", index=False)
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["scenario"] = "<script>alert(2)</script>"
    (copy / "manifest.json").write_text(json.dumps(manifest))
    assert "<script>alert(" not in render(read_subject(copy))


def test_the_same_result_gives_the_same_page(folder):
    assert render(read_subject(folder)) == page_of(folder)


def test_the_page_asks_for_nothing_from_elsewhere(folder):
    ours = page_of(folder).replace(get_plotlyjs(), "")
    assert "default-src 'none'" in ours
    assert "http" not in re.sub(r"http-equiv|https?://www.w3.org", "", ours)
    links = re.findall(r'(?:src|href)="([^"]*)"', ours)
    assert [link for link in links if not link.startswith("#")] == ["data:,"]


def test_a_report_of_a_long_run_stays_under_six_megabytes(folder):
    subject = read_subject(folder)
    for name, table in subject.tables.items():
        ticks = int(table["tick"].max()) + 1
        later = [table.assign(tick=table["tick"] + ticks * i) for i in range(500)]
        subject.tables[name] = pd.concat(later, ignore_index=True)  # type: ignore[index]
    assert len(subject.tables["market"]) == 4000
    assert len(render(subject).encode()) < 6 * MEGABYTE


def test_a_report_of_a_default_sweep_stays_under_six_megabytes(tmp_path):
    columns = ["measure", "mean", "standard_error", "low", "high", "replicates"]
    rows = [
        {COUNT: n, **dict(zip(columns, (name, 1.0 + n, 0.1, 0.8 + n, 1.2 + n, 20), strict=True))}
        for n in range(7)
        for name in HEADLINES
    ]
    summary = pd.DataFrame(rows)
    differences = summary.rename(columns={"mean": "difference"}).assign(relative=0.1)
    frames = {"summary": summary, "differences": differences}
    page = render(read_subject(write_folder(tmp_path / "s", frames, VERSIONS)))
    assert sum("depend on" in question for question in headings(page)) == len(HEADLINES)
    assert len(page.encode()) < 6 * MEGABYTE


def test_the_command_writes_into_the_folder_and_says_where(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    done = market("report", "copy", cwd=tmp_path)
    assert (done.exit_code, done.stdout) == (0, "Report: copy/report.html\n")
    assert (copy / "report.html").read_text().startswith("<!doctype html>")


def test_the_command_writes_beside_a_frontier_and_answers_in_json(frontier):
    done = market("report", "frontier.json", "--json", cwd=frontier.parent)
    page = frontier.with_suffix(".html")
    assert json.loads(done.stdout) == {"report": str(page), "kind": "frontier"}
    assert page.is_file()


def test_an_earlier_report_is_replaced(folder, tmp_path):
    page = write_report(read_subject(folder), tmp_path / "page.html")
    page.write_text(page.read_text()[:3000])
    write_report(read_subject(folder), page)
    assert page.stat().st_size > MEGABYTE


def test_a_file_that_is_no_report_is_not_replaced(folder, tmp_path):
    precious = tmp_path / "thesis.html"
    precious.write_text("<p>mine</p>")
    done = market("report", str(folder), "--out", "thesis.html", cwd=tmp_path)
    assert done.exit_code == 2
    assert "thesis.html: is not a report and is not replaced; name another" in done.stderr
    assert precious.read_text() == "<p>mine</p>"


def test_a_page_that_cannot_be_written_leaves_nothing(tmp_path):
    with pytest.raises(ScenarioError, match="cannot be written"):
        write_whole(tmp_path / "no" / "page.html", "text")
    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "page.html", "half \udcff")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[1]", "holds list, not one JSON object"),
        ("{", "cannot be read as JSON"),
        ("{}", "is not a frontier (no arbitrage_cost, market_price, models, quality)"),
    ],
)
def test_a_file_that_is_no_frontier_is_refused(tmp_path, content, message):
    (tmp_path / "x.json").write_text(content)
    done = market("report", "x.json", cwd=tmp_path)
    assert done.exit_code == 2
    assert f"error: x.json: {message}" in done.stderr


def test_a_folder_without_a_result_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"contains no result \(no manifest.json\)"):
        read_subject(tmp_path)


def test_a_folder_whose_tables_are_gone_is_refused(tmp_path):
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(DataError, match="has none of the tables of a result"):
        read_subject(tmp_path)


def test_a_table_that_is_no_parquet_is_refused(tmp_path):
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "market.parquet").write_text("no")
    with pytest.raises(DataError, match=r"market\.parquet: cannot be read"):
        read_subject(tmp_path)


def test_a_table_of_another_version_is_refused_by_column(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    table = pd.read_parquet(copy / "trades.parquet").drop(columns="posted_price")
    table.to_parquet(copy / "trades.parquet", index=False)
    done = market("report", "copy", cwd=tmp_path)
    assert done.exit_code == 2
    assert "trades.parquet: has no column posted_price; run it again" in done.stderr


def test_a_run_whose_table_is_missing_is_refused(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "trades.parquet").unlink()
    with pytest.raises(DataError, match=r"trades\.parquet: cannot be read"):
        read_subject(copy)


def test_a_scenario_that_is_not_toml_is_refused(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "scenario.toml").write_text("ticks =")
    with pytest.raises(DataError, match=r"scenario\.toml: cannot be read as TOML"):
        render(read_subject(copy))


def test_what_is_not_there_is_refused(tmp_path):
    done = market("report", "nowhere", cwd=tmp_path)
    assert done.exit_code == 2
    assert "nowhere: no such folder or file" in done.stderr


def test_only_runs_are_held_against_runs(folder, study):
    with pytest.raises(DataError, match="is a study, not a run's folder"):
        read_subject(folder, study)


def test_run_writes_the_report_with_the_market_without_arbitrageurs_beside_it(tmp_path):
    size = "consumers.teams.size=100"
    run = ("run", "duopoly", "--set", "ticks=4", "--set", size, "--report", "--out", "r")
    done = market(*run, cwd=tmp_path)
    assert done.stdout.endswith("Report: r/report.html\n")
    assert "without arbitrageurs" in (tmp_path / "r" / "report.html").read_text()


def test_missing_values_are_dashes_and_never_numbers(folder):
    subject = read_subject(folder)
    subject.manifest["summary"]["segmentation"] = None  # type: ignore[index]
    page = render(subject)
    assert re.search(r">segmentation by model</span></th><td[^>]*>–</td>", page)


def test_the_price_of_a_query_is_held_against_the_marginal_cost_of_serving_it(folder):
    subject = read_subject(folder)
    late = subject.tables["market"].query("tick >= 6")
    cost = subject.tables["providers"].query("tick >= 6")["cost"].sum()
    (moving,) = [
        s for s in sections(subject) if "How does the market change" in str(s.chart.layout)
    ]
    (line,) = [t for t in moving.chart.data if t.name == "marginal cost of what was served"]
    assert line.y[0] == pytest.approx(cost / late["queries_served"].sum())
