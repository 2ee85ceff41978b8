"""What each agent earns, in one table."""

from market.report.cards import minus
from market.report.export_tables import export_tables
from market.report.headlines import Table
from market.report.subject import Subject

_WHO = {"agents", "segments"}


def agent_table(subject: Subject) -> Table | None:
    """Agent by agent: of a run revenue, profit, elasticity; of a comparison what changes.

    None of a study or a frontier, and where a run has kept nothing of its agents.
    """
    if subject.kind not in ("run", "comparison"):
        return None
    found = [t for t in export_tables(subject) if t.name.partition("-")[0] in _WHO and t.rows]
    if not found:
        return None
    columns, words = tuple(map(str, found[0].columns)), found[0].words
    rows = [tuple(map(minus, row)) for table in found for row in table.rows]
    if len({str(table.columns) for table in found}) > 1:  # sides C and so on beside B
        letters = [str(table.columns[-2]) for table in found for _ in table.rows]
        told = [(*row[:2], x, *row[2:]) for row, x in zip(rows, letters, strict=True)]
        names = list(dict.fromkeys(row[:2] for row in rows))
        rows = sorted(told, key=lambda row: names.index(row[:2]))
        columns = (*columns[:2], "side", columns[2], "in A", "there", "less A")
        words += 1
    return Table(columns, tuple(rows), words)
