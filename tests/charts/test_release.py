"""The chart of a release draws what the answer says."""

from typing import Any

import pytest

from market.charts import release_chart, release_frames
from market.foundation.errors import DataError


def about(value: float | None) -> dict[str, float | None]:
    return dict.fromkeys(("value", "low", "high"), value)


def answer(revenue: float | None) -> dict[str, Any]:
    row = {
        "arbitrageurs": 2,
        "revenue_by_tick": [about(revenue), about(revenue)],
        "taken_from": {"A": about(-30.0)},
        "gains": {"releaser": about(40.0), "other_providers": about(-15.0)},
    }
    return {"owner": "New", "by_arbitrageurs": [row]}


def test_lines_and_bars_are_the_answer_s():
    line, _, taken, gains = release_chart(release_frames(answer(80.0))).data
    assert list(line.x) == [0, 1]
    assert list(line.y) == [80.0, 80.0]
    assert (list(taken.y), list(taken.x)) == (["A"], [-30.0])
    assert list(gains.y) == ["New", "other providers"]


def test_a_release_of_which_nothing_is_known_is_not_drawn():
    with pytest.raises(DataError, match="nothing is known"):
        release_chart(release_frames(answer(None)))
