"""What records say of a problem itself, which is the same in all models' files."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.errors import DataError, shown
from market.population.record_lines import ModelRecords


def features_of_problems(
    read: Mapping[str, ModelRecords], problems: Sequence[str]
) -> FloatArray | None:
    """[n, F] features that a router may see; None where no record has any.

    One model's record of a problem is enough.

    Parameters
    ----------
    read
        Records by model.
    problems
        The n ids, which all models have.

    Raises
    ------
    DataError
        As :func:`agreed`; a problem has no features while others have, or more or fewer of them.
    """
    said = [agreed(read, problem, "features") for problem in problems]
    known = [(values, place) for values, place in said if values is not None]
    if not known:
        return None
    length, first = len(known[0][0]), known[0][1]
    for values, place in said:
        if values is None:
            raise DataError(
                f"{place}: no features, but {first} has some; "
                "give every problem its features, or none"
            )
        if len(values) != length:
            raise DataError(
                f"{place}: {len(values)} features, but {length} in {first}; "
                "give every problem the same ones"
            )
    return np.array([values for values, _ in known], dtype=np.float64)


def agreed(read: Mapping[str, ModelRecords], problem: str, field: str) -> tuple[Any, str]:
    """What models' records say of a problem, None if nothing, and the file and line.

    Raises
    ------
    DataError
        Two of them say something else, by file and line of both.
    """
    value, place = None, ""
    for found in read.values():
        said = getattr(found.problems[problem], field)
        here = f"{found.path}:{found.lines[problem]}"
        if said is None:
            place = place or here
        elif value is None:
            value, place = said, here
        elif said != value:
            what = said if isinstance(said, str) else list(said)
            raise DataError(
                f"{here}: {field} of {shown(problem)} is {shown(what)}, which is not what {place} "
                "says; a problem is the same whichever model is asked: correct one of them"
            )
    return value, place
