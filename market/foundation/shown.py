"""Values that show themselves in notebooks and terminals, through a room that is named at the top.

What shows a result needs charts and verdicts, of which results know nothing. So this module holds
the name of the package that shows them, which is imported when a value is first shown.
"""

from importlib import import_module
from typing import Any

_room: list[str] = []


def show_with(package: str) -> None:
    """Name the package whose functions `html`, `text`, `plots` and `columns` show values."""
    _room[:] = [package]


def _shown_by(function: str, value: object) -> Any:
    import_module("market")  # names the package, also where a part alone was imported
    return getattr(import_module(_room[0]), function)(value)


class Shown:
    """A value that is shown by its verdict and key figures."""

    def __repr__(self) -> str:
        """What it is, its verdict, key figures, and what it can be asked."""
        return str(_shown_by("text", self))

    def __str__(self) -> str:
        """As its representation."""
        return repr(self)

    def _repr_html_(self) -> str:
        return str(_shown_by("html", self))


class Accessor:
    """What hangs on a result and another room makes, as tab completion finds it.

    IPython does not ask a property, of which it cannot know what it does, but asks this.
    """

    def __init__(self, function: str, doc: str) -> None:
        self._function = function
        self.__doc__ = doc

    def __get__(self, value: object | None, kind: type) -> Any:
        return self if value is None else _shown_by(self._function, value)


class Charted(Shown):
    """A result that has charts, too."""

    plot = Accessor("plots", "Charts of it, as Plotly figures: `dir(result.plot)` lists them.")


class Tabled(Charted):
    """A result that has tables, too."""

    columns = Accessor("columns", "A frame of what each `column` of each `table` means.")
