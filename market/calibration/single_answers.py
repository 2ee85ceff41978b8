"""Records whose attempts always come out the same become classes that lose nothing but length.

Of a chat model at temperature 0 there is one answer to a question, right or wrong, and asking again
gives the same. A class holds the questions of one domain that the same models answer rightly; with
D domains and M models there are at most D·2^M. So the solve rate of every policy that makes whole
attempts is that of the records, in all and within each domain. An answer costs the mean of its
domain, not of its class: else a budget between the costs of two classes would tell right answers
from wrong ones. How long a domain's questions are, and how that goes with being right, is lost.
"""

from dataclasses import replace

import numpy as np

from market.foundation.arrays import FloatArray, IntArray
from market.foundation.errors import DataError
from market.population.domains import domain_shares, domain_traits
from market.population.population import Population
from market.population.problem_types import problem_types


def answered_once(population: Population) -> Population:
    """Recorded problems, each solved or not by a model's one attempt, which no repeat changes.

    Raises
    ------
    DataError
        There are no recorded attempts, or some at one problem came out differently.
    """
    s, n = population.successes, population.attempts
    if s is None or n is None:
        raise DataError(f"{population.source}: has no recorded attempts; calibrate needs records")
    mixed = (s > 0) & (s < n)
    if mixed.any():
        m = int(mixed.sum(axis=0).argmax())
        raise DataError(
            f"--one-attempt: {population.models[m]} has attempts that came out differently at "
            f"{mixed[:, m].sum()} of {population.size} problems, so repeats are worth something; "
            "give --classes instead"
        )
    return replace(
        population,
        successes=None,
        attempts=None,
        failed_cost=None,
        solved_cost=None,
        most_attempts=1,
    )


def answer_classes(population: Population) -> Population:
    """A class for each domain and each set of models that solve; costs are means of the domain.

    A router can see no more of a question than its domain: types are groups of domains, up to one
    for each.

    Parameters
    ----------
    population
        As :func:`answered_once` gives it.
    """
    names, share = domain_shares(population)
    domain = share.argmax(axis=1) if names else np.zeros(population.size, dtype=np.int64)
    keys = np.column_stack((domain, population.solve_prob.astype(np.int64)))
    kept, label = np.unique(keys, axis=0, return_inverse=True)
    label = label.ravel()
    members = np.bincount(domain).astype(np.float64)  # of equal weight, as records are

    def mean(values: FloatArray) -> FloatArray:
        """By class, the mean of its domain."""
        by_domain = [np.bincount(domain, column) / members for column in values.T]
        by_class: FloatArray = np.stack(by_domain, axis=1)[kept[:, 0]]
        return by_class

    classes = Population(
        population.models,
        np.bincount(label, population.weight).astype(np.float64),
        kept[:, 1:].astype(np.float64),
        mean(population.list_cost),
        domain=tuple(names[d] for d in kept[:, 0]) if names else (),
        source=f"calibrated, {len(kept)} classes from: {population.source}",
        unseen=population.unseen,
        most_attempts=1,
    )
    if not names:
        return classes
    seen = replace(
        classes,
        traits=domain_traits(classes),
        difficulty=1 - classes.solve_prob.mean(axis=1),
    )
    return replace(seen, types=_types(seen))


def _types(classes: Population) -> dict[int, IntArray]:
    """By number of types, from 2 up by doubling and one for each domain, the types of classes."""
    names, share = domain_shares(classes)
    counts = [2**k for k in range(1, len(names).bit_length()) if 2**k < len(names)]
    by_domain = share.argmax(axis=1)
    found = {count: problem_types(classes, count) for count in counts}
    return found | {len(names): by_domain}
