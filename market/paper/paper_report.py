"""What a check of the paper gives: figures with their tolerances, and curves, ready for JSON."""

from dataclasses import dataclass
from typing import Any

from market.foundation.json_values import finite

Curves = dict[str, Any]


@dataclass(frozen=True)
class PaperFigure:
    """One published number, and what the procedure gives on the records at hand.

    Parameters
    ----------
    name
        Stable dotted name.
    published, computed
        In the same unit; a computed value that is not finite never passes.
    tolerance
        Largest absolute difference that passes.
    interval
        Ends of the 95% interval over problems drawn anew; None where it is not known.
    """

    name: str
    published: float
    computed: float
    tolerance: float
    interval: tuple[float, float] | None = None

    @property
    def passed(self) -> bool:
        """Whether the computed value is within the tolerance of the published one."""
        return bool(abs(self.computed - self.published) <= self.tolerance)

    def to_json(self) -> dict[str, object]:
        """JSON-ready: name, published, computed (None if not finite), tolerance, pass."""
        return {
            "name": self.name,
            "published": self.published,
            "computed": finite(self.computed),
            "tolerance": self.tolerance,
            "interval": None if self.interval is None else list(self.interval),
            "pass": self.passed,
        }


@dataclass(frozen=True)
class PaperReport:
    """All figures, the curves behind them (JSON-ready, None where not finite), thin evidence."""

    figures: tuple[PaperFigure, ...]
    curves: Curves
    evidence: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every figure passed."""
        return all(figure.passed for figure in self.figures)

    def to_json(self) -> dict[str, object]:
        """JSON-ready: figures, curves, evidence, passed."""
        return {
            "figures": [figure.to_json() for figure in self.figures],
            "curves": self.curves,
            "evidence": list(self.evidence),
            "passed": self.passed,
        }
