"""The rules by which routers learn, by the names that scenarios and commands know them by."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from market.foundation.arrays import FloatArray
from market.frontier.cascade_tree import CascadeTree
from market.strategies.cascade_beliefs import CascadeBeliefs, GreedyBeliefs, ThompsonBeliefs
from market.strategies.linear_beliefs import LinearBeliefs
from market.strategies.nearest_beliefs import NearestBeliefs
from market.strategies.step_beliefs import PublicCurves

MakeBeliefs = Callable[[CascadeTree, FloatArray, PublicCurves, float], CascadeBeliefs]
"""From the cascades, places of the types seen [Z, F], what menus tell, and what that counts as."""

RULES: Mapping[str, MakeBeliefs] = MappingProxyType(
    {
        "thompson": lambda tree, place, *known: ThompsonBeliefs(tree, len(place), *known),
        "greedy": lambda tree, place, *known: GreedyBeliefs(tree, len(place), *known),
        "linucb": lambda tree, place, *known: LinearBeliefs(tree, len(place), *known),
        "knn": NearestBeliefs,
    }
)
