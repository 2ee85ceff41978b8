"""Problem types: what a router with a query signal may see of a query.

They belong to the population, whichever of its models are for sale: a model that nobody buys tells
nobody what to route by.
"""

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.errors import DataError
from market.population.population import Population


def problem_types(population: Population, types: int) -> IntArray:
    """[n] type of each problem, 0 .. Z−1; a type may be empty.

    As they are fixed in the population (a pack stores them), else by k-means on its traits: of ten
    tries with k-means++ (Arthur and Vassilvitskii 2007), always the same, the best.

    Parameters
    ----------
    population
        n problems.
    types
        Number of types Z, from 1 to n.

    Raises
    ------
    DataError
        `types` is out of range.
    """
    if types in population.types:
        return population.types[types]
    if not 1 <= types <= population.size:
        raise DataError(f"types: {types} is not from 1 to the number of problems {population.size}")
    features = _features(population)
    if types == 1 or not features.shape[1]:
        return np.zeros(population.size, dtype=np.int64)
    from scipy.cluster.vq import kmeans2  # takes long to load

    kinds, kind = np.unique(features, axis=0, return_inverse=True)
    if types >= len(kinds):  # each kind of problem is a type of its own
        return kind.ravel().astype(np.int64)
    rng = np.random.default_rng(types)
    best, least = np.zeros(population.size, dtype=np.int64), np.inf
    for _ in range(10):
        centre, label = kmeans2(features, types, minit="++", rng=rng, missing="warn")
        distance = float((population.weight * ((features - centre[label]) ** 2).sum(axis=1)).sum())
        if distance < least:
            best, least = label.astype(np.int64), distance
    return best


def type_places(population: Population, label: IntArray, types: int) -> FloatArray:
    """[Z, F] where types lie: means of the coordinates that k-means goes by.

    These are the population's traits, each over its standard deviation. A type without problems
    lies where the mean of all does.

    Parameters
    ----------
    population
        n problems.
    label
        [n] type of each.
    types
        Z.
    """
    features, weight = _features(population), population.weight
    places = np.tile(weight @ features / weight.sum(), (types, 1))
    for z in range(types):
        own = np.where(label == z, weight, 0.0)
        if own.sum() > 0:
            places[z] = own @ features / own.sum()
    return places


def _features(population: Population) -> FloatArray:
    """[n, F] the traits in which problems differ, each over its standard deviation."""
    traits = population.solve_prob if population.traits is None else population.traits
    spread = traits.std(axis=0) > 0
    if not spread.any():
        return np.empty((population.size, 0))
    from scipy.cluster.vq import whiten  # takes long to load

    return np.asarray(whiten(traits[:, spread]))
