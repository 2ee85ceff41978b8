"""Problems by models: what one attempt costs, and how likely it is to succeed.

A population is a weighted set of problems (or problem classes). Given the problem, attempts are
independent; a verifier tells success at once and free of charge. Sources: attempt records
(:mod:`market.population.records`), calibrated packs (:mod:`market.population.packs`) and item
response (:mod:`market.population.item_response`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from market.foundation.arrays import BoolArray, FloatArray, IntArray, read_only, read_only_counts
from market.foundation.errors import DataError
from market.foundation.names import unprintable

WEIGHT_TOLERANCE = 1e-6
_BEYOND = 1e200  # attempts, or US dollars; numbers end at 1e308
_COSTS = "list_cost", "failed_cost", "solved_cost"


@dataclass(frozen=True)
class Population:
    """n problems (or problem classes) and M models.

    Parameters
    ----------
    models
        The M model names.
    weight
        [n] share of each problem in demand; sums to 1 within 1e-6, then exactly normalised.
    solve_prob
        [n, M] chance that one attempt of the model solves the problem.
    list_cost
        [n, M] US dollars that one attempt costs at list price.
    successes, attempts
        [n, M] recorded counts, where the population comes from records; both or neither.
    domain
        n names of the problems' domains, or empty.
    left_out
        Per model, the number of its recorded problems that not all models share.
    lacking
        Per model, the number of problems that others have and it has not.
    most_attempts
        How many attempts at a problem a stage makes at most: 1 where repeats come out the same; no
        limit if None.
    unseen
        US dollars below which an amount comes of free attempts, and is shown as 0.
    ids
        n names of the problems, where they are known one by one; or empty.
    features
        [n, F] numbers that a router may see of each problem; None where nothing is recorded.
    source
        Where the numbers come from, in words.
    domains
        D names of domains, where problem classes stand for problems of several; or empty.
    domain_share
        [n, D] share of each class's weight that is of each domain; rows sum to 1 within 1e-6, then
        exactly normalised. Instead of `domain`, and with `domains`, or not at all.
    failed_cost, solved_cost
        [n, M] US dollars that a failed and a successful attempt cost at list price; both or
        neither, and then every attempt costs `list_cost`.
    traits
        [n, D] what problems are told apart by: the solve probabilities of all models of the source,
        whichever of them are here; `solve_prob` if None. Later selections keep it.
    types
        By number of types Z, [n] the type of each problem, 0 .. Z−1, where they are fixed.
    difficulty
        [n] how hard each problem is: the mean chance that an attempt fails, over the traits, if
        None.
    sample_size
        How many problems the n classes were made of; n if None.
    strata
        How many rows, one after another, are one problem (:mod:`market.population.strata`); 1 if
        None.

    Raises
    ------
    DataError
        Shapes that do not agree, a weight, probability or share outside its range, a cost that is
        not positive and finite, weights or shares that do not sum to 1.
    """

    models: tuple[str, ...]
    weight: FloatArray
    solve_prob: FloatArray
    list_cost: FloatArray
    successes: IntArray | None = None
    attempts: IntArray | None = None
    domain: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    source: str = ""
    domains: tuple[str, ...] = ()
    domain_share: FloatArray | None = None
    failed_cost: FloatArray | None = None
    solved_cost: FloatArray | None = None
    traits: FloatArray | None = None
    types: Mapping[int, IntArray] = field(default_factory=dict)
    difficulty: FloatArray | None = None
    sample_size: int | None = None
    strata: int | None = None
    lacking: Mapping[str, int] = field(default_factory=dict)
    unseen: float = 0.0
    most_attempts: int | None = None
    ids: tuple[str, ...] = ()
    features: FloatArray | None = None

    def __post_init__(self) -> None:
        """Copy the arrays, check them, and make them read-only."""
        models = tuple(self.models)
        n, shape = len(self.weight), (len(self.weight), len(models))
        if not models or n == 0:
            raise DataError("population: needs at least one model and one problem")
        if len(set(models)) < len(models):
            raise DataError(f"population: model names repeat: {', '.join(models)}")
        _require_printable(models, "models")
        _require_printable((*self.domain, *self.domains), "domains")
        for name in ("solve_prob", *_COSTS, "successes", "attempts"):
            value = getattr(self, name)
            if value is not None and np.shape(value) != shape:
                raise DataError(f"population.{name}: shape {np.shape(value)}, expected {shape}")
        if (self.successes is None) != (self.attempts is None):
            raise DataError("population: give both successes and attempts, or neither")
        if (self.failed_cost is None) != (self.solved_cost is None):
            raise DataError("population: give both failed_cost and solved_cost, or neither")
        if self.sample_size is not None and self.sample_size < 1:
            raise DataError(f"population.sample_size: {self.sample_size} is below 1")
        if self.most_attempts is not None and self.most_attempts < 1:
            raise DataError(f"population.most_attempts: {self.most_attempts} is below 1")
        if self.strata is not None and (self.strata < 1 or n % self.strata):
            raise DataError(f"population.strata: {self.strata} do not divide {n} rows evenly")
        for name in ("domain", "ids"):
            names = getattr(self, name)
            if names and len(names) != n:
                raise DataError(f"population.{name}: {len(names)} names for {n} problems")
        weight = np.asarray(self.weight, dtype=np.float64)
        _require(np.isfinite(weight) & (weight >= 0), weight, "weight", "at least 0")
        if abs(weight.sum() - 1) > WEIGHT_TOLERANCE:
            raise DataError(
                f"population.weight: the weights sum to {weight.sum():.6g}, not to 1; "
                "divide each by their sum"
            )
        prob = np.asarray(self.solve_prob, dtype=np.float64)
        _require((prob >= 0) & (prob <= 1), prob, "solve_prob", "from 0 to 1")
        put = object.__setattr__
        put(self, "models", models)
        put(self, "weight", read_only(weight / weight.sum()))
        put(self, "solve_prob", read_only(prob))
        for name in _COSTS:
            if getattr(self, name) is not None:
                cost = np.asarray(getattr(self, name), dtype=np.float64)
                _require(np.isfinite(cost) & (cost > 0), cost, name, "above 0 (US dollars)")
                put(self, name, read_only(cost))
        self._require_reach()
        self._tell_apart(prob)
        put(self, "domain", tuple(self.domain))
        put(self, "ids", tuple(self.ids))
        if self.features is not None:
            seen = np.asarray(self.features, dtype=np.float64)
            if seen.ndim != 2 or len(seen) != n or not np.isfinite(seen).all():
                raise DataError(
                    f"population.features: needs a row of finite numbers for each of {n}"
                )
            put(self, "features", read_only(seen))
        for name in ("left_out", "lacking"):
            put(self, name, MappingProxyType(dict(getattr(self, name))))
        if self.successes is not None and self.attempts is not None:
            successes, attempts = np.asarray(self.successes), np.asarray(self.attempts)
            _require(attempts >= 1, attempts, "attempts", "at least 1")
            _require(
                (successes >= 0) & (successes <= attempts),
                successes,
                "successes",
                "from 0 to the number of attempts",
            )
            put(self, "successes", read_only_counts(successes))
            put(self, "attempts", read_only_counts(attempts))
        put(self, "domains", tuple(self.domains))
        if self.domain_share is not None or self.domains:
            put(self, "domain_share", self._normalised_shares())

    def _require_reach(self) -> None:
        """Refuse a model that needs more attempts, or more money, than numbers hold."""
        rarest = np.where(self.solve_prob > 0, self.solve_prob, 1.0)
        with np.errstate(over="ignore"):
            money = self.list_cost.max(axis=0) / rarest.min(axis=0)
            attempts = money / self.list_cost.min(axis=0)
        for model, needed in zip(self.models, np.maximum(money, attempts), strict=True):
            if not needed < _BEYOND:
                raise DataError(
                    f"population: {model} has costs so far apart, or so small a chance above 0 to "
                    "solve a problem, that what its attempts cost cannot be worked out; "
                    "leave these problems out"
                )

    def _tell_apart(self, prob: FloatArray) -> None:
        """Fix what problems are told apart by, before models are selected."""
        put, n = object.__setattr__, len(self.weight)
        traits = prob if self.traits is None else np.asarray(self.traits, dtype=np.float64)
        hard = 1 - traits.mean(axis=1) if self.difficulty is None else np.asarray(self.difficulty)
        for name, values, shape in (("traits", traits, traits.shape[1:]), ("difficulty", hard, ())):
            if values.shape != (n, *shape) or not np.isfinite(values).all():
                raise DataError(f"population.{name}: needs one finite row for each of {n} problems")
            put(self, name, read_only(values))
        types = {}
        for count, label in self.types.items():
            label = np.asarray(label)
            if label.shape != (n,) or not np.isin(label, np.arange(count)).all():
                raise DataError(f"population.types[{count}]: needs {n} types from 0 to {count - 1}")
            types[int(count)] = read_only_counts(label)
        put(self, "types", MappingProxyType(types))

    def _normalised_shares(self) -> FloatArray:
        share = np.asarray(self.domain_share, dtype=np.float64)  # NaN, of no shape, for None
        expected = (self.size, len(self.domains))
        if share.shape != expected:
            raise DataError(
                f"population.domain_share: shape {share.shape}, expected {expected}, "
                "a column for each of population.domains"
            )
        if self.domain:
            raise DataError("population: give domain (a name each) or domain_share, not both")
        if len(set(self.domains)) < len(self.domains):
            raise DataError(f"population.domains: names repeat: {', '.join(self.domains)}")
        _require(share >= 0, share, "domain_share", "at least 0")
        total = share.sum(axis=1)
        off = np.flatnonzero(np.abs(total - 1) > WEIGHT_TOLERANCE)
        if len(off):
            raise DataError(
                f"population.domain_share[{off[0]}]: the shares sum to {total[off[0]]:.6g}, "
                "not to 1; divide each by their sum"
            )
        # sums that are 1 but for rounding stay, so that copies and pickles are the same to the bit
        divisor = np.where(np.abs(total - 1) < 1e-14, 1.0, total)
        return read_only(share / divisor[:, None])

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the constructor's arguments (a mapping proxy cannot be pickled)."""
        arguments = {f.name: getattr(self, f.name) for f in fields(self)}
        plain = {name: dict(getattr(self, name)) for name in ("left_out", "lacking", "types")}
        return type(self), tuple((arguments | plain).values())

    @property
    def size(self) -> int:
        """Number of rows, n: problems, classes or strata."""
        return len(self.weight)

    @property
    def problems(self) -> int:
        """Number of problems that were looked at, which classes may stand for."""
        return self.clusters if self.sample_size is None else self.sample_size

    @property
    def clusters(self) -> int:
        """Number of problems or classes that the rows stand for: as many, or strata of fewer."""
        return self.size // (self.strata or 1)

    @property
    def cost_of_failure(self) -> FloatArray:
        """[n, M] US dollars that a failed attempt costs at list price."""
        return self.list_cost if self.failed_cost is None else self.failed_cost

    @property
    def cost_of_success(self) -> FloatArray:
        """[n, M] US dollars that a successful attempt costs at list price."""
        return self.list_cost if self.solved_cost is None else self.solved_cost

    def index(self, model: str) -> int:
        """Column of a model; DataError with the known names if there is none."""
        if model not in self.models:
            raise DataError(f"no model {model!r} here; there are: {', '.join(self.models)}")
        return self.models.index(model)

    def select(self, models: Sequence[str]) -> "Population":
        """Keep the named models only, in the given order."""
        columns = [self.index(model) for model in models]
        by_model = ("solve_prob", *_COSTS, "successes", "attempts")
        given = {name: getattr(self, name) for name in by_model}
        chosen = {k: array[:, columns] for k, array in given.items() if array is not None}
        return replace(
            self,
            models=tuple(models),
            **chosen,
            left_out={m: k for m, k in self.left_out.items() if m in models},
            lacking={m: k for m, k in self.lacking.items() if m in models},
        )


def _require_printable(names: Sequence[str], what: str) -> None:
    for name in names:
        if found := unprintable(name):
            raise DataError(
                f"population.{what}: {name!r} has the character {found}, which cannot be seen; "
                "leave the character out"
            )


def _require(valid: BoolArray, values: npt.NDArray[np.generic], name: str, range_: str) -> None:
    if not valid.all():
        where = tuple(int(i) for i in np.argwhere(~valid)[0])
        place = "".join(f"[{i}]" for i in where)
        raise DataError(f"population.{name}{place}: {values[where]} is not {range_}")
