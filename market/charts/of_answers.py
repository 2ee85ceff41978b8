"""The chart of an answer, by what was asked."""

from collections.abc import Mapping
from typing import Any, Literal

import plotly.graph_objects as go

from market.charts.equilibrium import equilibrium_chart, equilibrium_frames
from market.charts.fit import fit_chart, fit_frames
from market.charts.learning import learning_by_value_chart, learning_chart, learning_frames
from market.charts.regret import regret_chart, regret_frame
from market.charts.release import release_chart, release_frames

AnswerKind = Literal["fit", "release", "regret", "equilibrium", "learning"]


def answer_chart(kind: AnswerKind, found: Mapping[str, Any], question: str = "") -> go.Figure:
    """The chart that the command of this kind writes.

    Parameters
    ----------
    kind
        What was asked.
    found
        As the command prints it with `--json`.
    question
        The title; that of the kind if empty.

    Raises
    ------
    DataError
        There is nothing to draw.
    """
    asked = (question,) if question else ()
    if kind == "fit":
        return fit_chart(fit_frames(found), *asked)
    if kind == "release":
        return release_chart(release_frames(found), *asked)
    if kind == "regret":
        return regret_chart(regret_frame(found), *asked)
    if kind == "equilibrium":
        return equilibrium_chart(equilibrium_frames(found), *asked)
    if "by_value" in found:
        return learning_by_value_chart(found, *asked)
    return learning_chart(learning_frames(found), *asked)
