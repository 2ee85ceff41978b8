"""What an arbitrageur knows that learns while it sells, as a scenario says it."""

from typing import (
    TYPE_CHECKING,
    Annotated,
    ClassVar,
    Literal,
    Protocol,
    TypeGuard,
    runtime_checkable,
)

from pydantic import Field

from market.foundation.arrays import FloatArray
from market.foundation.config import Money, Part
from market.strategies.query_mix import AllProblems, Problems

if TYPE_CHECKING:
    from market.frontier.cascade_tree import CascadeTree
    from market.strategies.cascade_beliefs import CascadeBeliefs
    from market.strategies.step_beliefs import PublicCurves


@runtime_checkable
class Learns(Protocol):
    """Knowledge that grows as its owner sells; what each attribute is, :class:`LearningKnowledge`.

    What :meth:`beliefs` returns is all that is asked of a rule of learning.
    """

    @property
    def stages(self) -> int:
        """Most models that a query is tried on."""
        ...

    @property
    def levels(self) -> int:
        """Budgets told apart, for each model."""
        ...

    @property
    def strength(self) -> float:
        """How many queries count as much as what menus tell."""
        ...

    @property
    def memory(self) -> float | None:
        """Ticks after which half is forgotten; None for never."""
        ...

    @property
    def budget(self) -> float:
        """US dollars spent on attempts before it sells."""
        ...

    @property
    def explore(self) -> float:
        """Spent likewise in every tick, as a share of what its queries cost."""
        ...

    @property
    def problems(self) -> Problems:
        """Where the random problems come from."""
        ...

    def beliefs(
        self, tree: "CascadeTree", place: FloatArray, public: "PublicCurves"
    ) -> "CascadeBeliefs":
        """What it believes before it has bought anything."""
        ...

    def numbers(self, types: int, models: int) -> float:
        """About how many numbers it holds for each node of a tree of cascades."""
        ...


def learns(knowledge: object) -> TypeGuard[Learns]:
    """Whether knowledge is one that :class:`Learns`; sooner told than by `isinstance`."""
    return hasattr(knowledge, "beliefs") and hasattr(knowledge, "numbers")


class LearningKnowledge(Part):
    """Begin with what menus tell everybody, and learn from every query sold.

    A query shows whether the models that it was tried on solved it, and what that cost. Each tick
    the arbitrageur routes by what it has learned, in the way of its routing rule: for each type
    that this sees, or for all queries alike.
    """

    kind: Literal["learning"] = "learning"
    from_sample: ClassVar[bool] = True
    rule: Literal["thompson", "greedy", "linucb", "knn"] = "thompson"
    """How it chooses: by a draw from what it believes, once a tick, so that what is little known
    is tried (`thompson`), or by what it expects (`greedy`); by how good each cascade may be, of
    which it learns apart (`linucb`); or by a draw from what the nearest queries showed (`knn`)."""
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

    def beliefs(
        self, tree: "CascadeTree", place: FloatArray, public: "PublicCurves"
    ) -> "CascadeBeliefs":
        """What it believes before it has bought anything.

        Parameters
        ----------
        tree
            Its cascades.
        place
            [Z, F] coordinates of the types seen.
        public
            What menus tell of each model.
        """
        from market.strategies.learning_rules import RULES  # compiled loops take long to load

        return RULES[self.rule].make(tree, place, public, self.strength)

    def numbers(self, types: int, models: int) -> float:
        """About how many numbers its rule holds for each node of a tree of cascades."""
        from market.strategies.learning_rules import RULES  # compiled loops take long to load

        return RULES[self.rule].numbers(types, models)
