"""What the colours of a chart become on a dark page."""

import re
from types import MappingProxyType

from market.charts.colours import NIGHT, legible, translucent

NEUTRAL = MappingProxyType(
    {
        "white": NIGHT,
        "#000000": "#F2F2F2",  # the market price
        "#222222": "#E4E6E8",  # text
        "#444444": "#B4B9BF",  # bars of intervals
        "#555555": "#B4B9BF",  # labels of interventions
        "#888888": "#8B929A",  # axes
        "#E6E6E6": "#33383E",  # grid
        "#BBBBBB": "#555B62",
        "#F4F7FA": "#1E2A36",  # the least of a colour scale
        "#08306B": "#CDE3FA",  # and the most
        "rgba(255,255,255,0.75)": "rgba(22,24,27,0.75)",
    }
)
_COLOUR = re.compile(r'"(#[0-9A-Fa-f]{6})"')
_SHADED = re.compile(r'"rgba\((\d+),(\d+),(\d+),([0-9.]+)\)"')


def dark_colours(content: str) -> dict[str, str]:
    """Colours of a chart, given as JSON, and what they become on a dark page.

    Neutral ones are turned round; those of agents stay unless they are too dark to be seen.
    """
    found = dict(NEUTRAL)
    for colour in sorted(set(_COLOUR.findall(content)) - set(found)):
        if (seen := legible(colour, NIGHT)) != colour.upper():
            found[colour] = seen
    for red, green, blue, opacity in set(_SHADED.findall(content)):
        colour = f"#{int(red):02X}{int(green):02X}{int(blue):02X}"
        seen = NEUTRAL.get(colour, legible(colour, NIGHT))
        found.setdefault(translucent(colour, float(opacity)), translucent(seen, float(opacity)))
    return found
