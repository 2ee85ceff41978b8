"""A what-if in one file: its grid, its numbers and what is refused."""

import json
import re

import pytest
from typer.testing import CliRunner

import market
from market.cli.app import app
from market.explore.export import export, plan
from market.foundation.errors import ScenarioError
from market.foundation.formats import WHAT_IF_MARK
from market.foundation.ownership import has_mark

COUNT = "arbitrageurs.routers.count"
SMALL = {
    "ticks": 4,
    "consumers.teams.size": 200,
    "population.problems": 30,
    "quality_tiers.count": 3,
}


@pytest.fixture(scope="module")
def scenario():
    return market.load("synthetic", set=SMALL)


@pytest.fixture(scope="module")
def page(scenario, tmp_path_factory):
    file = tmp_path_factory.mktemp("export") / "what-if.html"
    vary = {COUNT: [0, 2], "policy.routing_tax": [0.0, 0.2]}
    return export(scenario, file, vary, replicates=2, jobs=1).read_text()


@pytest.fixture(scope="module")
def data(page):
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


def test_a_point_has_the_mean_of_its_runs(scenario, data):
    places = [m["label"].startswith("price index") for m in data["measures"]].index(True)
    runs = [
        market.run(
            market.load("synthetic", set={**SMALL, COUNT: 0, "seed": seed}),
            base=scenario.model_copy(update={"seed": seed}),
        )
        for seed in (scenario.seed, scenario.seed + 1)
    ]
    mean = sum(run.summary["price_index"] for run in runs) / 2
    assert data["points"][0]["measures"][places][0] == pytest.approx(mean, rel=1e-4)


def test_sliders_begin_at_the_scenarios_own_values(data):
    assert data["start"] == [1, 0]
    assert data["points"][2]["verdict"].startswith("These values are the scenario's own")


def test_a_verdict_is_made_for_every_point(data):
    assert len(data["points"]) == 4
    assert data["points"][0]["verdict"].startswith("With these values in place of the scenario")


def test_the_page_may_load_nothing(page):
    assert "default-src 'none'" in page
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", page) == []


def test_a_description_that_is_markup_stays_a_text(tmp_path):
    named = market.load("synthetic", set={**SMALL, "description": "<b>x</b></script>"})
    file = export(named, tmp_path / "x.html", {COUNT: [0]}, replicates=2, jobs=1)
    assert "&lt;b&gt;x" in file.read_text()
    assert "<b>" not in file.read_text()


@pytest.mark.parametrize(
    ("vary", "said"),
    [
        ({f"consumers.teams.{k}": [1] for k in "abcde"}, "one to 4 sliders"),
        (
            {COUNT: list(range(100)), "policy.routing_tax": [i / 100 for i in range(100)]},
            r"10,000 points make a file .* at most [\d,]+ points",
        ),
    ],
)
def test_what_cannot_be_mailed_is_refused(scenario, vary, said):
    with pytest.raises(ScenarioError, match=said):
        plan(scenario, vary)


def test_what_it_takes_is_said_before_it_begins(scenario):
    told = str(plan(scenario, {COUNT: [0, 1, 2]}, replicates=4))
    assert told.startswith("3 points and the scenario as it is, 4 seeds each: 16 runs, about ")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--export", "x.html"], "--vary"),
        (["--export", "x.pdf", "--vary", f"{COUNT}=0:2"], "ends in .html"),
        (["--vary", f"{COUNT}=0:2"], "go with --export"),
    ],
)
def test_options_that_do_not_fit_are_refused(options, said):
    found = CliRunner().invoke(app, ["explore", "synthetic", *options])
    assert found.exit_code == 2
    assert said in found.stderr


def test_only_a_page_of_its_own_is_replaced(scenario, tmp_path):
    file = tmp_path / "mine.html"
    file.write_text("<p>a page of mine</p>")
    with pytest.raises(ScenarioError, match="was not made by market explore"):
        export(scenario, file, {COUNT: [0, 1]}, overwrite=True)
    assert file.read_text() == "<p>a page of mine</p>"


def test_a_page_of_its_own_is_known_by_its_mark(page, tmp_path):
    file = tmp_path / "own.html"
    file.write_text(page)
    assert has_mark(file, WHAT_IF_MARK)
