import json
import math

import pandas as pd
import pytest

import market
from market.foundation.errors import RunError, ScenarioError

GROUP = "arbitrageurs.routers.count"


@pytest.fixture(scope="module")
def pair(short):
    return short, short.model_copy(
        update={"arbitrageurs": (short.arbitrageurs[0].model_copy(update={"count": 0}),)}
    )


@pytest.fixture(scope="module")
def found(pair) -> market.Comparison:
    return market.compare(*pair, replicates=3, jobs=1)


def test_measures_are_paired_by_seed(found, pair):
    runs = [
        [
            market.run(spec.model_copy(update={"seed": seed})).summary["welfare"]
            for seed in (1, 2, 3)
        ]
        for spec in pair
    ]
    row = found.measures.set_index("measure").loc["welfare"]
    difference = pd.Series(runs[1]) - pd.Series(runs[0])
    assert row["a"] == pytest.approx(sum(runs[0]) / 3)
    assert row["difference"] == pytest.approx(difference.mean())
    assert row["standard_error"] == pytest.approx(difference.sem())
    assert row["replicates"] == 3


def test_of_two_markets_of_one_name_the_second_says_what_it_sets(found, pair):
    assert found.names == (pair[0].name, f"{pair[0].name} with {GROUP}=0")


def test_an_agent_that_is_not_there_earns_nothing(found):
    rows = found.agents.set_index(["name", "measure"])
    row = rows.loc[("routers-1", "revenue")]
    assert row["role"] == "arbitrageur"
    assert row["a"] > 0
    assert row["b"] == 0
    assert row["difference"] == pytest.approx(-row["a"])


def test_what_segments_and_agents_gain_adds_up_to_welfare(found):
    profit = found.agents[found.agents["measure"] == "profit"]["difference"].sum()
    segments = found.segments
    surplus = segments[segments["measure"] == "consumer_surplus"]["difference"].sum()
    welfare = found.measures.set_index("measure").loc["welfare", "difference"]
    assert profit + surplus == pytest.approx(welfare)


def test_a_scenario_differs_from_itself_by_nothing(short):
    same = market.compare(short, short, replicates=2, jobs=1)
    for frame in same.frames.values():
        assert (frame["difference"].dropna() == 0).all()
        assert (frame["high"].dropna() == 0).all()


def test_what_a_market_does_not_have_is_missing(found):
    row = found.measures.set_index("measure").loc["arbitrage_margin"]
    assert math.isfinite(row["a"])
    assert math.isnan(row["b"])
    assert math.isnan(row["difference"])
    assert row["replicates"] == 0


def test_a_saved_comparison_has_its_frames_and_scenarios(found, tmp_path):
    folder = found.save(tmp_path / "c")
    for name, frame in found.frames.items():
        pd.testing.assert_frame_equal(pd.read_parquet(folder / f"{name}.parquet"), frame)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["seeds"] == [1, 2, 3]
    assert market.load(folder / "b.toml") == found.b


def test_a_run_that_fails_is_named_with_its_seed(short, monkeypatch):
    from market.studies import run_task

    def run(spec, *, base=None):
        raise ValueError("broken")

    monkeypatch.setattr(run_task, "run", run)
    with pytest.raises(RunError, match="synthetic with seed 1 failed: ValueError: broken"):
        market.compare(short, short, replicates=2, jobs=1)


def test_no_replicates_are_refused(short):
    with pytest.raises(ScenarioError, match=r"replicates: must be at least 1 \(value: 0\)"):
        market.compare(short, short, replicates=0)


def test_resampled_problems_widen_the_interval_of_a_calibrated_market():
    spec = market.load("duopoly", set={"ticks": 2, "consumers.teams.size": 300})
    alone = {"ticks": 2, "consumers.teams.size": 300, "arbitrageurs.router.count": 0}
    other = market.load("duopoly", set=alone)
    rows = market.compare(spec, other, replicates=4, jobs=1).measures.set_index("measure")
    paid = rows.loc["price_per_query"]
    assert paid["sample_low"] < paid["low"] < paid["high"] < paid["sample_high"]


def test_the_law_of_a_synthetic_population_is_known(found):
    assert not found.resampled
    assert found.measures["sample_low"].isna().all()


def test_without_resamples_the_runs_are_the_same():
    spec = market.load("duopoly", set={"ticks": 2, "consumers.teams.size": 300})
    one, other = (
        market.compare(spec, spec, replicates=2, jobs=1, resample=resample).measures
        for resample in (True, False)
    )
    columns = list(other.columns.drop(["sample_low", "sample_high"]))
    pd.testing.assert_frame_equal(one[columns], other[columns])
    assert other["sample_low"].isna().all()


def test_where_a_resample_lacks_a_domain_markets_are_still_compared(tmp_path):
    for name, cost in (("small", 0.01), ("large", 0.05)):
        rows = [
            {"id": str(i), "mean_cost": cost, "attempts": [1, i % 2] * 4, "domain": domain}
            for i, domain in enumerate(("rare", "common", "common", "common"))
        ]
        (tmp_path / f"{name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    spec = market.load(
        "duopoly",
        set={
            "ticks": 1,
            "population": {"source": "records", "folder": str(tmp_path)},
            "providers": [{"name": n, "models": [n]} for n in ("small", "large")],
            "consumers.teams.size": 20,
            "consumers.teams.problems": {"kind": "domains", "shares": {"rare": 1.0}},
        },
    )
    with pytest.warns(market.MarketWarning, match="no error of the sample: .*rare"):
        found = market.compare(spec, spec, replicates=8, jobs=1)
    assert not found.resampled
    assert len(found.seeds) == 8
