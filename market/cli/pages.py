"""The pages that a command writes beside its answer, and how they are refused before its work."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from market.cli.give_answer import AnswerFile
from market.foundation.errors import DataError

if TYPE_CHECKING:
    from market.charts.of_answers import AnswerKind

ChartFile = Annotated[
    Path | None, typer.Option("--chart", metavar="FILE.html", help="Also write a chart.")
]


def require_chart_file(chart: Path | None) -> None:
    """Refuse, before any work, a `--chart` that is no page, or could not be written.

    Raises
    ------
    MarketError
        With the reason.
    """
    if chart is None:
        return
    if chart.suffix.lower() not in (".html", ".htm"):
        raise DataError(f"--chart {chart}: name a file that ends in .html")
    from market.charts import require_chart

    require_chart(chart)


def chart_file(
    chart: Path | None, kind: "AnswerKind", answer: Mapping[str, Any], question: str = ""
) -> AnswerFile:
    """The file of `--chart`, which is drawn when it is written.

    Parameters
    ----------
    chart
        Where it goes; None where it is not wanted.
    kind, answer, question
        As for :func:`market.charts.answer_chart`.
    """

    def write(file: Path) -> None:
        from market.charts import answer_chart, write_chart

        write_chart(answer_chart(kind, answer, question), file)

    return AnswerFile("Chart", chart, write)
