"""What a paper cites: the program, the paper whose market it simulates, scenarios and data."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from market.foundation.errors import DataError, ScenarioError
from market.foundation.formats import COMPARISON, HEADER, MANIFEST, RUN, STUDY, read_json
from market.foundation.text_files import file_is_there
from market.population.pack_folders import find_pack
from market.population.packs import read_about
from market.scenario.digest import scenario_digest
from market.scenario.files import load
from market.scenario.population_source import Calibrated, Records
from market.scenario.schema import Scenario

TITLE = "market: an agent-based simulator of AI model markets"
AUTHOR = "The market developers"
YEAR = 2026
LICENCE = "MIT"
PAPER = r"""@article{olmedo2026computational,
  title = {Computational Arbitrage in {AI} Model Markets},
  author = {Olmedo, Ricardo and Sch{\"o}lkopf, Bernhard and Hardt, Moritz},
  journal = {arXiv preprint arXiv:2603.22404},
  year = {2026},
  eprint = {2603.22404},
  archivePrefix = {arXiv},
}"""


@dataclass(frozen=True)
class Cited:
    """A scenario as a paper states it.

    Attributes
    ----------
    name, digest
        Of the resolved scenario.
    seed
        Root seed.
    population
        From what its problems are, with source, licence and date where they are stated.
    """

    name: str
    digest: str
    seed: int
    population: Mapping[str, str]

    @classmethod
    def of(cls, scenario: Scenario) -> "Cited":
        """State a scenario."""
        digest = scenario_digest(scenario)
        return cls(scenario.name, digest, scenario.seed, _population(scenario))


def _population(scenario: Scenario) -> dict[str, str]:
    source = scenario.population
    if isinstance(source, Calibrated):
        about = read_about(find_pack(source.pack))
        stated = {key: str(about[key]) for key in ("source", "licence", "date") if about.get(key)}
        return {"population": f"pack {Path(source.pack).name}", "licence": "not stated"} | stated
    if isinstance(source, Records):
        found = {"population": f"attempt records {Path(source.folder).name}"}
        about_file = Path(source.folder) / "source.json"
        if file_is_there(about_file, DataError):
            about = read_json(about_file, DataError)
            stated = {key: str(about[key]) for key in ("source", "date") if about.get(key)}
            found |= stated
        return found | {"licence": "not stated"}
    return {"population": "synthetic, drawn by the program; no data"}


def cited(what: str) -> tuple[list[Cited], str | None]:
    """The scenarios of a result's folder or of a name, and the version that made the result.

    Raises
    ------
    ScenarioError
        There is no such scenario, or the folder holds no result.
    """
    folder = Path(what)
    if not folder.is_dir():
        return [Cited.of(load(what))], None
    known_by = (folder / name for name in (MANIFEST, HEADER))  # a sweep that has not ended
    file = next((path for path in known_by if file_is_there(path)), None)
    if file is None:
        raise ScenarioError(f"{folder}: contains no result (no {MANIFEST}); name one that does")
    manifest = read_json(file)
    made = next((known for known in (RUN, STUDY, COMPARISON) if known.made(manifest)), None)
    if made is None:
        raise ScenarioError(f"{file}: is not of a run, a sweep or a comparison; name one of these")
    made.require_readable(manifest, file)
    version = manifest.get("versions", {}).get("market")
    if made is STUDY:
        from market.studies.study_folder import StudyFolder

        place = StudyFolder(folder)
        scenarios = [place.design(place.header()).scenario]
    else:
        scenarios = [load(path) for path in sorted(folder.glob("*.toml"))]
    if not scenarios:
        raise ScenarioError(f"{folder}: holds no scenario file; run it again")
    return [Cited.of(scenario) for scenario in scenarios], version


def software(version: str, found: list[Cited]) -> str:
    """The BibTeX entry of the program."""
    note = "; ".join(f"scenario {one.name}, digest {one.digest}" for one in found)
    lines = [
        "@software{market,",
        f"  title = {{{TITLE}}},",
        f"  author = {{{{{AUTHOR}}}}},",
        f"  year = {{{YEAR}}},",
        f"  version = {{{version}}},",
        f"  license = {{{LICENCE}}},",
        *([f"  note = {{{_braced(note)}}},"] if note else []),
        "}",
    ]
    return "\n".join(lines)


def _braced(text: str) -> str:
    """A text without what BibTeX and LaTeX would take for a command."""
    return "".join(f"\\{sign}" if sign in "&%$#_{}" else sign for sign in text)
