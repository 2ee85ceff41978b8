"""Frontiers and searches as plain arrays, so that the next process need not search again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from market.foundation.answer_cache import keep, recall
from market.foundation.arrays import FloatArray, IntArray
from market.frontier.cascade import Cascade, Mixture, Stage
from market.frontier.grid_cascade import GridCascade, Placement

Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Found:
    """What a search found at one price list.

    Attributes
    ----------
    seen
        All that was looked at, at coarse budgets.
    wide
        How many of these, the first, were looked at before the search near each solve rate.
    best
        The policies that are best near each solve rate, each of their models varied over its whole
        grid; and every model alone. As other stages and the model that is placed among them.
    lattice
        Solve rates that were searched near, rising.
    max_solve_rate
        Highest solve rate of any cascade.
    highest
        The cascade that has it, where a verifier errs or costs; else None.
    """

    seen: tuple[Placement, ...]
    wide: int
    best: tuple[tuple[GridCascade, int], ...]
    lattice: FloatArray
    max_solve_rate: float
    highest: GridCascade | None


def recall_policies(
    key: bytes, models: Sequence[str]
) -> tuple[FloatArray, tuple[Mixture | None, ...], float] | None:
    """Spend by solve rate, its policies, and the highest solve rate, as they were kept."""
    found = recall(key)
    if found is None:
        return None
    points = int(found["told"][0])  # in one array, since each takes a while to open
    highest, told = float(found["told"][1]), found["told"][2:]
    spend, share, length, stages = np.split(told, [points, 2 * points, 4 * points])
    model, budget = stages.reshape(2, -1)
    every = [
        Stage(models[int(m)], each) for m, each in zip(model.tolist(), budget.tolist(), strict=True)
    ]
    following = iter(every)
    policies = [
        None if low < 0 else Mixture(_next(following, int(low)), _next(following, int(high)), part)
        for (low, high), part in zip(length.reshape(-1, 2).tolist(), share.tolist(), strict=True)
    ]
    return spend, tuple(policies), highest


def keep_policies(
    key: bytes,
    models: Sequence[str],
    spend: FloatArray,
    policies: Sequence[Mixture | None],
    highest: float,
) -> None:
    """Keep what a frontier found."""
    both = [() if p is None else (p.low, p.high) for p in policies]
    stages = [stage for two in both for cascade in two for stage in cascade.stages]
    length = [[len(c.stages) for c in two] if two else [-1, -1] for two in both]
    index = {model: m for m, model in enumerate(models)}
    told = [
        [len(both), highest],
        spend,
        [1.0 if p is None else p.share for p in policies],
        np.ravel(length),
        [index[stage.model] for stage in stages],
        [stage.budget for stage in stages],
    ]
    keep(key, {"told": np.concatenate([np.array(part, dtype=np.float64) for part in told])})


def _next(stages: Iterator[Stage], count: int) -> Cascade:
    return Cascade(tuple(islice(stages, count)))


def recall_search(key: bytes, level: IntArray) -> Found | None:
    """What a search at list prices found; its placements at the coarse budgets `level` [M, X]."""
    kept = recall(key)
    if kept is None:
        return None
    best = cascades_recalled(kept["best"], kept["best_stages"].tolist())
    highest = cascades_recalled(kept["highest_stages"], [len(kept["highest_stages"])])[0]
    return Found(
        seen=tuple(placements_recalled(kept, level)),
        wide=int(kept["wide"]),
        best=tuple(zip(best, kept["best_model"].tolist(), strict=True)),
        lattice=kept["lattice"],
        max_solve_rate=float(kept["max_solve_rate"]),
        highest=highest if kept["checked"] else None,
    )


def keep_search(key: bytes, found: Found) -> None:
    """Keep what a search at list prices found."""
    arrays = placements_kept(found.seen)
    arrays |= {
        "wide": np.array(found.wide),
        "best": cascades_kept([rest for rest, _ in found.best]),
        "best_stages": np.array([len(rest) for rest, _ in found.best], dtype=np.int64),
        "best_model": np.array([model for _, model in found.best], dtype=np.int64),
        "lattice": found.lattice,
        "max_solve_rate": np.array(found.max_solve_rate),
        "checked": np.array(found.highest is not None),
        "highest_stages": cascades_kept([found.highest or ()]),
    }
    keep(key, arrays)


def placements_kept(placements: Sequence[Placement]) -> Arrays:
    """What was looked at, as arrays; all of one cascade space, and so of as many budgets."""
    kept: Arrays = {
        "model": np.array([p.model for p in placements], dtype=np.int64),
        "stages": np.array([len(p.rest) for p in placements], dtype=np.int64),
        "rest": cascades_kept([p.rest for p in placements]),
    }
    if placements:
        rows = ["due", "saved", "own"] + (["beside"] if placements[0].beside is not None else [])
        kept |= {name: np.concatenate([getattr(p, name) for p in placements]) for name in rows}
        kept["solve_rate"] = np.concatenate([np.atleast_2d(p.solve_rate) for p in placements])
    return kept


def placements_recalled(found: Arrays, level: IntArray) -> list[Placement]:
    """The same placements again, over the budgets `level` [M, X] of their space."""
    stages, models = found["stages"].tolist(), found["model"].tolist()
    rest = iter(cascades_recalled(found["rest"], stages))
    checked = "beside" in found
    placements: list[Placement] = []
    first = 0  # stages of all before
    for n, (model, count) in enumerate(zip(models, stages, strict=True)):
        of_rest = slice(first, first + count)
        of_places = slice(first + n, first + n + count + 1)
        placements.append(
            Placement(
                rest=next(rest),
                model=model,
                solve_rate=found["solve_rate"][of_places if checked else n],
                due=found["due"][of_rest],
                saved=found["saved"][of_rest],
                own=found["own"][of_places],
                level=level[model],
                beside=found["beside"][of_places] if checked else None,
            )
        )
        first += count
    return placements


def cascades_kept(cascades: Sequence[GridCascade]) -> IntArray:
    """[stages of all, 2] models and budgets, one cascade after another."""
    stages = [stage for cascade in cascades for stage in cascade]
    return np.array(stages, dtype=np.int64).reshape(len(stages), 2)


def cascades_recalled(stages: npt.NDArray[Any], lengths: Sequence[int]) -> list[GridCascade]:
    """The cascades again, from so many stages each."""
    every = [(int(model), int(budget)) for model, budget in stages.tolist()]
    ends = np.cumsum([0, *lengths]).tolist()
    return [tuple(every[a:b]) for a, b in pairwise(ends)]
