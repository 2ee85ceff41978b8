"""Results show themselves: verdict, key figures, what they can be asked; escaped; no cut at 80."""

import pytest

import market
from market.frontier import appraise
from market.scenario.sources import read_source


@pytest.fixture(scope="module")
def scenario():
    return market.load("duopoly").change(
        {"consumers.teams.size": 200}, ticks=8, perturb_every="never"
    )


@pytest.fixture(scope="module")
def results(scenario):
    return {
        "run": market.run(scenario),
        "comparison": market.compare(
            scenario, scenario.change({"tax": 0.2}), replicates=2, resample=False, jobs=1
        ),
        "comparisons": market.compare(
            scenario,
            scenario.change({"tax": 0.2}),
            scenario.change({"arbitrageurs.router.count": 2}),
            replicates=2,
            resample=False,
            jobs=1,
        ),
        "study": market.sweep(
            scenario, {"arbitrageurs.router.count": [0, 1]}, replicates=2, jobs=1
        ),
        "frontier": appraise(read_source("synthetic").population, draws=0),
        "scenario": scenario,
    }


KINDS = pytest.mark.parametrize(
    "kind", ["run", "comparison", "comparisons", "study", "frontier", "scenario"]
)


@KINDS
@pytest.mark.parametrize("width", ["60", "80"])
def test_text_fits_the_terminal(results, kind, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", width)
    assert max(len(line) for line in repr(results[kind]).splitlines()) <= int(width)


@KINDS
def test_a_notebook_shows_what_a_terminal_shows_in_a_table(results, kind):
    page = results[kind]._repr_html_()
    assert page.count("<table") == 1
    first = repr(results[kind]).splitlines()[0].split()[0]
    assert first in page


def test_the_verdict_of_a_run_is_that_of_its_findings(results):
    from market.findings.of_results import run_verdict

    said = " ".join(repr(results["run"]).split())
    assert run_verdict(results["run"]).text in said


def test_a_figure_shown_is_that_of_the_summary(results):
    assert f"{results['run'].summary['price_index']:.3f}" in repr(results["run"])


def test_a_comparison_shows_intervals(results):
    row = results["comparison"].measures.set_index("measure").loc["price_index"]
    assert f"({row['low']:.3f} to {row['high']:.3f})".replace("-", "−") in repr(
        results["comparison"]
    )


def test_a_description_is_escaped(scenario):
    page = scenario.change(description="<script>alert(1)</script>")._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_colours_are_those_of_the_page(results):
    page = results["run"]._repr_html_()
    assert "color:inherit" in page
    assert "#" not in page.replace("&#", "")


def test_a_result_is_shown_without_the_sensitivity_that_its_design_lacks(results):
    assert "sensitivity" not in repr(results["study"])


@pytest.mark.parametrize("kind", ["run", "comparison", "comparisons", "study"])
def test_every_column_is_documented(results, kind):
    found = results[kind].columns
    assert found.loc[found["meaning"] == "", "column"].tolist() == []


def test_every_column_of_a_run_with_all_mechanisms_is_documented(scenario):
    spec = market.load("weak_tests").change(
        {"consumers.teams.size": 50, "merge": ["OpenAI", "DeepSeek"]},
        ticks=4,
        perturb_every="never",
        record_queries=True,
    )
    found = market.run(spec).columns
    assert found.loc[found["meaning"] == "", "column"].tolist() == []
    assert "owner" in set(found["column"])
