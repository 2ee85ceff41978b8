"""A contextual bandit with linear outcomes over cascades (LinUCB).

Li, Chu, Langford and Schapire (2010), "A contextual-bandit approach to personalized news article
recommendation", with disjoint models: what each cascade solves and spends is taken as linear in the
features of a query, and fitted by ridge regression around what menus tell. A cascade's outcome is
that of the queries that were sent down it for their features alone, so it needs no correction for
what failed before; and a query shows the outcome of every cascade that begins as its own does.
"""

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray, zero_where_infinite
from market.frontier.cascade_steps import Steps, cascade_worths
from market.frontier.cascade_tree import CascadeTree
from market.frontier.tree_trials import LevelDraws, Trials
from market.strategies.learning_routers import Routed, Seen
from market.strategies.step_beliefs import PublicCurves


class LinUCBRouter:
    """Take the cascade that may be best, by what is expected and how little is known.

    Parameters
    ----------
    tree
        Its cascades: one for each node.
    features
        F.
    public
        What menus tell of each model.
    width
        α: how many standard deviations from what is expected counts as possible; solving and
        spending are each taken to vary by half their range, which is the most they can.
    ridge
        How many queries count as much as what menus tell.
    """

    def __init__(
        self,
        tree: CascadeTree,
        features: int,
        public: PublicCurves,
        *,
        width: float = 1.0,
        ridge: float = 16.0,
    ) -> None:
        self.tree, self.width, self.uses = tree, width, tree.uses
        nodes, models, size = len(tree), len(tree.models), features + 1
        steps = public.steps(tree)
        self._rate = cascade_worths(tree, steps, np.ones(models))[0][0]
        self._paid = _spend_by_model(tree, steps)
        never = Steps(np.zeros_like(steps.chance), np.broadcast_to(tree.width, steps.spend.shape))
        self._most = _spend_by_model(tree, never)
        self._ridge = ridge * np.eye(size)
        self._moment: FloatArray = np.tile(self._ridge, (nodes, 1, 1))
        self._solved = np.zeros((nodes, size))
        self._spent = np.zeros((nodes, models, size))

    def route(
        self, seen: Seen, price: FloatArray, value: float, rng: np.random.Generator
    ) -> Routed:
        """Best cascade of each query, if things are as well as they may be."""
        x, asked = _with_one(seen.features), zero_where_infinite(price)
        rate, cost, known = self._estimates(x, self.width)
        paid = self._paid @ asked + x @ np.einsum("nmi,m->in", cost, asked)
        paid = np.maximum(paid - self.width * known / 2 * (self._most @ asked), 0.0)
        net = value * rate - paid
        net[:, self.uses[:, ~np.isfinite(price)].any(axis=1)] = -np.inf
        net[:, 0] = 0.0
        end, row = np.unique(net.argmax(axis=1), return_inverse=True)
        return Routed(end, row)

    def outcomes(self, features: FloatArray, width: float) -> tuple[FloatArray, FloatArray]:
        """Solve rate [Z, N] and list dollars by model [Z, N, M] of cascades, at features [Z, F].

        So many standard deviations better than is expected; dollars may be below 0.
        """
        x = _with_one(features)
        rate, cost, known = self._estimates(x, width)
        spend = self._paid + np.einsum("zi,nmi->znm", x, cost)
        return rate, spend - width * known[:, :, None] / 2 * self._most

    def _estimates(self, x: FloatArray, width: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """[Q, N] solve rates, [N, M, F + 1] what dollars rise by, [Q, N] how little is known."""
        inverse = np.linalg.inv(self._moment)
        theta = np.einsum("nij,nj->ni", inverse, self._solved)
        cost = np.einsum("nij,nmj->nmi", inverse, self._spent)
        rate = self._rate + x @ theta.T
        known = np.sqrt(np.maximum(np.einsum("qi,nij,qj->qn", x, inverse, x), 0.0))
        return np.clip(rate + width * known / 2, 0.0, 1.0), cost, known

    @property
    def counted(self) -> FloatArray:
        """[N] queries whose outcomes of each cascade were learned, as far as not forgotten."""
        found: FloatArray = self._moment[:, 0, 0] - self._ridge[0, 0]
        return found

    def forget(self, share: float) -> None:
        """Let a share of what was learned go."""
        self._moment += share * (self._ridge - self._moment)
        self._solved *= 1 - share
        self._spent *= 1 - share

    def observe(self, seen: Seen, trials: Trials) -> None:
        """Learn the outcomes of each query's cascade, and of those that it begins with."""
        self._learn(seen, trials, np.ones(len(self.tree), dtype=bool))

    def _learn(self, seen: Seen, trials: Trials, of: BoolArray) -> None:
        """Learn the outcomes of cascades that queries showed, where they end at nodes `of` [N]."""
        x, queries = _with_one(seen.features), np.arange(len(trials.row))
        outer = x[:, :, None] * x[:, None, :]
        spent = np.zeros((len(queries), len(self.tree.models)))
        path = trials.path[trials.row]
        for step in range(path.shape[1]):
            there = path[:, step] >= 0
            taken = there & (step < trials.tried)
            model = self.tree.model[path[taken, step]]
            spent[queries[taken], model] += trials.paid[taken, step]
            solved = trials.solved & (trials.tried <= step + 1)
            there &= of[path[:, step]]
            self._add(path[there, step], x[there], outer[there], solved[there], spent[there])

    def observe_sample(self, seen: Seen, draws: LevelDraws, sold: BoolArray) -> None:
        """Learn the outcomes of every cascade of models that are for sale."""
        whole = self.tree.paths(np.flatnonzero(self._whole(sold)))
        left = np.ones(len(self.tree), dtype=bool)  # many begin alike: a query counts once for each
        for row, path in enumerate(whole):
            alike = np.full(len(seen.kind), row, dtype=np.int64)
            trials = Trials.serve(self.tree, whole, alike, seen.kind, draws)
            self._learn(seen, trials, left)
            left[path[path >= 0]] = False

    def _add(
        self,
        node: IntArray,
        x: FloatArray,
        outer: FloatArray,
        solved: BoolArray,
        spent: FloatArray,
    ) -> None:
        np.add.at(self._moment, node, outer)
        np.add.at(self._solved, node, (solved - self._rate[node])[:, None] * x)
        off = spent - self._paid[node]
        np.add.at(self._spent, node, off[:, :, None] * x[:, None, :])

    def _whole(self, sold: BoolArray) -> BoolArray:
        """[N] whether a node ends a cascade of models sold that no other goes on from."""
        usable = np.logical_not(self.uses[:, ~sold].any(axis=1))
        goes_on = np.zeros(len(self.tree), dtype=bool)
        goes_on[self.tree.parent[1:][usable[1:]]] = True
        return usable & ~goes_on


def _with_one(features: FloatArray) -> FloatArray:
    """[Q, F + 1] features and a constant."""
    return np.column_stack((np.ones(len(features)), features))


def _spend_by_model(tree: CascadeTree, steps: Steps) -> FloatArray:
    """[N, M] list dollars of the cascade that ends at each node, by model."""
    reach, spent = np.ones(len(tree)), np.zeros((len(tree), len(tree.models)))
    for node in range(1, len(tree)):
        before, model = tree.parent[node], tree.model[node]
        spent[node] = spent[before]
        spent[node, model] += reach[before] * steps.spend[0, node]
        reach[node] = reach[before] * (1 - steps.chance[0, node])
    return spent
