"""The commands of the economics: what routing is worth, without a simulation."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from market.cli.calibrate import calibrate as calibrate
from market.cli.errors_and_json import RUN_FAILED, acting_on_errors, print_json
from market.cli.options import (
    AnySize,
    Json,
    Keep,
    MergeRuns,
    Models,
    Set,
    SolvedAt,
    names_of,
    reading_of,
)
from market.cli.verifier_options import (
    WORDS,
    CheckPrice,
    FalseAccept,
    FalseReject,
    UncheckedBuyers,
    Worth,
    WrongAnswerCost,
    verifiers_of,
)

if TYPE_CHECKING:
    from market.frontier.attempt_costs import Remainder
    from market.frontier.pass_curves import Estimator


def frontier(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="Attempt records, whatever market import reads, a pack or a scenario.",
        ),
    ],
    models: Models = None,
    estimator: Annotated[
        str | None,
        typer.Option(
            help="geometric, or with records unbiased (their default) or beta_binomial (their "
            "default where half of the problems have fewer than five attempts)."
        ),
    ] = None,
    signal: Annotated[
        str | None,
        typer.Option(
            metavar="ACCURACY|domain|features",
            help="The router sees each query's type, correctly this often; or its domain; or types "
            "that features in the records foretell, learned out of sample (needs scikit-learn).",
        ),
    ] = None,
    types: Annotated[
        int | None,
        typer.Option(
            metavar="Z", help="Number of types for --signal, but not for domain; by default 8."
        ),
    ] = None,
    oracle: Annotated[
        bool, typer.Option("--oracle", help="The router knows every problem exactly.")
    ] = False,
    quality: Annotated[
        str | None, typer.Option(metavar="MIN:MAX:POINTS", help="Solve rates to show.")
    ] = None,
    folds: Annotated[
        int | None,
        typer.Option(
            metavar="K",
            help="Folds of held-out problems to test cascades on; by default 5, 0 for no test.",
        ),
    ] = None,
    draws: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="D",
            help="Resamples of the problems for 95% intervals: 40 or more, by default 200, or 0 "
            "for none.",
        ),
    ] = None,
    max_budget: Annotated[
        float | None,
        typer.Option(help="Highest budget of one stage, USD at list price; by default no limit."),
    ] = None,
    remainder: Annotated[
        str | None,
        typer.Option(
            help="What happens to budget too small for an attempt: spent on an attempt that is cut "
            "off (default), or kept, which takes the cost of an attempt as known before it is "
            "paid: on records that leaks the outcome."
        ),
    ] = None,
    set_: Set = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed for folds and resamples.")] = 1,
    solved_at: SolvedAt = None,
    merge_runs: MergeRuns = False,
    keep: Keep = None,
    false_accept: FalseAccept = None,
    false_reject: FalseReject = None,
    check_price: CheckPrice = None,
    wrong_answer_cost: WrongAnswerCost = None,
    unchecked_buyers: UncheckedBuyers = False,
    worth: Worth = None,
    any_size: AnySize = False,
    json_: Json = False,
) -> None:
    """Show market price, arbitrage cost and margin by solve rate.

    Also shows the best cascade at each solve rate, and how a verifier that errs or costs changes
    them.

    Example: market frontier swebench --models gpt5mini,deepseek --quality 0.68:0.75:8
    """
    with acting_on_errors():
        from market.cli.options import parse_quality, router_knowledge
        from market.cli.print_economics import assumed_json, print_appraisal, print_assumed
        from market.cli.print_verifier import print_verifier_margins
        from market.cli.terminal import err
        from market.findings.of_frontier import of_frontier
        from market.foundation.errors import ScenarioError
        from market.frontier.appraisal import Appraisal, appraise
        from market.frontier.bootstrap import DRAWS
        from market.frontier.cross_validation import usual_folds
        from market.frontier.rates_shown import require_draws
        from market.frontier.verifier import Verifier
        from market.frontier.verifier_margins import VerifierMargins, common_rates
        from market.scenario.sources import read_source
        from market.scenario.workload import require_feasible, search_workload

        if max_budget is not None and not 0 < max_budget < math.inf:
            raise ScenarioError(
                f"--max-budget {max_budget:g}: must be an amount of US dollars above 0; "
                "leave it out for no limit"
            )
        chosen, reading = names_of(models), reading_of(solved_at, merge_runs, keep)
        drawn = DRAWS if draws is None else draws

        def before(problems: int, models: int) -> None:
            if not any_size:
                held_out = usual_folds(problems) if folds is None else folds
                require_feasible(search_workload(problems, models, held_out, drawn), source)

        require_draws(drawn)
        with err.status("reading"):
            found = read_source(source, chosen, set_ or [], max_budget, reading, before)
        given = {
            "false_accept": false_accept,
            "false_reject": false_reject,
            "price": check_price,
            "wrong_answer_cost": wrong_answer_cost,
        }
        checks = verifiers_of(given, unchecked_buyers, found.verifier, found.buyers)
        wanted = found.quality if quality is None else parse_quality(quality)

        # build_tables refuses other texts
        kept = cast("Remainder", found.remainder if remainder is None else remainder)
        chosen_estimator = cast(
            "Estimator | None", found.estimator if estimator is None else estimator
        )

        def of(verifier: Verifier | None, buyers: Verifier | None) -> Appraisal:
            with err.status("curves") as status:
                return appraise(
                    found.population,
                    quality=wanted,
                    price=found.price,
                    estimator=chosen_estimator,
                    tolerance=found.tolerance,
                    highest=found.highest,
                    remainder=kept,
                    knowledge=router_knowledge(signal, types, oracle),
                    folds=usual_folds(found.population.clusters) if folds is None else folds,
                    draws=drawn,
                    seed=seed,
                    verifier=verifier,
                    buyers=buyers,
                    worth=worth,
                    tell=status.update,
                )

        pairs = list(zip(checks.verifiers, checks.buyers, strict=True))
        if wanted is None and len(pairs) > 1:
            wanted = common_rates(found.population, pairs, chosen_estimator)
        appraisals = [of(*pair) for pair in pairs]
        appraisal = appraisals[0]
        several = (
            VerifierMargins(checks.varied, checks.values, appraisals) if checks.varied else None
        )
        ends = {}
        for alike in (1.0, 0.0) if found.assumed else ():
            changes = [*(set_ or []), *found.alike_to(alike)]
            other = read_source(source, chosen, changes, max_budget, reading)
            ends[alike] = appraise(
                other.population,
                quality=appraisal.market.quality,
                price=other.price,
                estimator=appraisal.tables.estimator,
                tolerance=found.tolerance,
                highest=found.highest,
                remainder=appraisal.tables.remainder,
                draws=0,
                verifier=checks.verifiers[0],
                buyers=checks.buyers[0],
            )
        if json_:
            answer = appraisal.to_json() | assumed_json(found.assumed, ends)
            answer["verdict"] = list(of_frontier(answer).sentences)
            if several is not None:
                answer["by_verifier"] = several.to_json()
            print_json(answer)
        else:
            print_appraisal(
                appraisal, rows=15 if quality is None else None, assumed=frozenset(found.assumed)
            )
            print_assumed(found.assumed, ends)
            if several is not None:
                print_verifier_margins(several, WORDS[checks.varied])


def paper(
    records: Annotated[Path, typer.Argument(metavar="RECORDS", help="Folder of attempt records.")],
    json_: Json = False,
) -> None:
    """Rerun the paper's procedures and compare the figures.

    Exit code 1 if any figure is off by more than its tolerance.
    """
    with acting_on_errors():
        from market.cli.print_economics import print_figures
        from market.cli.terminal import err
        from market.paper import check

        with err.status("reading records") as status:
            report = check(records, progress=status.update)
        if json_:
            print_json(report.to_json())
        else:
            print_figures(report.figures, report.evidence)
        if not report.passed:
            raise typer.Exit(RUN_FAILED)


def packs(json_: Json = False) -> None:
    """List the packs that have a name: shipped ones and your own."""
    with acting_on_errors():
        from market.cli.print_packs import print_packs
        from market.population.pack_folders import own_folder
        from market.population.pack_list import list_packs

        found = list_packs()
        if json_:
            print_json([pack.to_json() for pack in found])
        else:
            print_packs(found, str(own_folder()))
