"""Money can be read in the terminal: three digits, one unit down a column, never 0.0000."""

import contextlib
import json
import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from frames import COUNT, SMALL, comparison_frames, small_run
from money_scales import run_at, scaled
from typer.testing import CliRunner

import market
from market.cli.app import app
from market.cli.print_claims import print_claims
from market.cli.print_economics import print_appraisal
from market.cli.print_run import print_run
from market.cli.print_study import print_comparison
from market.frontier.appraisal import appraise
from market.studies.claims.experiments import Claim, ClaimMarket, Contrast
from market.studies.claims.markdown import to_markdown
from market.studies.claims.verdicts import Finding, Report
from market.studies.comparison import Comparison

NUMBER = r"-?[\d,]*\d(?:\.\d+)?(?:e-\d+)?"
ONLY_ZEROS = r"\b0\.0{3,}\b"
SCENARIO = """
name = "tiny"
ticks = 4
[quality_tiers]
min = 0.3
max = 0.7
count = 5
[population]
source = "records"
folder = "records"
[[providers]]
name = "A"
models = ["small"]
[[providers]]
name = "B"
models = ["large"]
[[arbitrageurs]]
name = "routers"
count = 1
[[consumers]]
name = "teams"
size = 300
queries_per_tick = 1
price_sensitivity = 10
[consumers.demand]
kind = "fixed_quality"
quality = { kind = "uniform", low = 0.3, high = 0.7 }
budget = { kind = "lognormal", median = 0.003, sigma = 0.5 }
"""


@pytest.fixture(scope="module")
def cheap(tmp_path_factory) -> Path:
    """A folder with a scenario, and records whose attempts cost a hundredth of a cent and more."""
    folder = tmp_path_factory.mktemp("cheap")
    (folder / "records").mkdir()
    dice = random.Random(1)
    for model, mean, cost in (("small", 0.4, 1.2e-4), ("large", 0.7, 9e-4)):
        rows = [
            {
                "id": f"p{i}",
                "mean_cost": cost * (1 + dice.random()),
                "attempts": [int(dice.random() < mean) for _ in range(8)],
            }
            for i in range(40)
        ]
        text = "\n".join(map(json.dumps, rows))
        (folder / "records" / f"{model}.jsonl").write_text(text)
    (folder / "tiny.toml").write_text(SCENARIO)
    return folder


def printed(folder: Path, *arguments: str) -> str:
    with contextlib.chdir(folder):
        done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == 0, done.output
    return done.stdout


def figures(text: str, heading: str) -> list[str]:
    """Numbers of the lines that name an amount of money."""
    lines = (line for line in text.splitlines() if heading in line)
    return [word for line in lines for word in line.split() if re.fullmatch(NUMBER, word)]


def digits(number: str) -> int:
    return len(number.lstrip("-0.,").partition("e")[0].replace(".", "").replace(",", ""))


VARY = ("--vary", "arbitrageurs.routers.count=0,1", "--replicates", "2", "--jobs", "1")


@pytest.mark.parametrize(
    "command",
    [
        ("frontier", "records"),
        ("run", "tiny.toml", "--out", "r"),
        ("compare", "tiny.toml", "--set", "arbitrageurs.routers.count=0", *VARY[2:]),
        ("sweep", "tiny.toml", *VARY, "--out", "s"),
    ],
    ids=lambda command: command[0],
)
def test_no_command_prints_a_price_as_zeros(cheap, command):
    text = " ".join(printed(cheap, *command).split())
    assert "1,000 queries" in text  # a narrow heading may break before it
    assert not re.search(ONLY_ZEROS, text)


@pytest.fixture(scope="module")
def runs():
    return small_run(1), small_run(0)


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0, 1e4, 1e7])
def test_a_run_at_any_scale_has_three_digits_in_every_amount(runs, scale, capsys):
    print_run(*(run_at(run, scale) for run in runs), "folder")
    text = re.sub(r"per 1,000 \w+", "per many", capsys.readouterr().out)
    shown = figures(text, ", $ ")
    assert len(shown) > 8
    assert all(digits(n) >= 3 or n == "0" for n in shown), shown
    assert not re.search(ONLY_ZEROS, text)


@pytest.mark.parametrize(
    ("scale", "query", "tick"),
    [
        (1e-6, "$ per million queries", "$ per 1,000 ticks"),
        (1.0, "$ per query", "$ per tick"),
        (1e7, "$ thousand per query", "$ million per tick"),
    ],
)
def test_the_units_of_a_run_are_those_of_its_scale(runs, scale, query, tick, capsys):
    print_run(*(run_at(run, scale) for run in runs), "folder")
    text = capsys.readouterr().out
    assert f"paid, {query}" in text
    assert f"provider revenue, {tick}" in text
    assert f"Who earned what, {tick}" in text


@pytest.mark.parametrize(
    ("scale", "unit"),
    [
        (1e-6, "$ per million queries"),
        (1e-3, "$ per 1,000 queries"),
        (1.0, "$ per query"),
        (1e5, "$ thousand per query"),
    ],
)
def test_a_frontier_is_in_the_unit_of_its_prices(ladder, scale, unit, capsys):
    prices = np.full(len(ladder.models), scale)
    print_appraisal(appraise(ladder, quality=(0.3, 0.8, 6), price=prices))
    text = capsys.readouterr().out
    assert f"{unit}, by solve rate" in text
    assert not re.search(ONLY_ZEROS, text)


@pytest.mark.parametrize(
    ("scale", "tick"), [(1e-6, "$ per 1,000 ticks"), (1e7, "$ million per tick")]
)
def test_a_comparison_is_in_the_units_of_its_scale(compared, scale, tick, capsys):
    frames = {name: scaled(frame, scale) for name, frame in compared.frames.items()}
    print_comparison(replace(compared, **frames), ("a", "b"))
    text = capsys.readouterr().out
    assert f"surplus of buyers, {tick}" in text
    assert f"consumer surplus, {tick}" in " ".join(text.split())
    assert not re.search(ONLY_ZEROS, text)


@pytest.fixture(scope="module")
def compared() -> Comparison:
    one, other = (market.load("duopoly", set={**SMALL, COUNT: n}) for n in (0, 2))
    return Comparison(**comparison_frames(), a=one, b=other, seeds=(1, 2, 3))


def test_effects_on_an_amount_of_money_are_in_its_unit(cheap):
    vary = ("--vary", "arbitrageurs.routers.count=0:2", "--vary", "consumers.teams.size=100:400")
    design = ("--design", "morris", "--samples", "2", "--replicates", "1", "--jobs", "1")
    measures = ("--measures", "price_per_query", "--out", "morris")
    text = printed(cheap, "sweep", "tiny.toml", *vary, *design, *measures)
    assert re.search(r"paid, \$ per\b", text)
    assert re.search(r"\b(million|1,000) queries", text)


def test_figures_of_a_claim_are_in_the_unit_of_its_measure(capsys):
    market_ = ClaimMarket("swebench")
    says = "`welfare`, the same twice"
    claim = Claim(
        "Nothing comes of nothing", "nobody", (Contrast(says, "welfare", market_, market_, 1),)
    )
    finding = Finding(says, "", 2.5e6, 2.4e6, 1e5, 9e4, 1.1e5, 2, "holds")
    report = Report(((claim, (finding,)),), 2, 2)
    print_claims(report)
    for text in (capsys.readouterr().out, to_markdown(report)):
        assert "the same twice, $ million per tick" in text
        assert "0.0900 to 0.110" in text
