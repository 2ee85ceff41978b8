"""A chart of a report, and where it stands."""

from dataclasses import dataclass

import plotly.graph_objects as go


@dataclass(frozen=True)
class Section:
    """A chart and what to see in it.

    Attributes
    ----------
    chart
        Its title is the section's heading.
    note
        How to read it, in a sentence or two; empty where its group says it.
    fold
        Heading under which it is folded away; empty for a chart that all readers see.
    group
        Question that it answers together with other small charts; empty for a large one.
    """

    chart: go.Figure
    note: str
    fold: str = ""
    group: str = ""
