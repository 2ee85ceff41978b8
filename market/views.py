"""What a strategy may see of the market: frozen, and nothing else."""

from dataclasses import dataclass

import numpy as np

from market.population import FloatArray


@dataclass(frozen=True)
class Quote:
    """A seller's posted menu.

    Attributes
    ----------
    seller
        Its name.
    price
        [G] US dollars per query by quality tier; infinite where it does not sell the tier.
    """

    seller: str
    price: FloatArray


@dataclass(frozen=True)
class MarketView:
    """The market as one seller sees it when it decides.

    Attributes
    ----------
    tick
        From 0.
    quality
        [G] solve rate that each tier promises.
    rivals
        The menus that all other sellers have posted.
    """

    tick: int
    quality: FloatArray
    rivals: tuple[Quote, ...]

    def cheapest_rival(self) -> FloatArray:
        """[G] least posted price of the rivals; infinite where none sells the tier."""
        if not self.rivals:
            return np.full(len(self.quality), np.inf)
        least: FloatArray = np.stack([quote.price for quote in self.rivals]).min(axis=0)
        return least
