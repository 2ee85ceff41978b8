"""What few attempts do to margins: ``python -m benchmarks.few_attempts [RECORDS]``.

Tables in Markdown, as docs/validation.md has them: how well estimators foretell attempts left out,
and the bias of the margin on records cut to a few attempts per problem and on synthetic populations
whose solve probabilities are known.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.special import xlog1py, xlogy

from market.foundation.arrays import FloatArray
from market.foundation.random_streams import Streams
from market.frontier.budget_grid import build_tables
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import margin, market_price
from market.frontier.pass_curves import ESTIMATORS, Estimator
from market.population.common_difficulty import fit_solve_law
from market.population.item_response import synthetic
from market.population.population import Population
from market.population.records import read_records

ATTEMPTS = 1, 2, 3, 5
THINNINGS, POPULATIONS = 20, 200
RATES = np.linspace(0.4, 0.72, 9)
SETS = {
    "two models": ["gpt5mini", "deepseek"],
    "six models": [
        *("minicoder4b", "qwen3-coder-30b", "qwen3-coder-480b", "gpt5mini", "deepseek", "sonnet")
    ],
}
SHARES = np.linspace(0.6, 1.0, 5)  # of the best single model's solve rate of one attempt
TOLERANCE = 0.03  # of a cost, on budget grids: several thousand are built


def main(folder: str | None) -> None:
    """Print the tables."""
    if folder is not None:
        for name, models in SETS.items():
            thinned_records(name, read_records(folder, models))
    known_truth()


def margins(
    population: Population, quality: FloatArray, estimator: Estimator | None = None
) -> FloatArray:
    """[G] margin at list prices; NaN where no model reaches a solve rate."""
    tables = build_tables(population, estimator=estimator, tolerance=TOLERANCE)
    price = market_price(tables, quality).price
    return margin(price, solve_frontier(tables, quality).spend)


def with_counts(population: Population, successes: FloatArray, attempts: FloatArray) -> Population:
    """The same problems with other recorded attempts."""
    counts = {"successes": successes, "attempts": attempts, "solve_prob": successes / attempts}
    return replace(population, traits=None, difficulty=None, **counts)


def thinned(records: Population, attempts: int, rng: np.random.Generator) -> Population:
    """Records with at most so many attempts at each problem, drawn from those that there are."""
    s, n = records.successes, records.attempts
    kept = np.minimum(n, attempts)
    return with_counts(records, rng.hypergeometric(s, n - s, kept), kept)


def thinned_records(name: str, records: Population) -> None:
    """Bias on thinned records, against all of their attempts."""
    truth = margins(records, RATES, "unbiased")
    print(
        f"\n{name}: margin of all attempts at {RATES.round(2).tolist()}: {truth.round(3).tolist()}"
    )
    table_head("attempts", "held-out log-likelihood")
    for attempts in ATTEMPTS:
        rngs = [Streams(k).generator("thinning", name, attempts) for k in range(THINNINGS)]
        cut = [thinned(records, attempts, rng) for rng in rngs]
        found = {e: np.array([margins(one, RATES, e) for one in cut]) for e in ESTIMATORS}
        for estimator in ESTIMATORS:
            foretold = np.mean([held_out(records, one, estimator) for one in cut])
            row(str(attempts), estimator, found, np.broadcast_to(truth, (THINNINGS, 9)), foretold)


def held_out(records: Population, cut: Population, estimator: Estimator) -> float:
    """Mean log-likelihood of an attempt that was cut away, over problems that have any, and models.

    `geometric` and `unbiased` both take successes / attempts for the solve probability of the next
    attempt. That gives impossible outcomes no chance: half a success and half a failure are added.
    """
    s, n = cut.successes, cut.attempts
    more, won = records.attempts - n, records.successes - s
    if estimator == "beta_binomial":
        law = fit_solve_law(s, n, cut.weight)
        rng = Streams(0).generator("posterior")
        points = rng.random((len(s), 512, 1 + s.shape[1]))
        p = law.solve_probs(points).mean(axis=1)
    else:
        p = (s + 0.5) / (n + 1)
    each = (xlogy(won, p) + xlog1py(more - won, -p)) / np.maximum(more, 1)
    return float(each[more > 0].mean())


def known_truth() -> None:
    """Bias over synthetic populations, of which one attempt per problem is drawn."""
    truth, found = [], {estimator: [] for estimator in ESTIMATORS}
    for k in range(POPULATIONS):
        market = a_population(Streams(k))
        rates = SHARES * float((market.weight @ market.solve_prob).max())
        truth.append(margins(market, rates))
        records = drawn(market, 1, Streams(k))
        for estimator in ESTIMATORS:
            found[estimator].append(margins(records, rates, estimator))
    arrays = {estimator: np.array(rows) for estimator, rows in found.items()}
    print(f"\n{POPULATIONS} synthetic populations: mean margin {np.mean(truth):.3f}")
    table_head("attempts", "")
    for estimator in ESTIMATORS:
        row("1", estimator, arrays, np.array(truth), None)


def a_population(streams: Streams) -> Population:
    """Two to four models; the better are dearer, more or less, and differ a little or a lot."""
    rng = streams.generator("market")
    names = tuple("abcd"[: rng.integers(2, 5)])
    ability = np.sort(rng.normal(0.0, 0.7, len(names)))
    cost = 0.01 * np.exp(2 * ability + 0.5 * rng.standard_normal(len(names)))
    return synthetic(
        dict(zip(names, ability.tolist(), strict=True)),
        dict(zip(names, cost.tolist(), strict=True)),
        problems=int(rng.integers(150, 400)),
        heterogeneity=float(rng.uniform(0.0, 3.0)),
        discrimination=float(rng.uniform(2.0, 6.0)),
        unsolvable=float(rng.uniform(0.0, 0.3)),
        rng={name: streams.generator("population", name) for name in ("problems", *names)},
    )


def drawn(population: Population, attempts: int, streams: Streams) -> Population:
    """Recorded attempts at all problems of a population."""
    tried = np.full(population.solve_prob.shape, attempts)
    rng = streams.generator("attempts", "", attempts)
    return with_counts(population, rng.binomial(tried, population.solve_prob), tried)


def table_head(*first: str) -> None:
    """Heading of a table of bias."""
    told = [f for f in (first[0], "estimator", "mean bias", "mean of worst", "answered") if f]
    told += [first[1]] if first[1] else []
    print(f"\n| {' | '.join(told)} |\n|{'---|' * len(told)}")


def row(
    attempts: str,
    estimator: Estimator,
    found: dict[Estimator, FloatArray],
    truth: FloatArray,
    foretold: float | None,
) -> None:
    """Bias where every estimator has an answer, the worst solve rate's, and how many it has."""
    common = np.all([np.isfinite(values) for values in found.values()], axis=0)
    error = np.where(common, found[estimator] - truth, np.nan)
    some = common.any(axis=1)
    worst = np.nanmax(np.abs(error[some]), axis=1).mean()
    answered = np.isfinite(found[estimator]).mean()
    cells: Sequence[str] = (
        *(attempts, estimator, f"{np.nanmean(error):+.3f}", f"{worst:.3f}", f"{answered:.2f}"),
        *(() if foretold is None else (f"{foretold:.3f}",)),
    )
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
