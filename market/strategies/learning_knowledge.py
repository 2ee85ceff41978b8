"""What an arbitrageur knows that learns while it sells, as a scenario says it."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from market.foundation.config import Money, Part
from market.strategies.query_mix import AllProblems, Problems


class LearningKnowledge(Part):
    """Begin with what menus tell everybody, and learn from every query sold.

    A query shows whether the models that it was tried on solved it, and what that cost. Each tick
    the arbitrageur routes by what it has learned, in the way of its routing rule: for each type
    that this sees, or for all queries alike.
    """

    kind: Literal["learning"] = "learning"
    from_sample: ClassVar[bool] = True
    rule: Literal["thompson", "greedy"] = "thompson"
    """How it chooses: by a draw from what it believes, once a tick, so that what is little known
    is tried (`thompson`), or by what it expects (`greedy`)."""
    stages: Annotated[int, Field(ge=1, le=8)] = 2
    """Most models that a query is tried on."""
    levels: Annotated[int, Field(ge=1, le=50)] = 6
    """Budgets that it tells apart, for each model."""
    strength: Annotated[float, Field(gt=0)] = 16.0
    """How many queries count as much as what menus tell."""
    memory: Annotated[float, Field(gt=0)] | None = None
    """Ticks after which half of what it learned is forgotten; it forgets nothing if not given."""
    budget: Money = 0.0
    """US dollars spent on attempts before it sells: every model at random problems."""
    explore: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Spent likewise in every tick, as a share of what its queries cost in the tick before."""
    problems: Problems = AllProblems()
    """Where the random problems come from."""
