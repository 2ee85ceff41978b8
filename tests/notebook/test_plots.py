"""Charts hang on results, where tab completion finds them."""

import subprocess
import sys

import plotly.graph_objects as go
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
def result(scenario):
    return market.run(scenario)


@pytest.fixture(scope="module")
def comparison(scenario):
    return market.compare(
        scenario, scenario.change({"tax": 0.2}), replicates=2, resample=False, jobs=1
    )


@pytest.fixture(scope="module")
def study(scenario):
    return market.sweep(scenario, {"arbitrageurs.router.count": [0, 1]}, replicates=2, jobs=1)


def test_every_chart_of_a_run_is_a_figure(result):
    names = dir(result.plot)
    assert len(names) >= 8
    assert all(isinstance(getattr(result.plot, name)(), go.Figure) for name in names)


def test_every_chart_of_a_comparison_is_a_figure(comparison):
    names = dir(comparison.plot)
    assert all(isinstance(getattr(comparison.plot, name)(), go.Figure) for name in names)


def test_a_comparison_of_several_draws_the_side_asked_for(scenario):
    sides = [scenario, scenario.change({"tax": 0.2}), scenario.change({"tax": 0.4})]
    found = market.compare(*sides, replicates=2, resample=False, jobs=1)
    assert found.plot.changes("c") == found.pairs[1].plot.changes()
    with pytest.raises(market.DataError, match="choose from: b, c"):
        found.plot.changes("d")


def test_every_chart_of_a_frontier_is_a_figure():
    found = appraise(read_source("synthetic").population, draws=0)
    assert all(isinstance(getattr(found.plot, name)(), go.Figure) for name in dir(found.plot))


def test_an_effect_has_the_study_s_means(study):
    rows = study.summary().query("measure == 'price_index'")["mean"]
    drawn = [
        list(trace.y) for trace in study.plot.effect("price_index").data if trace.y is not None
    ]
    assert any(len(y) == 2 and y == pytest.approx(rows.tolist()) for y in drawn)


def test_a_wrong_chart_names_the_valid_ones(result):
    with pytest.raises(AttributeError, match=r"no chart is called 'pricess'.*'prices'.*flows"):
        _ = result.plot.pricess


def test_a_wrong_measure_names_the_nearest(study):
    with pytest.raises(market.DataError, match=r"wellfare.*did you mean 'welfare'"):
        study.plot.effect("wellfare")


def test_a_design_without_indices_says_which_has_them(study):
    with pytest.raises(market.DataError, match="morris"):
        study.plot.sensitivity()


def test_tab_completion_finds_charts(result):
    from IPython.core.completer import provisionalcompleter
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.user_ns["result"] = result
    with provisionalcompleter():
        found = [c.text for c in shell.Completer.completions("result.plot.pri", 15)]
    assert found == ["price_war", "prices"]


def test_import_market_brings_neither_charts_nor_findings():
    code = (
        "import sys, market; "
        "print([m for m in ('plotly', 'pandas', 'market.notebook', 'market.findings') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
