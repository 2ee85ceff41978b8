import re
from pathlib import Path

from typer.main import get_command

from market.cli.app import app
from market.scenario.file_schema import json_schema
from market.scenario.files import load
from market.simulation.model import run

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_python_of_the_readme_runs(capsys):
    (code,) = blocks("python")
    exec(compile(code, "README.md", "exec"), {})
    assert 0 < float(capsys.readouterr().out.splitlines()[0]) < 1.1


def test_the_scenarios_of_the_readme_are_valid(tmp_path):
    crowded, taxed = blocks("toml")
    file = tmp_path / "one.toml"
    file.write_text(crowded)
    scenario = load(file)
    assert scenario.arbitrageurs[0].count == 6
    assert scenario.arbitrageurs[0].awareness == 0.8
    file.write_text(taxed)
    assert load(file).interventions[0].at == 30


def test_the_kinds_of_the_readme_are_the_kinds_there_are():
    told = set(re.findall(r"`(\w+)`", README.split("by `kind`")[1].split("Providers may also")[0]))
    definitions = json_schema()["$defs"].values()
    kinds = {
        part["properties"]["kind"]["const"]
        for part in definitions
        if "const" in part.get("properties", {}).get("kind", {})
    }
    shapes = {"constant", "uniform", "lognormal", "beta"}  # distributions are not decisions
    assert kinds - shapes <= told


def test_every_command_and_option_of_the_readme_exists():
    command = get_command(app)
    lines = [line for block in blocks("") for line in block.splitlines() if "market " in line[:7]]
    assert len(lines) > 8
    for line in lines:
        words = line.split("#")[0].split(">")[0].split()
        parameters = command.commands[words[1]].params
        known = {o for p in parameters for o in (*p.opts, *p.secondary_opts, p.name)}
        for word in words[2:]:
            if word.startswith("--"):
                assert word in known, line


def test_the_measures_of_the_readme_are_the_columns_of_the_table():
    rows = re.findall(r"^\| (`.*?`) \|", README, re.MULTILINE)
    described = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    result = run(load("duopoly", set={"ticks": 1, "consumers.teams.size": 50}))
    counted = {"tick", "queries_sent", "queries_served", "consumer_payments", "imbalance"}
    assert described == set(result.market.columns) - counted


def test_the_pictures_of_the_readme_are_there():
    pictures = re.findall(r"!\[[^\]]*\]\((\S+)\)", README)
    assert pictures
    for picture in pictures:
        assert (Path(__file__).parents[2] / picture).stat().st_size < 500_000
