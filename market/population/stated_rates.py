"""Solve rates that are stated, met by moving the logits of solve probabilities.

A logit cannot move from 0 or 1, so that a rate lies between what is always solved and what is ever.
"""

from collections.abc import Mapping

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray
from market.foundation.errors import DataError
from market.population.domains import domain_shares
from market.population.population import Population

MET = 1e-6  # how far a solve rate may be from the stated one, as a share of queries
TOGETHER = (
    "solve_rates: these cannot be met together: the problem classes are of several domains each, "
    "and no shift of theirs tells the domains so far apart; give rates that differ less, or "
    "solve_rate"
)
INSIDE = 1e-9  # how far from 0 and 1 moved probabilities must be able to stay, else logits diverge


def _shifted(prob: FloatArray, shift: FloatArray | float) -> FloatArray:
    from scipy.special import expit, logit  # slow to import: only where used

    with np.errstate(divide="ignore"):
        moved: FloatArray = expit(logit(prob) + shift)
    return moved


def at_rate(weight: FloatArray, prob: FloatArray, rate: float, path: str) -> FloatArray:
    """[n] the probabilities, all logits moved by one number, so that their weighted mean is met.

    Parameters
    ----------
    weight, prob
        [n] of any sum, and from 0 to 1.
    rate
        The mean to be met.
    path
        What errors call it.

    Raises
    ------
    DataError
        No shift meets it, with the range that can be met.
    """
    from scipy.optimize import brentq  # only added models need it; it takes long to load

    share = weight / weight.sum()

    def over(shift: float) -> float:
        return float(share @ _shifted(prob, shift)) - rate

    _require_reachable(share, prob, rate, path)
    if abs(float(share @ prob) - rate) < 1e-12:  # rounding
        return prob
    low, high = -1.0, 1.0
    while over(low) > 0:
        low *= 2
    while over(high) < 0:
        high *= 2
    return _shifted(prob, brentq(over, low, high))


def _require_reachable(share: FloatArray, prob: FloatArray, rate: float, path: str) -> None:
    """Refuse a rate that no shift of logits meets."""
    lowest, highest = float(share @ (prob == 1)), float(share @ (prob > 0))
    if not lowest < rate < highest:
        raise DataError(
            f"{path}: {rate:g} cannot be met: the like model solves {lowest:.4g} of the problems "
            f"always and {1 - highest:.4g} never, and so does one that is like it; give a rate "
            f"between {lowest:.4g} and {highest:.4g}, or another like"
        )


def at_rates(population: Population, prob: FloatArray, rates: Mapping[str, float]) -> FloatArray:
    """[n] the probabilities, moved domain by domain, so that the rate of each is met.

    Raises
    ------
    DataError
        Domains that the problems have not, or that are left out; rates that cannot be met.
    """
    names, share = domain_shares(population)
    if not names:
        raise DataError("solve_rates: the problems have no domains; give solve_rate")
    for given in rates:
        if given not in names:
            raise DataError(
                f"solve_rates: the problems have no domain {given!r}; there are: {', '.join(names)}"
            )
    missing = [domain for domain in names if domain not in rates]
    if missing:
        raise DataError(
            f"solve_rates: no rate for {', '.join(missing)}; give one for each domain, or "
            "solve_rate for all together"
        )
    within = population.weight[:, None] * share
    rate = np.array([rates[domain] for domain in names])
    for d, domain in enumerate(names):
        of_domain = within[:, d] / within[:, d].sum()
        _require_reachable(of_domain, prob, float(rate[d]), f"solve_rates.{domain}")
    if population.domain:
        moved = prob.copy()
        for d, domain in enumerate(names):
            of: BoolArray = share[:, d] == 1
            moved[of] = at_rate(
                population.weight[of], prob[of], float(rate[d]), f"solve_rates.{domain}"
            )
        return moved
    return _at_mixed_rates(within, share, prob, rate)


def _at_mixed_rates(
    within: FloatArray, share: FloatArray, prob: FloatArray, rate: FloatArray
) -> FloatArray:
    """[n] the same where classes are of several domains: each moves by the mean of its domains'.

    The shifts δ are where the gradient of the convex Σᵢ wᵢ ln(1 + exp(lᵢ + share_i·δ)) − Σ_d W_d
    r_d δ_d is 0, which is that each domain's rate is r_d.
    """
    from scipy.optimize import minimize  # as above
    from scipy.special import expit, logit  # slow to import: only where used

    _require_reachable_together(within, prob, rate)
    total, free = within.sum(axis=0), (prob > 0) & (prob < 1)
    weight = within.sum(axis=1)
    start, part = logit(prob[free]), share[free]

    def value(shift: FloatArray) -> float:
        moved = start + part @ shift
        fixed = float((within[prob == 1] @ shift).sum())
        return float(weight[free] @ np.logaddexp(0, moved)) + fixed - float(total * rate @ shift)

    def gradient(shift: FloatArray) -> FloatArray:
        return np.asarray(within.T @ _shifted(prob, share @ shift) - total * rate)

    def hessian(shift: FloatArray) -> FloatArray:
        solved = expit(start + part @ shift)
        return np.asarray((part * (weight[free] * solved * (1 - solved))[:, None]).T @ part)

    found = minimize(
        value, np.zeros(len(rate)), jac=gradient, hess=hessian, method="trust-exact", tol=1e-12
    )
    if np.abs(gradient(found.x) / total).max() > MET:
        raise DataError(TOGETHER)
    return _shifted(prob, share @ found.x)


def _require_reachable_together(within: FloatArray, prob: FloatArray, rate: FloatArray) -> None:
    """Refuse rates by domain that no probabilities strictly between 0 and 1 have.

    By the duality of exponential families the shifts of :func:`_at_mixed_rates` exist just where
    some probabilities inside (0, 1) meet all rates: a linear programme for how far inside they can
    be. Beyond, the search would go on to infinite shifts.
    """
    from scipy.optimize import linprog  # as above

    free = (prob > 0) & (prob < 1)
    share = within / within.sum(axis=0)
    missing = rate - share[prob == 1].sum(axis=0)
    n = int(free.sum())
    found = linprog(
        np.append(np.zeros(n), -1.0),  # the margin t in t <= p <= 1 - t, as large as can be
        A_ub=np.block([[-np.eye(n), np.ones((n, 1))], [np.eye(n), np.ones((n, 1))]]),
        b_ub=np.append(np.zeros(n), np.ones(n)),
        A_eq=np.column_stack([share[free].T, np.zeros(len(rate))]),
        b_eq=missing,
        bounds=[(0, 1)] * (n + 1),
    )
    if found.fun is None or found.fun > -INSIDE:  # it is -t
        raise DataError(TOGETHER)
