"""A result as one self-contained HTML file: figures in words, charts, scenario, method, versions.

It reads data frames only, and shows them without a network. The same charts and tables go to files
for papers and spreadsheets.
"""

from market.report.answer_subject import answer_subject
from market.report.export_table import ExportTable
from market.report.export_tables import export_tables
from market.report.figure_files import write_figures
from market.report.page import render, write_report
from market.report.subject import Subject, read_subject
from market.report.table_files import write_tables

__all__ = [
    "ExportTable",
    "Subject",
    "answer_subject",
    "export_tables",
    "read_subject",
    "render",
    "write_figures",
    "write_report",
    "write_tables",
]
