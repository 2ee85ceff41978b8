"""Records of few attempts as strata: problems whose solve probabilities are told with their doubt.

Of a problem that failed its one attempt nobody knows whether it is hard or was unlucky. It stands
here as a few problems of the same cost, domain and type, of equal weights, at solve probabilities
spread evenly over what all models' attempts leave likely
(:mod:`market.population.common_difficulty`). Given those, attempts are independent, so curves,
cascades and simulations take strata as they take problems.
"""

from dataclasses import replace
from hashlib import blake2b
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.errors import DataError
from market.foundation.memory import remember
from market.population.common_difficulty import fit_solve_law
from market.population.population import Population

_ROWS = 2048  # at least, of all problems together: then means over them are exact to 0.5%
_REMEMBERED = 16  # fits, so that the runs of a study fit their records once
_PROBS: dict[bytes, FloatArray] = {}


def strata_of(population: Population) -> Population:
    """The strata of recorded problems, row after row; no counts, which are in them.

    The lowest solve probabilities of a model, as far as one success in all of its recorded
    attempts would be too many for them, are told from 0 by nothing but the shape of a law: most of
    them are 0, and no budget waits for them.

    Parameters
    ----------
    population
        With recorded counts.

    Raises
    ------
    DataError
        It has none.
    """
    s, n = population.successes, population.attempts
    if s is None or n is None:
        raise DataError(
            "estimator 'beta_binomial' needs recorded attempts, and this population has none "
            f"({population.source or 'no source given'}); use 'geometric'"
        )
    told = blake2b(digest_size=20)
    for values in (s, n, population.weight, population.list_cost):
        told.update(np.ascontiguousarray(values).tobytes())
    key = told.digest() + repr(s.shape).encode()
    if key not in _PROBS:
        remember(_PROBS, key, _solve_probs(population, s, n), _REMEMBERED)
    prob = _PROBS[key]
    each = len(prob) // population.size
    names = ("failed_cost", "solved_cost", "domain_share", "traits", "difficulty", "features")
    changes: dict[str, Any] = {
        name: np.repeat(values, each, axis=0)
        for name in names
        if (values := getattr(population, name)) is not None
    }
    return replace(
        population,
        weight=np.repeat(population.weight, each) / each,
        solve_prob=prob,
        list_cost=np.repeat(population.list_cost, each, axis=0),
        successes=None,
        attempts=None,
        domain=tuple(name for name in population.domain for _ in range(each)),
        ids=tuple(name for name in population.ids for _ in range(each)),
        types={count: np.repeat(label, each) for count, label in population.types.items()},
        strata=each,
        **changes,
    )


def _solve_probs(population: Population, successes: IntArray, attempts: IntArray) -> FloatArray:
    """[n·R, M] solve probabilities, R rows for each problem."""
    from scipy.stats.qmc import Sobol  # takes as long to load as all else that is needed here

    n, models = successes.shape
    each = 1 << max(int(np.ceil(np.log2(_ROWS / n))), 0)
    digits = int(np.ceil(np.log2(n * each)))
    points = Sobol(1 + models, scramble=False).random_base2(digits)[: n * each] + 0.5 / 2**digits
    # Any R in a row, R a power of two, are one in each of R like intervals in every coordinate, and
    # so are longer rows: like problems come together, whatever the order of the records.
    rate, cost = successes / attempts, population.list_cost
    order = np.lexsort((*cost.T, *attempts.T, *successes.T, rate.mean(axis=1)))
    placed = np.empty((n, each, 1 + models))
    placed[order] = points.reshape(n, each, 1 + models)
    law = fit_solve_law(successes, attempts, population.weight)
    prob = law.solve_probs(placed).reshape(n * each, models)
    return _told_from_zero(prob, successes, attempts)


def _told_from_zero(prob: FloatArray, successes: IntArray, attempts: IntArray) -> FloatArray:
    """[n·R, M] with the lowest strata, together expected to show less than one success, at an end.

    They are 0 or as the highest of them, in such shares that their mean stays.
    """
    each = len(prob) // len(successes)
    unsolved = np.repeat(successes == 0, each, axis=0)
    tried = np.repeat(attempts, each, axis=0) / each
    answer = prob.copy()
    for m in range(prob.shape[1]):
        rows = np.flatnonzero(unsolved[:, m])
        rows = rows[np.argsort(prob[rows, m], kind="stable")]
        low = rows[np.cumsum(prob[rows, m] * tried[rows, m]) < 1]
        if len(low) and prob[low[-1], m] > 0:
            steps = np.floor(np.cumsum(prob[low, m]) / prob[low[-1], m] + 0.5)
            answer[low, m] = prob[low[-1], m] * np.diff(steps, prepend=0.0)
    return answer
