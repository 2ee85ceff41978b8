"""Who has which colour and marker: the same name has the same ones in every chart of a market.

Blue, green, pink and vermilion are those of Okabe and Ito (Color Universal Design, 2008); the
others were searched for so that all can be told apart with any common kind of colour blindness and
stand out from the page by 3:1 or more (WCAG 2.2, 1.4.11). On a dark page a colour that is too dark
there is lightened until it does. Vermilion is kept for arbitrage and black for the market price.
Markers tell lines apart on paper without colours: filled ones are providers', open ones are
arbitrageurs'.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

BLACK = "#000000"
GREY = "#7A7A7A"
VERMILION = "#D55E00"
BLUE = "#0072B2"
GREEN = "#009E73"
PAPER = "#FFFFFF"  # of a light page
NIGHT = "#16181B"  # of a dark one
LEGIBLE = 3.0  # contrast of a line with its page

PROVIDERS = (BLUE, GREEN, "#CC79A7", "#9F40FF", "#8C994D", "#243333", "#9580FF", "#1E00B3")
ARBITRAGEURS = (VERMILION, "#801500", "#B8732E", "#4D2600", "#C76B4F", "#5C3A21")
SHADES = (0.0, 0.45, -0.35, 0.65)  # of a provider's colour, for one model of it after the other
FILLED = ("circle", "square", "diamond", "triangle-up", "cross", "x", "pentagon", "star")
OPEN = tuple(f"{marker}-open" for marker in FILLED)

MARKET = {
    "market price": BLACK,
    "arbitrage cost": VERMILION,
    "arbitrageurs": VERMILION,
    "arbitrageur": VERMILION,
    "consumers": GREY,
}


def shade(colour: str, amount: float) -> str:
    """Mix a `#rrggbb` colour with white by `amount` (with black if below 0)."""
    target = 255 if amount > 0 else 0
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(p + (target - p) * abs(amount)):02X}" for p in parts)


def translucent(colour: str, opacity: float) -> str:
    """Write a `#rrggbb` colour as `rgba(…)`."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def luminance(colour: str) -> float:
    """Relative luminance of a `#rrggbb` colour, from 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def legible(colour: str, page: str) -> str:
    """The colour, mixed with white or black as little as it takes to stand out from the page."""
    towards = 1 if luminance(page) < 0.5 else -1
    steps = (shade(colour, towards * step / 100) for step in range(101))
    return next(mixed for mixed in steps if contrast(mixed, page) >= LEGIBLE)


@dataclass(frozen=True)
class Colours:
    """A market's names and their colours.

    Attributes
    ----------
    by_name
        `#rrggbb` by name.
    markers
        Plotly's marker by name.
    """

    by_name: Mapping[str, str]
    markers: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """Colour of a name; one that is not known takes the same provider colour every time."""
        if name in self.by_name:
            return self.by_name[name]
        if name in MARKET:
            return MARKET[name]
        return PROVIDERS[_place(name)]

    def marker(self, name: str) -> str:
        """Marker of a name; one that is not known takes the same one every time."""
        return self.markers.get(name) or FILLED[_place(name)]

    def look(self, name: str, width: float = 2) -> dict[str, object]:
        """Line and marker of a name, as arguments of a trace; a line has few markers."""
        return {
            "line": {"color": self[name], "width": width},
            "marker": {
                "color": self[name],
                "symbol": self.marker(name),
                "size": 7,
                "maxdisplayed": 8,
            },
        }

    @classmethod
    def of_market(
        cls,
        providers: Iterable[str],
        arbitrageurs: Iterable[str] = (),
        models: Mapping[str, str] | None = None,
    ) -> "Colours":
        """Give out colours and markers in the order of the names; one more name changes no other.

        Parameters
        ----------
        providers, arbitrageurs
            Names, each once or more often.
        models
            The provider of each model; a model has a shade of its provider's colour.
        """
        found: dict[str, str] = {}
        markers: dict[str, str] = {}
        for names, colours, shapes in (
            (arbitrageurs, ARBITRAGEURS, OPEN),
            (providers, PROVIDERS, FILLED),
        ):
            for i, name in enumerate(dict.fromkeys(names)):
                found[name] = colours[i % len(colours)]
                markers[name] = shapes[i % len(shapes)]
        seen: dict[str, int] = {}
        for model, provider in (models or {}).items():
            place = seen[provider] = seen.get(provider, -1) + 1
            base = found.get(provider, GREY)
            found.setdefault(model, legible(shade(base, SHADES[place % len(SHADES)]), PAPER))
            start = FILLED.index(markers[provider]) if provider in markers else 0
            markers.setdefault(model, FILLED[(start + place) % len(FILLED)])
        return cls(found, markers)


def _place(name: str) -> int:
    return hashlib.sha256(name.encode()).digest()[0] % len(PROVIDERS)
