"""The rules by which routers learn, by the names that scenarios and commands know them by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError
from market.frontier.cascade_tree import CascadeTree
from market.strategies.cascade_beliefs import CascadeBeliefs, GreedyBeliefs, ThompsonBeliefs
from market.strategies.linear_beliefs import LinearBeliefs
from market.strategies.nearest_beliefs import NearestBeliefs
from market.strategies.step_beliefs import PublicCurves

MakeBeliefs = Callable[[CascadeTree, FloatArray, PublicCurves, float], CascadeBeliefs]
"""From the cascades, places of the types seen [Z, F], what menus tell, and what that counts as."""


@dataclass(frozen=True)
class LearningRule:
    """A rule of learning.

    Attributes
    ----------
    make
        Its beliefs before anything is bought.
    numbers
        About how many numbers it holds at once for each node of a tree, by types and models.
    """

    make: MakeBeliefs
    numbers: Callable[[int, int], float]


def _of_steps(types: int, models: int) -> float:
    """Counts, two views of chance and spend, the truth, and what is worked out on the way."""
    return 20.0 * types


def _of_cascades(types: int, models: int) -> float:
    """Moments and their inverse; spend by model, twice; and the truth by steps."""
    features = types + 1
    return 2.0 * features**2 + 2.0 * models * features + 4.0 * models * types + 10.0 * types


RULES: Mapping[str, LearningRule] = MappingProxyType(
    {
        "thompson": LearningRule(
            lambda tree, place, *known: ThompsonBeliefs(tree, len(place), *known), _of_steps
        ),
        "greedy": LearningRule(
            lambda tree, place, *known: GreedyBeliefs(tree, len(place), *known), _of_steps
        ),
        "linucb": LearningRule(
            lambda tree, place, *known: LinearBeliefs(tree, len(place), *known), _of_cascades
        ),
        "knn": LearningRule(NearestBeliefs, _of_steps),
    }
)


def rules_of(names: Sequence[str]) -> dict[str, LearningRule]:
    """Rules by their names.

    Raises
    ------
    DataError
        There is no such rule.
    """
    for name in names:
        if name not in RULES:
            raise DataError(f"rule {name!r} is not known; choose from {', '.join(RULES)}")
    return {name: RULES[name] for name in names}
