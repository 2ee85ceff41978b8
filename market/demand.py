"""Demand rules: what a buyer wants, and which seller it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from market.distributions import Distribution, draw
from market.parts import Part
from market.population import FloatArray, IntArray

NOBODY = -1


@dataclass(frozen=True)
class Needs:
    """What each of J buyers wants.

    Attributes
    ----------
    tier
        [J] index of the least tier that is good enough; G where no tier is.
    reservation_price
        [J] US dollars per query that it pays at most, tastes aside.
    """

    tier: IntArray
    reservation_price: FloatArray


@dataclass(frozen=True)
class Choice:
    """Whom each of J buyers buys from.

    Attributes
    ----------
    seller
        [J] index of the seller; `NOBODY` where not buying is better.
    tier
        [J] index of the tier bought.
    """

    seller: IntArray
    tier: IntArray


class FixedQuality(Part):
    """A buyer needs one solve rate, and pays at most its reservation price B for it.

    Utility of seller s: −β·ln(P_s·(1 + switching_cost·[s ≠ present seller])) + taste; of not
    buying: −β·ln B. With Gumbel tastes this is a logit in log price (Anderson, de Palma and Thisse
    1992), so β is near the price elasticity of one seller among close substitutes.
    """

    kind: Literal["fixed_quality"] = "fixed_quality"
    quality: Distribution
    """Solve rate that a buyer needs; it takes the least tier that has it."""
    budget: Distribution
    """Reservation price, US dollars per query."""

    def needs(
        self,
        quality_tiers: FloatArray,
        size: int,
        quality_rng: np.random.Generator,
        budget_rng: np.random.Generator,
    ) -> Needs:
        """Deal needs to `size` buyers.

        Parameters
        ----------
        quality_tiers
            [G] promised solve rates, rising.
        size
            Number of buyers J.
        quality_rng, budget_rng
            One generator for each thing drawn.
        """
        wanted = draw(self.quality, quality_rng, size)
        tier = np.searchsorted(quality_tiers, wanted - 1e-9, side="left").astype(np.int64)
        return Needs(tier, draw(self.budget, budget_rng, size))

    def choose(
        self,
        needs: Needs,
        menus: FloatArray,
        known: Sequence[npt.NDArray[np.bool_] | None],
        taste: Sequence[FloatArray],
        present: IntArray,
        price_sensitivity: float,
        switching_cost: float,
    ) -> Choice:
        """Take the seller of highest utility among those known, or nobody.

        Parameters
        ----------
        needs
            Of the J buyers.
        menus
            [S, G] posted price by seller and tier.
        known
            Per seller, [J] whether a buyer knows it; None where everybody does.
        taste
            Per seller, [J] the buyers' lasting taste for it.
        present
            [J] present seller, or `NOBODY`.
        price_sensitivity
            β.
        switching_cost
            Share of the price that leaving the present seller adds.
        """
        sellers = len(menus)
        with np.errstate(divide="ignore"):
            # column G serves the buyers whom no tier is good enough for
            by_tier = np.hstack(
                (-price_sensitivity * np.log(menus), np.full((sellers, 1), -np.inf))
            )
            best = -price_sensitivity * np.log(needs.reservation_price)
        chosen = np.full(len(best), NOBODY, dtype=np.int64)
        move = price_sensitivity * np.log1p(switching_cost)
        for s in range(sellers):
            utility = by_tier[s][needs.tier] + taste[s]
            if move > 0:
                utility -= move * ((present != s) & (present != NOBODY))
            better = utility > best
            aware = known[s]
            if aware is not None:
                better &= aware
            np.copyto(best, utility, where=better)
            chosen[better] = s
        return Choice(chosen, needs.tier)


Demand = Annotated[FixedQuality, Field(discriminator="kind")]
