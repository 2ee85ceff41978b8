"""Every cascade over a few budget levels as a path of one tree.

A step goes on with a model from one budget level to the next, or turns to a model that was not
tried; a node is what has been tried without success. So a cascade is a path from the root, a stage
of it the steps at one model, and what a query shows is how far it went down its path and where it
was solved. Given what was seen of a query, the chance that a step solves it is conditional on all
that failed before, which is how it is observed: only where the steps before it failed. Nothing has
to be assumed about how failures at one model bear on another.
"""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.errors import DataError
from market.frontier.cascade import Cascade, Stage
from market.frontier.pass_curves import CurveTables

LEAST_SOLVED, MOST_SOLVED = 0.05, 0.98  # of what a model ever solves: ends of its budget levels
MOST_NODES = 1_000_000  # 80 MB for each array of ten kinds of queries


@dataclass(frozen=True, eq=False)
class CascadeTree:
    """All cascades of at most D of M models over L budget levels each; N nodes, the root first.

    Attributes
    ----------
    models
        M names.
    budget
        [M, L] list dollars, rising.
    parent, model, level
        [N] the node before, and the model and level of the last step; −1 at the root.
    start
        [N] the node at which the stage of the last step began.
    depth
        [N] number of stages.
    """

    models: tuple[str, ...]
    budget: FloatArray
    parent: IntArray
    model: IntArray
    level: IntArray
    start: IntArray
    depth: IntArray

    def __len__(self) -> int:
        """N, the number of nodes."""
        return len(self.parent)

    @property
    def width(self) -> FloatArray:
        """[N] list dollars that each step may take: between a level and the one before."""
        between = np.diff(self.budget, axis=1, prepend=0.0)
        return self.by_step(between)

    def by_step(self, by_level: FloatArray) -> FloatArray:
        """[N] of values by model and level [M, L]; the root has those of any."""
        return by_level[self.model, self.level]

    @property
    def uses(self) -> BoolArray:
        """[N, M] whether the cascade that ends at a node tries a model."""
        found = np.zeros((len(self), len(self.models)), dtype=bool)
        node, at = np.arange(1, len(self)), np.arange(1, len(self))
        while len(node):
            found[node, self.model[at]] = True
            at = self.start[at]
            node, at = node[at > 0], at[at > 0]
        return found

    def cascade(self, end: int) -> Cascade:
        """The cascade that ends at a node."""
        stages: list[Stage] = []
        while end > 0:
            m, level = int(self.model[end]), int(self.level[end])
            stages.append(Stage(self.models[m], float(self.budget[m, level])))
            end = int(self.start[end])
        return Cascade(tuple(reversed(stages)))

    def end(self, cascade: Cascade) -> int:
        """The node at which a cascade of its budget levels ends.

        Raises
        ------
        DataError
            It is none of the tree's.
        """
        node = 0
        for stage in cascade.stages:
            node = self._stage_end(node, stage)
            if not node:
                raise DataError(f"cascade {cascade}: is not among those of this tree")
        return node

    def children(self, node: int) -> range:
        """Nodes one step further; they stand together, and going on with a model comes first."""
        return range(*np.searchsorted(self.parent, (node, node + 1)).tolist())

    def _stage_end(self, node: int, stage: Stage) -> int:
        """The node at which a stage ends that begins at a node; 0 if there is none."""
        for first in self.children(node):
            if self.level[first] > 0 or self.models[self.model[first]] != stage.model:
                continue
            for at, budget in zip(self.stage(first), self.budget[self.model[first]], strict=True):
                if budget == stage.budget:
                    return int(at)
        return 0

    def stage(self, first: int) -> IntArray:
        """[L] the steps of the stage whose first is given: each is its parent's first child."""
        nodes = [first]
        for _ in range(self.budget.shape[1] - 1):
            nodes.append(self.children(nodes[-1])[0])
        return np.array(nodes)

    def path(self, end: int) -> list[int]:
        """Nodes from the first step to a node."""
        nodes = []
        while end > 0:
            nodes.append(end)
            end = int(self.parent[end])
        return nodes[::-1]

    def paths(self, ends: IntArray) -> IntArray:
        """[R, K] the paths to nodes [R], −1 past their ends."""
        found = [self.path(end) for end in ends.tolist()]
        table = np.full((len(found), max(map(len, found), default=0)), -1, dtype=np.int64)
        for row, path in zip(table, found, strict=True):
            row[: len(path)] = path
        return table


def cascade_tree(tables: CurveTables, stages: int = 2, levels: int = 8) -> CascadeTree:
    """Build the tree of cascades over the models of some curves.

    A model's levels are spaced evenly in log budget, from where it has solved a twentieth of what
    it ever solves to where little is left; they lie on the budget grid of the curves.

    Parameters
    ----------
    tables
        Curves on the budget grids.
    stages
        D, most models that a query is tried on.
    levels
        L, fewer where a budget grid has fewer budgets.

    Raises
    ------
    DataError
        The tree would have more than `MOST_NODES` nodes.
    """
    models = len(tables.models)
    budgets = (np.diff(tables.budget, axis=1, prepend=0.0) > 0).sum(axis=1)
    levels = min(levels, int(budgets.min()))
    count = tree_size(models, stages, levels)
    if count > MOST_NODES:
        raise DataError(
            f"cascades of {stages} stages over {models} models and {levels} budget levels have "
            f"{count:,} steps, over {MOST_NODES:,}: take fewer stages"
        )
    budget = np.array([_levels(tables, m, levels) for m in range(models)])
    parent, model, level, start, depth = [-1], [-1], [-1], [-1], [0]
    tried: list[int] = [0]  # bits of the models tried
    at = 0
    while at < len(parent):
        steps = []
        if 0 <= level[at] < levels - 1:
            steps.append((model[at], level[at] + 1, start[at], depth[at]))
        if depth[at] < stages:
            others = (m for m in range(models) if not tried[at] >> m & 1)
            steps += [(m, 0, at, depth[at] + 1) for m in others]
        for m, to, began, deep in steps:
            parent.append(at)
            model.append(m)
            level.append(to)
            start.append(began)
            depth.append(deep)
            tried.append(tried[at] | 1 << m)
        at += 1
    return CascadeTree(tables.models, budget, *map(np.array, (parent, model, level, start, depth)))


def tree_size(models: int, stages: int, levels: int) -> int:
    """How many nodes a tree has of cascades of so many stages."""
    total, of_depth = 1, 1
    for deep in range(min(stages, models)):
        of_depth *= (models - deep) * levels
        total += of_depth
    return total


def _levels(tables: CurveTables, model: int, levels: int) -> FloatArray:
    """[L] budgets of a model's grid, rising."""
    grid, (solved, _) = tables.budget[model], tables.mean_curves(model)
    usable = np.flatnonzero(np.diff(grid, prepend=0.0) > 0)
    low, high = np.searchsorted(solved, np.array([LEAST_SOLVED, MOST_SOLVED]) * solved.max())
    low, high = max(int(low), int(usable[0])), min(int(high), int(usable[-1]))
    wanted = np.geomspace(grid[low], max(grid[high], grid[low]), levels)
    # the nearest places that are left, each once and in order
    place = np.searchsorted(grid[usable], wanted)
    place = np.maximum.accumulate(place - np.arange(levels)) + np.arange(levels)
    place = np.minimum(place, len(usable) - levels + np.arange(levels))
    chosen: FloatArray = grid[usable[place]]
    return chosen
