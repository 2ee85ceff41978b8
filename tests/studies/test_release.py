"""What a release earns: closed forms of a market of one kind of buyer, and what holds of any."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_markets import SMALL
from typer.testing import CliRunner

import market
from market.cli.app import app
from market.foundation.errors import ScenarioError
from market.studies import Release, release
from market.studies.release_result import ReleaseOutcome
from market.studies.run_release import released_by

NEED, COST = 0.9, 0.01  # solve rate that all buyers need, and US dollars of the old model's attempt
RELEASE = {**SMALL, "ticks": 8, "providers.North.active_from": 3}


def written(folder: Path, specialist: float) -> Path:
    """Records of a model that solves all, one as good, and one that solves every second problem."""
    models = {"old": (COST, 1), "new": (COST, 1), "specialist": (specialist, 0)}
    for model, (cost, hard) in models.items():
        rows = (
            {"id": str(i), "attempts": [1 if i % 2 else hard] * 4, "mean_cost": cost}
            for i in range(10)
        )
        (folder / f"{model}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return folder


def per_query(folder: Path, released: str, factor: float, arbitrageurs: int) -> float:
    """US dollars per query that the released model is expected to earn, at a price over list."""
    buyers = {
        "name": "teams",
        "size": 50,
        "queries_per_tick": 1.0,
        "price_sensitivity": 10,
        "tastes": False,
        "demand": {
            "kind": "fixed_quality",
            "quality": {"kind": "constant", "value": NEED},
            "budget": {"kind": "constant", "value": 1.0},
        },
    }
    challenger = {
        "name": "Challenger",
        "models": [released],
        "active_from": 2,
        "pricing": {"kind": "list", "factor": factor},
    }
    spec = market.load(
        "swebench",
        set={
            "ticks": 4,
            "population": {"source": "records", "folder": str(folder)},
            "providers": [{"name": "Old", "models": ["old"]}, challenger],
            "consumers": [buyers],
            "arbitrageurs.routers.count": arbitrageurs,
            "arbitrageurs.routers.awareness": 1.0,
            "arbitrageurs.routers.pricing": {"kind": "undercut", "min_margin": 0.0},
            "perturb_every": "never",
        },
    )
    rows = market.run(spec).providers.query("provider == 'Challenger'")
    assert (rows["revenue"].iloc[:2] == 0).all()
    return float(rows["revenue_per_query"].iloc[-1])


@pytest.mark.parametrize(("factor", "earned"), [(0.99, NEED * COST * 0.99), (1.01, 0.0)])
def test_alone_a_release_earns_all_or_nothing_at_the_price_where_it_is_the_cheapest(
    tmp_path, factor, earned
):
    found = per_query(written(tmp_path, 0.001), "new", factor, 0)
    assert found == pytest.approx(earned, rel=1 / 64)  # a menu lists 64 solve rates


@pytest.mark.parametrize(
    ("cost", "arbitrageurs", "earned"),
    [
        (0.001, 0, 0.0),  # it solves half of the problems, and no buyer wants so few
        (0.001, 1, 0.001),  # tried first at every query
        (0.0049, 1, 0.0049),
        # 0.009 of the old model alone is less than 0.0051 and 0.4 of an attempt of the old model
        (0.0051, 1, 0.0),
    ],
)
def test_what_is_nowhere_the_cheapest_alone_earns_by_cascades_as_long_as_it_saves(
    tmp_path, cost, arbitrageurs, earned
):
    found = per_query(written(tmp_path, cost), "specialist", 1.0, arbitrageurs)
    assert found == pytest.approx(earned, rel=1e-6, abs=1e-12)


def outcome(revenue: list[float], rest: int = 2) -> ReleaseOutcome:
    return ReleaseOutcome(
        0, np.array([revenue]), rest, np.zeros((1, 1)), np.zeros((1, 5)), np.zeros((1, 1))
    )


@pytest.mark.parametrize(
    ("revenue", "ticks"),
    [([10, 10, 10], 0), ([1, 4, 6, 10, 10], 2), ([-5, 5, 10, 10], 1), ([9, 0, -1, -1], np.nan)],
)
def test_half_of_what_it_earns_at_rest_comes_at_the_first_tick_with_so_much(revenue, ticks):
    np.testing.assert_array_equal(outcome(revenue).ticks_to_half, [ticks])


@pytest.fixture(scope="module")
def found() -> Release:
    spec = market.load("synthetic", set=RELEASE)
    return release(spec, arbitrageurs=(0, 1), replicates=2, jobs=1)


def test_gains_are_all_of_welfare_and_nobody_gains_before_it(found):
    without = market.load("synthetic", set={**RELEASE, "remove": ["North"]})
    for one in found.each:
        gained = []
        for seed in found.seeds:
            sides = [
                market.run(
                    spec.change({"seed": seed, "arbitrageurs.routers.count": one.arbitrageurs})
                ).market
                for spec in (found.scenario, without)
            ]
            change = sides[0]["welfare"] - sides[1]["welfare"]
            assert (change.iloc[: found.at] == 0).all()
            gained.append(change.iloc[-one.rest :].mean())
        np.testing.assert_allclose(one.welfare, gained, rtol=1e-9)
        assert (one.at_rest > 0).all()


def test_what_an_incumbent_releases_counts_against_its_older_models(found):
    merged = found.scenario.change({"merge": ["South", "North"]})
    (own,) = release(merged, arbitrageurs=(0,), replicates=2, jobs=1).each
    alone = found.each[0]
    taken = alone.taken[:, found.others.index("South")]
    np.testing.assert_allclose(own.at_rest, alone.at_rest + taken, rtol=1e-9)


def test_runs_that_are_kept_are_not_repeated(found, tmp_path, monkeypatch):
    again = {"arbitrageurs": (0,), "replicates": 2, "jobs": 1, "folder": tmp_path / "kept"}
    first = release(found.scenario, **again)

    def fail(*arguments: Any) -> None:
        raise AssertionError

    monkeypatch.setattr("market.studies.run_task.run", fail)
    assert release(found.scenario, **again).to_json() == first.to_json()
    assert first.to_json()["by_arbitrageurs"] == found.to_json()["by_arbitrageurs"][:1]


@pytest.mark.parametrize(
    ("changes", "provider", "words"),
    [
        ({"providers.North.active_from": 0}, None, "no provider enters"),
        ({"providers.North.active_from": 7}, None, "at tick 6 or before"),
        ({"providers.East.active_from": 2}, None, "North, East enter; which"),
        ({}, "South", "South enters at tick 0"),
        ({}, "Nroth", "did you mean 'North'"),
    ],
)
def test_a_release_that_is_none_is_refused_with_a_way_out(changes, provider, words):
    spec = market.load("synthetic", set={**RELEASE, **changes})
    with pytest.raises(ScenarioError, match=words):
        released_by(spec, provider)


def test_several_groups_of_arbitrageurs_are_refused():
    group = {"name": "others", "count": 1}
    spec = market.load("synthetic", set=RELEASE)
    spec = spec.change({"arbitrageurs": [*(g.model_dump() for g in spec.arbitrageurs), group]})
    with pytest.raises(ScenarioError, match="several groups"):
        release(spec, arbitrageurs=(0, 1), replicates=2, jobs=1)


def test_the_command_prints_json_alone_and_draws(found, tmp_path):
    small = [part for path, value in RELEASE.items() for part in ("--set", f"{path}={value}")]
    words = ["release", "synthetic", *small, "--arbitrageurs", "0,1", "--replicates", "2"]
    chart = tmp_path / "release.html"
    told = CliRunner().invoke(app, [*words, "--jobs", "1", "--json", "--chart", str(chart)])
    assert told.exit_code == 0, told.output
    answer = json.loads(told.stdout)
    assert answer["owner"] == "North"
    assert answer["by_arbitrageurs"] == found.to_json()["by_arbitrageurs"]
    assert "the release" in " ".join(answer["verdict"])
    page = chart.read_text(encoding="utf-8")
    assert 'name="viewport"' in page  # else a phone shows it small
    assert "Plotly.newPlot" in page
