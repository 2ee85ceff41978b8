"""The sides of a comparison: B, or B, C and so on, each held against A."""

from collections.abc import Mapping

import pandas as pd

from market.report.subject import Subject

SIDE = "side"  # the column that frames of several sides have, with the letter of the side


def sides(subject: Subject) -> dict[str, Mapping[str, pd.DataFrame]]:
    """Frames by the letter of the side that is compared with A."""
    tables = subject.tables
    if SIDE not in tables["agents"]:
        return {"B": tables}
    letters = dict.fromkeys(str(letter) for letter in tables["agents"][SIDE])
    return {
        letter.upper(): {name: table[table[SIDE] == letter] for name, table in tables.items()}
        for letter in letters
    }
