"""The command in which routers learn, without a market."""

from typing import Annotated

import typer

from market.cli.errors_and_json import acting_on_errors
from market.cli.give_answer import give_answer
from market.cli.options import (
    AnySize,
    Json,
    ScenarioArgument,
    Seed,
    Set,
    names_of,
)
from market.cli.pages import ChartFile, Pages, ReportFile

MOST_QUERIES = 10_000_000
MOST_AT_ONCE = 100_000  # queries learned from together: some 30 MB for six models


def regret(
    scenario: ScenarioArgument,
    rules: Annotated[
        str, typer.Option(metavar="A,B,...", help="Of thompson, greedy, linucb and knn.")
    ] = "thompson,greedy",
    accuracy: Annotated[
        float, typer.Option(min=0, max=1, help="Chance that a query's type is seen right.")
    ] = 0.8,
    types: Annotated[int, typer.Option(min=1, max=1000, help="Number of types.")] = 8,
    solve_rate: Annotated[
        float | None,
        typer.Option(
            metavar="U",
            help="Share of queries that one who knows the models would solve, which says what a "
            "solution is worth; by default the middle of the quality tiers.",
        ),
    ] = None,
    queries: Annotated[
        int, typer.Option(min=10, max=MOST_QUERIES, metavar="N", help="Queries of a stream.")
    ] = 50_000,
    batches: Annotated[
        int,
        typer.Option(
            min=10, max=100_000, metavar="B", help="How often what was seen is learned from."
        ),
    ] = 200,
    fit: Annotated[
        int,
        typer.Option(
            min=0, max=MOST_QUERIES, metavar="N", help="Queries that all models are tried on first."
        ),
    ] = 0,
    explore: Annotated[
        float, typer.Option(min=0, max=1, help="Share of queries that all models are tried on.")
    ] = 0.0,
    stages: Annotated[
        int, typer.Option(min=1, max=8, help="Most models that a query is tried on.")
    ] = 2,
    levels: Annotated[
        int, typer.Option(min=1, max=50, help="Budgets told apart for each model.")
    ] = 6,
    streams: Annotated[
        int, typer.Option(min=1, max=1000, metavar="R", help="Streams of queries for each rule.")
    ] = 8,
    set_: Set = None,
    seed: Seed = None,
    chart: ChartFile = None,
    report: ReportFile = None,
    any_size: AnySize = False,
    json_: Json = False,
) -> None:
    """See what a router loses while it learns which cascade suits which query.

    It begins with what menus tell everybody, pays for what it tries and sees only that. Its loss
    is against one who sees as much of a query and knows the models. Models and prices are those
    that are for sale at the first tick. No market and no rivals: for these run a scenario with
    knowledge = { kind = "learning" }.

    Example: market regret learning_router --rules thompson,greedy,linucb,knn --chart regret.html
    """
    with acting_on_errors():
        import numpy as np

        from market.cli.print_answer import print_answer
        from market.cli.terminal import progress
        from market.findings import of_regret, parts_of_regret
        from market.foundation.errors import DataError
        from market.frontier.budget_grid import build_tables
        from market.frontier.cascade_tree import MOST_NODES, tree_size
        from market.frontier.query_signal import signal_of
        from market.population.problem_types import problem_types
        from market.scenario.files import load
        from market.scenario.interventions import left_out, phases
        from market.scenario.sources import scenario_source
        from market.scenario.workload import regret_workload, require_feasible
        from market.strategies.learning_rules import rules_of
        from market.strategies.regret_study import study_regret

        pages = Pages(chart, report).require()
        asked = rules_of(names_of(rules, "--rules") or ())
        if fit > queries:
            raise DataError(
                f"--fit {fit:,}: more than the {queries:,} queries of a stream; fit fewer, or give "
                "more --queries"
            )
        if max(queries // batches, fit, explore * queries / batches) > MOST_AT_ONCE:
            raise DataError(
                f"--queries {queries:,} in {batches:,} batches, --fit {fit:,}: at most "
                f"{MOST_AT_ONCE:,} queries at once; give more --batches, or less to --fit"
            )
        whole = load(scenario, set=set_ or [], seed=seed)
        spec = phases(whole)[0].scenario
        if spec.verifier is not None and not spec.verifier.verifier().flawless:
            raise DataError(
                f"{scenario}: verifier: a router learns from what is solved; leave it out"
            )
        source = scenario_source(spec)
        population = source.population
        models = len(population.models)
        if not any_size:
            nodes = min(tree_size(models, stages, levels), MOST_NODES)
            held = [rule.numbers(types, models) for rule in asked.values()]
            require_feasible(
                regret_workload(population.size, nodes, held, queries, batches, streams),
                f"regret of {spec.name}",
            )
        tables = build_tables(
            population,
            estimator="geometric",
            remainder=source.remainder,
            tolerance=source.tolerance,
            highest=source.highest,
        )
        label = problem_types(population, min(types, population.size))
        tiers = spec.quality_tiers
        with progress(spec.name, "streams") as tell:
            found = study_regret(
                tables,
                signal_of(population, label, accuracy),
                np.ones(models) if source.price is None else source.price,
                (tiers.min + tiers.max) / 2 if solve_rate is None else solve_rate,
                tuple(asked),
                queries=queries,
                batches=batches,
                streams=streams,
                seed=spec.seed,
                fitting=fit,
                explore=explore,
                stages=stages,
                levels=levels,
                progress=tell,
            )
        answer = {"scenario": spec.name, **found.to_json(), "left_out": left_out(whole)}
        said = of_regret(answer, "What does it cost a router to learn while it sells?")
        answer["verdict"] = list(said.sentences)
        give_answer(
            answer,
            lambda: print_answer(said, parts_of_regret(answer)),
            pages.files("regret", answer, said, spec),
            json_=json_,
        )
