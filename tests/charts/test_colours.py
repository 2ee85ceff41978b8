"""Whether colours can be told apart, also by readers who see fewer of them."""

import itertools
import json

import numpy as np
import pytest

from market.charts import Colours, dark_colours
from market.charts.colours import (
    ARBITRAGEURS,
    BLACK,
    GREY,
    NIGHT,
    PAPER,
    PROVIDERS,
    contrast,
    shade,
    translucent,
)
from market.charts.reference_lines import reference

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


def close(colours, vision: str, apart: float) -> dict[tuple[str, str], float]:
    """Pairs of colours that a reader would take for one another, with their distance."""
    found = {}
    for pair in colours:
        distance = np.linalg.norm(np.diff([lab(SEEN[vision] @ linear(c)) for c in pair], axis=0))
        if distance < apart:
            found[pair] = float(distance)
    return found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("vision", SEEN)
def test_providers_arbitrageurs_and_the_market_price_can_be_told_apart(vision, dark):
    colours = [*PROVIDERS, *ARBITRAGEURS[:2], BLACK]
    if dark:
        shown = dark_colours(json.dumps(colours))
        colours = [shown.get(colour, colour) for colour in colours]
    assert close(itertools.combinations(colours, 2), vision, APART) == {}


@pytest.mark.parametrize("vision", SEEN)
def test_neighbours_of_each_palette_can_be_told_apart(vision):
    for palette in (PROVIDERS, ARBITRAGEURS):
        assert close(itertools.pairwise(palette), vision, APART) == {}


@pytest.mark.parametrize("colour", [*PROVIDERS, *ARBITRAGEURS, GREY, BLACK])
def test_a_line_stands_out_from_a_light_and_from_a_dark_page(colour):
    assert contrast(colour, PAPER) >= 3
    dark = dark_colours(json.dumps([colour])).get(colour, colour)
    assert contrast(dark, NIGHT) >= 3


def test_a_shaded_interval_is_turned_with_its_line():
    dark = dark_colours('["rgba(0,0,0,0.2)", "rgba(0,158,115,0.2)"]')
    assert dark["rgba(0,0,0,0.2)"] == "rgba(242,242,242,0.2)"
    assert dark["rgba(0,158,115,0.2)"] == "rgba(0,158,115,0.2)"


def test_contrast_goes_from_one_to_twenty_one():
    assert contrast(BLACK, PAPER) == pytest.approx(21)
    assert contrast(GREY, GREY) == 1


def test_shades_of_a_provider_stand_out_from_the_page():
    models = {f"model {i}": "p" for i in range(4)}
    for provider in range(len(PROVIDERS)):
        names = [*map(str, range(provider)), "p"]
        colours = Colours.of_market(names, models=models)
        assert min(contrast(colours[model], PAPER) for model in models) >= 3


def test_one_agent_more_changes_no_colour_and_no_marker():
    few, more = Colours.of_market("pq", "a"), Colours.of_market("pqr", "ab")
    for name in "pqa":
        assert few.look(name) == more.look(name)


def test_providers_have_filled_markers_and_arbitrageurs_open_ones():
    colours = Colours.of_market(map(str, range(8)), "abcdef")
    markers = [colours.marker(name) for name in (*map(str, range(8)), *"abcdef")]
    assert len(set(markers)) == len(markers)
    assert [marker.endswith("-open") for marker in markers] == [False] * 8 + [True] * 6


def test_list_price_marginal_cost_arbitrage_cost_and_market_price_have_a_dash_each():
    names = "list prices", "marginal cost of what was served", "arbitrage cost", "market price"
    dashes = [reference(name)["dash"] for name in names]
    assert len({*dashes, reference("mean 4%")["dash"], "solid"}) == 6


def test_a_shade_of_nothing_is_the_colour_and_of_one_is_white():
    assert shade("#0072B2", 0) == "#0072B2"
    assert shade("#0072B2", 1) == "#FFFFFF"
    assert shade("#0072B2", -1) == "#000000"


def test_a_translucent_colour_keeps_its_parts():
    assert translucent("#D55E00", 0.2) == "rgba(213,94,0,0.2)"
