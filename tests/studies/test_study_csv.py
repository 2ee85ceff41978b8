"""A study's frames as CSV files."""

import pandas as pd

from market.studies.study_csv import write_csv


def test_a_spreadsheet_calculates_no_text_of_a_file_and_numbers_stay(tmp_path):
    frame = pd.DataFrame(
        {"name": ["=1+1", "@x", "plain"], "value": [-1.0, 2.0, 3.0], "+odd": [1, 2, 3]}
    )
    write_csv({"agents": frame}, tmp_path)
    assert (tmp_path / "agents.csv").read_text().splitlines() == [
        "name,value,'+odd",
        "'=1+1,-1.0,1",
        "'@x,2.0,2",
        "plain,3.0,3",
    ]
    assert frame["name"][0] == "=1+1"
