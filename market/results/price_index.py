"""The price of a fixed basket of quality."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PriceIndex:
    """A fixed basket's price now over its price in the base market.

    Attributes
    ----------
    index
        Σ least price now / Σ least price in the base, over buyers' baskets and queries.
    coverage
        Share of base spend that it counts: what nobody sells a buyer now is left out.
    paid
        The same with the prices of the sellers that buyers choose, now and in the base.
    """

    index: float
    coverage: float
    paid: float
