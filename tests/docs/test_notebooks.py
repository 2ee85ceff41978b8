"""Every notebook runs from start to end, shows its charts, and is committed without outputs."""

import os
import pickle
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_core.utils import run_sync
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
PATIENCE = 120  # seconds for one cell
LONGEST_CELL = 25  # lines
# every cell runs here, in markets of fewer ticks and buyers; `make notebooks` runs them as they are
FEWER = {
    '"ticks": 24': '"ticks": 6',
    '"ticks": 30': '"ticks": 6, "menu_points": 16',
    '"ticks": 40': '"ticks": 6, "menu_points": 16',
    '"perturb_every": "never"': '"perturb_every": "never", "menu_points": 16',
    '"consumers.teams.size": 2000': '"consumers.teams.size": 300',
    '"consumers.teams.size": 3000': '"consumers.teams.size": 300',
    '"consumers.teams.size": 4000': '"consumers.teams.size": 300',
    'read_source("synthetic")': 'read_source("synthetic", overrides=["population.problems=60"])',
    "folds=5": "folds=2, draws=0",
    "calibrate_records(folder, 48": "calibrate_records(folder, 12",
    "0.755, 61)": "0.755, 16)",
    "0.755, 72)": "0.755, 16)",
    "queries=20_000": "queries=2_000",
    "streams=3": "streams=2",
    "replicates=4": "replicates=2",
    "jobs=2": "jobs=1",  # that workers make the same runs is tested elsewhere
}
CHECKED = "check(records)"  # what the paper's notebook does with the records


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def shorter(notebook: nbformat.NotebookNode, known: dict[str, str]) -> nbformat.NotebookNode:
    """The same cells with less to simulate, and with what is known already."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for much, few in (FEWER | known).items():
                cell.source = cell.source.replace(much, few)
    return notebook


class Kernel:
    """One process for all notebooks, which each begin with no names: its start takes seconds."""

    def __init__(self) -> None:
        self.manager: Any = None

    def run(
        self, path: Path, folder: Path, known: dict[str, str] | None = None
    ) -> nbformat.NotebookNode:
        """Execute a copy in its own folder; a cell that fails or warns fails the test."""
        records = os.environ.get("MARKET_RECORDS", str(folder / "nowhere"))
        begin = f"""
            %reset -f
            import os
            os.chdir({str(folder)!r})
            os.environ["MARKET_RECORDS"] = {records!r}
            del os"""
        notebook = shorter(read(path), known or {})
        notebook.cells.insert(0, nbformat.v4.new_code_cell(textwrap.dedent(begin).strip()))
        client = NotebookClient(notebook, km=self.manager, timeout=PATIENCE, kernel_name="python3")
        self.manager = self.manager or client.create_kernel_manager()
        try:
            done: nbformat.NotebookNode = client.execute(cleanup_kc=False)
        finally:
            if client.kc is not None:
                client.kc.stop_channels()
        return done


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    """It warns of all that Python warns of."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONWARNINGS", "default")
        found = Kernel()
        yield found
        if found.manager is not None:
            run_sync(found.manager.shutdown_kernel)(now=True)


def outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def charts(notebook: nbformat.NotebookNode) -> int:
    kind = "application/vnd.plotly.v1+json"
    return sum(kind in output.get("data", {}) for output in outputs(notebook))


def test_there_are_notebooks():
    assert {path.name[:2] for path in NOTEBOOKS} == {"01", "02", "03", "04", "05", "06", "07"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_start_to_end_and_says_nothing_on_standard_error(
    path, kernel, tmp_path, monkeypatch
):
    monkeypatch.delenv("MARKET_RECORDS", raising=False)
    done = kernel.run(path, tmp_path)
    complaints = [o["text"] for o in outputs(done) if o.get("name") == "stderr"]
    assert complaints == []
    assert charts(done) >= 3


def test_the_paper_s_notebook_shows_more_with_the_records(
    records_folder, paper_check, kernel, tmp_path, monkeypatch
):
    monkeypatch.setenv("MARKET_RECORDS", str(records_folder))
    (tmp_path / "checked").write_bytes(pickle.dumps(paper_check[0]))
    known = {CHECKED: '__import__("pickle").loads(Path("checked").read_bytes())'}
    done = kernel.run(FOLDER / "02_the_paper.ipynb", tmp_path, known)
    printed = "".join(o["text"] for o in outputs(done) if o.get("name") == "stdout")
    assert "50 of 50 figures agree with the publication" in printed
    assert charts(done) == 9


@pytest.mark.parametrize("much", [*FEWER, CHECKED])
def test_what_is_made_shorter_here_is_in_a_notebook(much):
    assert any(much in cell.source for path in NOTEBOOKS for cell in read(path).cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs(path):
    for cell in read(path).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_short_cells_and_defines_nothing(path):
    for cell in read(path).cells:
        if cell.cell_type == "code":
            lines = cell.source.splitlines()
            assert len(lines) <= LONGEST_CELL
            assert not any(line.startswith(("def ", "class ")) for line in lines)
