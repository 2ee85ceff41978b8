"""One run of many: from a task to what is kept of it, in whatever process it happens."""

import traceback
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from threadpoolctl import threadpool_limits

from market.foundation.code_version import code_digest
from market.foundation.errors import MarketError, MarketWarning
from market.measures.formulas import last_quarter_ticks
from market.results.agent_measures import agent_measures
from market.results.run_result import EARNED, RunResult
from market.scenario.schema import Scenario
from market.simulation.cost_cache import forget_searches
from market.simulation.model import run

CAPABILITY = "marginal_revenue_capability"


@dataclass(frozen=True)
class Series:
    """A measure tick by tick.

    Attributes
    ----------
    table
        The run's table that it is a column of.
    measure
        The column.
    name
        Of the provider or model, whose rows are added up in a tick; of none in `market`.
    """

    table: Literal["market", "providers", "models"]
    measure: str
    name: str = ""


@dataclass(frozen=True)
class Task:
    """A run to be made.

    Attributes
    ----------
    run_id
        Its name.
    scenario
        As resolved.
    code
        The code that asks for it; another one refuses.
    tables
        Whether its tables are wanted, or its outcome alone.
    members
        Whether the outcome of each agent and segment is wanted.
    models
        With members: whether queries, elasticities and models are wanted, too.
    base
        Scenario of the base market, which prices are compared with; the run's own if None.
    series
        What is wanted tick by tick.
    asks
        A measurement of :mod:`market.studies.measurements` that is made instead of a run; its
        outcome has measures alone. A run if None.
    """

    run_id: str
    scenario: Scenario
    code: str
    tables: bool = False
    members: bool = False
    models: bool = False
    base: Scenario | None = None
    series: tuple[Series, ...] = ()
    asks: str | None = None


@dataclass(frozen=True)
class Member:
    """An agent, a segment or a model of a market: what one measure of it was.

    A last-quarter mean; of net profit, the sum since the start; of a model, what a better one would
    earn as last measured.
    """

    name: str
    role: str
    measure: str
    value: float


@dataclass(frozen=True)
class RunOutcome:
    """What is kept of a run.

    Attributes
    ----------
    run_id
        Its name.
    measures
        Last-quarter mean by measure; none if it failed.
    members
        Of agents and segments, if wanted.
    files
        Content of the files of its result's folder, if wanted.
    error
        Why it failed; None if it did not.
    warnings
        What a user is to be warned of.
    series
        Values by tick of each series that was wanted, in that order.
    """

    run_id: str
    measures: Mapping[str, float]
    members: tuple[Member, ...] = ()
    files: Mapping[str, bytes] | None = None
    error: str | None = None
    warnings: tuple[str, ...] = ()
    series: tuple[tuple[float, ...], ...] = ()


def run_task(task: Task) -> RunOutcome:
    """Make a run; what goes wrong in it becomes its error.

    Raises
    ------
    MarketError
        This process has other code than the one that asks.
    """
    if code_digest() != task.code:
        raise MarketError(
            f"a worker has the code {code_digest()}, the sweep {task.code}; "
            "give all the same version, and do not edit it during a sweep"
        )
    try:
        # one thread each: workers are many, and how sums are split must not depend on the machine
        with threadpool_limits(1), warnings.catch_warnings():
            warnings.simplefilter("ignore", MarketWarning)  # passed on to who asks for the run
            if task.asks is not None:
                from market.studies.measurements import MEASUREMENTS  # which few tasks need

                return RunOutcome(task.run_id, MEASUREMENTS[task.asks](task.scenario))
            result = run(task.scenario, base=task.base)
        if getattr(task.scenario.population, "resample", False):
            forget_searches()  # else each of many runs would leave some hundred MB behind
        return RunOutcome(
            task.run_id,
            result.summary,
            tuple(_members(result, task.models)) if task.members else (),
            _files(result) if task.tables else None,
            warnings=result.warnings,
            series=tuple(_by_tick(result, wanted) for wanted in task.series),
        )
    except Exception as error:  # a run that fails must not stop the others
        return RunOutcome(task.run_id, {}, error=_explain(error))


def _members(result: RunResult, models: bool) -> Iterator[Member]:
    for name, agent in result.agents.items():
        for measure in EARNED:
            yield Member(name, agent["role"], measure, agent[measure])
    if models:
        yield from (Member(*found) for found in agent_measures(result))
    slopes = result.models.dropna(subset=CAPABILITY)
    slopes = slopes[slopes["tick"] == slopes["tick"].max()]
    for model, value in (
        slopes.groupby("model", sort=False, observed=True)[CAPABILITY].sum().items()
    ):
        yield Member(str(model), "model", CAPABILITY, float(value))
    quarter = result.consumers["tick"] >= last_quarter_ticks(result.scenario.ticks).start
    means = (
        result.consumers[quarter]
        .drop(columns="tick")
        .groupby("segment", sort=False)
        .mean(numeric_only=True)
    )
    for segment, row in means.iterrows():
        for column, value in row.items():
            yield Member(str(segment), "segment", str(column), float(value))


def _by_tick(result: RunResult, wanted: Series) -> tuple[float, ...]:
    """[T] values; NaN in ticks in which it was not measured."""
    table = result.tables[wanted.table]
    if wanted.table != "market":
        table = table[table[wanted.table.removesuffix("s")] == wanted.name]
    by_tick = table.groupby("tick")[wanted.measure].sum(min_count=1)
    return tuple(by_tick.reindex(range(result.scenario.ticks)).astype(float).tolist())


def _files(result: RunResult) -> dict[str, bytes]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        result.write(folder)
        return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def _explain(error: Exception) -> str:
    where = traceback.extract_tb(error.__traceback__)[-1]
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, MarketError):
        return text
    return f"{text} ({Path(where.filename).name}, line {where.lineno})"
