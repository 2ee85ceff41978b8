"""A study's frames as CSV files; only earlier CSV files of a study are replaced.

A CSV file carries no signature: an earlier one is known by its columns, those that the frame of
that name has in every study.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from market.foundation.atomic_files import require_writable, unwritten, write_whole
from market.foundation.errors import ScenarioError
from market.foundation.formats import STUDY
from market.foundation.on_disk import make_folders
from market.foundation.spreadsheet_text import spreadsheet_cell
from market.studies.frame_columns import has_columns_of


def require_free_csv(folder: str | Path) -> None:
    """Refuse a folder that cannot be written, or where another file has the name of a frame.

    Raises
    ------
    ScenarioError
        With its name.
    """
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise ScenarioError(f"{folder}: is a file; name a folder for the CSV files")
    for name in STUDY.tables:
        file = target / f"{name}.csv"
        if (file.exists() or file.is_symlink()) and not _is_frame(file, name):
            raise ScenarioError(
                f"{file}: is not a table of a study and is not replaced; move it away, or name "
                "another folder for the CSV files"
            )
    require_writable(target, "--csv")


def write_csv(frames: Mapping[str, pd.DataFrame], folder: str | Path) -> Path:
    """Write the frames of a study, each file whole or not at all.

    Parameters
    ----------
    frames
        By name.
    folder
        Is made if it is not there.

    Raises
    ------
    ScenarioError
        A file of another kind would be replaced, or the folder cannot be written.
    """
    require_free_csv(folder)
    target = Path(folder)
    try:
        make_folders(target)
    except OSError as error:
        raise unwritten(folder, error, "folder", "--csv") from error
    for name, frame in frames.items():
        texts = frame.select_dtypes(exclude=["number", "bool"]).columns
        plain = frame.assign(**{name: frame[name].map(spreadsheet_cell) for name in texts})
        plain.columns = [spreadsheet_cell(name) for name in frame.columns]
        text = plain.to_csv(index=False, lineterminator="\n")
        write_whole(target / f"{name}.csv", text, "--csv")
    return target


def _is_frame(file: Path, name: str) -> bool:
    try:
        with file.open(newline="", encoding="utf-8") as stream:
            return has_columns_of(name, next(csv.reader(stream), ()))
    except (OSError, UnicodeDecodeError, csv.Error):
        return False
