"""Trials of Harbor (Terminal-Bench 2): a folder each, with its `result.json`."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from market.foundation.text_files import RowError
from market.importers.attempts import Attempt, ImportLog, ImportOptions, Tokens, fault
from market.importers.fields import at, chosen, count, dollars, name, score
from market.importers.source_files import Source, items_of


class Harbor:
    """A trial is an attempt; one that an exception ended has failed, and cost what it cost."""

    name = "harbor"
    looks_for = "result.json with task_name, trial_name and agent_info (Harbor, Terminal-Bench 2)"
    options = frozenset(("metric", "model_name"))

    def files(self, source: Source) -> list[Path]:
        """Results of trials; that of the whole job has no trial's name."""
        named = [file for file in source.of_kind(".json") if file.name.lower() == "result.json"]
        wanted = {"task_name", "trial_name", "agent_info"}
        return [file for file in named if wanted <= source.keys(file)]

    def attempts(
        self, files: Sequence[Path], source: Source, options: ImportOptions, log: ImportLog
    ) -> Iterator[Attempt]:
        """One attempt a file."""
        for file in files:
            for trial in items_of(file, ""):
                try:
                    attempt = _of_trial(trial, options, file, log)
                except RowError as error:
                    raise fault(file, 1, str(error)) from error
                if attempt is not None:
                    yield attempt
            log.finish(file)


def _of_trial(
    trial: Mapping[str, Any], options: ImportOptions, file: Path, log: ImportLog
) -> Attempt | None:
    rewards = at(trial, "verifier_result", "rewards")
    if isinstance(rewards, Mapping):
        field, found = chosen(
            rewards, options.metric, "reward", "verifier_result.rewards", "--metric"
        )
        result = score(found, f"verifier_result.rewards.{field}")
    elif trial.get("exception_info") is not None:
        result = 0.0
    else:
        log.leave_out("no verifier_result and no exception_info")
        return None
    cost, tokens = _spent(trial.get("agent_result"))
    known = at(trial, "agent_info", "model_info", "name")
    model = options.model_name or known or at(trial, "agent_info", "name")
    started = trial.get("started_at")
    return Attempt(
        name(model, "agent_info.model_info.name"),
        name(trial.get("task_name"), "task_name"),
        result,
        cost,
        tokens,
        name(trial.get("trial_name"), "trial_name"),
        trial.get("source") if isinstance(trial.get("source"), str) else None,
        started[:10] if isinstance(started, str) else None,
        file,
        1,
    )


def _spent(result: Any) -> tuple[float | None, Tokens | None]:
    """US dollars and tokens of all models that an agent used; tokens of one model only."""
    if not isinstance(result, Mapping):
        return None, None
    usage = result.get("model_usage")
    parts = (
        [part for part in usage.values() if isinstance(part, Mapping)]
        if isinstance(usage, Mapping)
        else []
    )
    cost = dollars(result.get("cost_usd"), "agent_result.cost_usd")
    costs = [dollars(part.get("cost_usd"), "agent_result.model_usage.cost_usd") for part in parts]
    if cost is None and parts and None not in costs:
        cost = sum(paid for paid in costs if paid is not None)
    counted = parts[0] if len(parts) == 1 else result if not parts else {}
    if counted.get("n_input_tokens") is None:
        return cost, None
    return cost, Tokens(
        *(
            count(counted.get(key), f"agent_result.{key}")
            for key in ("n_input_tokens", "n_output_tokens", "n_cache_tokens")
        )
    )
