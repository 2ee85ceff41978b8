import numpy as np
import pytest
from paper_markets import GRID

from market.paper.cascades import cascade_curves, pair_thresholds
from market.paper.paper_curves import locate
from market.paper.sampling import CAP, PairCascades, draw_costs, draw_samples, sampled_solves


def test_cascades_of_sampled_pairs_join_as_cascades_do():
    rng = np.random.default_rng(3)
    sample = np.exp(rng.normal([-3.5, -3.0], 0.8, size=(40, 2)))
    sample[rng.random((40, 2)) < 0.2] = np.inf
    steps = (sample[:, :, None] <= GRID).astype(float)
    thresholds = pair_thresholds(1e-4, 0.5, 1.0)
    got = PairCascades.of(thresholds, GRID).curves(sampled_solves(sample, GRID))
    assert got == pytest.approx(cascade_curves(steps, thresholds, GRID), abs=1e-12)


def test_drawn_costs_follow_the_pass_curve(lively):
    market = lively.restrict(np.array([0]))
    costs = draw_costs(market, 20_000, np.random.default_rng(5))
    for budget in (0.01, 0.05, 0.3):
        wanted = locate(GRID, budget).read(market.mean)[:, 0]
        assert (costs <= budget).mean(axis=0) == pytest.approx(wanted, abs=0.015)


def test_costs_beyond_the_cap_are_unsolved(lively):
    costs = draw_costs(lively, 50, np.random.default_rng(5))
    assert costs[np.isfinite(costs)].max() <= CAP
    assert np.isinf(costs).any()


def test_a_sample_ends_with_the_draw_that_reaches_its_budget(lively):
    samples = list(draw_samples(lively, 2.0, 12, np.random.default_rng(8)))
    assert len(samples) == 12
    for sample in samples:
        paid = np.minimum(sample[:, 1], CAP)
        assert paid.sum() >= 2.0 > paid[:-1].sum()
