"""Commands about scenario files: which there are, whether one is right, what can stand in it."""

import json
import os
import sys

from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.options import AnySize, Json, ScenarioArgument, Set


def scenarios(json_: Json = False) -> None:
    """List the shipped scenarios."""
    with acting_on_errors():
        from market.cli.print_run import print_scenarios
        from market.scenario.files import shipped_scenarios

        found = [{"name": s.name, "description": s.description} for s in shipped_scenarios()]
        if json_:
            print_json(found)
        else:
            print_scenarios(found)


def check(
    file: ScenarioArgument,
    set_: Set = None,
    any_size: AnySize = False,
    json_: Json = False,
) -> None:
    """Check a scenario without running it.

    Checks keys, values, models and prices, and every design point of a [sweep], and says about how
    much memory and time runs take.
    """
    with acting_on_errors():
        from market.cli.terminal import say
        from market.measures.counted import counted
        from market.scenario.build import prepare
        from market.scenario.files import load
        from market.scenario.interventions import largest, phases
        from market.scenario.workload import require_feasible, workload

        spec = load(file, set=set_ or [])
        one, runs = workload(spec), 0
        if not any_size:
            require_feasible(one, spec.name)
        whole = largest(phases(spec))
        market = prepare(whole)
        if spec.sweep is not None:
            from market.studies.design import resolve

            all_of_them = workload(spec, spec.sweep.runs, os.cpu_count() or 1)
            if not any_size:
                require_feasible(all_of_them, f"{spec.name}: a sweep of {spec.sweep.runs:,} runs")
            runs = sum(map(len, resolve(spec).run_ids("")))  # which makes every design point
        if json_:
            print_json({"valid": True, "scenario": spec.model_dump(mode="json")})
        else:
            sellers = len(spec.providers) + sum(group.count for group in whole.arbitrageurs)
            models = counted(len(spec.models), "model")
            say(
                f"{spec.name}: valid; {models} over {market.population.clusters} "
                f"problems or classes, {sellers} sellers, {spec.ticks} ticks"
                f"; a run takes {one}"
                + (f"; a sweep of {runs} runs, {all_of_them}" if runs else "")
            )
            for line in spec.assumed:
                say(line)


def verbs(json_: Json = False) -> None:
    """List changes in plain words: a price halved, a tax, a merger, a newcomer.

    Each works after --set, in a scenario file, and, where nothing else is said, in an intervention.
    """
    with acting_on_errors():
        from market.scenario.verbs import VERBS

        if json_:
            print_json([vars(verb) for verb in VERBS])
            return
        from market.cli.print_run import print_verbs

        print_verbs(VERBS)


def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    with acting_on_errors():
        from market.scenario.file_schema import json_schema

        json.dump(json_schema(), sys.stdout, indent=2)
        sys.stdout.write("\n")
