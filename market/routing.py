"""Routing rules: how an arbitrageur turns a promised solve rate into attempts."""

from typing import Annotated, Literal

from pydantic import Field

from market.curves import CurveTables
from market.frontier import Frontier, solve_frontier
from market.parts import Part
from market.population import FloatArray


class CascadeRouting(Part):
    """Send every query down the same cascade: the query-independent router of arXiv:2603.22404."""

    kind: Literal["cascade"] = "cascade"

    def route(self, tables: CurveTables, quality: FloatArray, price: FloatArray) -> Frontier:
        """Least expected spend, and the cascade that has it, at each tier.

        Parameters
        ----------
        tables
            Curves of all models on sale.
        quality
            [G] promised solve rates.
        price
            [M] price multipliers; infinite where a model is not for sale.
        """
        return solve_frontier(tables, quality, price)


Routing = Annotated[CascadeRouting, Field(discriminator="kind")]
