"""Every path and every dotted name that the docs give is there."""

import inspect
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from market import MarketModel

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
ARCHITECTURE = ROOT / "docs" / "architecture.md"
FOLDER = re.compile(r"(?<![\w/.])((?:market|tests|docs|examples|scenarios|notebooks)/[\w/.<>-]*)")
DOTTED = re.compile(r"(?<![\w/.)])market(?:\.[A-Za-z_]\w*)+")


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def entry_point_groups() -> set[str]:
    """Their names have a dot, but they are no modules."""
    return set(re.findall(r"`(market\.\w+)` \|", text(ROOT / "docs" / "guide.md")))


def member(owner: object, name: str) -> bool:
    """Whether a module or class has it, or a class has it as a field."""
    return hasattr(owner, name) or name in getattr(owner, "__annotations__", {})


def exists(dotted: str) -> bool:
    """Whether a dotted name is a module, something in one, or a member of that."""
    parts = dotted.split(".")
    depth = 1
    while depth < len(parts) and is_package(parts[:depth]) and is_module(parts[: depth + 1]):
        depth += 1
    owner: object = import_module(".".join(parts[:depth]))
    for name in parts[depth:]:
        if not member(owner, name):
            return False
        owner = getattr(owner, name, None)
    return True


def is_module(parts: list[str]) -> bool:
    return find_spec(".".join(parts)) is not None


def is_package(parts: list[str]) -> bool:
    spec = find_spec(".".join(parts))
    return spec is not None and spec.submodule_search_locations is not None


def symbols() -> list[tuple[str, str]]:
    """Name and module of each row of the table of symbols."""
    return re.findall(
        r"^\|[^|]*\|[^|]*\| `([\w.]+)` \| `(market[\w.]+)` \|$", text(ARCHITECTURE), re.M
    )


@pytest.mark.parametrize("file", DOCS, ids=lambda file: file.name)
def test_every_path_of_the_docs_exists(file):
    paths = {path.rstrip(".") for path in FOLDER.findall(text(file)) if "<" not in path}
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("file", DOCS, ids=lambda file: file.name)
def test_every_dotted_name_of_the_docs_exists(file):
    names = set(DOTTED.findall(text(file))) - entry_point_groups()
    assert [name for name in sorted(names) if not exists(name)] == []


@pytest.mark.parametrize(
    "name", ["market.no_such_room", "market.frontier.no_such_module", "market.load.no"]
)
def test_a_wrong_name_is_found_out(name):
    assert not exists(name)


def test_a_wrong_path_is_found_out():
    (path,) = FOLDER.findall("see `market/frontier/no_such_module.py`.")
    assert not (ROOT / path.rstrip(".")).exists()


def test_the_table_of_symbols_has_rows():
    assert len(symbols()) > 20


@pytest.mark.parametrize(("name", "module"), symbols(), ids=lambda part: part)
def test_a_symbol_s_name_is_in_its_module(name, module):
    assert exists(f"{module}.{name}")


def test_the_architecture_names_every_room():
    rooms = {path.parent.name for path in (ROOT / "market").glob("*/__init__.py")}
    rows = text(ARCHITECTURE).split("## Rooms")[1].split("## One tick")[0]
    told = re.findall(r"^\| (`[^|]*) \|", rows, re.MULTILINE)
    assert {room for row in told for room in re.findall(r"`(\w+)`", row)} == rooms


def test_the_phases_of_the_architecture_are_those_of_a_tick():
    phases = re.findall(r"self\.(\w+)\(", inspect.getsource(MarketModel.step))
    assert phases
    picture = text(ARCHITECTURE).split("```text")[1].split("```")[0]
    assert [phase for phase in phases if phase not in picture] == []
