"""The command that judges a router by its logs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from market.cli.errors_and_json import acting_on_errors
from market.cli.give_answer import AnswerFile, give_answer
from market.cli.options import (
    Json,
    Keep,
    MergeRuns,
    Models,
    SolvedAt,
    names_of,
    reading_of,
)
from market.cli.pages import ChartFile, Pages

if TYPE_CHECKING:
    from market.frontier.pass_curves import Estimator
    from market.frontier.served_queries import ServedQueries
    from market.importers.router_logs import LoggedQuery
    from market.population.population import Population


def router(
    logs: Annotated[
        Path,
        typer.Argument(
            metavar="LOGS",
            help="JSON lines, CSV or Parquet, a row per query: query_id, model (or models, a list "
            "in the order tried), cost in USD, solved; other names by the options.",
        ),
    ],
    records: Annotated[
        str,
        typer.Option(
            metavar="SOURCE",
            help="Records of the candidates on the same problems: what market frontier takes.",
        ),
    ],
    models: Models = None,
    query: Annotated[
        str | None, typer.Option(metavar="FIELD", help="Of the log: the problem's id.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="FIELD", help="Of the log: model or models.")
    ] = None,
    cost: Annotated[
        str | None, typer.Option(metavar="FIELD", help="Of the log: US dollars paid.")
    ] = None,
    solved: Annotated[
        str | None, typer.Option(metavar="FIELD", help="Of the log: solved or not, or a score.")
    ] = None,
    fill_costs: Annotated[
        bool,
        typer.Option(
            "--fill-costs",
            help="A query without a cost cost what the records say that one attempt of each model "
            "tried costs there.",
        ),
    ] = False,
    estimator: Annotated[
        str | None, typer.Option(help="Of the records, as for market frontier.")
    ] = None,
    types: Annotated[
        int,
        typer.Option(min=1, metavar="Z", help="Problem types that a query signal tells apart."),
    ] = 8,
    draws: Annotated[
        int | None,
        typer.Option(min=0, metavar="D", help="Resamples for 95% intervals; by default 200."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed for resamples.")] = 1,
    chart: ChartFile = None,
    solved_at: SolvedAt = None,
    merge_runs: MergeRuns = False,
    keep: Keep = None,
    json_: Json = False,
) -> None:
    """Say whether a router is worth it: its logs against what its models could do.

    Example: market router logs.jsonl --records records/
    """
    with acting_on_errors():
        from market.cli.print_router import in_words, print_router
        from market.cli.terminal import err
        from market.foundation.json_values import finite
        from market.frontier.bootstrap import DRAWS
        from market.frontier.router_worth import judge_router
        from market.importers.router_logs import LogFields, read_router_logs
        from market.scenario.sources import read_source

        Pages(chart).require()
        reading = reading_of(solved_at, merge_runs, keep)
        with err.status("reading"):
            queries = read_router_logs(logs, LogFields(query, model, cost, solved))
            population = read_source(records, names_of(models), (), None, reading).population
        threshold = 1.0 if solved_at is None else solved_at
        served, notes = _served(queries, population, threshold, fill_costs, logs)
        with err.status("searching frontiers"):
            worth = judge_router(
                population,
                served,
                estimator=cast("Estimator | None", estimator),  # build_tables refuses other texts
                types=types,
                draws=DRAWS if draws is None else draws,
                seed=seed,
            )
        answer = worth.to_json() | {"notes": notes, "verdict": list(in_words(worth))}

        def draw(file: Path) -> None:
            from market.charts import router_chart, router_costs, write_chart

            write_chart(router_chart(router_costs(finite(answer))), file)

        give_answer(
            answer,
            lambda: print_router(worth, notes),
            [AnswerFile("Chart", chart, draw)],
            json_=json_,
        )


def _served(
    queries: "list[LoggedQuery]",
    population: "Population",
    solved_at: float,
    fill: bool,
    logs: Path,
) -> "tuple[ServedQueries, list[str]]":
    """The queries whose problems are in the records, and what is to be said of the others."""
    import numpy as np

    from market.foundation.errors import DataError, shown
    from market.frontier.served_queries import ServedQueries

    ids = population.ids or tuple(map(str, range(population.clusters)))
    place = {name: k for k, name in enumerate(ids)}
    known = [query for query in queries if query.problem in place]
    if not known:
        raise DataError(
            f"{logs}: none of its {len(queries)} queries is of a problem in the records (the log "
            f"has {shown(queries[0].problem)}, the records {shown(ids[0])}); name the field of the "
            "problem's id with --query, or give records of the same problems"
        )
    notes = []
    if len(known) < len(queries):
        missing = next(query.problem for query in queries if query.problem not in place)
        notes.append(
            f"Left out: {len(queries) - len(known)} of {len(queries)} queries, whose problems are "
            f"not in the records ({shown(missing)})"
        )
    strangers = sorted({m for q in known for m in q.models} - set(population.models))
    if strangers:
        count = sum(not set(q.models) <= set(population.models) for q in known)
        notes.append(
            f"{count} queries were answered by models without records "
            f"({shown(', '.join(strangers), quoted=False)}): they count as served, "
            "but frontiers are of the models with records alone"
        )
    cost = np.zeros(len(known))
    filled = 0
    for k, q in enumerate(known):
        if q.cost is None:
            unknown = sorted(set(q.models) - set(population.models))
            if not fill or unknown:
                way = (
                    f"{shown(unknown[0])} has no records to take one from: leave the row out"
                    if fill
                    else "give its field with --cost, or take costs from the records: --fill-costs"
                )
                raise DataError(f"{q.file}:{q.line}: the query has no cost; {way}")
            filled += 1
            row = population.list_cost[place[q.problem]]
            cost[k] = sum(row[population.index(m)] for m in q.models)
        else:
            cost[k] = q.cost
    if filled:
        notes.append(
            f"{filled} of {len(known)} queries have no cost: taken from the records, one attempt "
            "of each model tried"
        )
    between = sum(0 < q.score < 1 for q in known)
    if between:
        notes.append(
            f"{between} scores lie strictly between 0 and 1; --solved-at says from which on a "
            f"query counts as solved ({solved_at:g} here)"
        )
    tried = tuple(sorted({q.models[0] for q in known}))
    return ServedQueries(
        np.array([place[q.problem] for q in known]),
        np.array([tried.index(q.models[0]) for q in known]),
        tried,
        cost,
        np.array([float(q.score >= solved_at) for q in known]),
    ), notes
