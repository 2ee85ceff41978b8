from pathlib import Path

import numpy as np
import pytest

from market.calibration.fit_errors import economics, solve_rates
from market.frontier.budget_grid import TOLERANCE, build_tables
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import margin, market_price
from market.frontier.pass_curves import CurveTables
from market.population.packs import read_pack
from market.population.records import read_records

RECORDS = Path(__file__).parents[3] / "shared" / "data" / "swebench"
needs_records = pytest.mark.skipif(
    not RECORDS.is_dir(), reason="the released attempt records are not in this checkout"
)
PAIR = ("gpt5mini", "deepseek")


@pytest.fixture(scope="module")
def shipped() -> CurveTables:
    return build_tables(read_pack("swebench").population)


@pytest.fixture(scope="module")
def recorded(shipped) -> CurveTables:
    return build_tables(read_records(RECORDS, shipped.models))


def select(tables: CurveTables, models: tuple[str, ...]) -> CurveTables:
    return build_tables(tables.population.select(models), estimator=tables.estimator)


def margins(tables: CurveTables, low: float, high: float) -> np.ndarray:
    quality = np.linspace(low, high, 100)
    share = margin(market_price(tables, quality).price, solve_frontier(tables, quality).spend)
    assert np.isfinite(share).sum() >= 98
    return share[np.isfinite(share)]


def highest(tables: CurveTables) -> float:
    # the last hundredths of the highest solve rate cost so much that they say little of a fit
    return 0.98 * float(market_price(tables, np.array([0.5])).max_quality.max())


def test_stated_fit_of_the_shipped_pack_is_what_its_table_gives(shipped):
    about = read_pack("swebench").about
    fit = about["fit"]
    quality = tuple(fit["quality"])
    found = economics(shipped, quality, fit["pair"], fit["pair_from"], fit["all_from"])
    assert quality == solve_rates(max(fit["records"]["max_solve_rate"]))
    for name, stated in fit["pack"].items():
        # margins are searched, and what a budget grid keeps may hang on the machine's last digit
        near = {"atol": 0.003} if "margin" in name else {"rtol": TOLERANCE}
        np.testing.assert_allclose(getattr(found, name), stated, **near, err_msg=name)


def test_shipped_pack_serves_tiers_up_to_three_quarters(shipped):
    deepseek = shipped.population.index("deepseek")
    assert market_price(shipped, np.array([0.5])).max_quality[deepseek] >= 0.75


def test_shipped_pack_is_compact_and_names_its_source():
    pack = read_pack("swebench")
    assert pack.population.size == pack.about["classes"] <= 150
    assert "arXiv:2603.22404" in pack.about["source"]
    assert pack.about["date"] == "2026-03"


@needs_records
def test_shipped_pack_keeps_the_market_price(shipped, recorded):
    quality = np.array([0.5, 0.6, 0.7, 0.74])
    np.testing.assert_allclose(
        market_price(shipped, quality).price, market_price(recorded, quality).price, rtol=0.05
    )


@needs_records
def test_shipped_pack_keeps_the_margin_of_two_models(shipped, recorded):
    pack, records = select(shipped, PAIR), select(recorded, PAIR)
    wanted = margins(records, 0.68, highest(records))
    for top in (highest(pack), highest(records)):
        found = margins(pack, 0.68, top)
        assert found.max() == pytest.approx(wanted.max(), abs=0.03)
        assert found.mean() == pytest.approx(wanted.mean(), abs=0.03)


@needs_records
def test_shipped_pack_keeps_the_margin_of_all_models(shipped, recorded):
    wanted = margins(recorded, 0.4, highest(recorded))
    for top in (highest(shipped), highest(recorded)):
        found = margins(shipped, 0.4, top)
        assert found.max() == pytest.approx(wanted.max(), abs=0.03)
        assert found.mean() == pytest.approx(wanted.mean(), abs=0.03)


@needs_records
def test_shipped_pack_keeps_single_attempts(shipped, recorded):
    pack, records = shipped.population, recorded.population
    np.testing.assert_allclose(
        pack.weight @ pack.solve_prob, records.weight @ records.solve_prob, atol=0.01
    )
    np.testing.assert_allclose(
        pack.weight @ pack.list_cost, records.weight @ records.list_cost, rtol=0.03
    )


@needs_records
def test_shipped_pack_keeps_what_each_model_never_solves(shipped, recorded):
    pack, records = shipped.population, recorded.population
    np.testing.assert_allclose(
        pack.weight @ (pack.solve_prob == 0), records.weight @ (records.solve_prob == 0), atol=0.01
    )


@needs_records
def test_no_shipped_class_is_a_recorded_problem(shipped, recorded):
    pack, records = shipped.population, recorded.population
    same = np.isclose(pack.list_cost[:, None], records.list_cost[None], rtol=1e-4)
    assert not (same.sum(axis=2) >= 3).any()
