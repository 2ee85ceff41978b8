"""Verdicts of results as Python has them; those of folders are made from their tables."""

from typing import TYPE_CHECKING

from market.findings.of_comparison import of_comparison, of_comparisons
from market.findings.of_run import RunTables, of_change, of_run
from market.findings.of_study import of_study
from market.findings.verdict import Verdict, population_words
from market.foundation.formats import letter

if TYPE_CHECKING:
    from market.results.run_result import RunResult
    from market.scenario.schema import Scenario
    from market.studies.comparison import Comparison
    from market.studies.comparisons import Comparisons
    from market.studies.study import Study

SHORT = 60  # letters of two names that a sentence still holds; longer ones are A and B


def run_verdict(result: "RunResult", without: "RunResult | None" = None) -> Verdict:
    """What a run says, beside the same market without arbitrageurs if that was run."""
    spec = result.scenario
    return of_run(
        RunTables.of(result.tables, result.summary),
        None if without is None else RunTables.of(without.tables, without.summary),
        question=spec.description,
        population=_problems(spec),
        assumed=spec.assumed,
    )


def change_verdict(before: "RunResult", after: "RunResult") -> Verdict:
    """What two runs on the same queries say of a change."""
    return of_change(
        *(RunTables.of(result.tables, result.summary) for result in (before, after)),
        population=_problems(after.scenario),
        assumed=tuple(dict.fromkeys((*before.scenario.assumed, *after.scenario.assumed))),
    )


def comparison_verdict(found: "Comparison", names: tuple[str, str] | None = None) -> Verdict:
    """What a comparison says; `names` are what its sides are called."""
    own = names or found.names
    return of_comparison(
        found.measures,
        found.agents,
        own if own[0] != own[1] and len("".join(own)) <= SHORT else ("A", "B"),
        replicates=len(found.seeds),
        question=found.b.description if found.a.description != found.b.description else "",
        population=_problems(found.a) if found.a.population == found.b.population else "",
        assumed=found.assumed,
    )


def comparisons_verdict(found: "Comparisons") -> Verdict:
    """What a comparison of several markets says; its sides are called A, B, C and so on."""
    return of_comparisons(
        [
            (pair.measures, pair.agents, ("A", letter(s).upper()))
            for s, pair in enumerate(found.pairs, start=1)
        ],
        replicates=len(found.seeds),
        assumed=found.assumed,
    )


def study_verdict(study: "Study") -> Verdict:
    """What a sweep says."""
    design = study.design
    return of_study(
        study.summary(),
        study.differences(),
        study.sensitivity(),
        design.parameters,
        question=design.scenario.description,
        replicates=len(design.seeds),
        population=_problems(design.scenario),
        assumed=design.scenario.assumed,
    )


def _problems(scenario: "Scenario") -> str:
    return population_words(scenario.population.model_dump())
