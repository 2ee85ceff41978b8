"""Verdicts of tables: they name what moved, who gains, what is open, and what it rests on."""

import re

import numpy as np
import pandas as pd
import pytest

from market.findings import RunTables, of_comparison, of_frontier, of_run, of_study
from market.findings.of_comparison import ALSO, MAIN
from market.findings.verdict import listed, population_words

CODE_NAMES = re.compile(r"[a-z]+_[a-z]+|b − a|NaN|nan|inf")


def measures(rng: np.random.Generator, sampled: bool) -> pd.DataFrame:
    rows = []
    for name in (*MAIN, *ALSO):
        a, difference = rng.normal(0, 3), rng.normal(0, 1)
        half, more = rng.exponential(1), rng.exponential(2)
        ends = (difference - half - more, difference + half + more) if sampled else (np.nan, np.nan)
        rows.append(
            {
                **{"measure": name, "a": a, "b": a + difference, "difference": difference},
                **{"low": difference - half, "high": difference + half},
                **{"sample_low": ends[0], "sample_high": ends[1]},
            }
        )
    return pd.DataFrame(rows)


def agents(rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for name in ("Öst-1", "mini", "North"):
        difference, half = rng.normal(0, 1), rng.exponential(1)
        ends = {"low": difference - half, "high": difference + half}
        more = {"role": "provider", "measure": "profit", "a": rng.normal(0, 2)}
        rows.append({"name": name, "difference": difference, **ends, **more})
    return pd.DataFrame(rows)


@pytest.mark.parametrize("seed", range(100))
@pytest.mark.parametrize("sampled", [True, False])
def test_no_verdict_claims_what_the_interval_does_not(seed, sampled):
    rng = np.random.default_rng(seed)
    market, firms = measures(rng, sampled), agents(rng)
    told = of_comparison(market, firms, ("A", "B"), replicates=5)
    ends = ("sample_low", "sample_high") if sampled else ("low", "high")
    nouns = {
        "price_index": "prices at constant quality",
        "consumer_surplus": "buyers' surplus",
        "welfare": "welfare",
        "producer_surplus": "providers' profit",
        "arbitrageur_surplus": "arbitrageurs' profit",
    }
    for row in market.to_dict("records"):
        noun = nouns[row["measure"]]
        low, high = (row[end] for end in ends)
        claims = re.findall(rf"{noun} (rises?|falls?) by", told.text, re.IGNORECASE)
        if low <= 0 <= high:
            assert not claims
            assert noun in told.text.partition("Unclear")[2]
        else:
            assert [claim.rstrip("s") for claim in claims] == ["rise" if low > 0 else "fall"]
    for row in firms.to_dict("records"):
        sure = not row["low"] <= 0 <= row["high"]
        verb = "gains" if row["difference"] > 0 else "loses"
        assert (f"{row['name']} {verb}" in told.text) == sure
        assert f"{row['name']} {'loses' if verb == 'gains' else 'gains'}" not in told.text
    assert not CODE_NAMES.search(told.text)
    assert len(told.text.split()) < 150


def test_a_firm_that_is_gone_loses_dollars_not_all_of_a_hundred_percent():
    gone = {"name": "r", "role": "arbitrageur", "measure": "profit", "a": 24.0, "b": 0.0}
    gone |= {"difference": -24.0, "low": -27.0, "high": -21.0}
    market = measures(np.random.default_rng(1), False)
    told = of_comparison(market, pd.DataFrame([gone]), ("A", "B"), replicates=4).text
    assert "r loses $24 per tick ($21 to $27)" in told


def test_a_comparison_of_one_seed_claims_nothing():
    rng = np.random.default_rng(1)
    market = measures(rng, False).assign(low=np.nan, high=np.nan)
    told = of_comparison(market, agents(rng).iloc[:0], ("A", "B"), replicates=1)
    assert "nothing surely moves" in told.text
    assert "rises" not in told.text
    assert "falls" not in told.text
    assert "one seed" in told.text


def ticks(index: float, profit: float, resellers: int) -> RunTables:
    rng = np.random.default_rng(resellers)
    n = 40
    market = pd.DataFrame(
        {
            "tick": range(n),
            "price_index": index,
            "consumer_surplus": 100 + 5 * (1 - index) + rng.normal(0, 0.1, n),
            "provider_profit": profit + rng.normal(0, 0.1, n),
            "welfare": 150.0,
        }
    )
    providers = pd.DataFrame(
        {"tick": range(n), "provider": "mini", "profit": profit + rng.normal(0, 0.1, n)}
    )
    names = [f"r{i}" for i in range(resellers)]
    arbitrageurs = pd.DataFrame({"arbitrageur": names})
    summary = {"arbitrage_share": 0.5, "arbitrage_margin": 0.1, "price_index": index}
    return RunTables(market, providers, arbitrageurs, summary)


def test_a_run_is_held_against_the_market_without_arbitrageurs():
    told = of_run(ticks(0.8, 10.0, 2), ticks(1.0, 12.0, 0), question="What do they do?")
    assert str(told).startswith(
        "What do they do? Against the same market without arbitrageurs (2 here), prices at "
        "constant quality fall by 20.0%, buyers' surplus rises by "
    )
    assert "mini loses 16" in told.text or "mini loses 17" in told.text
    assert "welfare" not in told.text  # it did not move
    assert "one seed" in told.text


def test_without_the_other_run_no_gain_is_claimed():
    told = of_run(ticks(0.8, 10.0, 2), None)
    assert "20.0% below those without arbitrageurs at list prices" in told.text
    assert "gains" not in told.text
    assert "loses" not in told.text


def study(levels: list[float], effect: list[float], half: float) -> tuple[pd.DataFrame, ...]:
    rows = [
        {"n": n, "measure": "welfare", "mean": 10 + e, "difference": e, "low": e - half}
        | {"high": e + half}
        for n, e in zip(levels, effect, strict=True)
    ]
    frame = pd.DataFrame(rows)
    return frame, frame[frame["n"] != levels[0]], pd.DataFrame()


def test_a_sweep_says_what_its_parameter_does_and_where_that_turns():
    told = of_study(*study([0, 1, 2], [0.0, 2.0, -3.0], 0.5), ["n"], replicates=4)
    assert told.sentences[0] == "From 0 to 2 in n, welfare falls by 30% (25 to 35%)."
    assert told.sentences[1] == "At 1, welfare is above the start."


def test_where_two_parameters_vary_each_is_told_of_with_the_other_held():
    rows = [
        {"n": n, "rule": rule, "measure": "welfare", "mean": 10 + e, "difference": e}
        | {"low": e - 0.1, "high": e + 0.1}
        for n, rule, e in ((0, "[a]", 0), (1, "[a]", 2), (0, "[b]", -1), (1, "[b]", 5))
    ]
    frame = pd.DataFrame(rows)
    told = of_study(frame, frame[1:], pd.DataFrame(), ["n", "rule"], replicates=4)
    assert told.sentences[:2] == (
        "From 0 to 1 in n, welfare rises by 20.0% (19.0 to 21.0%).",
        "From [a] to [b] in rule, welfare falls by 10.0% (9.0 to 11.0%).",
    )


def test_a_peak_between_the_ends_is_named_where_it_is_sure():
    peak = of_study(*study([0, 1, 2, 3], [0.0, 5.0, 2.0, 1.0], 0.5), ["n"], replicates=4).text
    assert "Of the levels tried, welfare is highest at 1, 50% (45 to 55%) above the start." in peak
    unsure = of_study(*study([0, 1, 2, 3], [0.0, 5.0, 4.5, 4.2], 0.5), ["n"], replicates=4).text
    assert "highest" not in unsure


def test_one_point_alone_is_compared_with_nothing():
    frame, differences, none = study([0], [0.0], 0.5)
    assert "one design point" in of_study(frame, differences, none, ["n"], replicates=4).text


def test_a_sweep_of_noise_claims_nothing():
    told = of_study(*study([0, 1, 2], [0.0, 0.2, -0.3], 0.5), ["n"], replicates=4)
    assert "nothing surely moves" in told.text
    assert "Unclear: welfare" in told.text


def test_a_sampled_design_ranks_its_parameters():
    sensitivity = pd.DataFrame(
        [
            {"measure": "welfare", "parameter": p, "index": "ST", "method": "sobol"}
            | {"value": v, "low": v - 0.1, "high": v + 0.1}
            for p, v in (("a", 0.2), ("b", 0.7))
        ]
    )
    frame, differences, _ = study([0, 1], [0.0, 1.0], 0.5)
    told = of_study(frame, differences, sensitivity, ["n"], replicates=1)
    assert "Welfare depends most on b; ranked by its share of the variance." in told.text


FRONTIER = {
    **{"quality": [0.5, 0.6], "margin": [0.1, 0.2], "mean_margin": 0.15},
    **{"max_quality": {"single": 0.7, "cascade": 0.8}, "evidence": ["So it is."]},
    "uncertainty": {
        "mean_margin": {"estimate": 0.14, "low": 0.1, "high": 0.2, "from": 0.5, "to": 0.6}
    },
    "out_of_sample": {"mean_margin": 0.12},
}


def test_a_frontier_says_what_routing_is_worth():
    told = of_frontier(FRONTIER).text
    # the estimate is that of the interval, over the same solve rates
    assert "costs 14.0% less than the cheapest single model, in the mean over solve rates" in told
    assert "of 50 to 60% (95% interval 10.0 to 20.0%)" in told
    assert "costs 15.0% less" in of_frontier(FRONTIER | {"uncertainty": {}}).text
    assert "not chosen on it is 12.0%" in told
    assert told.endswith("So it is.")


def test_held_out_problems_are_not_said_to_judge_what_a_router_is_told():
    told = of_frontier(FRONTIER | {"without_signal": {"mean_margin": 0.07}}).text
    assert "without what it sees of queries it is 7.0%, and 12.0% on problems" in told.replace(
        "W", "w"
    )
    assert "which is assumed" in told
    learned = {"seen": {"sees": "domain"}, "without_signal": {"mean_margin": 0.07}}
    told = of_frontier(FRONTIER | learned).text
    assert "not chosen on it is 12.0%" in told
    assert "sees of a query its domain" in told


def test_a_frontier_without_a_margin_claims_none():
    nothing = FRONTIER | {"margin": [0.0, 0.0], "mean_margin": 0.0}
    assert "saves nothing" in of_frontier(nothing).text
    assert "no margin" in of_frontier(FRONTIER | {"margin": [None, None]}).text
    wide = FRONTIER | {"uncertainty": {"mean_margin": {"low": 0.0, "high": 0.3}}}
    assert "so that it may save nothing" in of_frontier(wide).text


def test_items_are_listed_as_in_a_sentence():
    assert [listed(x) for x in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        *("", "a", "a and b", "a, b and c")
    ]


@pytest.mark.parametrize(
    ("population", "words"),
    [
        ({"source": "calibrated", "pack": "swebench"}, "the pack swebench"),
        ({"source": "calibrated", "pack": "/somewhere/mine"}, "the pack mine"),
        ({"source": "records", "folder": "/somewhere/runs"}, "the records in runs"),
        ({"source": "synthetic", "problems": 30}, "synthetic problems"),
        ({}, ""),
    ],
)
def test_a_verdict_says_what_problems_it_rests_on(population, words):
    assert population_words(population) == words
    sides = ticks(0.8, 10.0, 2), ticks(1.0, 12.0, 0)
    told = of_run(*sides, population=words).sentences[-1]
    assert told.startswith(f"This is one run{f' on {words}' if words else ''}, on one seed")


def test_a_run_of_too_few_ticks_says_what_is_seen_and_that_it_is_not_sure():
    few = [
        RunTables(
            *(t.iloc[-4:] if "tick" in t else t for t in (r.market, r.providers)),
            r.arbitrageurs,
            r.summary,
        )
        for r in (ticks(0.8, 10.0, 2), ticks(1.0, 12.0, 0))
    ]
    told = of_run(*few).sentences[0]
    assert "prices at constant quality are 20.0% lower" in told
    assert told.endswith("ticks are too few to say how sure that is.")
    assert "nothing surely" not in told
    same = of_run(few[0], few[0]).sentences[0]
    assert same.endswith("nothing differs.")


def test_held_out_margins_are_over_the_rates_of_the_margin_beside_them():
    known = FRONTIER | {
        "quality": [0.5, 0.6, 0.7],
        "margin": [0.1, 0.2, 0.3],
        "out_of_sample": {"mean_margin": 0.2, "margin": [0.08, 0.12, 0.4]},
    }
    assert "not chosen on it is 10.0%" in of_frontier(known).text


def test_the_loss_of_more_than_all_is_told_in_dollars():
    frame = (
        agents(np.random.default_rng(1))
        .iloc[:1]
        .assign(name="gone", a=2.0, difference=-2.0, low=-2.6, high=-1.4)
    )
    market = measures(np.random.default_rng(1), False)
    assert (
        "gone loses $2.0 per tick ($1.4 to $2.6)"
        in of_comparison(market, frame, ("A", "B"), replicates=5).text
    )


def test_a_market_that_is_changed_is_called_by_its_change():
    rng = np.random.default_rng(1)
    frames = measures(rng, False), agents(rng)
    told = of_comparison(*frames, ("x", "x with tax=0.1"), replicates=5).text
    assert told.startswith("With tax=0.1, ")
    other = of_comparison(*frames, ("x", "y"), replicates=5).text
    assert other.startswith("With y in place of x, ")
