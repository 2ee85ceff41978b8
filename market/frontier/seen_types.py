"""What a router sees of queries: their domain, or what features in the records foretell.

Features are numbers that are known before any attempt is bought. From the problems of other folds
two methods learn how likely each model is to solve a problem with such features: logistic
regression, and the mean over the nearest problems. So a problem's own attempts tell nothing of it
but by the level that all predictions share and the choice of method, and nothing at all where
held-out problems are judged. The method whose predictions have the lower log loss is taken, and
problems of like predictions are a type.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray, IntArray
from market.foundation.errors import DataError
from market.foundation.random_streams import Streams
from market.frontier.cross_validation import deal_folds, usual_folds
from market.population.domains import domain_shares, split_by_domain
from market.population.population import Population
from market.population.problem_types import problem_types

_METHODS = "logistic regression", "nearest neighbours", "base rates"
_EXTRA = (
    "--signal features needs scikit-learn: pip install 'market[features]' (or pip install "
    "scikit-learn)"
)


@dataclass(frozen=True, eq=False)
class SeenTypes:
    """Problems by what is seen of them.

    Attributes
    ----------
    population
        n problems or classes, those of several domains split.
    label
        [n] type of each, 0 .. Z−1; every type has a problem.
    sees
        `domain` or `features`.
    log_loss
        Of features, by method: nats per attempt of the predictions out of sample, mean over
        models; `base rates` knows no features.
    learned_without
        [n] types again, as they are without the attempts at the problems that are marked; None
        where types are not learned.
    """

    population: Population
    label: IntArray
    sees: str
    log_loss: Mapping[str, float] = field(default_factory=dict)
    learned_without: Callable[[BoolArray], IntArray] | None = None

    @property
    def types(self) -> int:
        """Number of types, Z."""
        return int(self.label.max()) + 1

    def rows(self, each: int) -> Callable[[BoolArray], IntArray]:
        """By rows held out, the type of every row, where a problem has so many rows each."""

        def of(held_out: BoolArray) -> IntArray:
            again = self.learned_without
            label = self.label if again is None else again(held_out[::each])
            return np.repeat(label, each)

        return of


def see_domains(population: Population) -> SeenTypes:
    """A type for each domain.

    Raises
    ------
    DataError
        The population has no domains.
    """
    if not domain_shares(population)[0]:
        raise DataError(
            f"--signal domain: {population.source} says no domain of its problems; "
            "give each record a domain, import a table with --domain COLUMN, or use --signal "
            "ACCURACY"
        )
    return SeenTypes(*split_by_domain(population), "domain")


def see_features(population: Population, types: int, streams: Streams) -> SeenTypes:
    """Types of problems with like predictions, learned out of sample from their features.

    Parameters
    ----------
    population
        n problems with features.
    types
        Number of types; fewer where there are fewer different predictions.
    streams
        Of the folds.

    Raises
    ------
    DataError
        There are no features, one problem alone, or no scikit-learn.
    """
    if population.features is None:
        raise DataError(
            f"--signal features: {population.source} has no features of its problems; give each "
            "record features (a list of numbers), import a table with --features COLUMNS, or use "
            "--signal ACCURACY"
        )
    folds = usual_folds(population.size)
    if not folds:
        raise DataError("--signal features: there is one problem, and none to learn it from")
    fold = deal_folds(population.size, folds, streams.generator("folds of features"))
    predicted = _across(population, fold)
    truth, weight = population.solve_prob, population.weight
    loss = {method: _log_loss(truth, of, weight) for method, of in predicted.items()}
    learned = [method for method in predicted if method != "base rates"]

    def typed(prediction: FloatArray) -> IntArray:
        alike = replace(population, traits=prediction, types={})
        _, label = np.unique(problem_types(alike, min(types, population.size)), return_inverse=True)
        return np.asarray(label.ravel(), dtype=np.int64)

    def learned_without(held_out: BoolArray) -> IntArray:
        again = _across(population, np.where(held_out, -1, fold))
        kept = np.where(held_out, 0.0, weight)
        best = min(learned, key=lambda method: _log_loss(truth, again[method], kept))
        return typed(again[best])

    best = min(learned, key=lambda method: loss[method])
    return SeenTypes(population, typed(predicted[best]), "features", loss, learned_without)


def _across(population: Population, fold: IntArray) -> dict[str, FloatArray]:
    """By method, [n, M] predicted solve probabilities, each learned from the other folds alone.

    Nobody learns from fold −1. Means of all folds are set alike: what is left out lowers the mean
    of the rest where its own is high, so that the fold alone would tell of the outcome.
    """
    truth = population.solve_prob
    found = {method: np.empty(truth.shape) for method in _METHODS}
    mean = truth[fold >= 0].mean(axis=0)
    for k in np.unique(fold):
        learn, judge = np.flatnonzero((fold != k) & (fold >= 0)), np.flatnonzero(fold == k)
        for method, values in _predicted(population, learn, judge).items():
            level = mean - truth[learn].mean(axis=0) if method != "base rates" else 0.0
            found[method][judge] = np.clip(values + level, 0.0, 1.0)
    return found


def _predicted(population: Population, learn: IntArray, judge: IntArray) -> dict[str, FloatArray]:
    """By method, solve probabilities of the problems `judge`, learned from those of `learn`."""
    try:
        from sklearn.linear_model import LogisticRegression
        from sklearn.neighbors import KNeighborsRegressor
        from sklearn.preprocessing import StandardScaler
    except ImportError as error:
        raise DataError(_EXTRA) from error
    assert population.features is not None
    truth = population.solve_prob[learn]
    scale = StandardScaler().fit(population.features[learn])
    seen, asked = (scale.transform(population.features[at]) for at in (learn, judge))
    near = max(1, round(len(learn) ** 0.5))  # grows with the problems, more slowly than they do
    mean = np.broadcast_to(truth.mean(axis=0), (len(judge), truth.shape[1]))
    nearest = KNeighborsRegressor(near).fit(seen, truth).predict(asked)
    logistic = mean.copy()
    for m, share in enumerate(truth.T):
        if 0 < share.sum() < len(share):
            # a problem is solved with its share of solved attempts, and failed with the rest
            fitted = LogisticRegression(max_iter=1000).fit(
                np.vstack((seen, seen)),
                np.repeat([1, 0], len(share)),
                sample_weight=np.concatenate((share, 1 - share)),
            )
            logistic[:, m] = fitted.predict_proba(asked)[:, 1]
    return dict(zip(_METHODS, (logistic, nearest.reshape(mean.shape), mean), strict=True))


def _log_loss(truth: FloatArray, predicted: FloatArray, weight: FloatArray) -> float:
    """Nats per attempt, mean over models; a prediction is no surer than one problem allows."""
    edge = 1 / (2 * len(truth))
    p = np.clip(predicted, edge, 1 - edge)
    each = -(truth * np.log(p) + (1 - truth) * np.log1p(-p))
    return float(weight @ each.mean(axis=1))
