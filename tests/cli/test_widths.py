"""Every command at every width: no line is too long, and no number or name is cut."""

import contextlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from market.cli.app import app
from market.cli.print_claims import print_claims
from market.cli.print_economics import print_figures
from market.cli.terminal import Printer
from market.paper import PaperFigure
from market.studies.claims.experiments import Claim, ClaimMarket, Contrast
from market.studies.claims.verdicts import Finding, Report

WIDE = 400
WIDTHS = 60, 80, 120
ROOT = Path(__file__).parents[2]
QUICK = (
    *("--set", "ticks=2", "--set", "consumers.teams.size=60", "--set", "quality_tiers.count=3"),
    *("--set", "menu_points=8"),
)
SHORT = (*QUICK, "--set", "population.problems=20")
TWO = ("--replicates", "2", "--jobs", "1")
ONE = ("--replicates", "1", "--jobs", "1")
COUNT, SENSITIVITY = "arbitrageurs.routers.count", "consumers.teams.price_sensitivity"
ALL = tuple(word.replace("--set", "--set-all") for word in QUICK)
HOSTS = json.dumps([f"host {n}" for n in range(2, 11)])
COMMANDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "run": (
        ("run", "merger", *QUICK),
        ("run", "weak_tests", *QUICK, "--no-baseline"),
    ),
    "compare": (
        ("compare", "synthetic", *SHORT, "--set", f"{COUNT}=0", *TWO),
        ("compare", "distillation", *QUICK, *ONE, "--no-resample"),
        ("compare", "synthetic", "merger", "synthetic", *ALL, *TWO, "--no-resample"),
    ),
    "sweep": (
        ("sweep", "synthetic", *SHORT, "--vary", f"{COUNT}=0:2", *TWO),
        (
            *("sweep", "open_weights", *QUICK, "--vary", f"remove={HOSTS},[]"),
            *("--vary", f"{COUNT}=0,2", *ONE),
        ),
        (
            *("sweep", "synthetic", *SHORT, "--vary", f"{SENSITIVITY}=1:20"),
            *("--vary", f"{COUNT}=0:2", "--design", "morris", "--samples", "2", *ONE),
        ),
        (
            *("sweep", "synthetic", *SHORT, "--vary", f"{SENSITIVITY}=1:20"),
            *("--vary", f"{COUNT}=0:2", "--design", "sobol", "--samples", "2", *ONE),
        ),
    ),
    "frontier": (
        ("frontier", "swebench", "--models", "gpt5mini,deepseek", "--draws", "40"),
        ("frontier", "records", "--quality", "0.5:0.85:4", "--draws", "0", "--signal", "0.8"),
        (
            *("frontier", "duopoly", "--draws", "0", "--false-accept", "0,0.2"),
            *("--check-price", "0.01", "--worth", "1", "--unchecked-buyers"),
        ),
    ),
    "calibrate": (("calibrate", "records", "--classes", "8", "--out", "pack"),),
    "import": (("import", "support_runs", "--dry-run"),),
    "reprice": (("reprice", "records", "--factor", "0.5", "--out", "cheaper"),),
    "router": (("router", "log.jsonl", "--records", "records", "--draws", "40"),),
    "learn": (
        (
            *("learn", "collusion", "--set", "consumers.teams.size=60", "--decay", "1e-2"),
            *("--sessions", "2", "--prices", "3", "--arbitrageurs", "0,1"),
        ),
    ),
    "regret": (
        (
            *("regret", "learning_router", "--queries", "400", "--batches", "10"),
            *("--streams", "2", "--rules", "thompson,greedy,linucb"),
        ),
    ),
    "release": (
        (
            *("release", "synthetic", "--set", "ticks=8", "--set", "population.problems=20"),
            *("--set", "menu_points=8"),
            *("--set", "consumers.teams.size=60", "--set", "providers.North.active_from=3"),
            *("--arbitrageurs", "0,1", "--replicates", "2", "--jobs", "1"),
        ),
    ),
    "fit": (
        (
            *("fit", "duopoly", *QUICK, "--target"),
            *("OpenAI+DeepSeek.query_share=0.6", "--free", "arbitrageurs.router.awareness"),
            *("--replicates", "2", "--jobs", "1"),
        ),
    ),
    "packs": (("packs",),),
    "equilibrium": (
        (
            *("equilibrium", "collusion", "--set", "consumers.teams.size=60", "--merge", "all"),
            *("--set", "menu_points=6", "--arbitrageurs", "0", "--prices", "3"),
        ),
    ),
    "scenarios": (("scenarios",),),
    "check": (("check", "newcomer"),),
    "cite": (("cite", "swebench"),),
    "verbs": (("verbs",),),
    "report": (("report", "frontier.json"),),
    "export": (("export", "frontier.json", "--tables", "csv,tex", "--out", "paper"),),
}
NOT_RUN = {
    "explore": "serves a page",
    "schema": "prints JSON for editors",
    "paper": "needs records that are not part of the project; what it prints is tried below",
    "claims": "takes too long; what it prints is tried below",
}
PrintedAt = Callable[[int], str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Where the commands run: a log, its records, and the results of commands before."""
    place = tmp_path_factory.mktemp("widths")
    shutil.copytree(ROOT / "examples" / "support_runs", place / "support_runs")
    with contextlib.chdir(place):
        assert (
            CliRunner().invoke(app, ["import", "support_runs", "--out", "records"]).exit_code == 0
        )
        told = CliRunner().invoke(app, ["frontier", "records", "--draws", "0", "--json"]).stdout
    (place / "frontier.json").write_text(told)
    rows = [json.loads(line) for line in (place / "records/small.jsonl").read_text().splitlines()]
    log = [
        {"query_id": r["id"], "model": "small", "cost": 0.005, "solved": i % 2}
        for i, r in enumerate(rows)
    ]
    (place / "log.jsonl").write_text("\n".join(map(json.dumps, log)))
    return place


@pytest.fixture
def recorded(monkeypatch) -> list[tuple[Callable, tuple]]:
    """What is printed while a test runs, to be printed again at other widths."""
    found = []
    for name in ("print", "paragraph"):
        method = getattr(Printer, name)

        def record(self, *shown, _method=method):
            found.append((_method, (self, *shown)))
            _method(self, *shown)

        monkeypatch.setattr(Printer, name, record)
    return found


@pytest.fixture
def again(recorded, monkeypatch, capsys) -> PrintedAt:
    """What the test printed so far, at this width."""

    def at(width: int) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        capsys.readouterr()
        for method, arguments in list(recorded):
            method(*arguments)
        return capsys.readouterr().out

    return at


def words(text: str) -> set[str]:
    """Its words, numbers and names; what stands before a value may have a colon."""
    return {word.strip(":,") for word in text.split() if "─" not in word}


def assert_nothing_is_cut(again: PrintedAt) -> None:
    wide = again(WIDE)
    assert wide
    for width in WIDTHS:
        narrow = again(width)
        longest = max((line.rstrip() for line in narrow.splitlines()), key=len)
        assert len(longest) <= width, (width, longest)
        assert not words(wide) - words(narrow), width
        for name in set(re.findall(r"\S*\d ± \S*\d|host \d+", wide)):
            assert narrow.count(name) >= wide.count(name), width


@pytest.mark.parametrize(
    "command", [c for several in COMMANDS.values() for c in several], ids=" ".join
)
def test_what_a_command_prints_fits_every_width(command, folder, again):
    with contextlib.chdir(folder):
        done = CliRunner().invoke(app, list(command), env={"COLUMNS": str(WIDE)})
    assert done.exit_code == 0, done.output
    assert done.stdout == again(WIDE)  # nothing is printed but by what fits the width
    assert_nothing_is_cut(again)


def test_every_command_is_tried():
    assert set(get_command(app).commands) == COMMANDS.keys() | NOT_RUN.keys()


def test_the_figures_of_the_paper_fit_every_width(again):
    figures = [
        PaperFigure("largest margin of the pair", 0.401, 0.40123, 0.01, (0.2, 0.5)),
        PaperFigure("solve rate of the best cascade", 0.871, 0.7, 0.001, None),
    ]
    print_figures(figures, ["The data leave much open."])
    assert_nothing_is_cut(again)


def test_claims_fit_every_width(again):
    market = ClaimMarket("swebench")
    says = "`welfare`, the same market twice, as many buyers reached"
    claim = Claim(
        "Nothing comes of nothing", "nobody", (Contrast(says, "welfare", market, market, 1),)
    )
    finding = Finding(says, "fixed needs", 2.5e6, 2.4e6, 1e5, 9e4, 1.1e5, 2, "holds")
    print_claims(Report(((claim, (finding,)),), 2, 2))
    assert_nothing_is_cut(again)


@pytest.mark.parametrize("width", [60, 80])
def test_the_list_of_commands_says_each_in_a_whole_sentence(width):
    text = CliRunner().invoke(app, ["--help"], terminal_width=width).stdout
    assert max(map(len, text.splitlines())) <= width
    assert "..." not in text.partition("Commands:")[2]
    for command in get_command(app).commands.values():
        assert words(command.help.splitlines()[0]) <= words(text)


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("command", sorted(get_command(app).commands))
def test_help_fits_and_names_every_option_whole(command, width):
    text = CliRunner().invoke(app, [command, "--help"], terminal_width=width).stdout
    assert max(map(len, text.splitlines())) <= width
    for parameter in get_command(app).commands[command].params:
        for option in parameter.opts if parameter.param_type_name == "option" else ():
            assert option in text
