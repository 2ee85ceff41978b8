"""A live what-if in a notebook: sliders beside the verdict, key figures and a chart that move."""

from collections.abc import Mapping
from html import escape
from typing import Any

import plotly.graph_objects as go
from plotly.io._base_renderers import PlotlyRenderer

from market.charts import mode_bar
from market.findings.of_results import run_verdict
from market.foundation.errors import MarketError, ScenarioError
from market.measures.labels import fitted, parameter
from market.notebook.card import Card, card_html
from market.notebook.representation import FIGURES
from market.results.run_result import RunResult
from market.scenario.overrides import split_path
from market.scenario.paths import dotted
from market.scenario.schema import Scenario
from market.simulation.model import run

Range = tuple[float, float]
MOST_TAX = 0.5  # share of a fee; the widest that the slider of a scenario without one offers
STEPS = 20  # of a slider of real numbers


class WhatIf:
    """A scenario with sliders; each change runs it again and shows what moves.

    Attributes
    ----------
    sliders
        By dotted path, ipywidgets that can be set from Python, too.
    scenario, result
        As the sliders say, and its run.
    """

    def __init__(self, scenario: Scenario, vary: Mapping[str, Range]) -> None:
        try:
            import ipywidgets
        except ImportError as error:
            raise ScenarioError(
                "market.what_if needs ipywidgets, the extra notebook: "
                "pip install 'ai-model-markets[notebook]'"
            ) from error
        self._start = self.scenario = scenario.change(perturb_every="never")
        self._runs: dict[str, RunResult] = {}
        self._base = self.result = self._run(self._start)
        self.sliders = {path: _slider(scenario, path, ends) for path, ends in vary.items()}
        for slider in self.sliders.values():
            slider.observe(self._moved, names="value")
        self._words = ipywidgets.HTML()
        self._chart = ipywidgets.Output()
        controls = ipywidgets.VBox(list(self.sliders.values()))
        self._box = ipywidgets.VBox([controls, self._words, self._chart])
        self._show()

    def _moved(self, _: object) -> None:
        self._words.value = "<p>running …</p>" + self._words.value
        try:
            values = {path: slider.value for path, slider in self.sliders.items()}
            self.scenario = self._start.change(values)
            self.result = self._run(self.scenario)
        except MarketError as error:
            self._words.value = f"<p><strong>{escape(str(error))}</strong></p>"
            self._chart.outputs = ()
            return
        self._show()

    def _run(self, scenario: Scenario) -> RunResult:
        key = scenario.model_dump_json()
        if key not in self._runs:
            self._runs[key] = run(scenario, lambda done: None)  # what moves is its own
        return self._runs[key]

    def _show(self) -> None:
        before, after = self._base.summary, self.result.summary
        both = {name: (before[name], after[name]) for name in FIGURES if name in after}
        rows = tuple(
            (known.label, *(known.text(value).replace("-", "−") for value in both[name]))
            for name, known in fitted(both).items()
        )
        self._words.value = card_html(
            Card(
                f"What if: {self.scenario.name}",
                run_verdict(self.result).text,
                ("mean over the last quarter", "as given", "as the sliders say"),
                rows,
                (),
            )
        )
        chart = self.result.plot.prices()
        self._chart.outputs = (
            {"output_type": "display_data", "data": _bundle(chart), "metadata": {}},
        )

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self._box._repr_mimebundle_(**options)


def what_if(scenario: Scenario, vary: Mapping[str, Range] | None = None) -> WhatIf:
    """Show a scenario with sliders beside figures that move; needs the extra `notebook`.

    Parameters
    ----------
    scenario
        Where the sliders start.
    vary
        By dotted path, the lowest and highest value of a slider; by default the number of each
        group of arbitrageurs, the routing tax, and the price sensitivity of each segment.

    Raises
    ------
    ScenarioError
        ipywidgets is missing, or a path is not that of a number.
    """
    return WhatIf(scenario, _usual(scenario) if vary is None else vary)


def _usual(scenario: Scenario) -> dict[str, Range]:
    """Sliders around what the scenario says."""
    found: dict[str, Range] = {
        dotted(("arbitrageurs", group.name, "count")): (0, max(4, 2 * group.count))
        for group in scenario.arbitrageurs
    }
    found["policy.routing_tax"] = (0, max(MOST_TAX, scenario.policy.routing_tax))
    for segment in scenario.consumers:
        path = dotted(("consumers", segment.name, "price_sensitivity"))
        found[path] = (segment.price_sensitivity / 2, segment.price_sensitivity * 2)
    return found


def _slider(scenario: Scenario, path: str, ends: Range) -> Any:
    """A slider of whole numbers where the scenario's value is one."""
    import ipywidgets

    start, (low, high) = value_at(scenario, path), ends
    if not low < high or not low <= start <= high:
        raise ScenarioError(
            f"vary {path}: from {low:g} to {high:g} must rise and hold the scenario's {start:g}"
        )
    whole = isinstance(start, int) and all(float(end).is_integer() for end in ends)
    step = {} if whole else {"step": (high - low) / STEPS}
    return (ipywidgets.IntSlider if whole else ipywidgets.FloatSlider)(
        value=start,
        min=int(low) if whole else low,
        max=int(high) if whole else high,
        description=parameter(path),
        continuous_update=False,
        style={"description_width": "initial"},
        layout={"width": "32em", "max_width": "100%"},
        **step,
    )


def _bundle(chart: go.Figure) -> dict[str, Any]:
    """The chart by type, as notebooks take it."""
    found: dict[str, Any] = PlotlyRenderer(config=mode_bar(chart.layout.title.text)).to_mimebundle(
        chart.to_plotly_json()
    )
    return found


def value_at(scenario: Scenario, path: str) -> float:
    """The number at a dotted path.

    Raises
    ------
    ScenarioError
        There is none.
    """
    node: Any = scenario.model_dump()
    for name in split_path(path, "vary")[0]:
        if isinstance(node, list | tuple):
            node = next((entry for entry in node if entry.get("name") == name), None)
        else:
            node = node.get(name) if isinstance(node, dict) else None
    if isinstance(node, bool) or not isinstance(node, int | float):
        raise ScenarioError(f"vary {path}: the scenario has no number there; give its dotted path")
    return node
