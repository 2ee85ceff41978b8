"""Tastes of a market's buyers: whose are alike, and what moves none of them."""

import numpy as np
import pytest
from logit_markets import only_segment

import market
from market.simulation.model import MarketModel


def tastes(**more: object) -> dict[str, np.ndarray]:
    """By name of the offer, the buyers' tastes."""
    values = {"consumers.teams.size": 20_000, **more}
    model = MarketModel(market.load("swebench", set=values))
    names = [offer.name for offer in model.offers]
    return dict(zip([*names, ""], only_segment(model).taste, strict=True))


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1])


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_tastes_for_resellers_are_alike_as_the_scenario_says(share):
    found = tastes(**{"consumers.teams.taste_correlation": share})
    alike = correlation(found["routers-1"], found["routers-2"])
    assert alike == pytest.approx(1 - (1 - share) ** 2, abs=0.03)


def test_at_correlation_one_every_reseller_is_liked_as_well():
    found = tastes(**{"consumers.teams.taste_correlation": 1.0})
    np.testing.assert_array_equal(found["routers-1"], found["routers-2"])


def test_tastes_for_others_have_nothing_in_common():
    found = tastes()
    others = [taste for name, taste in found.items() if not name.startswith("routers-2")]
    alike = np.corrcoef(others) - np.eye(len(others))
    assert (np.abs(alike) < 4 / np.sqrt(20_000)).all()


def test_one_more_reseller_moves_no_other_taste():
    few, many = (tastes(**{"arbitrageurs.routers.count": n}) for n in (1, 3))
    for name, taste in few.items():
        np.testing.assert_array_equal(taste, many[name])


def test_the_correlation_of_tastes_for_resellers_moves_no_other_taste():
    one, other = (tastes(**{"consumers.teams.taste_correlation": c}) for c in (0.0, 0.9))
    for name, taste in one.items():
        assert np.array_equal(taste, other[name]) == (not name.startswith("routers"))
