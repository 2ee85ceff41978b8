"""Verdicts: what a result says, in a paragraph of plain words that claims what its intervals do.

Of answers also the tables that stand below, for terminals and for reports.

All but :mod:`market.findings.of_results` sees data frames, summaries and manifests alone, so that a
verdict can be made of a folder, and imports `measures` and `foundation`.
"""

from market.findings.of_comparison import of_comparison, of_comparisons
from market.findings.of_equilibrium import of_equilibrium
from market.findings.of_fit import of_fit
from market.findings.of_frontier import of_frontier
from market.findings.of_learning import of_learning, of_learning_by_value
from market.findings.of_regret import of_regret
from market.findings.of_release import of_release
from market.findings.of_run import RunTables, of_change, of_run
from market.findings.of_study import of_study
from market.findings.parts_of_equilibrium import parts_of_equilibrium
from market.findings.parts_of_fit import parts_of_fit
from market.findings.parts_of_learning import parts_of_learning
from market.findings.parts_of_regret import parts_of_regret
from market.findings.parts_of_release import parts_of_release
from market.findings.verdict import Verdict

__all__ = [
    "RunTables",
    "Verdict",
    "of_change",
    "of_comparison",
    "of_comparisons",
    "of_equilibrium",
    "of_fit",
    "of_frontier",
    "of_learning",
    "of_learning_by_value",
    "of_regret",
    "of_release",
    "of_run",
    "of_study",
    "parts_of_equilibrium",
    "parts_of_fit",
    "parts_of_learning",
    "parts_of_regret",
    "parts_of_release",
]
