"""What the docs show is run: Python blocks in the order of their file, commands against the app."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

import market
from market.cli.app import app
from market.scenario.file_schema import json_schema

MODEL = Path(__file__).parents[2] / "docs" / "model.md"
DOCS = sorted((Path(__file__).parents[2] / "docs").glob("*.md"))


def blocks(file: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", file.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("file", DOCS, ids=lambda file: file.name)
def test_the_python_of_the_docs_runs(file, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for code in blocks(file, "python"):
        exec(compile(code, file.name, "exec"), names)
    assert bool(names) == bool(capsys.readouterr().out)


@pytest.mark.parametrize("file", DOCS, ids=lambda file: file.name)
def test_the_commands_of_the_docs_exist_with_their_options(file):
    command = get_command(app)
    for block in blocks(file, ""):
        for line in block.splitlines():
            words = line.split("#")[0].split(">")[0].split()
            if words[:1] == ["market"]:
                known = {o for p in command.commands[words[1]].params for o in p.opts}
                assert {word for word in words[2:] if word.startswith("--")} <= known, line


@pytest.mark.parametrize("file", DOCS, ids=lambda file: file.name)
def test_the_scenarios_of_the_docs_are_valid(file, tmp_path):
    for i, text in enumerate(blocks(file, "toml")):
        scenario = tmp_path / f"{i}.toml"
        scenario.write_text(text)
        market.load(scenario)


def test_the_columns_that_the_guide_describes_are_those_of_a_study(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    guide = Path(__file__).parents[2] / "docs" / "guide.md"
    names: dict[str, object] = {}
    exec(compile(blocks(guide, "python")[0], guide.name, "exec"), names)
    rows = re.findall(
        r"^\| `study\.(\w+)(?:\(\))?` \| [^|]* \| (.*) \|$", guide.read_text(), re.MULTILINE
    )
    assert len(rows) == 6
    for name, columns in rows:
        frame = getattr(names["study"], name)
        frame = frame() if callable(frame) else frame
        assert set(re.findall(r"`(\w+)`", columns)) <= set(frame.columns), name


def test_the_description_names_every_rule_there_is():
    text = MODEL.read_text(encoding="utf-8")
    told = set(re.findall(r"`(\w+)`", text))
    shapes = {"constant", "uniform", "lognormal", "beta"}
    kinds = {
        part["properties"]["kind"]["const"]
        for part in json_schema()["$defs"].values()
        if "const" in part.get("properties", {}).get("kind", {})
    }
    assert kinds - shapes <= told


def test_the_description_has_the_seven_elements():
    text = MODEL.read_text(encoding="utf-8")
    assert re.findall(r"^## (\d)\.", text, re.MULTILINE) == list("1234567")


def test_the_defaults_that_are_argued_for_are_those_of_the_schema():
    rows = re.findall(
        r"^\| (.+?) \| (.+?) \| .+ \| .+ \|$",
        (MODEL.parent / "validation.md").read_text(),
        re.MULTILINE,
    )
    argued = {re.sub(r" \(.*", "", name).strip("`"): value for name, value in rows}
    parts = json_schema()["$defs"]
    for name, part, key in (
        ("providers.*.cost_ratio", "ProviderSpec", "cost_ratio"),
        ("consumers.*.taste_correlation", "ConsumerGroup", "taste_correlation"),
        ("consumers.*.switching_cost", "ConsumerGroup", "switching_cost"),
        ("arbitrageurs.*.awareness", "ArbitrageurGroup", "awareness"),
        ("arbitrageurs.*.pricing.step", "Undercut", "step"),
        ("arbitrageurs.*.pricing.min_margin", "Undercut", "min_margin"),
        ("arbitrageurs.*.pricing.min_margin", "BestResponseMenu", "min_margin"),
        ("arbitrageurs.*.pricing.monopoly_markup", "Undercut", "monopoly_markup"),
        ("*.pricing.undercut", "BestResponse", "undercut"),
        ("providers.*.pricing.step", "DerivativeFollower", "step"),
        ("arbitrageurs.*.routing.types", "SignalRouting", "types"),
        ("arbitrageurs.*.distillation.horizon", "Distillation", "horizon"),
        ("added_models.*.alike", "AddedModel", "alike"),
    ):
        assert float(argued[name]) == parts[part]["properties"][key]["default"], name
