import re
from pathlib import Path

from typer.main import get_command

from market.cli.app import app
from market.frontier.appraisal import appraise
from market.scenario.file_schema import json_schema
from market.scenario.files import load
from market.scenario.sources import read_source
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
    few = {"ticks": 1, "consumers.teams.size": 50, "verifier.false_accept": 0.1}
    result = run(load("duopoly", set=few))
    counted = {"tick", "queries_sent", "queries_served", "consumer_payments", "imbalance"}
    assert described == set(result.market.columns) - counted


def test_the_pictures_of_the_readme_are_there():
    pictures = re.findall(r"!\[[^\]]*\]\((\S+)\)", README)
    assert pictures
    for picture in pictures:
        assert (Path(__file__).parents[2] / picture).stat().st_size < 500_000


def found(pattern: str) -> list[float]:
    """The numbers of a sentence of the README, whose lines may break anywhere."""
    match = re.search(pattern.replace(" ", r"\s+"), README)
    assert match, pattern
    return [float(number) for number in match.groups()]


def test_the_margins_of_the_readme_are_those_of_the_command():
    source = read_source("swebench")
    known = appraise(source.population, quality=(0.4, 0.75, 15), folds=5).to_json()
    mean = known["uncertainty"]["mean_margin"]
    told = found(r"cost ([\d.]+)% less than the market price on average")
    told += found(r"95% interval ([\d.]+) to ([\d.]+)%, over resamples")
    told += found(r"([\d.]+)% on held-out problems")
    figures = (mean["estimate"], mean["low"], mean["high"], known["out_of_sample"]["mean_margin"])
    # where nearly equal cascades abound, the last digits of a matrix product decide, which are the
    # processor's: the mean alone is known to a tenth of a percent
    assert told == [round(100 * figure, d) for figure, d in zip(figures, (1, 0, 0, 0), strict=True)]


def test_what_the_readme_says_of_the_default_run_is_what_it_gives():
    spec = load("swebench")
    result, alone = run(spec), run(load("swebench", set={"arbitrageurs.routers.count": 0}))

    def change(measure: str) -> float:
        before = alone.summary[measure]
        return round(100 * (result.summary[measure] - before) / before, 1)

    (price,) = found(r"what buyers need to ([\d.]+) of what it was")
    assert price == round(result.summary["price_index"], 3)
    (fall,) = found(r"providers' revenue falls by ([\d.]+)%")
    assert -fall == change("provider_revenue")
    (rise,) = found(r"consumer surplus rises by ([\d.]+)%")
    assert rise == change("consumer_surplus")
