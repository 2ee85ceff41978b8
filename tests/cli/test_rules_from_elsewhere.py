"""A package of rules of every family: a market that goes by them, through the command line."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from market.cli.app import app

RULES = '''
from typing import ClassVar, Literal

import numpy as np
from market.strategies import (
    Basket, BestResponse, CostSchedule, Needs, Part, PriceReply, Purchase, between, find
)
from market.strategies.distributions import Distribution, draw


class Need(Part):
    """A buyer needs one solve rate, which is worth its budget to it."""
    kind: Literal["need"] = "need"
    quality: Distribution
    budget: Distribution

    def needs(self, size, quality_rng, worth_rng):
        wanted = draw(self.quality, quality_rng, size)
        return Needs(wanted, draw(self.budget, worth_rng, size))

    def purchase(self, needs, quality, price):
        at, share = find(quality, needs.quality)
        sold = at < len(quality)
        at = np.minimum(at, len(quality) - 1)
        gain = needs.worth - between(price, at, share)
        return Purchase(np.where(sold & np.isfinite(gain), gain, -np.inf), at, share)

    def basket(self, needs, menus):
        price = np.min([menus.price_at(o, needs.quality) for o in menus.sold()], axis=0)
        return Basket(needs.quality, price, np.minimum(price, needs.worth))


class Blind(Part):
    """All queries go down the cheapest cascade."""
    kind: Literal["blind"] = "blind"

    def route(self, known):
        return CostSchedule.of(known.blind())


class Best(Part):
    """The price of the highest expected profit, found as the shipped rule finds it."""
    kind: Literal["best"] = "best"

    def best_reply(self, view):
        return PriceReply(self.multiplier(view))

    def multiplier(self, view):
        return BestResponse(count=9).multiplier(view)


class Fifth(Part):
    """A fifth above cost."""
    kind: Literal["fifth"] = "fifth"

    def menu(self, view, cost):
        return 1.2 * cost
'''
ENTRY_POINTS = """
[market.demand]
need = mine:Need
[market.routing]
blind = mine:Blind
[market.provider_pricing]
best = mine:Best
[market.arbitrageur_pricing]
fifth = mine:Fifth
"""
SCENARIO = """
extends = "duopoly"
ticks = 3
menu_points = 16

[[providers]]
name = "OpenAI"
pricing = {pricing}

[[arbitrageurs]]
name = "router"
routing = {{ kind = "{routing}" }}
pricing = {menu}

[[consumers]]
name = "teams"
size = 200

[consumers.demand]
kind = "{demand}"
quality = {{ kind = "uniform", low = 0.55, high = 0.75 }}
budget = {{ kind = "lognormal", median = 0.2, sigma = 0.8 }}
"""
ELSEWHERE = {
    "demand": "need",
    "routing": "blind",
    "pricing": '{ kind = "best" }',
    "menu": '{ kind = "fifth" }',
}
SHIPPED = {
    "demand": "fixed_quality",
    "routing": "cascade",
    "pricing": '{ kind = "best_response", count = 9 }',
    # the step takes every rival's price down to the least margin
    "menu": '{ kind = "undercut", step = 0.999, min_margin = 0.2, monopoly_markup = 0.2 }',
}


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> tuple[Path, Path]:
    """Of a market whose rules are all from elsewhere, and of one with shipped rules like them."""
    folder = tmp_path_factory.mktemp("rules")
    site = folder / "site"
    about = site / "mine-1.0.dist-info"
    about.mkdir(parents=True)
    (site / "mine.py").write_text(RULES)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(ENTRY_POINTS)
    path = os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH"))))
    for name, rules in (("elsewhere", ELSEWHERE), ("shipped", SHIPPED)):
        (folder / f"{name}.toml").write_text(SCENARIO.format(**rules))
    done = subprocess.run(
        [sys.executable, "-m", "market.cli", "run", "elsewhere.toml", "--out", "elsewhere"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr
    with contextlib.chdir(folder):
        here = CliRunner().invoke(app, ["run", "shipped.toml", "--out", "shipped"])
    assert here.exit_code == 0, here.output
    return folder / "elsewhere", folder / "shipped"


@pytest.mark.parametrize(
    "table", ["market", "providers", "trades", "consumers", "arbitrageurs", "models"]
)
def test_rules_from_elsewhere_make_the_market_that_shipped_rules_like_them_make(results, table):
    elsewhere, shipped = (pd.read_parquet(folder / f"{table}.parquet") for folder in results)
    assert elsewhere["tick"].max() == 2
    pd.testing.assert_frame_equal(elsewhere, shipped)
