"""Pages of the reference, from the program itself: its help, schema, labels and docstrings."""

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache
from types import ModuleType

import pandas as pd
import scenario_keys
from markdown_text import block, table
from typer.main import get_command
from typer.testing import CliRunner

import market
from market.cli.app import app
from market.measures.definitions import DEFINITIONS, TERMS
from market.measures.labels import MEASURES
from market.notebook.columns import MEANINGS
from market.notebook.columns import columns as columns_of

HELP_WIDTH = 78  # of the help texts, in characters
TOP = "market"  # page of the names that `import market` gives


def pages() -> dict[str, str]:
    """Each made page, by its path in the site."""
    return {
        "reference/commands.md": commands(),
        "reference/scenario_files.md": scenario_keys.page(),
        "reference/measures.md": measures(),
        "reference/columns.md": columns(),
        "reference/python/index.md": names(),
        **{f"reference/python/{room}.md": python_page(room) for room in rooms()},
    }


def commands() -> str:
    """The help of each command."""
    sections = [
        "# Commands",
        "What `market COMMAND --help` prints.",
        *(f"## market {name}\n\n{block(help_of(name))}" for name in get_command(app).commands),
    ]
    return "\n\n".join(sections)


def help_of(command: str) -> str:
    """What a command prints with `--help`."""
    done = CliRunner().invoke(
        app, [command, "--help"], prog_name="market", terminal_width=HELP_WIDTH
    )
    if done.exit_code:
        raise RuntimeError(f"market {command} --help: exit code {done.exit_code}\n{done.output}")
    return done.output


def measures() -> str:
    """Names, labels and definitions of measures, and the terms that they use."""
    rows = [
        (f"`{name}`", measure.label, DEFINITIONS.get(name, ""))
        for name, measure in MEASURES.items()
    ]
    return "\n\n".join(
        [
            "# Measures",
            "Columns of the tables of a market, keys of `result.summary`, and what `--measure` "
            "takes. The formulas are in [the model](../model.md), and in "
            "[`market.measures`](python/measures.md).",
            table(("name", "label", "meaning"), rows),
            "## Terms",
            table(("term", "meaning"), list(TERMS.items())),
        ]
    )


def columns() -> str:
    """What the columns of tables hold: by table those of a run, then the others."""
    of_a_run = run_columns()
    others = {name: told for name, told in MEANINGS.items() if name not in set(of_a_run["column"])}
    return "\n\n".join(
        [
            "# Columns",
            "The tables of a run, in `result.tables` and as Parquet files in its folder. Some "
            "scenarios add columns, for example with a verifier that errs: `result.columns` has "
            "those of a result.",
            *(
                f"## {name}\n\n{column_table(zip(part['column'], part['meaning'], strict=True))}"
                for name, part in of_a_run.groupby("table", sort=False)
            ),
            "## Other columns",
            "Of studies and comparisons, which have columns of runs and [measures](measures.md), "
            "too, and of runs with what the tables above are without.",
            column_table(others.items()),
        ]
    )


def run_columns() -> pd.DataFrame:
    """The columns of a small run that leaves every table."""
    scenario = market.load("duopoly", set={"ticks": 4, "record_queries": True})
    return columns_of(market.run(scenario))


def column_table(meanings: Iterable[tuple[str, str]]) -> str:
    """Columns, and what each holds."""
    return table(("column", "meaning"), [(f"`{name}`", told) for name, told in meanings])


def names() -> str:
    """The first page of Python names: one row per room."""
    rows = [
        (f"[`{module_of(room).__name__}`]({room}.md)", first_line(module_of(room)))
        for room in rooms()
    ]
    return "\n\n".join(
        [
            "# Python",
            "Public names, by package. Most users need those of `market` only.",
            table(("package", "what is in it"), rows),
        ]
    )


def python_page(room: str) -> str:
    """The public names of a package, each with its docstring."""
    module = module_of(room)
    told = [f"::: {module.__name__}.{name}" for name in module.__all__]
    return "\n\n".join([f"# {module.__name__}", first_line(module), *told])


@cache
def rooms() -> tuple[str, ...]:
    """Packages that have public names; first the one of them all."""
    found = (info.name for info in pkgutil.iter_modules(market.__path__) if info.ispkg)
    return (TOP, *(name for name in found if hasattr(module_of(name), "__all__")))


def module_of(room: str) -> ModuleType:
    """The module whose names a page has."""
    return market if room == TOP else importlib.import_module(f"market.{room}")


def first_line(module: ModuleType) -> str:
    """What a package says of itself, in a sentence."""
    return (module.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
