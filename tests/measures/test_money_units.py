import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.measures.labels import fitted
from market.measures.money_units import MoneyUnit, dollars, significant

amounts = st.floats(1e-8, 1e8)


def digits(text: str) -> str:
    """Significant digits of a number in print."""
    return text.lstrip("-−$0.,").partition("e")[0].replace(".", "").replace(",", "")


@pytest.mark.parametrize("exponent", range(-8, 9))
def test_an_amount_has_three_significant_digits_at_every_scale(exponent):
    amount = 1.234 * 10.0**exponent
    unit = MoneyUnit.fitting([amount], "query")
    shown = float(unit.text(amount).replace(",", "")) * unit.size
    assert shown == pytest.approx(1.23 * 10.0**exponent, rel=1e-12)
    assert digits(unit.text(amount))[:3] == "123"


@given(amounts, st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=9))
def test_the_middle_of_a_column_is_from_a_hundredth_to_a_thousand(amount, ratios):
    column = [amount * ratio for ratio in ratios]
    unit = MoneyUnit.fitting(column, "query")
    assert 0.0099 < float(np.median(column)) * unit.factor < 1000.1


@given(amounts)
def test_no_amount_is_written_as_zeros(amount):
    for text in (MoneyUnit("query").text(amount), dollars(amount)):
        assert "0.0000" not in text
        assert len(digits(text)) >= 3


@pytest.mark.parametrize(
    ("column", "per", "name"),
    [
        ([0.02, 0.3], "query", "$ per query"),
        ([0.00002, 0.00003], "query", "$ per 1,000 queries"),
        ([2e-7], "query", "$ per million queries"),
        ([2e-5], "tick", "$ per 1,000 ticks"),
        ([4000.0], "attempt", "$ thousand per attempt"),
        ([3e6, 5e7], "tick", "$ million per tick"),
        ([0.00002], "", "$"),
        ([25_000.0], "", "$ thousand"),
        ([], "solution", "$ per solution"),
        ([0.0, math.nan, math.inf], "query", "$ per query"),
    ],
)
def test_the_unit_follows_what_a_thing_costs(column, per, name):
    assert MoneyUnit.fitting(column, per).name == name


def test_a_column_has_one_unit_though_its_amounts_are_far_apart():
    unit = MoneyUnit.fitting([0.00002, 0.00003, 0.4], "query")
    assert [unit.text(amount) for amount in (0.00002, 0.00003, 0.4)] == ["0.0200", "0.0300", "400"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (math.nan, "–"),
        (math.inf, "–"),
        (1.0, "1.00"),
        (9.996, "10.0"),
        (999.6, "1,000"),
        (1_234_567.0, "1,230,000"),
        (-0.0123, "-0.0123"),
        (0.0000123, "1.23e-05"),
    ],
)
def test_a_number_keeps_its_zeros_and_separators(value, text):
    assert significant(value) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [(-26.24, "−$26.2"), (1234.0, "$1,230"), (0.081, "$0.0810"), (math.nan, "–")],
)
def test_a_single_amount_has_its_sign_before_the_dollar(amount, text):
    assert dollars(amount) == text


def test_an_amount_in_a_sentence_has_its_unit():
    assert MoneyUnit.fitting([0.00002], "query").sentence(0.00002) == "$0.0200 per 1,000 queries"
    assert MoneyUnit.fitting([1234.0], "tick").sentence(-1234.0) == "−$1.23 thousand per tick"
    assert MoneyUnit("tick").sentence(math.nan) == "–"


def test_a_rounding_error_beside_what_it_comes_from_is_zero():
    column = [6.5, 6.4, 3e-16]
    unit = MoneyUnit.fitting(column, "tick")
    assert [unit.text(amount) for amount in column] == ["6.50", "6.40", "0"]


@given(st.lists(amounts, min_size=1, max_size=9))
def test_the_unit_of_a_column_does_not_hang_on_its_order_or_sign(column):
    unit = MoneyUnit.fitting(column, "tick")
    assert MoneyUnit.fitting([-amount for amount in reversed(column)], "tick") == unit


def test_prices_of_queries_and_solutions_have_one_scale_and_totals_another():
    shown = fitted({"price_per_query": 2e-5, "price_per_solution": 0.02, "welfare": [5e6, 6e6]})
    assert [known.unit.name for known in shown.values()] == [
        "$ per query",
        "$ per solution",
        "$ million per tick",
    ]


def test_measures_that_are_not_money_keep_their_unit():
    assert fitted({"segmentation": [1e-9]})["segmentation"].text(1e-9) == "<0.001"
