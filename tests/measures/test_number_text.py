import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from market.measures.money_units import MoneyUnit
from market.measures.number_text import formatted, share_in_percent, short, with_half


@pytest.mark.parametrize("form", ["{:.3f}", "{:.1f}%", "{:+.1f}%", "{:.4g}", "{:.1e}"])
@pytest.mark.parametrize("zero", [0.0, -0.0, 1e-17, -1e-17])
def test_zero_is_0_in_every_format(form, zero):
    assert formatted(zero, form) in ("0", "0%")


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.0004, "{:.3f}", "<0.001"),
        (-0.0004, "{:.3f}", ">-0.001"),
        (0.04, "{:+.1f}%", "<0.1%"),
        (0.0005, "{:.3f}", "0.001"),
        (math.nan, "{:.3f}", "–"),
        (math.inf, "{:.3f}", "–"),
    ],
)
def test_what_rounds_to_zero_is_less_than_the_last_digit_and_what_is_missing_a_dash(
    value, form, text
):
    assert formatted(value, form) == text


@pytest.mark.parametrize(
    ("value", "half", "text"),
    [
        (0.018861, 0.0157, "0.019 ± 0.016"),
        (-0.018861, 0.0157, "-0.019 ± 0.016"),
        (0.2233, 0.0043, "0.2233 ± 0.0043"),
        (1234567, 12345, "1,235,000 ± 12,000"),
        (52.8, 18.4, "53 ± 18"),
        (-0.004799, 0.99, "0 ± 0.99"),
        (0.0, 0.016, "0 ± 0.016"),
        (0.7767, 1e-9, "0.7767 ± <0.0001"),
        (0.7767, 0.0, "0.7767 ± 0"),
        (0.7767, math.nan, "0.7767"),
        (math.nan, 0.1, "–"),
        (0.0, 0.0, "0 ± 0"),
        (3.21e-7, 1.04e-7, "3.2e-07 ± 1.0e-07"),
        (9.96, 0.0996, "9.96 ± 0.10"),
    ],
)
def test_a_number_has_the_digits_of_its_interval(value, half, text):
    assert with_half(value, half) == text


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_a_printed_number_is_within_a_tenth_of_its_half_interval(value, half):
    assume(abs(value) < 1000 * half)  # else it has four digits
    number, error = (float(text.replace(",", "")) for text in with_half(value, half).split(" ± "))
    assert abs(number - value) <= 0.051 * half
    assert error == pytest.approx(half, rel=0.051)


def test_a_rounding_error_of_money_is_zero():
    unit = MoneyUnit.fitting([5.0], "tick")
    assert unit.with_half(1e-13, 1e-13) == "0 ± 0"


@pytest.mark.parametrize(
    ("value", "text"), [(12345.6, "12,350"), (-1e6, "-1,000,000"), (0.25, "0.25"), (2.0, "2")]
)
def test_a_large_number_has_no_exponent(value, text):
    assert short(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0%"),
        (3e-6, "<0.01%"),
        (2e-4, "0.02%"),
        (0.0249, "2.5%"),
        (0.0996, "10%"),
        (0.996, "100%"),
        (12.34, "1,234%"),
    ],
)
def test_a_share_in_percent_is_no_power_of_ten(share, text):
    assert share_in_percent(share) == text
