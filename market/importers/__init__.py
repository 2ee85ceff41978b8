"""Other people's files become attempt records: one reader per format, prices, provenance.

It imports `foundation` and `population`. Another package adds a reader by the entry point group
`market.importers`: a class with the members of :class:`Importer`.
"""

from market.importers.attempts import Attempt, Importer, ImportLog, ImportOptions, Tokens, fault
from market.importers.imported import ImportPlan, import_source
from market.importers.source_files import Source

__all__ = [
    "Attempt",
    "ImportLog",
    "ImportOptions",
    "ImportPlan",
    "Importer",
    "Source",
    "Tokens",
    "fault",
    "import_source",
]
