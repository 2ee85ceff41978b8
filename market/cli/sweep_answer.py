"""What `market sweep` says of a study: tables on standard output or in files, and failures."""

from pathlib import Path

from market.cli.answer_first import AnswerFirst
from market.cli.errors_and_json import complain, print_json
from market.foundation.config import nearest
from market.foundation.errors import ScenarioError
from market.measures.counted import counted
from market.measures.old_names import OLD_NAMES
from market.studies.study import Study

_IN_JSON = ("summary", "differences", "elasticities", "sensitivity")


def answer(
    study: Study, measures: list[str] | None, csv: Path | None, held: AnswerFirst, json_: bool
) -> None:
    """Write the CSV files that are wanted, and print what was found."""
    known = [str(name) for name in study.summary()["measure"].drop_duplicates()]
    for name in measures or []:
        if OLD_NAMES.get(name, name) not in known:
            raise ScenarioError(f"--measures {name}: no such measure; {nearest(name, known)}")
        if name in OLD_NAMES:
            complain(f"note: --measures {name}: is called {OLD_NAMES[name]} now")
    measures = [OLD_NAMES.get(name, name) for name in measures or []]
    if csv is not None:
        with held:
            study.to_csv(csv)
    if json_:
        frames = study.tables()
        content = {name: frames[name].to_dict("records") for name in _IN_JSON}
        told = {"assumed": list(assumed)} if (assumed := study.design.scenario.assumed) else {}
        if study.counts["done"]:
            from market.findings.of_results import study_verdict

            told["verdict"] = list(study_verdict(study).sentences)
        folder = str((study.folder or Path()).resolve())
        print_json({"folder": folder, **content, **study.counts, **told})
    else:
        from market.cli.print_study import STUDY_COLUMNS, print_study

        print_study(study, measures or STUDY_COLUMNS)
    from market.scenario.interventions import overriding

    for note in overriding(study.design.scenario, study.design.parameters):
        complain(f"note: {note}")


def tell_of_failures(study: Study) -> None:
    """Print how many runs failed, and why the first did."""
    failed = study.runs[study.runs["status"] == "failed"]
    first = failed.iloc[0]
    runs = counted(study.counts["failed"], "run")
    complain(f"{runs} failed; the first, {first['run_id']}: {first['error']}")
