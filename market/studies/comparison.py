"""Two markets on the same seeds: what changes, and who gains and who loses."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from market.foundation.atomic_files import whole_folder
from market.foundation.shown import Tabled
from market.scenario.schema import Scenario
from market.studies.comparison_folder import write_comparison
from market.studies.side_names import side_names, unlike


@dataclass(frozen=True, repr=False)
class Comparison(Tabled):
    """What differs between two scenarios, paired by seed.

    Each frame has a row per `name`, `role` and `measure`: its mean in `a` and `b`, the mean of
    b − a with standard error and 95% interval (Student t), and the number of `replicates` used.

    Attributes
    ----------
    measures
        Of the whole market. If problems were drawn anew, `sample_low` and `sample_high` are the
        ends of an interval that also says how sure the sample of problems is; else NaN.
    agents
        Revenue and profit of each provider and arbitrageur, US dollars per tick, and net profit, US
        dollars since the start; 0 of one that is not in a market.
    segments
        Of each consumer segment; what it has in one market only has no difference.
    a, b
        The scenarios, as resolved.
    seeds
        Of the replicates.
    resampled
        Whether as many runs of each were made on problems that were drawn anew.
    """

    measures: pd.DataFrame
    agents: pd.DataFrame
    segments: pd.DataFrame
    a: Scenario
    b: Scenario
    seeds: tuple[int, ...]
    resampled: bool = False

    @property
    def names(self) -> tuple[str, str]:
        """Names of a and b; if both have the same name, b's also says what it sets."""
        a, b = side_names((self.a, self.b))
        return a, b

    @property
    def unlike(self) -> tuple[str, ...]:
        """What differs between the sides that makes them hard to compare, a phrase each."""
        return unlike((self.a, self.b))

    @property
    def assumed(self) -> tuple[str, ...]:
        """Sentences on the models of either market that are assumed."""
        return tuple(dict.fromkeys((*self.a.assumed, *self.b.assumed)))

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The three frames by name."""
        return {"measures": self.measures, "agents": self.agents, "segments": self.segments}

    def save(self, folder: str | Path, overwrite: bool = False) -> Path:
        """Write frames, both scenarios and a manifest, whole or not at all.

        Raises
        ------
        ScenarioError
            The folder exists and is not to be replaced, or cannot be written.
        """
        with whole_folder(folder, overwrite) as draft:
            self.write(draft)
        return Path(folder)

    def write(self, folder: Path) -> None:
        """Write into an existing folder."""
        write_comparison(folder, self, (self.a, self.b))
