"""A study: every run of a sweep, and its statistics."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from market.foundation.code_version import code_digest
from market.foundation.errors import ScenarioError
from market.foundation.shown import Tabled
from market.results.run_result import RunResult
from market.scenario.schema import Scenario
from market.simulation.model import run as simulate
from market.studies.design import Design
from market.studies.frames import (
    DONE,
    FAILED,
    WAITING,
    differences_frame,
    elasticities_frame,
    outcomes_frame,
    runs_frame,
    sensitivity_frame,
    summary_frame,
)
from market.studies.run_task import RunOutcome
from market.studies.study_csv import write_csv
from market.studies.study_folder import StudyFolder

TABLES = "tables"


@dataclass(frozen=True, repr=False)
class Study(Tabled):
    """Runs of a scenario at many design points, with replicates, and their results.

    Attributes
    ----------
    design
        Points, seeds and baseline.
    outcomes
        A row per run that is done: `run_id`, `point`, `replicate`, `seed`, every parameter by its
        dotted path, every measure as its last-quarter mean.
    header
        What `study.json` holds.
    folder
        Where it is on disk; None if it is not.
    """

    design: Design
    outcomes: pd.DataFrame
    header: Mapping[str, Any] = field(repr=False)
    folder: Path | None
    _runs: pd.DataFrame = field(repr=False)

    @classmethod
    def read(cls, folder: str | Path) -> "Study":
        """Read a study's folder, also one that is not complete or is being written.

        Raises
        ------
        ScenarioError
            There is no study, or it was changed or is of a newer version.
        """
        place = StudyFolder(folder)
        header = place.header()
        design = place.design(header)
        if not place.complete:
            return cls.of(design, header, place.outcomes(), place.path)
        runs = place.table("runs")
        named = [run_id for row in header["runs"] for run_id in row]
        if "run_id" not in runs or runs["run_id"].tolist() != named:
            raise ScenarioError(
                f"{place.path}: runs.parquet does not hold the runs of study.json; one of them was "
                "changed: sweep the scenario again"
            )
        return cls(design, place.table("outcomes"), header, place.path, runs)

    @classmethod
    def of(
        cls,
        design: Design,
        header: Mapping[str, Any],
        outcomes: Iterable[RunOutcome],
        folder: Path | None = None,
    ) -> "Study":
        """Make a study of the runs that have ended.

        Parameters
        ----------
        design, header, folder
            Of the study.
        outcomes
            Of the runs, in any order.
        """
        errors: dict[str, str | None] = {}
        measures: dict[str, Mapping[str, float]] = {}
        for run in outcomes:
            errors[run.run_id], measures[run.run_id] = run.error, run.measures
        runs = runs_frame(design, header["runs"], errors)
        # in the order of the design, not in that of the runs' ends
        ordered = {run_id: measures[run_id] for run_id in runs["run_id"] if run_id in measures}
        return cls(design, outcomes_frame(design, runs, ordered), header, folder, runs)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A row per point and replicate: run id, parameters, seed, status, error and folder.

        Status is `done`, `failed` (then there is an error) or `waiting`; the folder is that of the
        run's tables, where they are kept.
        """
        kept = self.folder is not None and self.header["keep"] == TABLES
        place = StudyFolder(self.folder or "")
        folders = [
            str(place.run_folder(run_id)) if kept and status == DONE else None
            for run_id, status in zip(self._runs["run_id"], self._runs["status"], strict=True)
        ]
        return self._runs.assign(folder=pd.array(folders, dtype="str"))

    @property
    def counts(self) -> dict[str, int]:
        """How many different runs are done, failed and waiting; points may share one."""
        status = self._runs.drop_duplicates("run_id")["status"]
        return {name: int((status == name).sum()) for name in (DONE, FAILED, WAITING)}

    def summary(self) -> pd.DataFrame:
        """Mean of each measure at each design point, with standard error and 95% interval.

        Student t over the replicates; NaN where there are fewer than two. `replicates` is the
        number used: a measure that is missing in a run does not count.
        """
        return summary_frame(self.design, self.outcomes)

    def differences(self) -> pd.DataFrame:
        """Each point against the baseline, paired by seed, with 95% intervals.

        `relative` is the difference over the size of the baseline's mean.
        """
        return differences_frame(self.design, self.outcomes)

    def elasticities(self) -> pd.DataFrame:
        """Arc elasticity of each measure in each numeric parameter, from the baseline."""
        return elasticities_frame(self.design, self.outcomes)

    def sensitivity(self) -> pd.DataFrame:
        """Morris or Sobol indices of each measure; no rows where the design gives none."""
        return sensitivity_frame(self.design, self.outcomes)

    def tables(self) -> dict[str, pd.DataFrame]:
        """All frames by name, as they are in the study's folder."""
        return {
            "outcomes": self.outcomes,
            "runs": self._runs,
            "summary": self.summary(),
            "differences": self.differences(),
            "elasticities": self.elasticities(),
            "sensitivity": self.sensitivity(),
        }

    def manifest(self) -> dict[str, Any]:
        """What `manifest.json` of a complete study says of it."""
        return {
            "study": self.design.scenario.name,
            "design": self.design.sweep.design,
            "points": len(self.design.points),
            "replicates": len(self.design.seeds),
            "runs": self.counts,
            "code": self.header["code"],
            "versions": self.header["versions"],
        } | ({"assumed": list(assumed)} if (assumed := self.design.scenario.assumed) else {})

    def to_csv(self, folder: str | Path) -> Path:
        """Write all frames as CSV files into a folder, which is made if it is not there.

        Raises
        ------
        ScenarioError
            A file there has the name of a frame but is not one, or the folder cannot be written.
        """
        return write_csv(self.tables(), folder)

    def scenario(self, run_id: str) -> Scenario:
        """The scenario of a run, as it ran.

        Raises
        ------
        ScenarioError
            The study has no such run.
        """
        row = self._row(run_id)
        return self.design.at(int(row["point"]), int(row["seed"]))

    def run(self, run_id: str) -> RunResult:
        """The result of a run: read if its tables were kept, else computed again.

        Raises
        ------
        ScenarioError
            The study has no such run, it failed or has not ended, or other code would have to
            compute it again.
        """
        row = self._row(run_id)
        if row["status"] != DONE:
            reason = "has not run yet" if row["status"] == WAITING else f"failed: {row['error']}"
            raise ScenarioError(f"{run_id}: {reason}; study.runs shows which are done")
        if self.folder is not None and self.header["keep"] == TABLES:
            return RunResult.read(StudyFolder(self.folder).run_folder(run_id))
        if self.header["code"] != code_digest():
            raise ScenarioError(
                f"{run_id}: its tables were not kept, and this is not the code that made it "
                f"({self.header['code']}); run study.scenario({run_id!r}) to compare"
            )
        base = self.design.base(int(row["point"]), int(row["seed"]))
        return simulate(self.scenario(run_id), base=base)

    def _row(self, run_id: str) -> Mapping[str, Any]:
        found = self._runs[self._runs["run_id"] == run_id]
        if found.empty:
            raise ScenarioError(f"{run_id}: the study has no such run; study.runs lists them")
        return {str(key): value for key, value in found.iloc[0].items()}
