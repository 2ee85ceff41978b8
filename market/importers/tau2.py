"""Runs of tau2-bench: one JSON document each, with its tasks and simulations."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from market.foundation.text_files import RowError
from market.importers.attempts import Attempt, ImportLog, ImportOptions, fault
from market.importers.fields import at, dollars, name, score
from market.importers.source_files import Source, items_of

_MODEL = "agent_info", "llm"


class Tau2:
    """A simulation is an attempt; what the simulated user costs is nobody's price."""

    name = "tau2"
    looks_for = "JSON with info.agent_info and simulations (tau2-bench)"
    options = frozenset(("model_name",))

    def files(self, source: Source) -> list[Path]:
        """Documents with information on an agent."""
        return [f for f in source.of_kind(".json") if "info.agent_info.llm" in source.keys(f)]

    def attempts(
        self, files: Sequence[Path], source: Source, options: ImportOptions, log: ImportLog
    ) -> Iterator[Attempt]:
        """One attempt a simulation, whatever the document's size."""
        for file in files:
            info = next(items_of(file, "info"), None)
            started = next(items_of(file, "timestamp"), None)
            date = started[:10] if isinstance(started, str) else None
            domain = at(info, "environment_info", "domain_name")
            k = -1
            for k, simulation in enumerate(items_of(file, "simulations.item", log.told)):
                place = f"simulations[{k}]"
                try:
                    model = name(options.model_name or at(info, *_MODEL), "agent_info.llm")
                    attempt = _of(simulation, model, domain, date, file, place)
                except RowError as error:
                    raise fault(file, place, str(error)) from error
                yield attempt
            if k < 0:
                raise fault(file, "simulations", "holds none; leave the file out")
            log.finish(file)


def _of(
    simulation: Any, model: str, domain: Any, date: str | None, file: Path, place: str
) -> Attempt:
    if not isinstance(simulation, Mapping):
        raise RowError("is not an object")
    reward = at(simulation, "reward_info", "reward")
    run = simulation.get("id")
    if not isinstance(run, str):
        run = f"{file.name}:{simulation.get('trial')}"
    return Attempt(
        model,
        name(simulation.get("task_id"), "task_id"),
        0.0 if reward is None else score(reward, "reward_info.reward"),
        dollars(simulation.get("agent_cost"), "agent_cost"),
        None,
        run,
        domain if isinstance(domain, str) and domain else None,
        date,
        file,
        place,
    )
