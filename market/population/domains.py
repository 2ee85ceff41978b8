"""Query mixes: problem weights of buyers whose queries differ from the population's own.

A buyer may have more problems of one domain, or harder ones. A mix is [n] weights, as
:func:`market.frontier.frontier.solve_frontier` and :func:`market.frontier.cascade.evaluate_mixture`
take them in place of :attr:`~market.population.population.Population.weight`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.errors import DataError
from market.population.population import Population

RARE = 0.05  # share of the problems below which a domain has no column of its own
OTHER = "other"


def domain_shares(population: Population) -> tuple[tuple[str, ...], FloatArray]:
    """D domain names and [n, D] the share that each problem or class has in each domain.

    A problem with one domain has all its weight there; names come in alphabetical order. D is 0
    where the population has no domains.
    """
    if population.domain_share is not None:
        return population.domains, population.domain_share
    names = tuple(sorted(set(population.domain)))
    if not names:
        return (), np.empty((population.size, 0))
    share = np.array(population.domain)[:, None] == np.array(names)
    return names, share.astype(np.float64)


def split_by_domain(population: Population) -> tuple[Population, IntArray]:
    """The population with a row for each domain of each class, and [n] the domain of each row.

    Rows of no weight are left out. Records of one domain each stay as they are.
    """
    names, share = domain_shares(population)
    row, domain = np.nonzero(population.weight[:, None] * share)
    if np.array_equal(row, np.arange(population.size)):
        _, label = np.unique(domain, return_inverse=True)
        return population, label.ravel().astype(np.int64)
    by_row = ("solve_prob", "list_cost", "failed_cost", "solved_cost", "successes", "attempts")
    values = {name: getattr(population, name) for name in (*by_row, "traits", "difficulty")}
    taken: dict[str, Any] = {name: of[row] for name, of in values.items() if of is not None}
    parts = replace(
        population,
        weight=population.weight[row] * share[row, domain],
        **taken,
        domain=tuple(names[d] for d in domain.tolist()),
        domains=(),
        domain_share=None,
        types={count: label[row] for count, label in population.types.items()},
        sample_size=population.problems,
    )
    _, label = np.unique(domain, return_inverse=True)
    return parts, label.ravel().astype(np.int64)


def pool_rare(
    domains: tuple[str, ...], share: FloatArray, weight: FloatArray, least: float = RARE
) -> tuple[tuple[str, ...], FloatArray]:
    """Pool the domains of less than `least` of all weight as `other`, which then comes last.

    Parameters
    ----------
    domains, share
        D names and [n, D] shares, as :func:`domain_shares` gives them.
    weight
        [n] weights that sum to 1.
    """
    common = weight @ share >= least
    common &= np.array([domain != OTHER for domain in domains], dtype=np.bool_)
    if common.all():
        return domains, share
    kept = tuple(domain for domain, is_common in zip(domains, common, strict=True) if is_common)
    rest = share[:, ~common].sum(axis=1, keepdims=True)
    return (*kept, OTHER), np.hstack((share[:, common], rest))


def domain_traits(population: Population) -> FloatArray:
    """[n, M] what problems are told apart by where only their domains are seen.

    The solve rates of their domain, by the models of the population; of one with shares of several
    domains, the mean over them.
    """
    _, share = domain_shares(population)
    of_domain = (population.weight[:, None] * share).T
    rates = of_domain @ population.solve_prob / np.maximum(of_domain.sum(axis=1), 1e-300)[:, None]
    return np.asarray(share @ rates, dtype=np.float64)


def weights_of(population: Population, mix: Mapping[str, float]) -> FloatArray:
    """Problem weights of a buyer whose problems come from domains in given proportions.

    wᵢ·Σ_d mix_d·share_id / (Σᵢ wᵢ·share_id): within a domain, problems keep their proportions.

    Parameters
    ----------
    population
        Problems whose domains are known.
    mix
        Proportion by domain, at least 0; divided by their sum. Domains not named have none.

    Returns
    -------
    FloatArray
        [n], sums to 1.

    Raises
    ------
    DataError
        A domain that is unknown or has no problem, a proportion below 0, or none above 0.
    """
    domains, share = domain_shares(population)
    if not domains:
        raise DataError(
            f"mix: {population.source or 'this population'} does not say what domains its problems "
            "are of; give none, or use records or a pack with domains"
        )
    unknown = [name for name in mix if name not in domains]
    if unknown:
        raise DataError(f"mix.{unknown[0]}: no such domain; there are: {', '.join(domains)}")
    wanted = np.array([mix.get(domain, 0.0) for domain in domains], dtype=np.float64)
    for name, proportion in zip(domains, wanted, strict=True):
        if not 0 <= proportion < np.inf:
            raise DataError(f"mix.{name}: {proportion:g} is not a proportion; give 0 or more")
    if wanted.sum() == 0:
        raise DataError("mix: all proportions are 0; give at least one domain more")
    total = population.weight @ share
    for name, proportion, present in zip(domains, wanted, total, strict=True):
        if proportion > 0 and present == 0:
            raise DataError(
                f"mix.{name}: no problem with a weight is of this domain; leave it out, or do not "
                "resample problems, of which too few are of it"
            )
    density = np.divide(wanted / wanted.sum(), total, out=np.zeros_like(total), where=total > 0)
    return _normalised(population.weight * (share @ density))


def tilted_weights(population: Population, tilt: float) -> FloatArray:
    """Problem weights of a buyer with harder problems (tilt above 0) or easier ones (below).

    wᵢ ∝ wᵢ·exp(tilt·dᵢ), an exponential tilt. dᵢ is the population's difficulty, standardised:
    weighted mean 0, standard deviation 1. It does not depend on which models are for sale. Where
    all problems are equally hard, the weights stay as they are.

    Parameters
    ----------
    population
        Problems and how hard they are.
    tilt
        Per standard deviation of difficulty, in log weight.

    Returns
    -------
    FloatArray
        [n], sums to 1.

    Raises
    ------
    DataError
        `tilt` is not finite.
    """
    if not np.isfinite(tilt):
        raise DataError(f"tilt: {tilt:g} is not finite; 0 leaves the weights as they are")
    weight = population.weight
    difficulty = population.difficulty
    assert difficulty is not None  # every population has it once it is made
    centred = difficulty - weight @ difficulty
    deviation = np.sqrt(weight @ centred**2)
    if deviation < 1e-12:  # all alike, but for rounding
        return weight
    log_factor = tilt * centred / deviation
    # a problem of no weight has none after the tilt, and must not set the scale
    log_factor -= log_factor[weight > 0].max()
    return _normalised(weight * np.exp(np.minimum(log_factor, 0.0)))


def _normalised(weight: FloatArray) -> FloatArray:
    return np.asarray(weight / weight.sum(), dtype=np.float64)
