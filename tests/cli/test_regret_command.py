"""`market regret`: what routers lose while they learn."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from market.charts import regret_chart, regret_frame
from market.cli.app import app

QUICK = ("--queries", "4000", "--batches", "40", "--streams", "2", "--levels", "4")


def call(*words: str) -> Result:
    return CliRunner().invoke(app, ["regret", "learning_router", *QUICK, *words])


def answer(*words: str) -> dict[str, Any]:
    result = call(*words, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_every_rule_loses_less_per_query_in_the_end() -> None:
    found = answer("--rules", "thompson,greedy,linucb")
    assert [rule["name"] for rule in found["rules"]] == ["thompson", "greedy", "linucb"]
    for rule in found["rules"]:
        points = rule["points"]
        assert points[-1]["queries"] == 4_000
        assert points[-1]["per_query"] < points[0]["per_query"]
        assert points[-1]["low"] < points[-1]["regret"] < points[-1]["high"]
        regrets = [point["regret"] for point in points]
        assert regrets == sorted(regrets)
    assert found["best"] == pytest.approx(found["value"] * found["solve_rate"] - found["spend"])


def test_what_is_bought_before_counts_as_lost() -> None:
    plain, fitted = (answer("--rules", "greedy", "--fit", n)["rules"][0] for n in ("0", "300"))
    assert fitted["points"][0]["regret"] > plain["points"][0]["regret"]
    # but of each later query it loses less
    assert fitted["points"][-2]["per_query"] < plain["points"][-2]["per_query"]


def test_a_higher_solve_rate_is_worth_more() -> None:
    values = [answer("--rules", "greedy", "--solve-rate", u)["value"] for u in ("0.6", "0.7")]
    assert values[0] < values[1]


def test_the_chart_has_logarithmic_axes(tmp_path: Path) -> None:
    chart = tmp_path / "regret.html"
    assert call("--chart", str(chart)).exit_code == 0
    assert chart.stat().st_size > 0
    figure = regret_chart(regret_frame(answer()))
    axes = (figure.layout.xaxis, figure.layout.xaxis2, figure.layout.yaxis, figure.layout.yaxis2)
    assert {axis.type for axis in axes} == {"log"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--rules", "ucb"), "rule 'ucb' is not known; choose from thompson"),
        (("--solve-rate", "0.99"), "solve rate 0.99: cascades reach"),
        (("--stages", "2", "--levels", "60"), "--levels"),
        (("--set", "verifier.false_accept=0.1"), "verifier"),
        (("--queries", "9000000", "--batches", "10"), "give more --batches"),
        (("--fit", "4001"), "--fit 4,001: more than the 4,000 queries of a stream"),
        (("--types", "1000", "--rules", "linucb", "--levels", "50"), "stages or levels where a"),
    ],
)
def test_what_cannot_be_asked_is_said(words: tuple[str, ...], says: str) -> None:
    result = call(*words)
    assert result.exit_code == 2
    assert says in result.output


def test_the_report_has_the_words_that_are_printed_and_the_command(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = call("--report", str(page), "--set", "description='\udcff'")  # of no encoding
    assert done.exit_code == 0, done.output
    assert done.stdout.endswith(f"Report: {page}\n")
    said = " ".join(done.stdout.split("\n\n")[0].split()).partition("? ")[2]
    text = page.read_text(encoding="utf-8")
    assert said in text
    assert f"market regret learning_router {' '.join(QUICK)} --report {page} --set " in text


def test_pages_are_refused_before_any_work(tmp_path: Path, monkeypatch: Any) -> None:
    def work(*_: object, **__: object) -> None:
        raise AssertionError("work was done")

    monkeypatch.setattr("market.scenario.files.load", work)
    mine = tmp_path / "mine.html"
    mine.write_text("mine")
    for words, says in (
        (("--report", str(mine)), "is not a report and is not replaced; name another --report"),
        (("--report", "page.pdf"), "--report page.pdf: name a file that ends in .html"),
        (("--report", str(tmp_path / "no" / "p.html")), "No such file or directory"),
        (("--chart", "x.html", "--report", "./x.html"), "is the file of --chart, too"),
    ):
        for command in ("regret", "equilibrium", "learn", "release", "fit"):
            done = CliRunner().invoke(app, [command, "release", *words])
            assert done.exit_code == 2, (command, done.output)
            assert says in done.stderr


def test_a_market_is_met_as_it_begins(tmp_path: Path) -> None:
    pair = answer("--rules", "greedy", "--streams", "1")
    assert pair["left_out"] == []  # that the second arbitrageur enters is nothing to a router
    file = tmp_path / "later.toml"
    file.write_text(
        """extends = "learning_router"
        name = "later"

        [[interventions]]
        name = "dear"
        at = 0
        set = { "providers.OpenAI.pricing" = { kind = "cost_plus", markup = 1.5 } }

        [[interventions]]
        name = "cheap"
        at = 9
        set = { "providers.OpenAI.pricing" = { kind = "list" } }
        """
    )
    words = ["regret", str(file), *QUICK, "--rules", "greedy", "--streams", "1"]
    found = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    assert found["left_out"] == ["cheap"]
    assert found["spend"] > pair["spend"]
    said = CliRunner().invoke(app, words).output
    assert "left out is what comes later: cheap" in " ".join(said.split())


def test_what_a_provider_sold_who_is_removed_is_not_met() -> None:
    whole, alone = (
        answer("--rules", "greedy", "--streams", "1", "--solve-rate", "0.5", *words)
        for words in ((), ("--set", 'remove=["OpenAI"]'))
    )
    only = answer(
        *("--rules", "greedy", "--streams", "1", "--solve-rate", "0.5"),
        *("--set", 'providers=[{name="DeepSeek",models=["deepseek"],pricing={kind="list"}}]'),
    )
    assert alone == {**only, "scenario": alone["scenario"]}
    assert alone["value"] > whole["value"]  # it takes more to solve as much


def test_a_run_counts_who_enters_and_says_what_learning_cost(tmp_path: Path) -> None:
    small = (
        "ticks=4",
        "perturb_every=never",
        "consumers.teams.size=300",
        "interventions.entry.at=2",
    )
    words = [word for change in small for word in ("--set", change)]
    folder = str(tmp_path / "run")
    done = CliRunner().invoke(
        app, ["run", "learning_router", "--no-baseline", "--out", folder, *words]
    )
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "providers 2, arbitrageurs 2, buyers 300" in said
    assert said.count(": learning cost $") == 2
    assert "after 0 ticks" not in said
    assert "4 sellers" in CliRunner().invoke(app, ["check", "learning_router"]).output
