"""Tables, CSV or Parquet: long (an attempt a row) or wide (a problem a row); RouterBench's too."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from market.foundation.errors import DataError, shown
from market.foundation.text_files import RowError
from market.importers.attempts import Attempt, ImportLog, ImportOptions, Tokens, fault
from market.importers.fields import count, dollars, name, number, score
from market.importers.source_files import Source
from market.importers.table_files import USUAL, Table, listed

_COST_OF = "|total_cost", "|cost", ":cost"  # after a model's name, in wide tables


class Tables:
    """Columns are named by options, or are called as the options are."""

    name = "table"
    looks_for = (
        "CSV or Parquet with columns problem, model, solved, cost (or --problem COLUMN and so on), "
        "or --wide"
    )
    options = frozenset((*USUAL, "features", "wide", "model_name", "models"))

    def files(self, source: Source) -> list[Path]:
        """Files by their endings; RouterBench's are its own."""
        bench = set(RouterBench().files(source))
        return [f for f in source.of_kind(".csv", ".parquet") if f not in bench]

    def attempts(
        self, files: Sequence[Path], source: Source, options: ImportOptions, log: ImportLog
    ) -> Iterator[Attempt]:
        """One attempt a row, or a row and model."""
        read = _wide if options.wide else _long
        for file in files:
            yield from read(Table(file, log), options)
            log.finish(file)


class RouterBench:
    """A row a prompt, by columns `<model>` and `<model>|total_cost`."""

    name = "routerbench"
    looks_for = "CSV with sample_id, eval_name and <model>|total_cost (RouterBench)"
    options: frozenset[str] = frozenset()

    def files(self, source: Source) -> list[Path]:
        """Tables with these columns; a pickle is refused.

        Raises
        ------
        DataError
            The source is a pickle.
        """
        for file in source.of_kind(".pkl", ".pickle"):
            raise DataError(
                f"{file}: a pickle can run code when it is read, so it is not; if you trust it, "
                'convert it: python -c "import pandas; '
                f"pandas.read_pickle('{file.name}').to_csv('{file.stem}.csv', index=False)\""
            )
        return [f for f in source.of_kind(".csv", ".parquet") if _is_bench(Table(f).header)]

    def attempts(
        self, files: Sequence[Path], source: Source, options: ImportOptions, log: ImportLog
    ) -> Iterator[Attempt]:
        """One attempt for each prompt and model."""
        known = ImportOptions(problem="sample_id", domain="eval_name", wide=True)
        for file in files:
            yield from _wide(Table(file, log), known)
            log.finish(file)


def _is_bench(header: Sequence[str]) -> bool:
    return {"sample_id", "eval_name"} <= set(header) and any(
        column.endswith(_COST_OF[0]) for column in header
    )


def _long(table: Table, options: ImportOptions) -> Iterator[Attempt]:
    """An attempt a row; without a column of attempts, each row is one of its own."""
    wanted = {what: getattr(options, what) for what in USUAL}
    fixed = options.tokens_out or ""
    if fixed.isdecimal() and fixed not in table.header:
        wanted["tokens_out"] = None
    column = {what: table.column(given, what) for what, given in wanted.items()}
    needed = ("problem", "solved") if options.model_name else ("problem", "model", "solved")
    for what in needed:
        if column[what] is None:
            raise fault(
                table.file,
                1,
                f"no column {what!r}; name it with --{what}; there are: {listed(table.header)}",
            )
    priced = column["tokens_in"] and (column["tokens_out"] or fixed.isdecimal())
    file = table.file
    seen = _features(table, options)
    for line, values in table.rows([*column.values(), *seen]):
        problem, model, solved, cost, tokens_in, tokens_out, cached, run, domain = values[
            : len(column)
        ]
        try:
            tokens = None
            if priced and tokens_in not in (None, ""):
                tokens = Tokens(
                    count(tokens_in, "tokens_in"),
                    count(tokens_out if column["tokens_out"] else fixed, "tokens_out"),
                    count(cached, "tokens_cached"),
                )
            yield Attempt(
                options.model_name or name(model, "model"),
                name(problem, "problem"),
                score(solved, "solved"),
                dollars(cost, "cost"),
                tokens,
                line if run is None else name(run, "attempt"),
                domain or None,
                None,
                file,
                line,
                _seen(seen, values[len(column) :]),
            )
        except RowError as error:
            raise fault(file, line, str(error)) from error


def _wide(table: Table, options: ImportOptions) -> Iterator[Attempt]:
    """An attempt for each model's column of each row."""
    common = {
        what: table.column(getattr(options, what), what)
        for what in ("problem", "domain", "tokens_in")
    }
    if common["problem"] is None:
        raise fault(
            table.file,
            1,
            f"no column 'problem'; name it with --problem; there are: {listed(table.header)}",
        )
    output = options.tokens_out or ""
    if output and not output.isdecimal():
        raise fault(
            table.file,
            1,
            f"--tokens-out {output}: of a wide table it must be a whole number, for every answer",
        )
    seen = _features(table, options)
    models = _models(table, options, {*common.values(), *seen})
    columns = [*common.values(), *models, *models.values(), *seen]
    file = table.file
    for line, (problem, domain, tokens_in, *values) in table.rows(columns):
        try:
            features = _seen(seen, values[2 * len(models) :])
            tokens = None
            if output and tokens_in not in (None, ""):
                tokens = Tokens(count(tokens_in, "tokens_in"), int(output))
            for k, model in enumerate(models):
                if values[k] in (None, ""):
                    table.log.leave_out("no score")
                    continue
                yield Attempt(
                    model,
                    name(problem, "problem"),
                    score(values[k], model),
                    dollars(values[len(models) + k], f"{models[model]}"),
                    tokens,
                    None,
                    domain or None,
                    None,
                    file,
                    line,
                    features,
                )
        except RowError as error:
            raise fault(file, line, str(error)) from error


def _features(table: Table, options: ImportOptions) -> tuple[str, ...]:
    """Columns of what a router may see of a problem."""
    for column in options.features:
        if column not in table.header:
            raise fault(
                table.file,
                1,
                f"no column {shown(column)} (--features); there are: {listed(table.header)}",
            )
    return options.features


def _seen(columns: Sequence[str], values: Sequence[object]) -> tuple[float, ...] | None:
    return tuple(map(number, values, columns)) if columns else None


def _models(table: Table, options: ImportOptions, taken: set[str | None]) -> dict[str, str | None]:
    """Columns of models, each with that of its costs, if any."""
    costs = {
        column: f"{column}{ending}"
        for ending in _COST_OF
        for column in table.header
        if f"{column}{ending}" in table.header
    }
    for model in options.models:
        if model not in table.header:
            raise fault(
                table.file, 1, f"no column {shown(model)}; there are: {listed(table.header)}"
            )
    rest = [column for column in table.header if column not in taken]
    found = list(options.models) or list(costs) or rest
    if not found:
        raise fault(table.file, 1, f"no column of a model; there are: {listed(table.header)}")
    return {model: costs.get(model) for model in found}
