"""What searches found is kept for the next run, up to a size."""

import numpy as np

import market
from market.foundation.memory import Remembered
from market.frontier.pass_curves import CurveTables
from market.frontier.policy_cloud import PolicyCloud
from market.simulation import cost_cache
from market.simulation.cost_cache import MixCosts
from market.simulation.model import MarketModel

SMALL = {"consumers.teams.size": 100, "menu_points": 8}


def tables(problems: int) -> CurveTables:
    scenario = market.load("synthetic", set=SMALL | {"population.problems": problems})
    return MarketModel(scenario).costs.whole.tables


def asked(cloud: PolicyCloud) -> PolicyCloud:
    cloud.max_solve_rate(np.ones(len(cloud.fine.tables.models)))
    return cloud


def test_clouds_grow_as_they_are_asked_and_the_oldest_are_forgotten_then(monkeypatch):
    several = [tables(problems) for problems in (16, 17, 18)]
    room = Remembered[bytes, PolicyCloud](1)
    monkeypatch.setattr(cost_cache, "_CLOUDS", room)
    first, second = (MixCosts(of).cloud for of in several[:2])  # they take nothing yet
    assert (first.nbytes, MixCosts(several[0]).cloud is first) == (0, True)
    assert asked(first).nbytes > 0 < asked(second).nbytes
    last = MixCosts(several[2]).cloud
    assert MixCosts(several[2]).cloud is last
    assert MixCosts(several[0]).cloud is not first
