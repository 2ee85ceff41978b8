"""How large a margin is left as answers are checked worse, or dearer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray
from market.frontier.appraisal import Appraisal
from market.frontier.bootstrap import interval
from market.frontier.budget_grid import build_tables
from market.frontier.pass_curves import Estimator
from market.frontier.rates_shown import solve_rates
from market.frontier.verifier import Verifier
from market.population.population import Population


@dataclass(frozen=True)
class VerifierMargins:
    """Appraisals of one population under V verifiers that differ in one value, at [G] solve rates.

    Attributes
    ----------
    varied
        Name of the value: `false_accept`, `false_reject`, `price` or `wrong_answer_cost`.
    values
        V of them.
    appraisals
        V.
    """

    varied: str
    values: tuple[float, ...]
    appraisals: Sequence[Appraisal]

    def to_json(self) -> dict[str, Any]:
        """A row for each value: margins with their intervals, and how far models reach."""
        rows = []
        for value, appraisal in zip(self.values, self.appraisals, strict=True):
            drawn = appraisal.resamples
            ends = np.full((2, len(appraisal.margin)), np.nan)
            if drawn is not None and appraisal.signal is None:
                ends = interval(drawn.margin)
            sure = None if drawn is None else drawn.mean_with_interval
            known = np.isfinite(appraisal.margin)
            mean = float(appraisal.margin[known].mean()) if known.any() else np.nan
            rows.append(
                {
                    "value": value,
                    "margin": appraisal.margin,
                    "low": ends[0],
                    "high": ends[1],
                    "mean_margin": mean,
                    "mean_interval": None if sure is None else list(sure[1:]),
                    "max_quality": appraisal.max_quality,
                    "verification": None
                    if appraisal.verification is None
                    else appraisal.verification.to_json(),
                }
            )
        return {"varied": self.varied, "quality": self.appraisals[0].market.quality, "rows": rows}


def common_rates(
    population: Population,
    pairs: Sequence[tuple[Verifier | None, Verifier | None]],
    estimator: Estimator | None = None,
) -> FloatArray:
    """[G] solve rates that single models reach under every verifier.

    Parameters
    ----------
    population
        Problems and models.
    pairs
        Verifiers of sellers, and of buyers who buy directly; None for that of the sellers.
    estimator
        Of the curves.
    """
    found = []
    for verifier, buyers in pairs:
        tables = build_tables(population, None, estimator, verifier=buyers or verifier)
        found.append(solve_rates(tables, None, population))
    return min(found, key=lambda rates: float(rates[-1]))
