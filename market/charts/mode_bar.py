"""What a chart does in a browser or a notebook: its mode bar saves SVG, and it shows itself."""

import os
import re
from functools import cache
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio
from plotly.io._base_renderers import NotebookRenderer, PlotlyRenderer

from market.charts.plain_text import plain

_IN_A_KERNEL = "plotly_mimetype"  # what Plotly takes there: HTML that is made of it has no charts
_LONGEST_NAME = 60  # letters of a file's name


def file_name(question: str) -> str:
    """Name of a chart's file, without its ending, by the question that it answers.

    >>> file_name("Who buys<br>from whom?")
    'who-buys-from-whom'
    """
    plain = re.sub(r"<[^>]*>", " ", question).lower()
    words = re.findall(r"\w+", plain.replace("'", ""))
    name = ""
    for word in words:
        if len(name) + len(word) >= _LONGEST_NAME:
            break
        name = f"{name}-{word}" if name else word
    return name or "chart"


def mode_bar(question: str = "") -> dict[str, Any]:
    """Plotly's configuration of every chart: the mode bar appears on hover and saves SVG."""
    return {
        "displaylogo": False,
        "responsive": True,
        "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "sendChartToCloud"],
        "plotlyServerURL": "",  # nothing leaves the page
        "toImageButtonOptions": {"format": "svg", "filename": file_name(question)},
    }


class Chart(go.Figure):  # type: ignore[misc]  # Plotly is not typed
    """A Plotly figure that shows itself with :func:`mode_bar`, and in exported notebooks, too."""

    def show(self, *args: Any, **options: Any) -> None:
        """Show it, as Plotly does."""
        super().show(*args, **self._configured(options))

    def to_html(self, *args: Any, **options: Any) -> str:
        """Return it as HTML, as Plotly does."""
        found: str = super().to_html(*args, **self._configured(options))
        return found

    def write_html(self, *args: Any, **options: Any) -> None:
        """Write it as HTML, as Plotly does."""
        super().write_html(*args, **self._configured(options))

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values, in which no name is a tag or an entity."""
        found: dict[str, Any] = plain(super().to_dict())
        return found

    def _configured(self, options: dict[str, Any]) -> dict[str, Any]:
        return {"config": mode_bar(self.layout.title.text or ""), **options}

    def _ipython_display_(self) -> None:
        """Show it in a notebook; what `jupyter nbconvert` makes of that has the chart, too."""
        if not (pio.renderers.render_on_display and pio.renderers.default):
            super()._ipython_display_()
        elif pio.renderers.default == _IN_A_KERNEL and "PLOTLY_RENDERER" not in os.environ:
            from IPython.display import display

            _bring_plotly()
            display(self._bundle(), raw=True)  # type: ignore[no-untyped-call]
        else:
            self.show()

    def _bundle(self) -> dict[str, Any]:
        """The chart for notebooks that know Plotly's type, and as HTML for all others."""
        content, config = self.to_plotly_json(), self._configured({})["config"]
        kinds = PlotlyRenderer(config=config), NotebookRenderer(config=config)
        return {kind: form for one in kinds for kind, form in one.to_mimebundle(content).items()}


@cache
def _bring_plotly() -> None:
    """Put Plotly's script into the notebook, once for all charts of a kernel."""
    NotebookRenderer().activate()
