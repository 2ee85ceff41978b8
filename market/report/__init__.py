"""A result as one self-contained HTML file: figures in words, charts, scenario, method, versions.

It reads data frames only, and shows them without a network.
"""

from market.report.page import render, write_report
from market.report.subject import Subject, read_subject

__all__ = ["Subject", "read_subject", "render", "write_report"]
