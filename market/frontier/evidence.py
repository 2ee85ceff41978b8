"""Thin evidence in words: why a margin that records show may not be there."""

from collections.abc import Sequence

import numpy as np

from market.frontier.pass_curves import FEW_ATTEMPTS, Estimator
from market.population.population import Population

_WIDE = 0.5  # of an estimate: a gap or an interval wider than that is said
_SURE = 1.96  # standard errors that two models must be apart to be told apart


def thin_evidence(
    population: Population,
    margin: float,
    held_out: float | None = None,
    interval: tuple[float, float, float] | None = None,
    estimator: Estimator | None = None,
) -> tuple[str, ...]:
    """Sentences on what the evidence for a margin lacks; none where it is sound.

    Parameters
    ----------
    population
        As it was recorded; one without counts of attempts has no evidence to be thin.
    margin
        In sample, as a share; NaN where there is none.
    held_out
        The same of policies judged on problems that they were not chosen on.
    interval
        A mean margin, perhaps over fewer solve rates, and the lower and upper end of its interval.
    estimator
        Of the curves; with few attempts it matters, and the sentence says which.
    """
    told = [*_few_attempts(population, estimator), *_few_problems(population)]
    percent = f"{100 * margin:.1f}%"
    if held_out is not None and margin - held_out > _WIDE * margin:
        told.append(
            f"Cascades have a mean margin of {percent} on the problems that they were chosen on, "
            f"and of {100 * held_out:.1f}% on held-out ones: the difference is the choice's luck."
        )
    if interval is not None and interval[2] - interval[1] > _WIDE * interval[0]:
        mean, low, high = (f"{100 * value:.1f}" for value in interval)
        told.append(
            f"The data leave a margin of {mean}% anywhere from {low}% to {high}%: "
            "that is wider than half of it."
        )
    return tuple(told)


def _few_attempts(population: Population, estimator: Estimator | None) -> Sequence[str]:
    if population.attempts is None:
        return ()
    mean = population.attempts.mean(axis=0)
    few = [
        (n, m) for n, m in zip(population.models, mean.tolist(), strict=True) if m < FEW_ATTEMPTS
    ]
    if not few:
        return ()
    typical = ", ".join(f"{name} {number:.2g}" for name, number in few)
    so = (
        "how hard each problem is was inferred from all problems and models together, and no "
        "interval is stated, since it would take what was inferred as known"
        if estimator == "beta_binomial"
        else "what one problem's attempts show is mostly luck, and luck looks like a margin; "
        "estimator beta_binomial allows for it"
    )
    if estimator == "beta_binomial" and population.attempts.max() == 1:
        so += (
            "; single attempts do not show how much models have in common, which is taken as in "
            "the SWE-bench records (0.9)"
        )
    return (f"Few attempts a problem, on average: {typical}; {so}.",)


def _few_problems(population: Population) -> Sequence[str]:
    """Said where neighbours in solve rate are, on average, no further apart than chance puts them.

    The standard error is that of the difference of two models on the same problems: what is hard
    for both moves both.
    """
    if population.attempts is None or len(population.models) < 2:
        return ()
    weight, prob = population.weight, population.solve_prob
    rate = weight @ prob
    apart = np.diff(prob[:, np.argsort(rate, kind="stable")], axis=1)
    spacing = float((weight @ apart).mean())
    variance = weight @ (apart - weight @ apart) ** 2
    error = float(np.sqrt(variance.mean() * (weight @ weight)))
    if spacing >= _SURE * error:
        return ()
    return (
        f"Few problems: on {population.size} of them the difference of two models' solve rates has "
        f"a standard error of {100 * error:.1f} points, "
        f"and neighbours are {100 * spacing:.1f} apart.",
    )
