"""Several markets on the same seeds, each compared with the first."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from market.foundation.atomic_files import whole_folder
from market.foundation.formats import letter
from market.foundation.shown import Tabled
from market.scenario.schema import Scenario
from market.studies.comparison import Comparison
from market.studies.comparison_folder import write_comparison
from market.studies.side_names import side_names, unlike


@dataclass(frozen=True, repr=False)
class Comparisons(Tabled):
    """Several scenarios on the same seeds, each compared with the first.

    Attributes
    ----------
    pairs
        The first with each other, as :class:`Comparison`: all have the same `a` and rows.
    """

    pairs: tuple[Comparison, ...]

    @property
    def sides(self) -> tuple[Scenario, ...]:
        """All scenarios, the base first."""
        return self.pairs[0].a, *(pair.b for pair in self.pairs)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the sides; one that has the first's name also says what it sets."""
        return side_names(self.sides)

    @property
    def unlike(self) -> tuple[str, ...]:
        """What differs between the sides that makes them hard to compare, a phrase each."""
        return unlike(self.sides)

    @property
    def seeds(self) -> tuple[int, ...]:
        """Of the replicates."""
        return self.pairs[0].seeds

    @property
    def resampled(self) -> bool:
        """Whether as many runs of each were made on problems that were drawn anew."""
        return self.pairs[0].resampled

    @property
    def assumed(self) -> tuple[str, ...]:
        """Sentences on the models of any market that are assumed."""
        return tuple(dict.fromkeys(line for pair in self.pairs for line in pair.assumed))

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The frames of all pairs, one below the other; `side` is the letter of the second."""
        parts: dict[str, list[pd.DataFrame]] = {}
        for s, pair in enumerate(self.pairs, start=1):
            for name, frame in pair.frames.items():
                own = frame.copy()
                own.insert(0, "side", letter(s))
                parts.setdefault(name, []).append(own)
        return {name: pd.concat(found, ignore_index=True) for name, found in parts.items()}

    @property
    def measures(self) -> pd.DataFrame:
        """Of the whole market: a row per side but the first and measure."""
        return self.frames["measures"]

    @property
    def agents(self) -> pd.DataFrame:
        """Of each provider and arbitrageur, by side."""
        return self.frames["agents"]

    @property
    def segments(self) -> pd.DataFrame:
        """Of each consumer segment, by side."""
        return self.frames["segments"]

    def save(self, folder: str | Path, overwrite: bool = False) -> Path:
        """Write frames, all scenarios and a manifest, whole or not at all.

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
        write_comparison(folder, self, self.sides)
