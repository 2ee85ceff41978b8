"""What each agent earns, in one table."""

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
    found = [table for table in export_tables(subject) if table.name in _WHO and table.rows]
    if not found:
        return None
    rows = tuple(tuple(map(_minus, row)) for table in found for row in table.rows)
    return Table(tuple(map(str, found[0].columns)), rows, found[0].words)


def _minus(cell: str) -> str:
    """A proper minus before a number."""
    return f"−{cell[1:]}" if cell[:1] == "-" and cell[1:2] in "0123456789.$" else cell
