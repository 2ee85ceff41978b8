"""Whether colours can be told apart, also by readers who see fewer of them."""

import itertools

import numpy as np
import pytest

from market.charts.colours import ARBITRAGEURS, BLACK, PROVIDERS, shade, translucent

# linear RGB as it is seen: Machado, Oliveira and Fernandes (2009), severity 1
SEEN = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
) / np.array([[0.9505], [1.0], [1.089]])
APART = 15  # CIE76; side by side, 2.3 is just noticeable


def linear(colour: str) -> np.ndarray:
    """Linear RGB of `#rrggbb` (IEC 61966-2-1)."""
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear RGB."""
    x, y, z = (
        np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in TO_XYZ @ np.clip(rgb, 0, 1)
    )
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", SEEN)
def test_providers_arbitrageurs_and_the_market_price_can_be_told_apart(vision):
    colours = (*PROVIDERS, *ARBITRAGEURS[:2], BLACK)
    close = {
        pair: distance
        for pair in itertools.combinations(colours, 2)
        if (
            distance := np.linalg.norm(
                np.diff([lab(SEEN[vision] @ linear(c)) for c in pair], axis=0)
            )
        )
        < APART
    }
    assert close == {}


@pytest.mark.parametrize("colour", [*PROVIDERS, *ARBITRAGEURS[:2]])
def test_a_line_stands_out_from_white_paper(colour):
    luminance = float(np.array([0.2126, 0.7152, 0.0722]) @ linear(colour))
    assert 1.05 / (luminance + 0.05) > 1.9


def test_a_shade_of_nothing_is_the_colour_and_of_one_is_white():
    assert shade("#0072B2", 0) == "#0072B2"
    assert shade("#0072B2", 1) == "#FFFFFF"
    assert shade("#0072B2", -1) == "#000000"


def test_a_translucent_colour_keeps_its_parts():
    assert translucent("#D55E00", 0.2) == "rgba(213,94,0,0.2)"
