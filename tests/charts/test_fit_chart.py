"""The chart of a fit: a dot for each target, and a curve for each parameter."""

from typing import Any

import pandas as pd
import pytest

from market.charts import fit_chart, fit_frames
from market.foundation.errors import DataError


def found(losses: tuple[float | None, ...] = (5.0, 1.0, None), by_ratio: bool = True) -> Any:
    points = [{"value": 10.0**k, "loss": loss} for k, loss in enumerate(losses)]
    return {
        "loss": 1.0,
        "allowed": 3.84,
        "targets": [{"name": "hhi", "distance": -0.4}],
        "parameters": [{"path": "a.b", "profile": points, "by_ratio": by_ratio}],
    }


def test_losses_are_drawn_above_the_least_beside_what_an_interval_allows():
    chart = fit_chart(fit_frames(found()))
    dots, curve = chart.data
    assert list(dots.x) == ["hhi"]
    assert list(curve.y)[:2] == [4.0, 0.0]
    assert chart.layout.shapes[0].y0 == 3.84
    assert chart.layout.xaxis2.type == "log"
    assert fit_chart(fit_frames(found(by_ratio=False))).layout.xaxis2.type is None


def test_a_target_is_near_on_the_chart_where_it_is_within_its_error():
    low, high = fit_chart(fit_frames(found())).layout.yaxis.range
    assert low == -high
    assert 1.96 < high < 3
    far = found() | {"targets": [{"name": "hhi", "distance": 9.0}]}
    assert fit_chart(fit_frames(far)).layout.yaxis.range[1] > 9


def test_nothing_fitted_is_nothing_to_draw():
    frames = fit_frames(found()) | {"profiles": pd.DataFrame()}
    with pytest.raises(DataError, match="no parameter was fitted"):
        fit_chart(frames)
