"""A move is said no further than its interval goes, and to the digits that it has."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.findings.moves import NOUNS, Move, moved, unclear

numbers = st.floats(-1e4, 1e4).map(lambda x: float(f"{x:.6g}"))
halves = st.floats(1e-6, 1e4)


def move(difference: float, half: float, base: float) -> Move:
    return Move(difference, difference - half, difference + half, base)


@settings(max_examples=200)
@given(st.sampled_from(sorted(NOUNS)), numbers, halves, numbers)
def test_what_may_be_zero_neither_rises_nor_falls(name, difference, half, base):
    said = moved(name, move(difference, half, base))
    sure = abs(difference) > half
    assert bool(said) == sure
    assert ("rise" in said) == (sure and difference > 0)
    assert ("fall" in said) == (sure and difference < 0)
    assert bool(unclear([("x", name, move(difference, half, base))])) != sure


@settings(max_examples=200)
@given(st.sampled_from(sorted(NOUNS)), numbers, halves, numbers)
def test_the_size_said_is_the_estimate_but_for_rounding(name, difference, half, base):
    found = move(difference, half, base)
    said = found.size(name)
    number = re.match(r"\$?([\d,]*\.?\d*)", said)
    assert number is not None
    value = float(number[1].replace(",", ""))
    factor = 100 / abs(base) if found.in_percent else 1.0 if "per" in said else 100.0
    if not found.in_percent and name == "price_index":
        factor = 100.0
    digits = len(number[1].partition(".")[2])
    wanted = factor * abs(difference)
    assert value == pytest.approx(wanted, abs=0.51 * 10**-digits, rel=1e-9)
    assert value == pytest.approx(wanted, abs=max(factor * half, 1e-6))


@pytest.mark.parametrize(
    ("found", "name", "said"),
    [
        (Move(-0.224, -0.243, -0.205, 1.0), "price_index", "22.4% (20.5 to 24.3%)"),
        (Move(-0.224, -0.224, -0.224, 1.0), "price_index", "22.4%"),
        (Move(5.86, 4.2, 7.5, 0.0), "arbitrage_profit", "$5.9 per tick ($4.2 to $7.5)"),
        (Move(-0.37, -0.41, -0.33, 0.635), "segmentation", "58% (52 to 65%)"),
        (Move(0.04, 0.001, 0.08, 1.0), "welfare", "4.0% (0.1 to 8.0%)"),
        (Move(0.2, math.nan, math.nan, 1.0), "welfare", "20.0%"),
    ],
)
def test_it_is_written_as_a_colleague_would(found, name, said):
    assert found.size(name) == said


def test_percent_of_next_to_nothing_are_never_said():
    for base in (0.0, 0.3, -0.3):
        found = Move(10.0, 9.0, 11.0, base)
        assert "%" not in found.size("welfare")
    assert "%" not in Move(1.0, -4.0, 6.0, 4.0).span("welfare")  # its error is larger than the base


def test_what_does_not_move_is_not_unclear():
    assert unclear([("x", "welfare", Move(0.0, 0.0, 0.0, 3.0))]) == ""


def test_without_an_interval_nothing_is_sure():
    found = Move(3.0, math.nan, math.nan, 10.0)
    assert moved("welfare", found) == ""
    assert "nothing says how sure" in unclear([("welfare", "welfare", found)])


def test_a_small_low_end_is_not_written_as_zero():
    rng = np.random.default_rng(1)
    for low in 10 ** rng.uniform(-4, 0, 50):
        assert not Move(1.0, -low, 2.0 + low, 10.0).span("welfare").startswith("0 to")
        said = Move(1.0, low, 2.0 - low, 10.0).size("welfare")
        assert "(0 to" not in said
