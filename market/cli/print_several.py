"""What `market compare` prints of two markets, and of several beside each other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from market.cli.line_breaks import whole
from market.cli.print_study import COMPARED, MEANS, ROLES, Row, outcome, print_comparison
from market.cli.print_verdict import print_verdict
from market.cli.tables import FittedTable, plain_table
from market.cli.terminal import change, interval, out, row_label
from market.foundation.formats import letter
from market.measures.counted import counted
from market.measures.labels import Measure, fitted

if TYPE_CHECKING:
    from market.studies.comparison import Comparison
    from market.studies.comparisons import Comparisons


def print_compared(found: "Comparison | Comparisons", names: Sequence[str]) -> None:
    """Say first what makes the sides unlike, then what changes from A to each other side."""
    from market.studies.comparison import Comparison

    if found.unlike:
        out.print("The sides differ in more than what is compared, and all run on the seeds of A:")
        for line in found.unlike:
            out.print(f"  {line}")
    if isinstance(found, Comparison):
        print_comparison(found, (names[0], names[1]))
    else:
        _print_several(found, names)


def _print_several(found: "Comparisons", names: Sequence[str]) -> None:
    from market.findings.of_results import comparisons_verdict

    print_verdict(comparisons_verdict(found))
    letters = [letter(s).upper() for s in range(len(names))]
    for side, name in zip(letters, names, strict=True):
        out.print(f"{side}: {name}")
    out.print(f"{counted(len(found.seeds), 'replicate')} of each, same seeds")
    for line in found.assumed:
        out.print(line)
    frames = [
        {str(row["measure"]): row for row in pair.measures.to_dict("records")}
        for pair in found.pairs
    ]
    shown = fitted(
        {name: [frames[0][name]["a"], *(of[name]["b"] for of in frames)] for name in COMPARED}
    )
    table = _table(f"{MEANS} of the paired differences", ["measure"], letters)
    for name, known in shown.items():
        table.add_row(row_label(known), *_beside([of[name] for of in frames], known))
    out.print(table)
    if found.resampled:
        out.print("± is over seeds, on this sample of problems; --json has the sample's error, too")
    known = shown["welfare"]
    title = "Who gains and who loses: profit of sellers, surplus of buyers"
    _print_members(found, f"{title}, {known.unit.name}", letters, known)


def _print_members(found: "Comparisons", title: str, letters: list[str], known: Measure) -> None:
    table = _table(title, ["who", "role"], letters, outcomes=True)
    for frame, measure in (("agents", "profit"), ("segments", "consumer_surplus")):
        rows = [
            of.loc[of["measure"] == measure].to_dict("records")
            for of in (pair.frames[frame] for pair in found.pairs)
        ]
        for of_who in zip(*rows, strict=True):  # all pairs have the same rows
            name, role = str(of_who[0]["name"]), str(of_who[0]["role"])
            cells = _beside(of_who, known, outcomes=True)
            table.add_row(whole(name), ROLES.get(role, role), *cells)
    out.print(table)


def _table(
    title: str, keys: list[str], letters: list[str], *, outcomes: bool = False
) -> FittedTable:
    columns = [*letters]
    for side in letters[1:]:
        columns += [f"{side} − A", f"{side}, {'outcome' if outcomes else 'change'}"]
    return plain_table(title, keys, columns, keys=len(keys))


def _beside(rows: Sequence[Row], known: Measure, *, outcomes: bool = False) -> list[str]:
    """Means of all sides, then difference and change of each from the first."""
    a = float(rows[0]["a"])
    cells = [known.text(a), *(known.text(float(row["b"])) for row in rows)]
    for row in rows:
        difference, low, high = (float(row[name]) for name in ("difference", "low", "high"))
        cells.append(interval(difference, low, high, known.money))
        cells.append(outcome(low, high) if outcomes else change(difference, a, low, high))
    return cells
