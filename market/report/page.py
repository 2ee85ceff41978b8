"""The page: one HTML file with everything in it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from plotly.offline import get_plotlyjs

from market.charts import dark_colours, mode_bar
from market.charts.template import TITLE_LINE
from market.foundation.atomic_files import require_writable, write_whole
from market.foundation.errors import DataError
from market.foundation.formats import REPORT_MARK
from market.foundation.ownership import has_mark
from market.report.agent_table import agent_table
from market.report.answer_tables import answer_tables
from market.report.comparison_sides import sides
from market.report.glossary import Term, glossary
from market.report.headlines import headlines, table
from market.report.section import Section
from market.report.sections import sections
from market.report.subject import Subject
from market.report.titles import question
from market.report.verdicts import verdict_of

TITLES = {
    "run": "A market run",
    "study": "A study of markets",
    "comparison": "Two markets compared",
    "frontier": "The arbitrage frontier",
    "fit": "A fit of parameters",
    "release": "A release",
    "regret": "Routers that learn",
    "equilibrium": "Prices at rest",
    "learning": "Prices that are learned",
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
    fold, group
        Where it stands, as of :class:`market.report.section.Section`.
    """

    question: str
    note: str
    height: int
    content: str
    fold: str
    group: str


def render(subject: Subject) -> str:
    """Make the page.

    Parameters
    ----------
    subject
        As :func:`market.report.read_subject` gives it.
    """
    parts = files("market.report") / "templates"
    figures = [_figure(section) for section in sections(subject)]
    agents, measures, passages = agent_table(subject), table(subject), answer_tables(subject)
    every = [agents, measures, *(passage.table for passage in passages)]
    terms = glossary(subject, [found for found in every if found is not None])
    groups, folds = _by(figures, "group"), _by(figures, "fold")
    asked = [figure for figure in figures if not (figure.fold or figure.group)]
    return _template().render(
        generator=REPORT_MARK,
        heading=_heading(subject),
        question=question(subject),
        subject=subject,
        verdict=verdict_of(subject),
        headlines=headlines(subject),
        agents=agents,
        measures=measures,
        passages=passages,
        main=asked,
        groups=groups,
        folds=folds,
        places={figure: f"chart-{i}" for i, figure in enumerate(figures, 1)},
        contents=_contents(asked, groups, folds, subject, bool(agents), bool(measures)),
        glossary=terms,
        terms=sorted({term.words: term for term in terms.values()}.values(), key=_by_name),
        dark=_script(dark_colours("".join(figure.content for figure in figures))),
        provenance=_provenance(subject.made or subject.manifest),
        style=(parts / "page.css").read_text(encoding="utf-8"),
        script=(parts / "page.js").read_text(encoding="utf-8"),
        plotly=get_plotlyjs(),
    )


@cache
def _template() -> Template:
    """The page's template, compiled once for all pages of this process."""
    return Environment(
        loader=PackageLoader("market.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("page.html.j2")


def _heading(subject: Subject) -> str:
    several = subject.kind == "comparison" and len(sides(subject)) > 1
    return "Markets compared" if several else TITLES[subject.kind]


def _by_name(term: Term) -> str:
    return term.words.lower()


def _contents(
    asked: Sequence[ReportFigure],
    groups: Mapping[str, object],
    folds: Mapping[str, object],
    subject: Subject,
    agents: bool,
    measures: bool,
) -> list[tuple[str, str]]:
    """Places of the page and what stands there, in their order."""
    found = [("answers", "In three figures" if len(asked) == 3 else "In figures")] if asked else []
    found += [(f"group-{i}", words) for i, words in enumerate(groups, 1)]
    found += [("agents", "Agent by agent")] if agents else []
    found += [("tables", "Tables")] if subject.asked else []
    found += [("measures", "All measures")] if measures else []
    found += [(f"fold-{i}", words) for i, words in enumerate(folds, 1)]
    found += [("glossary", "Terms"), ("method", "Method")]
    found += [("again", "How to make this again")] if "command" in subject.made else []
    return [*found, ("versions", "Versions and seed")]


def _by(figures: Sequence[ReportFigure], part: str) -> dict[str, list[ReportFigure]]:
    """Figures by the fold or group that they stand in, in their order."""
    found: dict[str, list[ReportFigure]] = {}
    for figure in figures:
        if heading := getattr(figure, part):
            found.setdefault(heading, []).append(figure)
    return found


def write_report(subject: Subject, file: str | Path, option: str = "--out") -> Path:
    """Write the page whole, or not at all; an earlier report is replaced.

    Parameters
    ----------
    subject, file
        What it is about, and where it goes.
    option
        What names the file.

    Raises
    ------
    DataError
        The file holds something other than a report.
    ScenarioError
        It cannot be written.
    """
    target = Path(file)
    require_report(target, option)
    # a text of the command line may hold what no encoding has
    page = render(subject).encode(errors="backslashreplace").decode()
    write_whole(target, page, option)
    return target


def require_report(file: Path, option: str = "--out") -> None:
    """Refuse, before any work, a file that is not an earlier report or could not be written.

    Raises
    ------
    DataError
        The file holds something other than a report.
    ScenarioError
        It cannot be written.
    """
    if (file.exists() or file.is_symlink()) and not has_mark(file, REPORT_MARK):
        raise DataError(f"{file}: is not a report and is not replaced; name another {option}")
    require_writable(file, option, "file")


def _figure(section: Section) -> ReportFigure:
    lines = section.chart.layout.title.text.split("<br>")
    content = json.loads(section.chart.to_json())
    saved = TITLE_LINE * len(lines)
    content["config"] = mode_bar(section.chart.layout.title.text)
    layout = content["layout"]
    del layout["title"]
    layout["height"] -= saved
    layout["margin"]["t"] -= saved
    return ReportFigure(
        " ".join(lines),
        section.note,
        layout["height"],
        _script(content),
        section.fold,
        section.group,
    )


def _script(content: object) -> str:
    """JSON that is safe inside a script element."""
    return json.dumps(content, separators=(",", ":")).replace("<", "\\u003c")


def _plain(value: object) -> str:
    if isinstance(value, list) and len(value) > 3:
        return f"{value[0]} to {value[-1]} ({len(value)})"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _provenance(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a reader needs to make the result again: what is a word or a number in the manifest."""
    plain = [
        (name.replace("_", " "), _plain(value))
        for name, value in manifest.items()
        if (isinstance(value, str | int | float) and name != "command")
        or (name == "seeds" and isinstance(value, list))
    ]
    versions = manifest.get("versions", {})
    return plain + [(f"version of {name}", str(value)) for name, value in versions.items()]
