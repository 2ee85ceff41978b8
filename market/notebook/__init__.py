"""Results in notebooks: how they show themselves, their charts, and a live what-if.

It sees results, studies, charts and verdicts. :mod:`market.foundation.shown` imports it when a
result is first shown, so that results know nothing of it.
"""

from market.notebook.columns import columns
from market.notebook.plots import plots
from market.notebook.representation import html, text

__all__ = ["columns", "html", "plots", "text"]
