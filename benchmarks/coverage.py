"""How often intervals hold the truth: ``python -m benchmarks.coverage [POPULATIONS] [ATTEMPTS]``.

Samples of problems are drawn from a law whose margins are known, since a large draw of it shows
them. On each sample, 95% intervals are stated; counted is how often they hold the truth.
"""

import sys
from dataclasses import dataclass, replace

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.random_streams import Streams
from market.frontier.appraisal import appraise
from market.frontier.bootstrap import interval
from market.population.item_response import synthetic
from market.population.population import Population

ABILITY = {"small": 0.0, "middle": 0.2, "large": 0.4}
COST = {"small": 0.010, "middle": 0.012, "large": 0.016}
RATES = np.array([0.4, 0.5, 0.6, 0.7, 0.75])
LARGE = 20_000  # problems that show the truth


@dataclass(frozen=True)
class Coverage:
    """Share of samples whose interval holds the truth, by solve rate, and the truth.

    Attributes
    ----------
    margin, market_price
        [G] share of samples.
    mean_margin
        Share of samples, of the mean over the solve rates.
    truth
        [G] margin.
    """

    margin: FloatArray
    market_price: FloatArray
    mean_margin: float
    truth: FloatArray


def law(seed: int, problems: int) -> Population:
    """Three models of nearly equal strength that find different problems hard."""
    streams = Streams(seed)
    rng = {name: streams.generator("coverage", name) for name in (*ABILITY, "problems")}
    return synthetic(ABILITY, COST, problems=problems, heterogeneity=2.0, unsolvable=0.1, rng=rng)


def recorded(population: Population, attempts: int, rng: np.random.Generator) -> Population:
    """What so many attempts by each model at each problem show of a population."""
    solved = rng.binomial(attempts, population.solve_prob)
    made = np.full(solved.shape, attempts)
    return replace(population, solve_prob=solved / attempts, successes=solved, attempts=made)


def coverage(populations: int, problems: int, attempts: int, large: int = LARGE) -> Coverage:
    """Count how often intervals hold the truth."""
    truth = appraise(law(10**6, large), quality=RATES, draws=0)
    held = []
    for seed in range(populations):
        sample = recorded(law(seed, problems), attempts, np.random.default_rng(seed))
        found = appraise(sample, quality=RATES, seed=seed).resamples
        assert found is not None  # draws were asked for
        pairs = (
            (interval(found.margin), truth.margin),
            (interval(found.market_price), truth.market.price),
            (interval(found.margin.mean(axis=1)), truth.margin.mean()),
        )
        held.append([(low <= true) & (true <= high) for (low, high), true in pairs])
    margin, price, mean = (np.mean(each, axis=0) for each in zip(*held, strict=True))
    return Coverage(margin, price, float(mean), truth.margin)


def main(populations: int = 200, attempts: int = 20) -> None:
    """Print the coverage of samples of 300 problems."""
    found = coverage(populations, 300, attempts)
    print(f"{populations} samples of 300 problems, {attempts} attempts by each model at each")
    print("solve rate  true margin  margin held  market price held")
    columns = zip(RATES, found.truth, found.margin, found.market_price, strict=True)
    for rate, truth, margin, price in columns:
        print(f"{rate:10.2f}  {truth:11.1%}  {margin:11.1%}  {price:17.1%}")
    print(f"mean margin held: {found.mean_margin:.1%}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
