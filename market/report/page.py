"""The page: one HTML file with everything in it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from plotly.offline import get_plotlyjs

from market.charts import mode_bar
from market.charts.template import TITLE_LINE
from market.foundation.atomic_files import write_whole
from market.foundation.errors import DataError
from market.foundation.formats import REPORT_MARK
from market.foundation.ownership import has_mark
from market.report.headlines import headlines, table
from market.report.sections import Section, sections
from market.report.subject import Subject
from market.report.verdicts import verdict_of

TITLES = {
    "run": "A market run",
    "study": "A study of markets",
    "comparison": "Two markets compared",
    "frontier": "The arbitrage frontier",
}


@dataclass(frozen=True)
class ReportFigure:
    """A chart as the page holds it.

    Attributes
    ----------
    question, note
        Heading and text, in HTML rather than in the chart, so that they wrap.
    height
        Pixels.
    content
        Data, layout and configuration, as JSON that is safe inside a script element.
    """

    question: str
    note: str
    height: int
    content: str


def render(subject: Subject) -> str:
    """Make the page.

    Parameters
    ----------
    subject
        As :func:`market.report.read_subject` gives it.
    """
    environment = Environment(
        loader=PackageLoader("market.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    parts = files("market.report") / "templates"
    return environment.get_template("page.html.j2").render(
        generator=REPORT_MARK,
        heading=TITLES[subject.kind],
        subject=subject,
        verdict=verdict_of(subject),
        headlines=headlines(subject),
        table=table(subject),
        figures=[_figure(section) for section in sections(subject)],
        provenance=_provenance(subject.manifest),
        style=(parts / "page.css").read_text(encoding="utf-8"),
        script=(parts / "page.js").read_text(encoding="utf-8"),
        plotly=get_plotlyjs(),
    )


def write_report(subject: Subject, file: str | Path) -> Path:
    """Write the page whole, or not at all; an earlier report is replaced.

    Raises
    ------
    DataError
        The file holds something other than a report.
    ScenarioError
        It cannot be written.
    """
    target = Path(file)
    if (target.exists() or target.is_symlink()) and not has_mark(target, REPORT_MARK):
        raise DataError(f"{file}: is not a report and is not replaced; name another --out")
    write_whole(target, render(subject))
    return target


def _figure(section: Section) -> ReportFigure:
    lines = section.chart.layout.title.text.split("<br>")
    content = json.loads(section.chart.to_json())
    saved = TITLE_LINE * len(lines)
    content["config"] = mode_bar(section.chart.layout.title.text)
    layout = content["layout"]
    del layout["title"]
    layout["height"] -= saved
    layout["margin"]["t"] -= saved
    text = json.dumps(content, separators=(",", ":")).replace("<", "\\u003c")
    return ReportFigure(" ".join(lines), section.note, layout["height"], text)


def _plain(value: object) -> str:
    if isinstance(value, list) and len(value) > 3:
        return f"{value[0]} to {value[-1]} ({len(value)})"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _provenance(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a reader needs to make the result again: what is a word or a number in the manifest."""
    plain = [
        (name.replace("_", " "), _plain(value))
        for name, value in manifest.items()
        if isinstance(value, str | int | float) or (name == "seeds" and isinstance(value, list))
    ]
    versions = manifest.get("versions", {})
    return plain + [(f"version of {name}", str(value)) for name, value in versions.items()]
