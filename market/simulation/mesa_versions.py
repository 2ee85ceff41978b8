"""What differs between the versions of Mesa that are supported, 3.3 to 3.5."""

from collections.abc import Iterator
from itertools import count
from typing import ClassVar
from weakref import WeakKeyDictionary

import mesa


def advance(model: mesa.Model, ticks: int) -> None:
    """Run a model for so many ticks: `run_for` came with Mesa 3.5."""
    if ticks > 0 and hasattr(model, "run_for"):
        model.run_for(ticks)
        return
    for _ in range(ticks):
        model.step()


class _Counts(WeakKeyDictionary[mesa.Model, Iterator[int]]):
    """Numbers of agents by model, 1, 2, …, forgotten with the model."""

    def __getitem__(self, model: mesa.Model) -> Iterator[int]:
        return self.setdefault(model, count(1))


class Agent(mesa.Agent):
    """An agent that goes with its model.

    Mesa 3.3 numbers agents in a table that all of the class share, by model, and so keeps every
    model for ever; later versions have no such table.
    """

    _ids: ClassVar[_Counts] = _Counts()
