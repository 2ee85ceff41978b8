"""Figures hold what the frames say: closed forms first, then the tables of a real run."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from frames import COUNT, comparison_frames, small_run, study_frames
from money_scales import run_at, scaled

from market import charts
from market.charts import Colours
from market.charts.colours import ARBITRAGEURS, PAPER, PROVIDERS, legible, shade
from market.charts.frames import thinned
from market.foundation.errors import DataError
from market.frontier.appraisal import appraise
from market.measures.labels import HEADLINES
from market.measures.money_units import MoneyUnit
from market.results.run_result import RunResult

EVENTS = [(3, "a tax of 5%")]


@pytest.fixture(scope="module")
def run() -> RunResult:
    return small_run(2)


@pytest.fixture(scope="module")
def twin() -> RunResult:
    return small_run(0)


@pytest.fixture(scope="module")
def study() -> dict[str, pd.DataFrame]:
    return dict(study_frames())


@pytest.fixture(scope="module")
def comparison() -> dict[str, pd.DataFrame]:
    return dict(comparison_frames())


@pytest.fixture(scope="module")
def found(ladder) -> dict[str, object]:
    """What `market frontier` finds of three models."""
    return appraise(ladder, quality=(0.3, 0.8, 11)).to_json()


def two_rates(price: list[float], cost: list[float]) -> pd.DataFrame:
    """A market price and an arbitrage cost at solve rates 0.5 and 0.6."""
    return charts.frontier_costs(
        {
            "quality": [0.5, 0.6],
            "models": [{"name": "m", "cost": price}],
            "market_price": price,
            "arbitrage_cost": cost,
        }
    )


def traces(chart: go.Figure, name: str) -> list[go.Scatter]:
    return [trace for trace in chart.data if trace.name == name]


def arbitrageurs(run: RunResult) -> list[str]:
    return list(run.arbitrageurs["arbitrageur"].unique())


def test_the_margin_is_one_less_cost_over_price():
    chart = charts.margin_by_solve_rate(two_rates([0.10, 0.20], [0.06, 0.10]))
    assert list(traces(chart, "margin")[0].y) == pytest.approx([0.4, 0.5])
    assert "mean 45.0%" in {trace.name for trace in chart.data}


def test_the_margin_is_zero_where_arbitrage_is_not_cheaper():
    chart = charts.margin_by_solve_rate(two_rates([0.10, 0.20], [0.12, 0.10]))
    assert list(traces(chart, "margin")[0].y) == pytest.approx([0.0, 0.5])


def test_the_shade_lies_between_market_price_and_arbitrage_cost():
    chart = charts.cost_by_solve_rate(two_rates([0.10, 0.20], [0.06, 0.10]))
    (lower,) = traces(chart, "margin")
    upper = chart.data[list(chart.data).index(lower) - 1]
    assert list(upper.y) == [0.10, 0.20]
    assert list(lower.y) == [0.06, 0.10]
    assert lower.fill == "tonexty"


def test_costs_are_on_a_log_axis_in_dollars():
    axis = charts.cost_by_solve_rate(two_rates([0.1, 0.2], [0.06, 0.1])).layout.yaxis
    assert axis.type == "log"
    assert axis.title.text == "$ per query, log scale"


def test_what_no_one_reaches_is_missing_and_not_drawn():
    costs = two_rates([0.10, None], [0.06, 0.10])  # type: ignore[list-item]
    assert costs["cost"].isna().sum() == 2
    chart = charts.cost_by_solve_rate(costs)
    assert list(traces(chart, "market price")[0].x) == [0.5]
    assert list(traces(chart, "arbitrage cost")[0].x) == [0.5, 0.6]


def test_revenue_shares_add_up_to_the_market_price_without_and_with_arbitrage(found):
    shares = charts.frontier_shares(found).dropna(subset="share")
    total = shares.groupby(["arbitrage", "quality"])["share"].sum()
    assert total.to_numpy() == pytest.approx(1.0)


def test_the_colour_of_a_name_is_the_same_in_every_chart(run):
    names, resellers = run.providers["provider"], arbitrageurs(run)
    late = charts.last_quarter(run.trades)
    flows = charts.who_buys_from_whom(late, resellers).data[0].node
    lines = charts.agents_over_ticks(run.providers, run.arbitrageurs).data
    expected = Colours.of_market(names, resellers)
    in_flows = dict(zip(flows.label, flows.color, strict=True))
    for line in lines:
        assert line.line.color == expected[line.name]
        assert in_flows[line.name] == expected[line.name]


def test_providers_and_arbitrageurs_have_no_colour_in_common():
    assert not set(PROVIDERS) & set(ARBITRAGEURS)
    assert len(set(PROVIDERS)) == len(PROVIDERS)


def test_models_of_one_provider_are_shades_of_its_colour():
    colours = Colours.of_market(["p", "q"], models={"one": "q", "two": "q"})
    assert colours["one"] == colours["q"]
    assert colours["two"] == legible(shade(colours["q"], 0.45), PAPER)


def test_a_name_that_is_not_known_keeps_its_colour():
    assert Colours({})["somebody"] == Colours({"other": "#000000"})["somebody"]


def test_the_price_war_ends_at_the_posted_price_of_the_last_tick(run):
    first, *_ = arbitrageurs(run)
    chart = charts.price_war(run.trades, arbitrageurs(run), quality=0.75)
    posted = run.trades[(run.trades["seller"] == first) & (run.trades["quality"] == 0.75)]
    assert traces(chart, first)[0].y[-1] == posted["posted_price"].iloc[-1]


def test_the_price_war_stays_under_the_market_price(run):
    chart = charts.price_war(run.trades, arbitrageurs(run))
    (market,) = traces(chart, "market price")
    for name in arbitrageurs(run):
        assert (np.asarray(traces(chart, name)[0].y) < np.asarray(market.y)).all()


def test_prices_of_two_mixes_of_problems_are_not_mixed():
    asked = {"easy": (0.01, 1.0), "hard": (0.05, 3.0), "all": (0.02, 0.0)}
    trades = pd.DataFrame(
        [
            {
                "tick": 0,
                "problems": mix,
                "seller": seller,
                "quality": 0.5,
                "posted_price": price + fee,
                "queries": queries,
                "paid": queries * price,
                "to:A": queries * price,
            }
            for mix, (price, queries) in asked.items()
            for seller, fee in (("A", 0.0), ("router", 0.001))
        ]
    )
    assert list(charts.by_problems(trades)) == ["hard", "easy"]
    costs = charts.menu_costs(trades, ["router"]).set_index("kind")["cost"]
    assert costs["market"] == pytest.approx(0.05)
    assert costs["arbitrage"] == pytest.approx(0.05)
    (price,) = traces(charts.price_war(trades, ["router"]), "market price")
    assert price.y == pytest.approx([0.05])


def test_an_intervention_is_marked_in_every_panel_and_named_once(run):
    names = ("price_index", "segmentation")
    chart = charts.measures_over_ticks(run.market, names, EVENTS)
    assert [shape.x0 for shape in chart.layout.shapes] == [3, 3]
    assert [a.text for a in chart.layout.annotations].count("a tax of 5%") == 1


def test_measures_that_were_never_measured_are_left_out(run):
    market = run.market.assign(hhi=np.nan)
    chart = charts.measures_over_ticks(market, ("price_index", "hhi", "no_such_measure"))
    assert [a.text for a in chart.layout.annotations] == ["price index (1 = no arbitrageurs)"]


def test_the_other_market_is_drawn_beside_this_one(run, twin):
    chart = charts.measures_over_ticks(run.market, ("price_index",), baseline=twin.market)
    (other,) = traces(chart, "without arbitrageurs")
    assert list(other.y) == list(twin.market["price_index"])


def test_a_reference_line_is_where_it_was_given_and_a_missing_one_is_not_drawn(run):
    levels = {"price_index": {"list": 1.0, "monopoly": np.nan}}
    chart = charts.measures_over_ticks(run.market, ("price_index",), benchmarks=levels)
    assert list(traces(chart, "list")[0].y) == [1.0, 1.0]
    assert not traces(chart, "monopoly")


def test_the_fees_of_arbitrageurs_are_their_revenue(run):
    chart = charts.agents_over_ticks(run.providers, run.arbitrageurs, "revenue")
    name = arbitrageurs(run)[0]
    fees = run.arbitrageurs.loc[run.arbitrageurs["arbitrageur"] == name, "fees"]
    assert list(traces(chart, name)[0].y) == list(fees)


def test_what_flows_into_an_arbitrageur_flows_out_or_is_kept():
    trades = pd.DataFrame(
        {
            "tick": [0, 0],
            "seller": ["P", "A"],
            "quality": [0.5, 0.5],
            "paid": [3.0, 10.0],
            "to:P": [3.0, 2.0],
            "to:Q": [0.0, 6.0],
        }
    )
    flows = charts.who_buys_from_whom(trades, ["A"]).data[0]
    names = flows.node.label
    found = {
        (names[s], names[t]): v
        for s, t, v in zip(flows.link.source, flows.link.target, flows.link.value, strict=True)
    }
    assert found == {
        ("consumers", "P"): 3.0,
        ("consumers", "A"): 10.0,
        ("A", "P"): 2.0,
        ("A", "Q"): 6.0,
        ("A", "kept by arbitrageurs"): 2.0,
    }


def test_flows_are_per_tick(run):
    flows = charts.who_buys_from_whom(run.trades, arbitrageurs(run)).data[0]
    bought = [
        v
        for s, v in zip(flows.link.source, flows.link.value, strict=True)
        if flows.node.label[s] == "consumers"
    ]
    assert sum(bought) == pytest.approx(run.market["consumer_payments"].mean(), rel=0.01)


def test_the_shares_of_a_tier_in_the_map_add_up_to_one(run, twin):
    after, before = (charts.tier_revenue(r.trades) for r in (run, twin))
    chart = charts.segmentation_map(after, before)
    for panel in chart.data:
        total = np.asarray(panel.z).sum(axis=0)
        assert total[np.isfinite(total)] == pytest.approx(1.0)


def test_tiers_that_nobody_sold_are_not_in_the_map():
    revenue = pd.DataFrame({"P": [0.0, 1.0]}, index=pd.Index([0.4, 0.5], name="quality"))
    assert list(charts.segmentation_map(revenue).data[0].x) == [0.5]


def test_the_band_runs_along_the_interval_and_back(study):
    chart = charts.measure_by_parameter(study["summary"], "price_index")
    band, line = chart.data[:2]
    rows = study["summary"].query("measure == 'price_index'")
    assert list(band.y) == [*rows["high"], *rows["low"][::-1]]
    assert list(line.y) == list(rows["mean"])


def test_paired_differences_stand_below_the_means(study):
    chart = charts.measure_by_parameter(study["summary"], "price_index", study["differences"])
    lower = [trace for trace in chart.data if trace.yaxis == "y2" and trace.mode != "lines"]
    rows = study["differences"].query("measure == 'price_index'")
    assert list(lower[0].y) == list(rows["difference"])


def test_a_second_parameter_makes_a_line_for_each_of_its_values(study):
    summary = pd.concat(
        [study["summary"].assign(**{"pricing.step": step}) for step in (0.05, 0.1)],
        ignore_index=True,
    )
    chart = charts.measure_by_parameter(summary, "price_index")
    named = [trace.name for trace in chart.data if trace.showlegend]
    assert named == ["pricing.step = 0.05", "pricing.step = 0.1"]


def test_a_parameter_of_words_makes_points_with_bars(study):
    summary = study["summary"].replace({COUNT: {0: "none", 1: "one", 2: "two", 3: "three"}})
    chart = charts.measure_by_parameter(summary, "price_index")
    (points,) = chart.data
    assert points.mode == "markers"
    assert points.error_y.array is not None


def test_what_has_one_value_was_not_varied(study):
    summary = study["summary"].assign(**{"ticks": 8})
    assert charts.varied(summary) == [COUNT]


def test_the_parameter_that_matters_most_is_the_top_bar(study):
    chart = charts.sensitivity_bars(study["sensitivity"], "price_index")
    assert {trace.name for trace in chart.data} == {"alone (S1)", "with interactions (ST)"}
    assert chart.data[0].y[-1].startswith("count")


def test_who_gains_most_is_the_top_bar(comparison):
    agents = pd.concat([comparison["agents"], comparison["segments"]])
    (bars,) = charts.winners_and_losers(agents).data
    assert list(bars.x) == sorted(bars.x)
    assert bars.y[-1] == "teams"


def test_a_measure_that_was_zero_has_no_relative_change(comparison):
    (points,) = charts.changes(comparison["measures"]).data
    measures = comparison["measures"].set_index("measure")
    assert measures.loc["arbitrage_profit", "a"] == 0
    assert not {"arbitrage profit per tick"} & {label.replace("<br>", " ") for label in points.y}
    headlines = measures.loc[[name for name in HEADLINES if name in measures.index]]
    assert len(points.x) == (headlines["a"].fillna(0) != 0).sum()


def test_distillation_is_against_tokens_on_a_log_axis():
    frame = pd.DataFrame({"tokens": [7e7, 1.8e9], "who": "distiller", "profit": [-1.0, 4.0]})
    axis = charts.distillation_profit(frame).layout.xaxis
    assert axis.type == "log"
    assert list(axis.ticktext) == ["70M", "1.8B"]


def test_thinning_keeps_the_mean_and_bounds_the_ticks():
    table = pd.DataFrame({"tick": np.arange(1000), "value": np.arange(1000.0)})
    thin = thinned(table, most=100)
    assert len(thin) == 100
    assert thin["value"].mean() == table["value"].mean()
    assert list(thin["tick"][:2]) == [0, 10]


def test_a_short_table_is_not_thinned(run):
    assert thinned(run.market) is run.market


def test_the_last_quarter_is_that_of_the_summary(run):
    late = charts.last_quarter(run.market)
    assert late["price_index"].mean() == pytest.approx(run.summary["price_index"])


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: charts.cost_by_solve_rate(two_rates([np.nan] * 2, [np.nan] * 2)), "known cost"),
        (
            lambda: charts.margin_by_solve_rate(two_rates([0.1, np.nan], [np.nan, 0.1])),
            "not known at",
        ),
        (
            lambda: charts.measure_by_parameter(
                pd.DataFrame({"measure": ["a"], "mean": [1.0], "n": [1]}), "a"
            ),
            "varied no parameter",
        ),
        (
            lambda: charts.sensitivity_bars(
                pd.DataFrame(columns=["measure", "index", "value", "parameter"]), "hhi"
            ),
            "no sensitivity of hhi",
        ),
    ],
)
def test_an_empty_chart_is_refused(draw, message):
    with pytest.raises(DataError, match=message):
        draw()


def every_chart(run, twin, study, comparison, found) -> dict[str, go.Figure]:
    resellers, late = arbitrageurs(run), charts.last_quarter(run.trades)
    costs = charts.frontier_costs(found)
    tokens = pd.DataFrame({"tokens": [7e7, 1.8e9], "who": "distiller", "profit": [-1.0, 4.0]})
    return {
        "costs": charts.cost_by_solve_rate(costs),
        "menus": charts.cost_by_solve_rate(charts.menu_costs(late, resellers)),
        "margin": charts.margin_by_solve_rate(costs),
        "shares": charts.revenue_shares(charts.frontier_shares(found)),
        "war": charts.price_war(run.trades, resellers, interventions=EVENTS),
        "measures": charts.measures_over_ticks(run.market, baseline=twin.market),
        "revenue": charts.agents_over_ticks(run.providers, run.arbitrageurs, "revenue"),
        "profit": charts.agents_over_ticks(run.providers, run.arbitrageurs, "profit"),
        "flows": charts.who_buys_from_whom(late, resellers),
        "map": charts.segmentation_map(charts.tier_revenue(late), charts.tier_revenue(twin.trades)),
        "tokens": charts.distillation_profit(tokens),
        "study": charts.measure_by_parameter(study["summary"], "price_index", study["differences"]),
        "sensitivity": charts.sensitivity_bars(study["sensitivity"], "price_index"),
        "winners": charts.winners_and_losers(comparison["agents"]),
        "changes": charts.changes(comparison["measures"]),
    }


def test_every_chart_asks_a_question_and_says_what_its_axes_are(
    run, twin, study, comparison, found
):
    for name, chart in every_chart(run, twin, study, comparison, found).items():
        layout = json.loads(chart.to_json())["layout"]
        assert layout["title"]["text"].endswith("?"), name
        assert name == "flows" or any(
            "text" in axis.get("title", {})
            for key, axis in layout.items()
            if key.startswith("xaxis")
        ), name


def test_charts_take_tables_with_columns_that_they_do_not_know(run):
    tables = {name: t.assign(active=True, mix=0.5) for name, t in run.tables.items()}
    late = charts.last_quarter(tables["trades"])
    charts.menu_costs(late, arbitrageurs(run))
    charts.tier_revenue(late)
    charts.price_war(tables["trades"], arbitrageurs(run))
    charts.agents_over_ticks(tables["providers"], tables["arbitrageurs"])
    thinned(tables["providers"], ["provider"], most=2)


def test_charts_import_neither_the_model_nor_mesa_nor_pydantic():
    code = (
        "import sys, market.charts, market.report; "
        "print(sorted(m for m in sys.modules if m in "
        "{'mesa', 'pydantic', 'market.simulation', 'market.scenario'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_arbitrageur_s_share_is_vermilion_whatever_the_models_are(found):
    chart = charts.revenue_shares(charts.frontier_shares(found))
    assert traces(chart, "arbitrageur")[0].line.color == "#D55E00"


def test_the_paper_s_curves_become_the_frames_of_the_other_charts():
    curves = {
        "solve_rate": [0.7, 0.75],
        "price_a": [0.1, None],
        "price_b": [0.2, 0.3],
        "market_price": [0.1, 0.3],
        "arbitrage_cost": [0.05, 0.2],
        "share_without": {"a": [1.0, 0.0], "b": [0.0, 1.0]},
        "share_with": {"a": [0.5, 0.1], "b": [0.0, 0.5], "arbitrageur": [0.5, 0.4]},
    }
    costs = charts.paper_costs(curves)
    assert set(costs.loc[costs["kind"] == "model", "name"]) == {"a", "b"}
    assert traces(charts.margin_by_solve_rate(costs), "margin")[0].y[0] == pytest.approx(0.5)
    total = charts.paper_shares(curves).groupby(["arbitrage", "quality"])["share"].sum()
    assert total.to_numpy() == pytest.approx(1.0)


def test_students_are_placed_by_the_tokens_of_their_names():
    margins = {"70M": {"margin": [0.0, 0.1]}, "1.8B": {"margin": [0.2, 0.4]}}
    frame = charts.paper_students(margins)
    assert list(frame["tokens"]) == [7e7, 1.8e9]
    assert list(frame["profit"].round(3)) == [0.05, 0.3]


def test_fitting_budgets_are_in_dollars_and_splits_are_left_out():
    one = {"mean": 0.1, "p5": 0.0, "p95": 0.2}
    frame = charts.paper_fits({"10": one, "1": one, "fit_on_django.10": one})
    assert list(frame["budget"]) == [10.0, 1.0]
    chart = charts.margin_by_fitting_budget(frame)
    assert list(traces(chart, "mean margin")[0].x) == [1.0, 10.0]


def test_only_figures_from_zero_to_one_are_on_the_diagonal():
    frame = pd.DataFrame(
        {
            "name": ["revenue.share", "two_models.cost"],
            "published": [0.5, 78.7],
            "computed": [0.51, 78.8],
            "tolerance": [0.1, 0.4],
        }
    )
    _, points = charts.published_figures(frame).data
    assert (list(points.x), list(points.y)) == ([0.5], [0.51])


def test_a_margin_that_is_missing_leaves_a_gap():
    (line,) = charts.margins_compared({"ours": ([0.5, 0.6], [0.1, None])}).data
    assert list(line.x) == [0.5, 0.6]
    assert np.isnan(line.y[1])


def test_a_parameter_that_spans_decades_is_on_a_log_axis(study):
    tokens = {0: 70_000_000, 1: 600_000_000, 2: 1_800_000_000, 3: 5_400_000_000}
    summary = study["summary"].replace({COUNT: tokens})
    axis = charts.measure_by_parameter(summary, "arbitrage_profit").layout.xaxis
    assert axis.type == "log"
    assert list(axis.ticktext) == ["70M", "600M", "1.8B", "5.4B"]


def test_more_lines_than_can_be_read_become_points(study):
    parts = [study["summary"].assign(**{"pricing.step": step / 100}) for step in range(9)]
    chart = charts.measure_by_parameter(pd.concat(parts), "price_index", over=COUNT)
    (points,) = chart.data
    assert points.mode == "markers"
    assert len(points.x) == 9 * 4


def test_a_line_and_its_differences_have_one_colour_though_the_baseline_has_none(study):
    steps = ("a", "b")
    summary, differences = (
        pd.concat([study[frame].assign(rule=rule) for rule in steps], ignore_index=True)
        for frame in ("summary", "differences")
    )
    # design points in the order of a grid, without the baseline: now b comes first
    differences = differences.sort_values([COUNT, "rule"], ascending=[True, False])
    chart = charts.measure_by_parameter(summary, "price_index", differences)
    colours = {
        rule: {t.line.color for t in chart.data if t.name == f"rule = {rule}"} for rule in steps
    }
    assert [len(found) for found in colours.values()] == [1, 1]
    assert colours["a"] != colours["b"]
    (lower,) = [t for t in chart.data if t.name == "rule = a" and t.yaxis == "y2"]
    rows = differences.query("measure == 'price_index' and rule == 'a'").sort_values(COUNT)
    assert list(lower.y) == list(rows["difference"])


@pytest.mark.parametrize(
    ("scale", "query", "tick"),
    [
        (1e-5, "$ per million queries", "$ per 1,000 ticks"),
        (1.0, "$ per query", "$ per tick"),
        (1e6, "$ thousand per query", "$ million per tick"),
    ],
)
def test_money_on_an_axis_is_in_a_unit_that_fits(run, scale, query, tick):
    found = run_at(run, scale)
    names = arbitrageurs(found)
    costs = charts.menu_costs(found.trades, names)
    assert charts.cost_by_solve_rate(costs).layout.yaxis.title.text == f"{query}, log scale"
    assert charts.price_war(found.trades, names).layout.yaxis.title.text == query
    earned = charts.agents_over_ticks(found.providers, found.arbitrageurs)
    assert earned.layout.yaxis.title.text == f"revenue, {tick}"
    panels = charts.measures_over_ticks(found.market, ("price_per_query", "welfare"))
    assert [a.text for a in panels.layout.annotations] == [f"paid, {query}", f"welfare, {tick}"]


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1e4, 1e7])
def test_a_cost_is_drawn_at_what_it_is_times_the_unit_s_factor(scale):
    costs = two_rates([0.1 * scale, 0.2 * scale], [0.06 * scale, 0.1 * scale])
    chart = charts.cost_by_solve_rate(costs, benchmarks={"list price": 0.3 * scale})
    (price,) = traces(chart, "market price")
    (line,) = traces(chart, "list price")
    assert price.y[1] / price.y[0] == pytest.approx(2)
    assert line.y[0] / price.y[0] == pytest.approx(3)
    assert 0.01 <= price.y[0] < 1000


def test_two_charts_can_be_given_one_unit(run):
    unit = MoneyUnit("tick", 1e3)
    chart = charts.agents_over_ticks(run.providers, run.arbitrageurs, unit=unit)
    own = run.providers[run.providers["provider"] == "OpenAI"]["revenue"]
    (drawn,) = traces(chart, "OpenAI")
    assert list(drawn.y) == pytest.approx(list(own / 1e3))
    assert chart.layout.yaxis.title.text == "revenue, $ thousand per tick"


def test_ticks_of_money_are_told_apart_by_as_many_digits_as_it_takes(run):
    chart = charts.agents_over_ticks(run.providers, run.arbitrageurs)
    assert not chart.layout.yaxis.tickformat
    assert chart.layout.template.layout.yaxis.exponentformat == "none"


def test_flows_are_told_with_their_unit(run):
    found = run_at(run, 1e7)
    (sankey,) = charts.who_buys_from_whom(found.trades, arbitrageurs(found)).data
    assert sankey.valuesuffix == " million per tick"


def test_an_effect_on_money_is_in_its_unit_and_a_share_of_its_variance_is_not(study):
    frame = study["sensitivity"].assign(measure="welfare", value=4e-5)
    shares = charts.sensitivity_bars(frame, "welfare")
    assert shares.layout.xaxis.title.text == "share of the variance"
    effects = charts.sensitivity_bars(frame.assign(index="mu_star", method="morris"), "welfare")
    assert effects.layout.xaxis.title.text == "effect over the range, $ per 1,000 ticks"
    assert effects.data[0].x[0] == pytest.approx(0.04)


def test_who_gains_how_much_is_in_a_unit_that_fits(comparison):
    chart = charts.winners_and_losers(scaled(comparison["agents"], 1e-5))
    assert chart.layout.xaxis.title.text == "$ per 1,000 ticks, B − A"


def test_a_study_s_means_and_differences_have_one_unit(study):
    frames = [scaled(study[name], 1e-6) for name in ("summary", "differences")]
    name = "revenue_per_query"
    chart = charts.measure_by_parameter(frames[0], name, frames[1])
    assert chart.layout.annotations[0].text == "providers' revenue, $ per million queries"
    mean, difference = (t for t in chart.data if t.mode == "lines+markers")
    assert mean.y[1] - mean.y[0] == pytest.approx(difference.y[0])


def test_intervals_of_a_frontier_are_bands_around_its_lines():
    two = {"low": [0.05, 0.1], "high": [0.15, None]}
    found = {
        "quality": [0.5, 0.6],
        "models": [{"name": "a", "cost": [0.1, 0.2]}],
        "market_price": [0.1, 0.2],
        "arbitrage_cost": [0.08, 0.15],
        "uncertainty": {"market_price": two, "arbitrage_cost": two, "margin": two},
    }
    costs = charts.frontier_costs(found)
    (band,) = traces(charts.margin_by_solve_rate(costs), "95% interval")
    assert (list(band.x), list(band.y)) == ([0.5, 0.5], [0.15, 0.05])
    (band,) = traces(charts.cost_by_solve_rate(costs), "market price, 95% interval")
    assert max(band.y) == pytest.approx(3 * min(band.y))


def told(varied: str) -> dict[str, object]:
    rows = [
        {"value": value, "margin": [0.0, margin], "low": [0.0, None], "high": [0.1, None]}
        for value, margin in ((0.0, 0.3), (0.1, 0.2))
    ]
    return {"by_verifier": {"varied": varied, "quality": [0.5, 0.6], "rows": rows}}


@pytest.mark.parametrize("varied", ["false_accept", "price"])
def test_margins_by_verifier_are_a_line_for_each_solve_rate(varied):
    frame = charts.verifier_margins(told(varied))
    assert frame["margin"].tolist() == [0.0, 0.3, 0.0, 0.2]
    chart = charts.margin_by_verifier(frame)
    lines = {trace.name: trace for trace in chart.data if trace.mode == "lines+markers"}
    assert list(lines) == ["solve rate 50%", "solve rate 60%"]
    assert list(lines["solve rate 60%"].y) == [0.3, 0.2]
    assert sum("95% interval" in str(trace.name) for trace in chart.data) == 1


def test_a_frontier_of_one_verifier_has_no_margins_by_verifier():
    assert charts.verifier_margins({}).empty
    with pytest.raises(DataError, match="no margin is known"):
        charts.margin_by_verifier(charts.verifier_margins({}))
