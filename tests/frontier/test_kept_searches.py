"""Searches kept on the disk give, to the bit, what they would find again."""

import numpy as np
import pytest
from conftest import item_response

from market.frontier import policy_cloud
from market.frontier.appraisal import appraise
from market.frontier.budget_grid import _GRIDS, build_tables
from market.frontier.frontier import solve_frontier
from market.frontier.policy_cloud import PolicyCloud
from market.frontier.verifier import Verifier

QUALITY = np.linspace(0.05, 0.95, 19)  # the last are out of reach
LIST, MOVED = np.ones(3), np.array([0.7, 1.6, 1.1])
NOT_SOLD = np.array([1.0, np.inf, 1.0])
VERIFIERS = {
    "without": None,
    "errs": Verifier(false_accept=0.1, false_reject=0.05),
    "costs": Verifier(price=0.001),
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MARKET_CACHE", str(tmp_path))
    return tmp_path / "answers"


def refuse_to_search(monkeypatch):
    def search(*_):
        raise AssertionError("searched again")

    monkeypatch.setattr(policy_cloud, "CascadeSearch", search)


@pytest.mark.parametrize("price", [LIST, MOVED, NOT_SOLD])
@pytest.mark.parametrize("verifier", VERIFIERS)
@pytest.mark.parametrize("quick", [False, True])
def test_a_kept_frontier_is_the_one_that_was_found(verifier, price, quick, monkeypatch):
    tables = build_tables(item_response(problems=15), verifier=VERIFIERS[verifier])
    found = solve_frontier(tables, QUALITY, price, quick=quick)
    refuse_to_search(monkeypatch)
    kept = solve_frontier(tables, QUALITY, price, quick=quick)
    assert kept.spend.tobytes() == found.spend.tobytes()
    assert kept.policies == found.policies
    assert kept.max_quality == found.max_quality


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_a_search_from_the_disk_leads_on_to_the_same(verifier, monkeypatch):
    tables = build_tables(item_response(problems=15), verifier=VERIFIERS[verifier])

    def everything(cloud):
        yield cloud.max_solve_rate(LIST)
        for price in (LIST, MOVED):
            for coarse in (False, True):
                families = cloud.families(price, QUALITY, coarse)
                cost, picks = families.cheapest(price)
                yield cost.tobytes()
                yield [None if pick is None else pick.cascades() for pick in picks]
        yield cloud.polished(MOVED, QUALITY).cheapest(MOVED)[0].tobytes()

    with monkeypatch.context() as patch:
        patch.setenv("MARKET_CACHE", "off")
        alone = list(everything(PolicyCloud(tables)))
    found, kept = (list(everything(PolicyCloud(tables))) for _ in range(2))
    assert found == alone
    assert kept == alone


def test_a_search_is_read_and_not_made_again(monkeypatch):
    tables = build_tables(item_response(problems=15))
    PolicyCloud(tables).found(LIST)
    refuse_to_search(monkeypatch)
    assert PolicyCloud(tables).found(LIST).seen
    with pytest.raises(AssertionError, match="searched again"):
        PolicyCloud(tables).found(NOT_SOLD)


@pytest.mark.parametrize("change", ["weight", "price", "problem", "remainder"])
def test_what_differs_in_anything_is_searched_anew(change, monkeypatch):
    population = item_response(problems=15)
    tables = build_tables(population)
    solve_frontier(tables, QUALITY, LIST)
    weight, price = None, LIST
    if change == "weight":
        weight = np.linspace(1, 2, 15) / np.linspace(1, 2, 15).sum()
    elif change == "price":
        price = LIST * np.array([1, 1, 1 + 1e-15])
    elif change == "problem":
        tables = build_tables(item_response(problems=15, seed=2))
    else:
        tables = build_tables(population, remainder="kept")
    refuse_to_search(monkeypatch)
    with pytest.raises(AssertionError, match="searched again"):
        solve_frontier(tables, QUALITY, price, weight)


def test_an_appraisal_from_the_disk_is_the_same_to_the_last_digit(monkeypatch):
    def told():
        _GRIDS.clear()
        found = appraise(item_response(problems=25), folds=3, draws=40)
        return {name: repr(value) for name, value in found.to_json().items()}

    with monkeypatch.context() as patch:
        patch.setenv("MARKET_CACHE", "off")
        alone = told()
    assert told() == alone
    refuse_to_search(monkeypatch)
    assert told() == alone
