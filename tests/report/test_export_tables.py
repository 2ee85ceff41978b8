"""Exported tables: numbers in full, the same as a paper has them, in three formats."""

import csv
import json
import math
import re

import pandas as pd
import pytest
from frames import comparison_frames, small_run, study_frames, write_folder

from market.foundation.errors import DataError
from market.foundation.json_values import finite
from market.frontier.appraisal import appraise
from market.report import Subject, read_subject
from market.report.export_table import ExportTable
from market.report.export_tables import export_tables, measured
from market.report.figure_files import named
from market.report.sections import sections
from market.report.table_files import latex, safe, to_latex, write_tables


@pytest.fixture(scope="module")
def subjects(tmp_path_factory, ladder) -> dict[str, Subject]:
    """A run beside its twin, a study over a grid, a sampled one, a comparison and a frontier."""
    folder = tmp_path_factory.mktemp("results")
    run, twin = (small_run(n).save(folder / f"run-{n}") for n in (2, 0))
    frames = dict(study_frames())
    indices = {"sensitivity": frames.pop("sensitivity"), "summary": frames["summary"]}
    found = appraise(ladder, quality=(0.3, 0.8, 6)).to_json()
    return {
        "run": read_subject(run, twin),
        "study": read_subject(write_folder(folder / "s", frames, {"study": "duopoly"})),
        "sampled": read_subject(write_folder(folder / "i", indices, {"study": "duopoly"})),
        "comparison": read_subject(
            write_folder(folder / "c", comparison_frames(), {"comparison": ["none", "two"]})
        ),
        "frontier": Subject("frontier", "ladder", {}, json.loads(json.dumps(finite(found)))),
    }


def table(subject: Subject, name: str, *measures: str) -> ExportTable:
    return next(found for found in export_tables(subject, measures) if found.name == name)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("run", ["measures", "buyers", "agents"]),
        ("study", ["summary", "differences"]),
        ("sampled", ["summary", "sensitivity"]),
        ("comparison", ["measures", "agents", "segments"]),
        ("frontier", ["frontier", "models"]),
    ],
)
def test_each_kind_of_result_has_its_tables(subjects, kind, names):
    found = export_tables(subjects[kind])
    assert [one.name for one in found if one.name != "buyers" or kind == "run"] == names
    assert all(len(row) == len(one.columns) for one in found for row in one.rows)


def test_what_is_played_is_not_among_the_charts_for_paper(subjects):
    every = sections(subjects["run"])
    still = [section for section in every if not section.chart.frames]
    assert len(named(every)) == len(still) < len(every)


def test_numbers_of_a_spreadsheet_are_those_of_the_run(subjects):
    summary = subjects["run"].manifest["summary"]
    frame = table(subjects["run"], "measures").frame.set_index("measure")
    assert frame.loc["consumer surplus", "this market"] == summary["consumer_surplus"]
    assert frame.loc["consumer surplus", "unit"] == "$ per tick"
    before = subjects["run"].against.manifest["summary"]["consumer_surplus"]
    assert frame.loc["consumer surplus", "difference"] == summary["consumer_surplus"] - before


def test_numbers_of_a_paper_have_units_and_the_digits_of_their_interval(subjects):
    found = table(subjects["comparison"], "agents")
    assert all(" $ per " in row[2] or row[2].endswith("$ per tick") for row in found.rows)
    assert any(re.search(r"\d ± \d", row[-1]) for row in found.rows)


def test_a_study_has_a_row_for_each_design_point_and_one_for_each_measure_of_it(subjects):
    summary = subjects["study"].tables["summary"]
    found = table(subjects["study"], "summary")
    assert len(found.frame) == len(summary)
    assert len(found.rows) == summary["arbitrageurs.router.count"].nunique()
    assert found.frame["mean"].tolist() == summary["mean"].tolist()


def test_measures_can_be_chosen(subjects):
    found = table(subjects["run"], "measures", "welfare", "solve_rate")
    assert found.frame["measure"].tolist() == ["welfare", "solved, of queries served"]
    assert "welfare" in measured(subjects["run"])
    with pytest.raises(DataError, match="has no measures"):
        export_tables(subjects["frontier"], ["welfare"])


def test_a_frontier_has_the_numbers_of_its_json(subjects):
    found = subjects["frontier"].manifest
    frame = table(subjects["frontier"], "frontier").frame
    assert frame["margin"].dropna().tolist() == [m for m in found["margin"] if m is not None]


DANGEROUS = ExportTable(
    "t",
    "100% of A & B_1",
    pd.DataFrame({"=who": ["=1+1", "+x", "-y", "@z", "plain"], "n": [-1.5, 0.1, math.nan, 2, 3]}),
    ("who", "n"),
    (("a_b & 5%", "-1.5"), ("{x}", "−2 ± 1")),
)


def test_a_text_that_a_spreadsheet_would_calculate_has_an_apostrophe_and_a_number_never():
    found = safe(DANGEROUS.frame)
    assert found["'=who"].tolist() == ["'=1+1", "'+x", "'-y", "'@z", "plain"]
    assert found["n"].tolist()[0] == -1.5


def test_csv_can_be_read_back_in_full(subjects, tmp_path):
    wanted = table(subjects["comparison"], "measures")
    write_tables([wanted], ["csv"], tmp_path)
    with (tmp_path / "measures.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [float(row["A"]) for row in rows] == wanted.frame["A"].tolist()


def test_a_workbook_has_texts_as_texts_and_numbers_as_numbers(subjects, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    write_tables([DANGEROUS, table(subjects["run"], "agents")], ["xlsx"], tmp_path)
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    assert book.sheetnames == ["t", "agents"]
    cells = [[cell.value for cell in row] for row in book["t"].iter_rows()]
    assert cells[1] == ["=1+1", -1.5]
    assert book["t"]["A2"].data_type == "s"
    assert cells[3] == ["-y", None]


def test_latex_has_rules_of_booktabs_and_names_written_out():
    lines = [line.strip() for line in to_latex(DANGEROUS).splitlines()]
    assert lines[0] == r"% needs \usepackage{booktabs}"
    assert r"\caption{100\% of A \& B\_1}" in lines
    assert r"\begin{tabular}{lr}" in lines
    assert r"a\_b \& 5\% & $-$1.5 \\" in lines
    assert r"\{x\} & $-$2 $\pm$ 1 \\" in lines
    at = [lines.index(rf"\{rule}") for rule in ("toprule", "midrule", "bottomrule")]
    assert at == sorted(at)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("#1 ~ x^2", r"\#1 \textasciitilde{} x\textasciicircum{}2"),
        ("a\\b", r"a\textbackslash{}b"),
        ("$ per query", r"\$ per query"),
        ("-0.97", "$-$0.97"),
        ("gpt-5-mini", "gpt-5-mini"),
        ("<0.001", r"\textless{}0.001"),
    ],
)
def test_what_latex_would_take_for_a_command_is_written_out(text, written):
    assert latex(text) == written
