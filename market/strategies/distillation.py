"""The decision to distil: buy a teacher's output, pay for training, and own a student.

What a student can do is the calibrated law of :mod:`market.population.students`.
"""

from typing import Annotated, Literal

from pydantic import Field

from market.foundation.config import Money, Part, Text, one_of


class Distillation(Part):
    """Distil one student from a teacher, once, at a given tick or when it is worth its outlay."""

    teacher: Text
    """Model whose output is bought; its provider is paid for it."""
    tokens: Annotated[float, Field(ge=1e6, le=1e13)]
    """Tokens of the teacher's output that are bought and trained on, D."""
    token_price: Money
    """US dollars per million tokens of output, at the list price that its source has."""
    training_price: Money
    """US dollars of compute per million tokens trained on, paid outside the market."""
    when: Annotated[
        Literal["profitable"] | Annotated[int, Field(ge=0)],
        one_of("must be a tick, from 0, or 'profitable'"),
    ] = "profitable"
    """The tick at which it is done, or `profitable`: as soon as the rule below says so."""
    horizon: Annotated[int, Field(ge=1, le=1_000_000)] = 30
    """Ticks over which the outlay must be earned back."""
    resale: Annotated[float, Field(ge=0, le=1)] | None = None
    """If given, other arbitrageurs may buy the student's attempts, at this way from its cost (0) to
    the teacher's price (1)."""

    def outlay(self, teacher_multiplier: float) -> tuple[float, float]:
        """US dollars for the teacher's tokens, and for training.

        Parameters
        ----------
        teacher_multiplier
            Price of the teacher over the list price that its source has.
        """
        millions = self.tokens / 1e6
        return millions * self.token_price * teacher_multiplier, millions * self.training_price

    def due(self, tick: int, gain: float, outlay: float) -> bool:
        """Whether to distil now.

        Parameters
        ----------
        tick
            From 0.
        gain
            US dollars per tick that a student would save at present sales and fees, expected.
        outlay
            US dollars for tokens and training.
        """
        if self.when == "profitable":
            return gain * self.horizon > outlay
        return tick >= self.when
