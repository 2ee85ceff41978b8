"""Distillation: a small student learns from a teacher's output, and joins its owner's cascades.

What a student can do follows from its teacher and from the tokens it was trained on
(:class:`StudentLaw`). Calibrated on the five 1.7B students of Qwen3-Coder 480B whose attempt
records were released with arXiv:2603.22404, SWE-bench Verified.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError
from market.population.population import Population

FEWEST_TOKENS, MOST_TOKENS = 70e6, 5.4e9  # of the students that the law is calibrated on
KNOWN_ATTEMPTS = 60.0  # attempts at a problem that the law's own teacher is known from


@dataclass(frozen=True)
class StudentLaw:
    """Solve probability and cost of a student, by its teacher's and by the tokens it learnt from.

    With L = ln(tokens / 70M), logit p_student,i = a(L) + b(L)·logit p_teacher,i + s·zᵢ, where
    a = `offset` + `offset_growth`·L, b = `slope` + `slope_growth`·L, s = `noise`. A student that
    comes out below `resolution` never solves: what is under half a success in the 200 attempts
    recorded of a student, records cannot tell from 0, and count as never solved.

    The defaults are the likeliest for the successes recorded of all five students at 445 problems:
    binomial given p, zᵢ integrated out, the teacher's p clipped by half a success, b held at 1.
    With b free it comes out at 1.05 + 0.01 L, and the log likelihood at 2.5 more: a student is its
    teacher with less ability, as in Rasch's model, and with strengths and gaps of its own. Least
    squares on the students' own logits, clipped by half a success (a = −4.77 + 0.287 L,
    b = 0.32 + 0.062 L, s = 1.8), would take "not solved in 200 attempts" for a measurement. That
    law leaves 34% of the problems unsolved in 200 attempts at 70M tokens, where the student left
    66%. Margins by the paper's procedure, five students in rising order: published 0.036, 0.058,
    0.115, 0.231, 0.276; this law 0.02, 0.04, 0.10, 0.19, 0.32; least squares 0.41, 0.39, 0.24,
    0.12, 0.06 (means over draws of z; single draws scatter by up to 0.05 around them).

    Parameters
    ----------
    offset, offset_growth
        a at 70M tokens, and what it rises by per e-fold of tokens.
    slope, slope_growth
        b likewise.
    noise
        s, at least 0: what a student is better or worse at than its teacher, in logits.
    resolution
        Least solve probability that is not 0.
    dearest, cheapest
        Cost of a student's attempt as a share of the teacher's, at 70M and at 5.4B tokens: more
        training makes for shorter attempts (2.29%, 2.31%, 2.07%, 1.79%, 1.59% recorded).

    Raises
    ------
    DataError
        A parameter that is not finite or outside its range.
    """

    offset: float = -7.04
    offset_growth: float = 0.517
    slope: float = 1.0
    slope_growth: float = 0.0
    noise: float = 3.05
    resolution: float = 0.0025
    dearest: float = 0.023
    cheapest: float = 0.016

    def __post_init__(self) -> None:
        """Check the parameters."""
        for name, value in vars(self).items():
            if not np.isfinite(value):
                raise DataError(f"law.{name}: {value:g} is not finite")
        if self.noise < 0:
            raise DataError(f"law.noise: {self.noise:g} is a standard deviation; give 0 or more")
        if not 0 <= self.resolution < 1:
            raise DataError(f"law.resolution: {self.resolution:g} is not from 0 to below 1")
        if not 0 < self.cheapest <= self.dearest:
            raise DataError(
                f"law.cheapest: {self.cheapest:g} is not above 0 and up to law.dearest "
                f"({self.dearest:g}); more tokens make a student's attempts no dearer"
            )

    def solve_prob(
        self,
        teacher_prob: FloatArray,
        tokens: float,
        z: FloatArray,
        attempts: npt.ArrayLike = KNOWN_ATTEMPTS,
    ) -> FloatArray:
        """Chance that one attempt of the student solves each problem.

        Parameters
        ----------
        teacher_prob
            [n] of the teacher.
        tokens
            Of the teacher's output that the student is trained on, above 0. The law goes on below
            and above the calibrated range.
        z
            [n] draws of N(0, 1).
        attempts
            [n] or one number: the attempts that `teacher_prob` is known from, half a success of
            which it is clipped by. Where it was not counted, the 60 that the law's own teacher is
            known from (median): then p is taken as from 0.0083 to 0.9917.

        Returns
        -------
        FloatArray
            [n], 0 where the student never solves.

        Raises
        ------
        DataError
            `tokens` is not above 0 and finite, or `z` is not [n] finite numbers.
        """
        from scipy.special import expit, logit  # slow to import: only where used

        growth = np.log(_positive(tokens) / FEWEST_TOKENS)
        noise = np.asarray(z, dtype=np.float64)
        if noise.shape != np.shape(teacher_prob) or not np.isfinite(noise).all():
            raise DataError(
                f"z: shape {noise.shape} of draws for shape {np.shape(teacher_prob)} of problems; "
                "give one finite draw of N(0, 1) per problem"
            )
        half = 0.5 / np.asarray(attempts, dtype=np.float64)
        ability = self.offset + self.offset_growth * growth
        slope = self.slope + self.slope_growth * growth
        odds = ability + slope * logit(np.clip(teacher_prob, half, 1 - half)) + self.noise * noise
        prob = expit(odds)
        return np.where(prob < self.resolution, 0.0, prob)

    def cost_share(self, tokens: float) -> float:
        """Cost of the student's attempt over the teacher's at the same problem.

        Linear in ln tokens between the calibrated ends, and held at them outside: the same line
        goes below 0 further on.

        Raises
        ------
        DataError
            `tokens` is not above 0 and finite.
        """
        ends = np.log([FEWEST_TOKENS, MOST_TOKENS])
        return float(np.interp(np.log(_positive(tokens)), ends, (self.dearest, self.cheapest)))


def _positive(tokens: float) -> float:
    if not 0 < tokens < np.inf:
        raise DataError(f"tokens: {tokens:g} of a teacher's output is not above 0 and finite")
    return tokens


def with_student(
    population: Population,
    teacher: str,
    student: str,
    tokens: float,
    z: FloatArray,
    law: StudentLaw | None = None,
    attempts: npt.ArrayLike | None = None,
) -> Population:
    """Add a student of one of the models, as the last.

    The recorded counts of the whole population are dropped, since a student has none: all models
    are then known by their solve probabilities. Counts still say what the teacher's is clipped by.

    Parameters
    ----------
    population
        Problems and models.
    teacher, student
        Names of a model that is there, and of the new one.
    tokens
        Of the teacher's output.
    z
        [n] draws of N(0, 1), one per problem.
    law
        The calibrated :class:`StudentLaw` if None.
    attempts
        [n] those that the teacher's solve probabilities are known from; the population's own
        counts, or where it has none as many as of the law's own teacher, if None.

    Raises
    ------
    DataError
        No such teacher, a student of that name is there, or what the law refuses.
    """
    law = StudentLaw() if law is None else law
    column = population.index(teacher)
    if student in population.models:
        raise DataError(f"student {student!r}: a model of that name is there; choose another name")
    if attempts is None:
        counted = population.attempts
        attempts = KNOWN_ATTEMPTS if counted is None else counted[:, column]
    prob = law.solve_prob(population.solve_prob[:, column], tokens, z, attempts)
    share = law.cost_share(tokens)

    def with_share(cost: FloatArray) -> FloatArray:
        return np.column_stack((cost, share * cost[:, column]))

    failed, solved = population.failed_cost, population.solved_cost
    return replace(
        population,
        models=(*population.models, student),
        solve_prob=np.column_stack((population.solve_prob, prob)),
        list_cost=with_share(population.list_cost),
        failed_cost=None if failed is None else with_share(failed),
        solved_cost=None if solved is None else with_share(solved),
        successes=None,
        attempts=None,
        source=f"{population.source}; {student}: student of {teacher}, {tokens:g} tokens",
    )
