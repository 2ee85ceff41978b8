"""How many rows a Parquet file unpacks to, before it is read: a small one may hold very many."""

from pathlib import Path

from market.foundation.errors import MarketError, ScenarioError
from market.foundation.formats import MANIFEST
from market.foundation.text_files import file_is_there


def require_rows(file: Path, rows: object, error: type[MarketError] = ScenarioError) -> None:
    """Refuse a table that has other than the rows that its manifest counted.

    Parameters
    ----------
    file
        Of the table.
    rows
        How many the manifest says; anything but a whole number says nothing.
    error
        Type of what is raised.

    Raises
    ------
    MarketError
        It is not there, is no table, or has more rows or fewer.
    """
    from pyarrow import parquet  # takes a while

    if not file_is_there(file, error):
        raise error(f"{file}: cannot be read as a table (no such file); make the result again")
    try:
        has = parquet.read_metadata(file).num_rows
    except (OSError, ValueError) as problem:
        reason = " ".join(str(problem).split())
        raise error(
            f"{file}: cannot be read as a table ({reason}); make the result again"
        ) from problem
    if type(rows) is int and has != rows:
        raise error(
            f"{file}: has {has:,} rows, but {MANIFEST} says {rows:,}: one of them was changed; "
            "make the result again"
        )
