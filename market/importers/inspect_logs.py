"""Logs of Inspect AI: `.json` as a document, `.eval` by the package that writes it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from market.foundation.errors import DataError, shown
from market.foundation.text_files import RowError
from market.importers.attempts import Attempt, ImportLog, ImportOptions, Tokens, fault
from market.importers.fields import at, chosen, count, dollars, name, score
from market.importers.source_files import Source, items_of

_ZIPPED = ".eval"
_PARTS = frozenset(("id", "epoch", "scores", "model_usage", "error"))


class InspectLogs:
    """A sample's epoch is an attempt; other models of a sample (a judge) are kept apart."""

    name = "inspect"
    looks_for = ".eval, or JSON with eval.model and samples (Inspect AI)"
    options = frozenset(("metric", "model_name"))

    def files(self, source: Source) -> list[Path]:
        """Archives by their ending, documents by what they say of an evaluation."""
        documents = [f for f in source.of_kind(".json") if "eval.model" in source.keys(f)]
        return sorted([*source.of_kind(_ZIPPED), *documents])

    def attempts(
        self, files: Sequence[Path], source: Source, options: ImportOptions, log: ImportLog
    ) -> Iterator[Attempt]:
        """One attempt for each epoch of each sample."""
        headers = {file: _header(file) for file in files}
        tasks = {str(at(header, "task")) for header in headers.values()}
        for file in files:
            header = headers[file]
            for k, sample in enumerate(_samples(file, log)):
                place = f"samples[{k}]"
                try:
                    attempt = _of(sample, header, options, file, place)
                except RowError as error:
                    raise fault(file, place, str(error)) from error
                if attempt is None:
                    log.leave_out("not scored, and no error")
                elif len(tasks) > 1:  # ids of samples repeat between tasks
                    yield attempt._replace(problem=f"{at(header, 'task')}/{attempt.problem}")
                else:
                    yield attempt
            log.finish(file)


def _of(
    sample: Mapping[str, Any], header: Any, options: ImportOptions, file: Path, place: str
) -> Attempt | None:
    scores = sample.get("scores")
    if isinstance(scores, Mapping) and scores:
        scorer, found = chosen(scores, options.metric, "", "scores", "--metric")
        result = score(at(found, "value"), f"scores.{scorer}.value")
    elif sample.get("error") is not None:
        result = 0.0
    else:
        return None
    model = name(at(header, "model"), "eval.model")
    usage = at(sample, "model_usage", model)
    cost = dollars(at(usage, "total_cost"), f"model_usage.{model}.total_cost")
    tokens = None
    if isinstance(usage, Mapping):
        plain, out, cached, written = (
            count(usage.get(f"{key}"), f"model_usage.{model}.{key}")
            for key in (
                "input_tokens",
                "output_tokens",
                "input_tokens_cache_read",
                "input_tokens_cache_write",
            )
        )
        # Inspect counts what a cache gave or took apart from the input
        tokens = Tokens(plain + cached + written, out, cached, written)
    run = at(header, "run_id") or at(header, "eval_id") or file.name
    created, task = at(header, "created"), at(header, "task")
    return Attempt(
        options.model_name or model,
        name(sample.get("id"), "id"),
        result,
        cost,
        tokens,
        f"{run}:{sample.get('epoch')}",
        task if isinstance(task, str) and task else None,
        created[:10] if isinstance(created, str) else None,
        file,
        place,
    )


def _header(file: Path) -> Any:
    if not file.name.lower().endswith(_ZIPPED):
        return next(items_of(file, "eval"), None)
    library = _library(file)
    try:
        return library.read_eval_log(str(file), header_only=True).eval.model_dump()
    except Exception as error:  # whatever the package raises for a file that it cannot read
        raise _unreadable(file, error) from error


def _samples(file: Path, log: ImportLog) -> Iterator[Mapping[str, Any]]:
    if not file.name.lower().endswith(_ZIPPED):
        yield from items_of(file, "samples.item", log.told)
        return
    library = _library(file)
    try:
        for sample in library.read_eval_log_samples(str(file), all_samples_required=False):
            yield sample.model_dump(include=_PARTS)
    except Exception as error:  # whatever the package raises for a file that it cannot read
        raise _unreadable(file, error) from error


def _library(file: Path) -> Any:
    try:
        from inspect_ai import log
    except ImportError as error:
        raise DataError(
            f"{file}: .eval files are read by the package inspect-ai, which is not installed; "
            "install ai-model-markets[inspect], or convert the log: "
            "inspect log convert FILE --to json --output-dir FOLDER"
        ) from error
    return log


def _unreadable(file: Path, error: Exception) -> DataError:
    return fault(
        file,
        1,
        f"inspect-ai cannot read it ({shown(str(error), quoted=False)}); "
        "the file is damaged, or of a newer version",
    )
