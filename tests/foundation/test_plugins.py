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


def market(folder: Path, *arguments: str, **packages: tuple[str, str]):
    """Run a command where packages are installed: name = (source, entry points)."""
    site = folder / "site"
    for name, (source, points) in packages.items():
        about = site / f"{name}-1.0.dist-info"
        about.mkdir(parents=True)
        (site / f"{name}.py").write_text(source)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(points)
    path = os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH"))))
    return subprocess.run(
        [sys.executable, "-m", "market.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
    )


def points(value: str, name: str = "halved") -> str:
    return f"[{GROUP}]\n{name} = {value}\n"


def test_a_rule_from_elsewhere_works_by_its_kind(tmp_path):
    done = market(
        tmp_path,
        *("run", "duopoly", "--json", "--no-baseline", "--set", "ticks=2"),
        *("--set", "consumers.teams.size=200"),
        *("--set", "providers.OpenAI.pricing.kind=halved", "--out", "out"),
        mine=(RULE, points("mine:Halved")),
    )
    assert done.returncode == 0, done.stderr
    import pandas as pd

    prices = pd.read_parquet(tmp_path / "out" / "models.parquet").set_index("model")
    assert (prices.loc["gpt5mini", "price_multiplier"] == 0.5).all()


def test_it_is_named_among_the_known_ones(tmp_path):
    done = market(
        tmp_path,
        *("check", "duopoly", "--set", "providers.OpenAI.pricing.kind=halv"),
        mine=(RULE, points("mine:Halved")),
    )
    assert done.returncode == 2
    assert "did you mean 'halved'" in done.stderr


BROKEN = pytest.mark.parametrize(
    ("source", "value", "says"),
    [
        (RULE, "mine:Absent", "cannot be imported"),
        ("1 / 0", "mine:Halved", "cannot be imported"),
        ("raise SystemExit(3)", "mine:Halved", "cannot be imported"),
        ("raise BaseException('odd')", "mine:Halved", "cannot be imported: odd"),
        (RULE, "mine:Literal", "is no rule"),
        (RULE.replace('kind: Literal["halved"] = "halved"', "x: int = 1"), "mine:Halved", "kind"),
    ],
    ids=["absent", "raises", "exits", "raises what is no error", "no class", "no kind"],
)


@BROKEN
def test_one_that_cannot_be_used_is_refused_with_the_reason(tmp_path, source, value, says):
    chosen = ("--set", "providers.OpenAI.pricing.kind=halved")
    done = market(tmp_path, "check", "duopoly", *chosen, mine=(source, points(value)))
    assert done.returncode == 2
    assert "providers.OpenAI.pricing" in done.stderr
    assert "entry point 'halved' of market.provider_pricing (mine:" in done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@BROKEN
def test_one_that_cannot_be_used_stops_no_other_scenario(tmp_path, source, value, says):
    done = market(tmp_path, "check", "duopoly", mine=(source, points(value)))
    assert done.returncode == 0, done.stderr


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


def test_what_a_package_prints_when_it_is_imported_is_no_part_of_the_json(tmp_path):
    done = market(
        tmp_path,
        *("run", "duopoly", "--json", "--no-baseline", "--set", "ticks=1", "--out", "out"),
        *("--set", "consumers.teams.size=50"),
        mine=(f"print('hello')\n{RULE}", points("mine:Halved")),
    )
    assert done.returncode == 0, done.stderr
    assert "summary" in json.loads(done.stdout)
    assert "hello" in done.stderr
