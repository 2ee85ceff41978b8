"""Rules of another package work by their kind in scenario files, without touching this one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RULE = '''
from typing import Literal
from market.strategies import Part

class Halved(Part):
    """Half of list price."""
    kind: Literal["halved"] = "halved"
    def multiplier(self, view):
        return 0.5
'''
GROUP = "market.provider_pricing"


def python(folder: Path, *arguments: str, **packages: tuple[str, str]):
    """Run Python where packages are installed: name = (source, entry points)."""
    site = folder / "site"
    for name, (source, points) in packages.items():
        about = site / f"{name}-1.0.dist-info"
        about.mkdir(parents=True)
        (site / f"{name}.py").write_text(source)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(points)
    path = os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH"))))
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
    )


def market(folder: Path, *arguments: str, **packages: tuple[str, str]):
    """Run a command where packages are installed."""
    return python(folder, "-m", "market.cli", *arguments, **packages)


def points(value: str, name: str = "halved") -> str:
    return f"[{GROUP}]\n{name} = {value}\n"


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """A market run by a rule of a package that prints when it is imported, and its folder."""
    folder = tmp_path_factory.mktemp("ran")
    done = market(
        folder,
        *("run", "duopoly", "--json", "--no-baseline", "--set", "ticks=2"),
        *("--set", "consumers.teams.size=200"),
        *("--set", "providers.OpenAI.pricing.kind=halved", "--out", "out"),
        mine=(f"print('hello')\n{RULE}", points("mine:Halved")),
    )
    assert done.returncode == 0, done.stderr
    return done, folder / "out"


def test_a_rule_from_elsewhere_works_by_its_kind(ran):
    import pandas as pd

    prices = pd.read_parquet(ran[1] / "models.parquet").set_index("model")
    assert (prices.loc["gpt5mini", "price_multiplier"] == 0.5).all()


def test_it_is_named_among_the_known_ones(tmp_path):
    done = market(
        tmp_path,
        *("check", "duopoly", "--set", "providers.OpenAI.pricing.kind=halv"),
        mine=(RULE, points("mine:Halved")),
    )
    assert done.returncode == 2
    assert "did you mean 'halved'" in done.stderr


BROKEN = {
    "absent": (RULE, "Absent", "cannot be imported"),
    "raises": ("1 / 0", "Halved", "cannot be imported"),
    "exits": ("raise SystemExit(3)", "Halved", "cannot be imported"),
    "raises_what_is_no_error": (
        "raise BaseException('odd')",
        "Halved",
        "cannot be imported: odd",
    ),
    "no_class": (RULE, "Literal", "is no rule"),
    "no_kind": (RULE.replace('kind: Literal["halved"] = "halved"', "x: int = 1"), "Halved", "kind"),
}
CHECKS = """
import json, sys
from typer.testing import CliRunner
from market.cli.app import app

def check(*chosen):
    done = CliRunner().invoke(app, ["check", "duopoly", *chosen], env={"COLUMNS": "200"})
    return done.exit_code, done.stderr

kinds = sys.argv[1:]
answers = {k: check("--set", f"providers.OpenAI.pricing.kind={k}") for k in kinds}
print(json.dumps(answers | {"": check()}))
"""


@pytest.fixture(scope="module")
def checked(tmp_path_factory) -> dict[str, tuple[int, str]]:
    """Exit code and complaint of a check that names each; of one that names none under ''."""
    packages = {
        f"mine_{kind}": (source, points(f"mine_{kind}:{value}", kind))
        for kind, (source, value, _) in BROKEN.items()
    }
    done = python(tmp_path_factory.mktemp("broken"), "-c", CHECKS, *BROKEN, **packages)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("kind", BROKEN)
def test_one_that_cannot_be_used_is_refused_with_the_reason(checked, kind):
    code, complaint = checked[kind]
    _, value, says = BROKEN[kind]
    assert code == 2
    assert "providers.OpenAI.pricing" in complaint
    point = f"entry point '{kind}' of market.provider_pricing (mine_{kind}:{value}): "
    assert point in complaint
    assert says in complaint.split(point)[1]
    assert "Traceback" not in complaint


def test_those_that_cannot_be_used_stop_no_other_scenario(checked):
    code, complaint = checked[""]
    assert code == 0, complaint


def test_a_kind_that_two_rules_claim_is_refused(tmp_path):
    taken = RULE.replace("halved", "cost_plus")
    chosen = ("--set", 'providers.OpenAI.pricing={ kind = "cost_plus", markup = 0.5 }')
    package = (taken, points("mine:Halved", "cost_plus"))
    done = market(tmp_path, "check", "duopoly", *chosen, mine=package)
    assert done.returncode == 2
    assert "its kind 'cost_plus' is taken" in done.stderr


def test_a_shipped_kind_under_another_name_stops_no_scenario_that_means_the_shipped_rule(tmp_path):
    package = (RULE.replace("halved", "list"), points("mine:Halved", "mine"))
    chosen = ("--set", "providers.OpenAI.pricing.kind=list")
    done = market(tmp_path, "check", "duopoly", *chosen, mine=package)
    assert done.returncode == 0, done.stderr


def test_what_a_package_prints_when_it_is_imported_is_no_part_of_the_json(ran):
    done, _ = ran
    assert "summary" in json.loads(done.stdout)
    assert "hello" in done.stderr
