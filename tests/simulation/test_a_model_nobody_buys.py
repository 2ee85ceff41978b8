"""What a router knows of queries does not hang on who is for sale."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import market
from market.population.pack_folders import find_pack
from market.scenario.schema import Scenario
from market.simulation.model import MarketModel

NAME = "dear"
SETTINGS = {
    "ticks": 3,
    "quality_tiers.count": 3,
    "consumers.teams.size": 300,
    "perturb_every": "never",
}
SIGNAL = {"kind": "signal", "accuracy": 0.8, "types": 2}


def pack_with(model: str, folder: Path) -> Path:
    """A copy of the shipped pack with a model that solves a tenth at most, at 0.90 USD."""
    source = find_pack("swebench")
    told = (source / "pack.json").read_text(encoding="utf-8")
    more = f'"models": [\n  {{"name": "{model}"}},'
    (folder / "pack.json").write_text(told.replace('"models": [', more, 1), encoding="utf-8")
    with (source / "table.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    chance = np.random.default_rng(1).uniform(0, 0.1, len(rows))
    with (folder / "table.csv").open("w", newline="", encoding="utf-8") as stream:
        columns = [*rows[0], f"{model}:solve_prob", f"{model}:list_cost"]
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        for row, p in zip(rows, chance, strict=True):
            writer.writerow({**row, columns[-2]: p, columns[-1]: 0.9})
    return folder


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack_with(NAME, tmp_path_factory.mktemp("pack"))


def scenarios(pack: Path, **more: object) -> tuple[Scenario, Scenario]:
    """The market of the shipped pack, and the same with a provider of one model more."""
    settings = {**SETTINGS, "population.pack": str(pack), **more}
    spec = market.load("swebench", set=settings)
    newcomer = type(spec.providers[0]).model_validate({"name": "Dear", "models": [NAME]})
    return spec, spec.model_copy(update={"providers": (*spec.providers, newcomer)})


def test_it_moves_no_price_of_a_market_with_a_signal_router(pack):
    settings = {"arbitrageurs.routers.routing": SIGNAL}
    without, with_it = (market.run(spec) for spec in scenarios(pack, **settings))
    sold = with_it.models[with_it.models["model"] == NAME]
    assert (sold["attempts"] == 0).all()
    # it reaches a little further, so that menus list other solve rates
    index, other = (result.market["price_index"] for result in (without, with_it))
    assert index.iloc[-1] < 0.9 * index.iloc[0]
    pd.testing.assert_series_equal(index, other, rtol=0.01)


def test_it_does_not_change_which_problems_are_hard(pack):
    mixes = [
        MarketModel(spec).costs.mixes
        for spec in scenarios(
            pack, **{"consumers.teams.problems": {"kind": "difficulty", "tilt": 0.5}}
        )
    ]
    plain = MarketModel(scenarios(pack)[0]).costs.whole.tables.population.weight
    for one, other in zip(*mixes, strict=True):
        weight = one.tables.population.weight
        assert not np.allclose(weight, plain)
        np.testing.assert_array_equal(weight, other.tables.population.weight)
