"""The pages that a command writes beside its answer, and how they are refused before its work."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from market.cli.arguments import typed
from market.cli.give_answer import AnswerFile
from market.foundation.errors import DataError
from market.foundation.names import escaped

if TYPE_CHECKING:
    from market.charts.of_answers import AnswerKind
    from market.findings.verdict import Verdict
    from market.scenario.schema import Scenario

ChartFile = Annotated[
    Path | None, typer.Option("--chart", metavar="FILE.html", help="Also write a chart.")
]
ReportFile = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="FILE.html",
        help="Also write a page with verdict, charts, tables and how to make it again.",
    ),
]


@dataclass(frozen=True)
class Pages:
    """Where the chart and the report of an answer go; None where one is not wanted."""

    chart: Path | None
    report: Path | None = None

    def require(self) -> "Pages":
        """Refuse, before any work, what is no page, or could not be written.

        Raises
        ------
        MarketError
            With the reason.
        """
        for option, file in (("--chart", self.chart), ("--report", self.report)):
            if file is not None and file.suffix.lower() not in (".html", ".htm"):
                raise DataError(f"{option} {file}: name a file that ends in .html")
        if self.chart is not None:
            from market.charts import require_chart

            require_chart(self.chart)
        if self.report is not None:
            from market.report.page import require_report

            require_report(self.report, "--report")
            if self.chart is not None and self.chart.resolve() == self.report.resolve():
                raise DataError(
                    f"--report {self.report}: is the file of --chart, too; name another file"
                )
        return self

    def files(
        self,
        kind: "AnswerKind",
        answer: Mapping[str, Any],
        said: "Verdict",
        scenario: "Scenario",
        title: str = "",
    ) -> list[AnswerFile]:
        """The files, which are made when they are written.

        Parameters
        ----------
        kind, answer
            As for :func:`market.charts.answer_chart`.
        said
            The verdict.
        scenario
            What was asked of, as changed by the command.
        title
            Of the chart; the usual one if empty.
        """

        def draw(file: Path) -> None:
            from market.charts import answer_chart, write_chart

            write_chart(answer_chart(kind, answer, title), file)

        def report(file: Path) -> None:
            from market.foundation.code_version import code_digest
            from market.report import answer_subject, write_report
            from market.results.run_result import versions
            from market.scenario.files import to_toml

            made = {
                "command": escaped(shlex.join(typed())),
                "scenario": scenario.name,
                "seed": scenario.seed,
                "code": code_digest(),
                "versions": versions(),
            }
            texts = {"scenario.toml": to_toml(scenario)}
            subject = answer_subject(kind, scenario.name, answer, said, made, texts)
            write_report(subject, file, "--report")

        return [AnswerFile("Chart", self.chart, draw), AnswerFile("Report", self.report, report)]
