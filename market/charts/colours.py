"""Who has which colour: the same name has the same colour in every chart of a market.

The colours of Okabe and Ito (Color Universal Design, 2008), without the yellow that white paper
swallows, and with a violet, a light green and a plum, so that providers, the first arbitrageurs and
the market price can be told apart with any common kind of colour blindness. Vermilion is kept for
arbitrage and black for the market price.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

BLACK = "#000000"
GREY = "#7A7A7A"
VERMILION = "#D55E00"
BLUE = "#0072B2"

PROVIDERS = (BLUE, "#009E73", "#CC79A7", "#56B4E9", "#8A2BE2", "#9AC26B", "#6B0F6B", "#E69F00")
ARBITRAGEURS = (VERMILION, "#8F3D00", "#F0945A", "#5A2600", "#F5BE98", "#B5532A")
SHADES = (0.0, 0.45, -0.35, 0.65)  # of a provider's colour, for one model of it after the other

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


@dataclass(frozen=True)
class Colours:
    """A market's names and their colours.

    Attributes
    ----------
    by_name
        `#rrggbb` by name.
    """

    by_name: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """Colour of a name; one that is not known takes the same provider colour every time."""
        if name in self.by_name:
            return self.by_name[name]
        if name in MARKET:
            return MARKET[name]
        digest = hashlib.sha256(name.encode()).digest()
        return PROVIDERS[digest[0] % len(PROVIDERS)]

    @classmethod
    def of_market(
        cls,
        providers: Iterable[str],
        arbitrageurs: Iterable[str] = (),
        models: Mapping[str, str] | None = None,
    ) -> "Colours":
        """Give out colours in the order of the names.

        Parameters
        ----------
        providers, arbitrageurs
            Names, each once or more often.
        models
            The provider of each model; a model has a shade of its provider's colour.
        """
        found: dict[str, str] = {}
        for i, name in enumerate(dict.fromkeys(arbitrageurs)):
            found[name] = ARBITRAGEURS[i % len(ARBITRAGEURS)]
        for i, name in enumerate(dict.fromkeys(providers)):
            found[name] = PROVIDERS[i % len(PROVIDERS)]
        seen: dict[str, int] = {}
        for model, provider in (models or {}).items():
            place = seen[provider] = seen.get(provider, -1) + 1
            base = found.get(provider, GREY)
            found.setdefault(model, shade(base, SHADES[place % len(SHADES)]))
        return cls(found)
