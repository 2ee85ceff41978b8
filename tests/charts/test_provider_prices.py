"""Lines of providers' prices: one for each, or one for each model where they differ."""

import pandas as pd
import pytest

from market import charts
from market.foundation.errors import DataError


def rows(*prices: tuple[str, str, float, float]) -> pd.DataFrame:
    """Of two ticks: provider, model, and its price in each."""
    table = [
        {"tick": tick, "provider": p, "model": m, "student": False, "price_multiplier": of[tick]}
        for p, m, *of in prices
        for tick in (0, 1)
    ]
    return pd.DataFrame(table).sort_values("tick", kind="stable")


def lines(models: pd.DataFrame) -> dict[str, list[float]]:
    return {line.name: list(line.y) for line in charts.provider_prices(models).data}


def test_models_of_one_price_are_one_line():
    assert lines(rows(("A", "small", 1, 2), ("A", "large", 1, 2))) == {"A": [1, 2]}


def test_models_whose_prices_differ_have_a_line_each():
    found = lines(rows(("A", "small", 1, 2), ("A", "large", 1, 3), ("B", "other", 1, 1)))
    assert found == {"A / small": [1, 2], "A / large": [1, 3], "B": [1, 1]}


def test_each_host_of_a_model_has_a_line():
    found = lines(rows(("A", "open", 1, 0.9), ("B", "open", 1, 0.8)))
    assert found == {"A": [1, 0.9], "B": [1, 0.8]}


def test_a_model_that_is_not_on_sale_has_no_line():
    with pytest.raises(DataError, match="no model is on sale"):
        charts.provider_prices(rows(("A", "small", float("nan"), float("nan"))))


def test_prices_move_where_one_host_s_does():
    assert not charts.prices_move(rows(("A", "open", 1, 1), ("B", "open", 2, 2)))
    assert charts.prices_move(rows(("A", "open", 1, 1), ("B", "open", 2, 1)))
