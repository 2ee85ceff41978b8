"""What a router believes of the steps of its cascades, from what it bought.

A step is seen only where all steps before it failed. Its chance is believed and counted given just
that, so what is seen is a fair sample of it: a share of solved queries at a model that was asked
second would be too low for the model, but is right for the model asked second. Within a stage a
query shows what it would have shown at every lower budget, so that stages cut off at their budget
count as survival data do (each level's share of those that came to it: Kaplan and Meier 1958).

Before anything was bought a router knows what menus tell everybody: how each model alone does over
all queries. That counts as `strength` queries, in a chain: of a model behind another, whichever;
of a step, whatever was seen; of a step for what was seen. Each belief is a Beta distribution around
the mean of the one before it, so that the prior fades as queries come in.
"""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.frontier.cascade_steps import Steps
from market.frontier.cascade_tree import CascadeTree
from market.frontier.pass_curves import CurveTables
from market.frontier.tree_loops import count_sample, count_steps
from market.frontier.tree_trials import LevelDraws, Trials


@dataclass(frozen=True, eq=False)
class PublicCurves:
    """What menus tell of each model alone, between the levels of a tree.

    Attributes
    ----------
    chance
        [M, L] chance that a level solves what the one before did not.
    saved
        [M, L] expected share of a level's budget that is left.
    """

    chance: FloatArray
    saved: FloatArray

    @classmethod
    def of(cls, tree: CascadeTree, tables: CurveTables) -> "PublicCurves":
        """Those of the curves that menus are made of."""
        chance, saved = np.empty((2, *tree.budget.shape))
        for m, budget in enumerate(tree.budget):
            at = np.searchsorted(tables.budget[m], budget)
            solved, spend = (curve[at] for curve in tables.mean_curves(m))
            left = 1 - np.concatenate(([0.0], solved[:-1]))
            paid = np.diff(spend, prepend=0.0)
            width = np.diff(budget, prepend=0.0)
            with np.errstate(divide="ignore", invalid="ignore"):
                chance[m] = np.where(left > 0, np.diff(solved, prepend=0.0) / left, 0.0)
                saved[m] = np.where(left > 0, 1 - paid / (left * width), 0.0)
        return cls(np.clip(chance, 0.0, 1.0), np.clip(saved, 0.0, 1.0))

    def steps(self, tree: CascadeTree) -> Steps:
        """What steps would do, [1, N], if failures at one model told nothing of another."""
        chance, saved = (tree.by_step(of)[None] for of in (self.chance, self.saved))
        return Steps(chance, (1 - saved) * tree.width)


class StepBeliefs:
    """Beliefs of a router about the N steps of a tree, for Z kinds of queries.

    Parameters
    ----------
    tree
        Of its cascades.
    kinds
        Z.
    public
        What menus tell of each model.
    strength
        How many queries a prior counts as.

    Attributes
    ----------
    reached, solved, saved
        [Z, N] queries that came to a step, those that it solved, and the shares of its budget that
        were left.
    """

    def __init__(
        self, tree: CascadeTree, kinds: int, public: PublicCurves, strength: float
    ) -> None:
        self.tree, self.strength = tree, strength
        self.reached, self.solved, self.saved = np.zeros((3, kinds, len(tree)))
        self._prior = tree.by_step(public.chance), tree.by_step(public.saved)
        # a model asked first, or behind others
        models, levels = tree.budget.shape
        like = np.arange(2 * models * levels).reshape(2, models, levels)
        self._like: IntArray = np.where(
            tree.depth > 1, tree.by_step(like[1]), tree.by_step(like[0])
        )
        self._width = tree.width

    def count(self, trials: Trials) -> None:
        """Take note of what queries showed that were served."""
        count_steps(
            trials.path,
            trials.row,
            trials.kind,
            trials.tried,
            trials.solved,
            trials.paid,
            self._width,
            self.reached,
            self.solved,
            self.saved,
        )

    def count_sample(self, kind: IntArray, draws: LevelDraws, sold: BoolArray) -> None:
        """Take note of queries of kinds [Q] at which all models sold [M] were tried to the last."""
        count_sample(
            self.tree.parent,
            kind,
            self.tree.model,
            self.tree.level,
            draws.solved_at,
            draws.spend,
            self._width,
            self.reached,
            self.solved,
            self.saved,
            sold,
        )

    def forget(self, share: float) -> None:
        """Let a share of what was counted go."""
        for counted in (self.reached, self.solved, self.saved):
            counted *= 1 - share

    def mean(self) -> Steps:
        """What it expects of each step."""
        return self._steps(np.zeros((len(self.reached), 1)))

    def draw(self, rng: np.random.Generator) -> Steps:
        """Draw what steps may do from what is believed of them.

        One standard normal number for each kind of query, which all its steps share: a draw is
        hopeful, or not, of everything little known at once. With a number for each step, one of the
        many that are little known would always look best, and hardly anything else be tried.
        (Vaswani et al. 2020, "Old Dog Learns New Tricks: Randomized UCB for Bandit Problems".)
        """
        return self._steps(rng.standard_normal((len(self.reached), 1)))

    def _steps(self, hope: FloatArray) -> Steps:
        """Steps so many standard deviations [Z, 1] above what is expected of them."""
        counts = np.array((self.reached, self.solved, self.saved))
        return hopeful_steps(self.tree, self._pooled(), self.strength, counts, hope)

    def prior(self) -> tuple[FloatArray, FloatArray]:
        """What is expected of steps [1, N] of all kinds of queries together: chance, share left."""
        counted = (self.solved.sum(axis=0), self.saved.sum(axis=0))
        total = self.reached.sum(axis=0) + self.strength
        chance, saved = (
            (self.strength * mean + each) / total
            for mean, each in zip(self._pooled(), counted, strict=True)
        )
        return chance, saved

    def _pooled(self) -> tuple[FloatArray, FloatArray]:
        """[N] expected chance and share left of a step whatever was seen of the query."""
        chance, saved = (
            self._of_all(prior, counted)
            for prior, counted in zip(self._prior, (self.solved, self.saved), strict=True)
        )
        return chance, saved

    def _of_all(self, prior: FloatArray, counted: FloatArray) -> FloatArray:
        of_step, reached = counted.sum(axis=0), self.reached.sum(axis=0)
        total, met = (np.bincount(self._like, each)[self._like] for each in (of_step, reached))
        behind = (self.strength * prior + total) / (self.strength + met)
        pooled: FloatArray = (self.strength * behind + of_step) / (self.strength + reached)
        return pooled


def hopeful_steps(
    tree: CascadeTree,
    prior: tuple[FloatArray, FloatArray],
    strength: float,
    counts: FloatArray,
    hope: FloatArray,
) -> Steps:
    """Steps so many standard deviations above what is expected of them.

    Parameters
    ----------
    tree
        N nodes.
    prior
        [N] chance of each step, and share of its budget that is left, before.
    strength
        How many queries the prior counts as.
    counts
        [3, Z, N] queries that came to a step, those that it solved, shares of its budget left.
    hope
        [Z, 1] standard deviations.
    """
    reached, found = counts[0], []
    for mean, counted in zip(prior, counts[1:], strict=True):
        total = strength + reached
        expected = (strength * mean + counted) / total
        sd = np.sqrt(np.maximum(expected * (1 - expected), 0.0) / (total + 1))
        found.append(np.clip(expected + hope * sd, 0.0, 1.0))
    chance, saved = found
    return Steps(chance, (1 - saved) * tree.width)
