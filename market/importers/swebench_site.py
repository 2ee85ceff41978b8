"""The file behind SWE-bench's leaderboard: a result and a cost by model and instance."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from market.foundation.errors import shown
from market.foundation.text_files import RowError
from market.importers.attempts import Attempt, ImportLog, ImportOptions, fault
from market.importers.fields import dollars, name, score
from market.importers.source_files import Source, items_of


class SweBenchSite:
    """`info_for_leaderboard.json`: one attempt at each problem."""

    name = "swebench-site"
    looks_for = "JSON {model: {instance: {resolved, cost}}} (SWE-bench's leaderboard)"
    options: frozenset[str] = frozenset()

    def files(self, source: Source) -> list[Path]:
        """Documents whose objects two levels down say whether they are resolved."""
        return [
            file
            for file in source.of_kind(".json")
            if any(key.count(".") == 2 and key.endswith(".resolved") for key in source.keys(file))
        ]

    def attempts(
        self, files: Sequence[Path], source: Source, options: ImportOptions, log: ImportLog
    ) -> Iterator[Attempt]:
        """One attempt for each instance of each model."""
        for file in files:
            for model, instances in items_of(file, "", log.told, pairs=True):
                if not isinstance(instances, Mapping):
                    raise fault(file, model, f"is {shown(instances)}, not an object by instance")
                for instance, result in instances.items():
                    try:
                        if not isinstance(result, Mapping):
                            raise RowError(f"is {shown(result)}; it must have resolved and cost")
                        yield Attempt(
                            name(model, "model"),
                            name(instance, "instance"),
                            score(result.get("resolved"), "resolved"),
                            dollars(result.get("cost"), "cost"),
                            None,
                            None,
                            None,
                            None,
                            file,
                            f"{model}.{instance}",
                        )
                    except RowError as error:
                        raise fault(file, f"{model}.{instance}", str(error)) from error
            log.finish(file)
