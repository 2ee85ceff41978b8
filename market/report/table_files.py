"""Tables as files: CSV and XLSX with numbers in full, LaTeX as a paper has it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from market.foundation.errors import MarketError
from market.foundation.spreadsheet_text import spreadsheet_cell
from market.report.export_table import ExportTable

TABLE_FORMATS = ("csv", "xlsx", "tex")
WORKBOOK = "tables.xlsx"
_LONGEST_SHEET = 31  # letters of a sheet's name
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "−": "$-$",
        "±": r"$\pm$",
        "–": "--",
        "μ": r"$\mu$",
        "σ": r"$\sigma$",
        "\n": " ",
    }
)


def write_tables(tables: Sequence[ExportTable], formats: Sequence[str], folder: Path) -> list[Path]:
    """Write tables to a folder that is there: a file each, and one workbook for all.

    Raises
    ------
    MarketError
        A workbook is wanted, and openpyxl is not installed.
    """
    written = []
    for table in tables:
        if "csv" in formats:
            file = folder / f"{table.name}.csv"
            safe(table.frame).to_csv(file, index=False)
            written.append(file)
        if "tex" in formats:
            file = folder / f"{table.name}.tex"
            file.write_text(to_latex(table), encoding="utf-8")
            written.append(file)
    if "xlsx" in formats:
        written.append(_write_workbook(tables, folder / WORKBOOK))
    return written


def require_openpyxl() -> None:
    """Refuse where workbooks cannot be written.

    Raises
    ------
    MarketError
        openpyxl is not installed; the message says how to.
    """
    from importlib.util import find_spec

    if find_spec("openpyxl") is None:
        raise MarketError(
            "--tables xlsx: needs openpyxl; install this package with its extra tables (from a "
            "checkout: pip install '.[tables]'), or export csv, which spreadsheets open, too"
        )


def safe(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with an apostrophe before every text that a spreadsheet would take for a formula.

    Numbers stay numbers.
    """
    found = frame.map(spreadsheet_cell)
    found.columns = [spreadsheet_cell(str(name)) for name in frame.columns]
    return found


def to_latex(table: ExportTable) -> str:
    """Write a table as LaTeX, with the rules of the package booktabs."""
    numbers = len(table.columns) - table.words
    lines = [
        r"% needs \usepackage{booktabs}",
        r"\begin{table}",
        r"  \centering",
        f"  \\caption{{{latex(table.caption)}}}",
        f"  \\label{{tab:{table.name}}}",
        f"  \\begin{{tabular}}{{{'l' * table.words}{'r' * numbers}}}",
        r"    \toprule",
        f"    {_row(table.columns)}",
        r"    \midrule",
        *(f"    {_row(row)}" for row in table.rows),
        r"    \bottomrule",
        r"  \end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def latex(text: str) -> str:
    """A text with what LaTeX would take for a command written out."""
    escaped = text.translate(_LATEX)
    # a minus before a digit is one, and no hyphen
    return f"$-${escaped[1:]}" if escaped[:1] == "-" and escaped[1:2].isdigit() else escaped


def _row(cells: Iterable[str]) -> str:
    return " & ".join(map(latex, cells)) + r" \\"


def _write_workbook(tables: Sequence[ExportTable], file: Path) -> Path:
    require_openpyxl()
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    for table in tables:
        sheet = book.create_sheet(table.name[:_LONGEST_SHEET])
        rows = [list(map(str, table.frame.columns)), *table.frame.to_numpy(dtype=object).tolist()]
        for i, row in enumerate(rows, 1):
            for j, value in enumerate(row, 1):
                if isinstance(value, str):  # a text, whatever it begins with
                    cell = sheet.cell(i, j, ILLEGAL_CHARACTERS_RE.sub("", value))
                    cell.data_type = "s"
                elif not pd.isna(value):
                    sheet.cell(i, j, value)
                if i == 1:
                    sheet.cell(i, j).font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for j, column in enumerate(zip(*rows, strict=True), 1):
            width = max(len(str(value)) for value in column if isinstance(value, str)) + 2
            sheet.column_dimensions[sheet.cell(1, j).column_letter].width = min(width, 60)
    book.save(file)
    return file
