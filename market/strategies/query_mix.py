"""Which problems a buyer asks about: all by their weight, some domains, or the harder ones."""

from typing import Annotated, Literal

from pydantic import Field

from market.foundation.arrays import FloatArray
from market.foundation.config import Part
from market.population.domains import tilted_weights, weights_of
from market.population.population import Population


class AllProblems(Part):
    """Every problem by its weight in the population."""

    kind: Literal["all"] = "all"

    def weights(self, population: Population) -> FloatArray:
        """[n] the population's own weights."""
        return population.weight


class Domains(Part):
    """Problems of some domains, in given proportions."""

    kind: Literal["domains"] = "domains"
    shares: Annotated[dict[str, Annotated[float, Field(ge=0)]], Field(min_length=1)]
    """Proportion of queries by domain; any scale."""

    def weights(self, population: Population) -> FloatArray:
        """[n] weights: within a domain as in the population.

        Raises
        ------
        DataError
            The population has no domains, or none of that name.
        """
        return weights_of(population, self.shares)


class Difficulty(Part):
    """Harder problems more often, or easier ones: w_i ∝ w_i·exp(tilt·d_i).

    d is the standardised mean failure of the models (exponential tilting, Esscher 1932): the mix
    nearest to the population's own that has a given mean difficulty.
    """

    kind: Literal["difficulty"] = "difficulty"
    tilt: Annotated[float, Field(ge=-10, le=10)]
    """Above 0 harder, below 0 easier; 1 moves the mean by about a standard deviation."""

    def weights(self, population: Population) -> FloatArray:
        """[n] tilted weights."""
        return tilted_weights(population, self.tilt)


Problems = Annotated[AllProblems | Domains | Difficulty, Field(discriminator="kind")]
