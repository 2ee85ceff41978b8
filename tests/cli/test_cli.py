"""The command line as a user meets it, from a folder of his own."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from market.cli.app import app

QUICK = ["--set", "ticks=4", "--set", "consumers.teams.size=300", "--set", "menu_points=16"]


def market(*arguments: str, cwd: Path):
    """Run a command in this process, in the folder `cwd`."""
    with contextlib.chdir(cwd):
        return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "120"})


def market_process(*arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "market.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
        env={**os.environ, **env},
    )


def succeed(*arguments: str, cwd: Path) -> str:
    done = market(*arguments, cwd=cwd)
    assert done.exit_code == 0, done.output
    return done.stdout


def records(folder: Path, **models: list[str]) -> Path:
    folder.mkdir()
    for model, lines in models.items():
        (folder / f"{model}.jsonl").write_text("\n".join(lines) + "\n")
    return folder


GOOD = '{"id": "p1", "mean_cost": 0.02, "attempts": [1, 0]}'


def test_run_prints_a_summary_and_writes_the_folder(tmp_path):
    printed = succeed("run", "swebench", *QUICK, cwd=tmp_path)
    for words in ("price index", "without arbitrageurs", "OpenAI", "routers-2", "segmentation"):
        assert words in printed
    assert "results/swebench-1" in printed
    folder = tmp_path / "results" / "swebench-1"
    assert {path.name for path in folder.iterdir()} == {
        *(f"{t}.parquet" for t in ("market", "providers", "arbitrageurs", "consumers")),
        *("models.parquet", "trades.parquet", "scenario.toml", "manifest.json"),
    }
    assert len(pd.read_parquet(folder / "market.parquet")) == 4


# sets of texts iterate in another order in every process; threads share work out in another
ELSEWHERE = {
    "PYTHONHASHSEED": "98765",
    "MARKET_THREADS": "2",
    "OPENBLAS_NUM_THREADS": "2",
    "LC_ALL": "C",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONUTF8": "0",
    "TZ": "Asia/Kathmandu",
    "MARKET_CACHE": "off",
}


# where nearly equal cascades abound, the last digit of a matrix product chooses between them
ASKERS = (
    *("chat", "--set", "ticks=2", "--set", "consumers.askers.size=100", "--no-baseline"),
    *("--set", "menu_points=6"),
)


def test_a_run_gives_the_same_bytes_elsewhere_and_another_seed_gives_others(tmp_path):
    for out, seed in (("a", "5"), ("c", "6")):
        succeed("run", *ASKERS, "--seed", seed, "--out", out, cwd=tmp_path)
    (tmp_path / "elsewhere").mkdir()
    arguments = ["run", *ASKERS, "--seed", "5", "--out", "../b"]
    done = market_process(*arguments, cwd=tmp_path / "elsewhere", **ELSEWHERE)
    assert done.returncode == 0, done.stderr
    tables = sorted((tmp_path / "a").glob("*.parquet"))
    assert len(tables) == 6
    for table in tables:
        assert table.read_bytes() == (tmp_path / "b" / table.name).read_bytes()
    one, other = ((tmp_path / run / "market.parquet").read_bytes() for run in "ac")
    assert one != other


def test_the_written_scenario_runs_again_to_the_same_tables(tmp_path):
    succeed("run", "synthetic", *QUICK[:2], "--out", "a", cwd=tmp_path)
    succeed("run", "a/scenario.toml", "--out", "b", cwd=tmp_path)
    for table in (tmp_path / "a").glob("*.parquet"):
        assert table.read_bytes() == (tmp_path / "b" / table.name).read_bytes()


def test_json_is_one_object_and_nothing_else(tmp_path):
    answer = json.loads(succeed("run", "swebench", *QUICK, "--json", cwd=tmp_path))
    assert set(answer) == {
        *("verdict", "summary", "agents", "scenario", "folder", "without_arbitrageurs")
    }
    assert answer["verdict"][0].startswith("Against the same market without arbitrageurs")
    assert (
        answer["summary"]["price_index"] < answer["without_arbitrageurs"]["summary"]["price_index"]
    )
    assert answer["agents"]["OpenAI"]["role"] == "provider"
    assert answer["scenario"]["ticks"] == 4
    assert Path(answer["folder"]).is_dir()


def test_missing_values_are_null_in_json(tmp_path):
    arguments = [*QUICK, "--set", "arbitrageurs.routers.count=0", "--json"]
    answer = json.loads(succeed("run", "swebench", *arguments, cwd=tmp_path))
    assert answer["summary"]["arbitrage_margin"] is None
    assert "without_arbitrageurs" not in answer


def test_frontier_of_a_pack_has_what_was_promised(tmp_path):
    arguments = ["--quality", "0.7:0.8:3", "--models", "gpt5mini,deepseek", "--json"]
    answer = json.loads(succeed("frontier", "swebench", *arguments, cwd=tmp_path))
    assert [model["name"] for model in answer["models"]] == ["gpt5mini", "deepseek"]
    assert answer["quality"] == [0.7, 0.75, 0.8]
    assert answer["market_price"][2] is None
    assert answer["margin"][2] is None
    assert answer["policies"][2] is None
    assert 0 < answer["mean_margin"] <= answer["max_margin"] < 1
    assert answer["max_quality"]["cascade"] > answer["max_quality"]["single"]
    assert answer["policies"][0]["stages"][0]["model"] == "gpt5mini"


def test_frontier_prints_every_solve_rate_asked(tmp_path):
    printed = succeed("frontier", "duopoly", "--quality", "0.6:0.9:4", cwd=tmp_path)
    assert all(rate in printed for rate in ("0.600", "0.700", "0.800", "0.900"))
    assert "out of reach" in printed
    assert " none " in printed


def test_frontier_knows_more_with_a_signal_and_most_as_an_oracle(tmp_path):
    def mean_margin(*more: str) -> float:
        arguments = ["--quality", "0.55:0.7:4", "--json", *more]
        return json.loads(succeed("frontier", "duopoly", *arguments, cwd=tmp_path))["mean_margin"]

    signal = ["--types", "6", "--signal"]
    margins = [mean_margin(), mean_margin(*signal, "0.5"), mean_margin(*signal, "1")]
    margins.append(mean_margin("--oracle"))
    assert margins == sorted(margins)
    assert margins[3] > margins[0] + 0.1


def test_with_a_signal_the_figures_are_those_of_its_router(tmp_path):
    arguments = ["--quality", "0.6:0.7:3", "--oracle", "--json"]
    answer = json.loads(succeed("frontier", "duopoly", *arguments, cwd=tmp_path))
    blind = answer["without_signal"]
    assert all(
        a < b for a, b in zip(answer["arbitrage_cost"], blind["arbitrage_cost"], strict=True)
    )
    routes = answer["routes"]
    for u, cost, policy in zip(
        answer["quality"], answer["arbitrage_cost"], answer["policies"], strict=True
    ):
        low, high = (routes[i] for i in policy["routes"])
        share = policy["share"]
        for name, value in (("solve_rate", u), ("spend", cost)):
            mixed = (1 - share) * low[name] + share * high[name]
            assert mixed == pytest.approx(value)
    assert "revenue_shares" in blind


def test_names_with_brackets_are_printed_whole(tmp_path):
    lines = [json.dumps({"id": f"p{i}", "mean_cost": 0.1, "attempts": [1, 0]}) for i in range(3)]
    records(tmp_path / "d[old]", **{"x[bold]": lines})
    printed = succeed("frontier", "d[old]", cwd=tmp_path)
    assert "d[old]" in printed
    assert "x[bold]" in printed


def test_a_shipped_pack_is_not_shadowed_by_a_folder_of_its_name(tmp_path):
    (tmp_path / "swebench").mkdir()
    (tmp_path / "swebench" / "pack.json").write_text("{}")
    assert "128 problems" in succeed("check", "swebench", cwd=tmp_path)


def test_the_result_of_a_run_is_a_source_of_its_scenario(tmp_path):
    succeed("run", "duopoly", *QUICK, "--out", "r", cwd=tmp_path)
    quality = ["--quality", "0.6:0.7:2", "--json"]
    of_run = json.loads(succeed("frontier", "r", *quality, cwd=tmp_path))
    assert of_run == json.loads(succeed("frontier", "duopoly", *quality, cwd=tmp_path))


def test_the_frontier_of_a_scenario_is_the_market_that_its_run_posts(tmp_path):
    lines = [
        json.dumps(
            {"id": f"p{i}", "mean_cost": 0.01 * (1 + i % 5), "attempts": [i % 2, 0, i % 3 > 0]}
        )
        for i in range(30)
    ]
    records(tmp_path / "records", gpt5mini=lines, deepseek=lines[::-1])
    (tmp_path / "a.toml").write_text(
        'extends = "duopoly"\n[population]\nsource = "records"\nfolder = "records"\n'
        "[quality_tiers]\nmin = 0.3\nmax = 0.6\ncount = 4\n"
    )
    answer = json.loads(succeed("frontier", "a.toml", "--json", cwd=tmp_path))
    succeed("run", "a.toml", *QUICK, "--out", "r", cwd=tmp_path)
    trades = pd.read_parquet(tmp_path / "r" / "trades.parquet")
    posted = trades[(trades["tick"] == 0) & trades["seller"].isin(["OpenAI", "DeepSeek"])]
    cheapest = posted.groupby("quality")["posted_price"].min()
    # but for the solve rates that menus do not list: of thirty problems each counts
    assert cheapest.tolist() == pytest.approx(answer["market_price"], rel=0.03)


def test_folds_show_the_optimism_of_a_fit(tmp_path):
    def dealt(seed: str) -> dict[str, Any]:
        arguments = ["--quality", "0.55:0.75:41", "--folds", "2", "--seed", seed, "--json"]
        return json.loads(succeed("frontier", "duopoly", *arguments, cwd=tmp_path))

    answers = [dealt(seed) for seed in "1234"]
    judged = [answer["out_of_sample"]["mean_margin"] for answer in answers]
    assert np.mean(judged) < answers[0]["mean_margin"] - 0.02


def test_frontier_of_a_scenario_is_at_its_prices(tmp_path):
    base = json.loads(succeed("frontier", "duopoly", "--json", cwd=tmp_path))
    price = [
        f"--set=providers.{p}.{change}"
        for p in ("OpenAI", "DeepSeek")
        for change in ("cost_ratio=1.0", "pricing={kind='cost_plus', markup=1.0}")
    ]
    twice = json.loads(succeed("frontier", "duopoly", "--json", *price, cwd=tmp_path))
    assert twice["market_price"][0] == pytest.approx(2 * base["market_price"][0])


def test_calibrate_makes_a_pack_that_frontier_and_run_read(tmp_path):
    lines = [
        json.dumps({"id": f"p{i}", "mean_cost": 0.01 + 0.001 * i, "attempts": [i % 3 > 0, i % 2]})
        for i in range(24)
    ]
    other = [line.replace("0.0", "0.1") for line in lines[::-1]]
    records(tmp_path / "records", small=lines, large=other)
    arguments = ["--classes", "4", "--out", "packs/mine", "--provider", "small=Me"]
    printed = succeed("calibrate", "records", *arguments, cwd=tmp_path)
    assert "24 problems became" in printed
    about = json.loads((tmp_path / "packs/mine/pack.json").read_text())
    assert about["models"][1]["provider"] == "Me"
    answer = json.loads(succeed("frontier", "packs/mine", "--json", cwd=tmp_path))
    assert answer["problems"] == about["classes"] <= 4


def test_scenarios_check_and_schema_answer(tmp_path):
    names = [found["name"] for found in json.loads(succeed("scenarios", "--json", cwd=tmp_path))]
    assert {"swebench", "duopoly", "synthetic"} <= set(names)
    for name in names:
        assert "valid" in succeed("check", name, cwd=tmp_path)
    schema = json.loads(succeed("schema", cwd=tmp_path))
    assert schema["properties"]["ticks"]["minimum"] == 1


def test_help_and_version_answer_without_the_heavy_imports(tmp_path):
    assert "market run" in succeed("run", "--help", cwd=tmp_path)
    assert succeed("--version", cwd=tmp_path).startswith("market 0.")
    code = (
        "import sys, contextlib, io\n"
        "from market.cli.app import app\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    app(['--help'])\n"
        "print([m for m in ('numpy', 'pandas', 'mesa', 'pydantic', 'rich') if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert found.stdout.strip() == "[]"


def broken_toml(folder: Path) -> list[str]:
    (folder / "a.toml").write_text("ticks = \n")
    return ["run", "a.toml"]


def no_prices(folder: Path) -> list[str]:
    (folder / "a.toml").write_text(
        'extends = "duopoly"\n[[providers]]\nname = "OpenAI"\nmodels = ["gpt6"]\n'
    )
    return ["run", "a.toml"]


def unknown_key(folder: Path) -> list[str]:
    (folder / "a.toml").write_text('extends = "duopoly"\ntcks = 5\n')
    return ["check", "a.toml"]


def existing_folder(folder: Path) -> list[str]:
    (folder / "there").mkdir()
    (folder / "there" / "mine.txt").write_text("mine")
    return ["run", "duopoly", *QUICK, "--out", "there"]


def foreign_folder(folder: Path) -> list[str]:
    return [*existing_folder(folder), "--overwrite"]


def unwritable_folder(folder: Path) -> list[str]:
    (folder / "file").write_text("")
    return ["run", "duopoly", *QUICK, "--out", "file/results"]


def unshared(folder: Path) -> list[str]:
    records(folder / "records", a=[GOOD], b=[GOOD.replace("p1", "p2")])
    return ["frontier", "records"]


def broken_line(folder: Path) -> list[str]:
    records(folder / "records", a=[GOOD, '{"id": "p2", "mean'])
    return ["frontier", "records"]


def negative_cost(folder: Path) -> list[str]:
    records(folder / "records", a=[GOOD.replace("0.02", "-0.02")])
    return ["frontier", "records"]


def bad_pack(folder: Path, table: str) -> list[str]:
    (folder / "pack").mkdir()
    (folder / "pack" / "pack.json").write_text('{"models": [{"name": "a"}]}')
    (folder / "pack" / "table.csv").write_text(f"weight,a:solve_prob,a:list_cost\n{table}\n")
    return ["frontier", "pack"]


def override(change: str, *also: str):
    return lambda folder: ["run", "swebench", "--set", change, *also]


def plain(*arguments: str):
    return lambda folder: list(arguments)


WRONG = {
    "unknown key": (unknown_key, ["a.toml: tcks: unknown key", "'ticks'"]),
    "wrong type": (override("ticks=many"), ["ticks: must be a whole number", "many"]),
    "fraction of a tick": (override("ticks=1.5"), ["ticks", "whole number"]),
    "no ticks": (override("ticks=0"), ["ticks: must be at least 1 (value: 0)"]),
    "no buyers": (override("consumers.teams.size=0"), ["consumers.teams.size: must be at least 1"]),
    "negative price": (
        override("providers.OpenAI.pricing={kind='cost_plus', markup=-1}"),
        ["providers.OpenAI.pricing.markup: must be at least 0"],
    ),
    "awareness over 1": (
        override("arbitrageurs.routers.awareness=1.5"),
        ["arbitrageurs.routers.awareness: must be at most 1 (value: 1.5)"],
    ),
    "unknown rule": (
        override("providers.OpenAI.pricing.kind=listt"),
        ["providers.OpenAI.pricing.kind", "did you mean 'list'?"],
    ),
    "unknown entry in --set": (
        override("arbitrageurs.router.count=3"),
        ["arbitrageurs has no entry 'router'", "'routers'"],
    ),
    "unknown path in --set": (
        override("consumers.teams.sise=3"),
        ["consumers.teams.sise", "'size'"],
    ),
    "--set without a value": (override("ticks"), ["--set ticks", "PATH=VALUE"]),
    "low above high": (
        override("quality_tiers={min=0.8, max=0.4, count=3}"),
        ["quality_tiers", "min"],
    ),
    "unknown scenario": (plain("run", "swebnch"), ["swebnch", "did you mean 'swebench'?"]),
    "missing file": (plain("run", "nowhere.toml"), ["nowhere.toml: no such file"]),
    "broken TOML": (broken_toml, ["a.toml: not valid TOML", "line 1"]),
    "model without a price": (no_prices, ["providers.OpenAI.models", "gpt6"]),
    "unknown pack": (override("population.pack=swebanch"), ["population.pack", "swebench"]),
    "existing folder": (existing_folder, ["there: exists already", "--overwrite"]),
    "folder that is not ours": (foreign_folder, ["there: holds something other than a result"]),
    "unwritable folder": (unwritable_folder, ["file/results: cannot be written", "--out"]),
    "missing records": (plain("paper", "nowhere"), ["nowhere: no such folder"]),
    "unshared problems": (unshared, ["no problem id is in all", "a 1, b 1"]),
    "broken JSON line": (broken_line, ["a.jsonl:2: not a JSON object"]),
    "negative cost": (negative_cost, ["a.jsonl:1: mean_cost is -0.02"]),
    "probability over 1": (
        lambda folder: bad_pack(folder, "1,1.5,0.1"),
        ["table.csv", "solve_prob[0][0]: 1.5 is not from 0 to 1"],
    ),
    "weights that do not sum to 1": (
        lambda folder: bad_pack(folder, "0.5,0.5,0.1"),
        ["table.csv", "weights sum to 0.5, not to 1"],
    ),
    "no number in a pack": (
        lambda folder: bad_pack(folder, "1,half,0.1"),
        ["table.csv:2: a:solve_prob is 'half'"],
    ),
    "unknown source": (plain("frontier", "nothing"), ["nothing: not a folder", "swebench"]),
    "unknown model": (plain("frontier", "swebench", "--models", "gpt6"), ["'gpt6'", "gpt5mini"]),
    "bad solve rates": (plain("frontier", "swebench", "--quality", "0.9"), ["MIN:MAX:POINTS"]),
    "solve rate over 1": (plain("frontier", "swebench", "--quality", "0.5:1.5:3"), ["0.5:1.5:3"]),
    "accuracy over 1": (plain("frontier", "swebench", "--signal", "2"), ["accuracy", "2.0"]),
    "no types": (plain("frontier", "swebench", "--signal", "1", "--types", "0"), ["types: 0"]),
    "one fold": (plain("frontier", "swebench", "--folds", "1"), ["folds: 1"]),
    "unknown estimator": (
        plain("frontier", "swebench", "--models", "sonnet", "--estimator", "exact"),
        ["'exact' is unknown", "geometric, unbiased"],
    ),
    "counts where there are none": (
        plain("frontier", "swebench", "--estimator", "unbiased"),
        ["needs recorded attempts", "geometric"],
    ),
    "budget below every cost": (
        plain("frontier", "swebench", "--max-budget", "0.001"),
        ["cheapest attempt costs", "raise the highest budget"],
    ),
    "--set for records": (
        lambda folder: [*unshared(folder), "--set", "ticks=3"],
        ["is not a scenario"],
    ),
    "too many classes": (
        lambda folder: [
            *("calibrate", str(records(folder / "records", a=[GOOD]))),
            *("--classes", "9", "--out", "pack"),
        ],
        ["classes: 9 wanted of 1 problems"],
    ),
    "negative seed": (
        plain("frontier", "swebench", "--seed", "-1"),
        ["--seed", "greater than or equal to 0"],
    ),
    "no models": (plain("frontier", "swebench", "--models", ","), ["--models", "at least one"]),
    "oracle and signal": (
        plain("frontier", "swebench", "--oracle", "--signal", "0.5"),
        ["--oracle", "leave out --signal"],
    ),
    "types of no signal": (plain("frontier", "swebench", "--types", "4"), ["give --signal too"]),
    "empty estimator": (plain("frontier", "swebench", "--estimator", ""), ["'' is unknown"]),
    "unknown remainder": (
        plain("frontier", "swebench", "--remainder", "lost"),
        ["'lost' is unknown", "spent, kept"],
    ),
    "a highest budget that is no amount": (
        plain("frontier", "swebench", "--max-budget", "nan"),
        ["--max-budget nan", "above 0", "leave it out"],
    ),
    "too many solve rates": (
        plain("frontier", "swebench", "--quality", "0.5:0.7:1000000000"),
        ["from 1 to 10000 points"],
    ),
    "no attempt fits in a scenario": (
        plain("check", "duopoly", "--set", "population.budget.high=0.0005"),
        ["population.budget.high", "raise the highest budget"],
    ),
    "records that nobody solves": (
        lambda folder: [
            "frontier",
            str(records(folder / "records", a=[GOOD.replace("[1, 0]", "[0, 0]")])),
        ],
        ["no model solves any problem"],
    ),
    "three models for --pair": (
        plain("calibrate", "x", "--classes", "3", "--out", "p", "--pair", "a,b,c"),
        ["--pair a,b,c"],
    ),
}


def test_wrong_input_ends_a_process_without_a_traceback(tmp_path):
    done = market_process("run", "swebench", "--set", "ticks=0", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "ticks: must be at least 1 (value: 0)" in done.stderr


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_ends_with_its_place_and_the_way_out(name, tmp_path):
    arrange, says = WRONG[name]
    arguments = arrange(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    done = market(*arguments, cwd=tmp_path)
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    assert done.stdout == ""
    for words in says:
        assert words in done.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_an_interrupted_run_leaves_no_folder_behind(tmp_path):
    command = [sys.executable, "-m", "market.cli", "run", "swebench", "--out", "r"]
    process = subprocess.Popen(
        [*command, "--set", "ticks=100000"], cwd=tmp_path, stderr=subprocess.DEVNULL
    )
    try:
        while not any(tmp_path.iterdir()):
            assert process.poll() is None
            time.sleep(0.01)
        process.terminate() if os.name == "nt" else process.send_signal(2)
        assert process.wait(timeout=300) != 0
    finally:
        process.kill()
        process.wait()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["check", "run", "report", "equilibrium", "cite"])
def test_a_name_of_thousands_of_letters_is_not_echoed_whole(command, tmp_path):
    done = market(command, "x" * 3000, cwd=tmp_path)
    assert done.exit_code == 2
    assert "x" * 40 + "…" in done.stderr
    assert len(done.stderr) < 1000
