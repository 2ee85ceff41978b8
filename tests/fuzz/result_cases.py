"""Folders of results, changed after they were written, that are read again."""

import json
import tempfile
from contextlib import chdir
from pathlib import Path

from fuzz.answers import Case
from fuzz.documents import Documents
from fuzz.mutations import damaged, mutated
from fuzz.odd_values import as_written
from hypothesis import strategies as st
from typer.testing import CliRunner

from market.cli.app import app

_TINY = ("ticks=2", "consumers.teams.size=20", "population.problems=9", "menu_points=4")
_MADE_BY = {
    "run": ("run",),
    "sweep": ("sweep", "--replicates", "2", "--vary", "arbitrageurs.routers.count=0:1"),
    "compare": ("compare", "--replicates", "2", "--arbitrageurs", "0"),
}
_MADE: dict[str, dict[str, bytes]] = {}


def use(results: dict[str, dict[str, bytes]]) -> None:
    """Take these for the folders that :func:`results` makes."""
    _MADE.update(results)


def results() -> dict[str, dict[str, bytes]]:
    """Files of a run, of a sweep and of a comparison, made once."""
    if not _MADE:
        use({kind: _files_of(words) for kind, words in _MADE_BY.items()})
    return _MADE


def _files_of(words: tuple[str, ...]) -> dict[str, bytes]:
    command, *more = words
    option = "--set-all" if command == "compare" else "--set"
    settings = [word for text in _TINY for word in (option, text)]
    jobs = [] if command == "run" else ["--jobs", "1"]
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        asked = [command, "synthetic", *more, *settings, *jobs, "--out", "f"]
        answer = CliRunner().invoke(app, asked)
        assert answer.exit_code == 0, answer.output
        found = sorted(path for path in Path("f").rglob("*") if path.is_file())
        return {path.as_posix(): path.read_bytes() for path in found}


def read_again() -> st.SearchStrategy[Case]:
    """A result folder with files changed, cut off or gone, that is read or resumed."""
    results()  # which are made before anything is drawn
    return _read_again()


@st.composite
def _read_again(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(sorted(_MADE_BY)))
    files = dict(results()[kind])
    for name in draw(st.lists(st.sampled_from(sorted(files)), max_size=2, unique=True)):
        how = draw(st.integers(0, 3))
        if how == 0:
            del files[name]
        elif name.endswith(".json") and how < 3:
            document = draw(mutated(Documents([json.loads(files[name])]), {}, most=2))
            files[name] = as_written(json.dumps(document, default=str)).encode()
        else:
            files[name] = draw(damaged(files[name]))
    words = [("report", "f", "--out", "out.html"), ("export", "f", "--out", "out"), ("cite", "f")]
    if kind == "sweep":
        words += [("sweep", "--status", "f")] * 2
    return Case(draw(st.sampled_from(words)), files)
