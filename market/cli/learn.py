"""The command in which providers learn their prices."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from market.cli.answer_first import AnswerFirst
from market.cli.errors_and_json import acting_on_errors, print_json
from market.cli.options import (
    AnySize,
    ChartFile,
    Json,
    ScenarioArgument,
    Seed,
    Set,
    counts_of,
    names_of,
    require_chart_file,
)

if TYPE_CHECKING:
    from market.equilibrium.collusion import Collusion, Learned
    from market.measures.intervals import Estimate


def learn(
    scenario: ScenarioArgument,
    providers: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="The two or three that learn; the others keep their prices. By default the two "
            "that earn most at list prices.",
        ),
    ] = None,
    arbitrageurs: Annotated[
        str,
        typer.Option(
            metavar="N,N,...", help="Numbers of arbitrageurs; the others are set beside the first."
        ),
    ] = "0,1,2,4",
    sessions: Annotated[
        int, typer.Option(min=2, metavar="R", help="Sessions for each number of arbitrageurs.")
    ] = 50,
    prices: Annotated[
        int, typer.Option(min=2, max=100, metavar="M", help="Prices that a provider may ask.")
    ] = 15,
    memoryless: Annotated[
        bool,
        typer.Option(
            "--memoryless",
            help="They do not know the last prices, so that a high price can be no threat.",
        ),
    ] = False,
    rate: Annotated[
        float, typer.Option(min=0, max=1, help="Learning rate alpha: the weight of what is new.")
    ] = 0.15,
    decay: Annotated[
        float, typer.Option(help="beta: in period t a price is tried at random with chance e^-bt.")
    ] = 4e-6,
    discount: Annotated[
        float, typer.Option(help="delta: what profit a period later is worth.")
    ] = 0.95,
    set_: Set = None,
    seed: Seed = None,
    chart: ChartFile = None,
    any_size: AnySize = False,
    json_: Json = False,
) -> None:
    """Let providers learn their prices, and see whether arbitrageurs keep them from colluding.

    Q-learning as in Calvano, Calzolari, Denicolo & Pastorello (AER 2020), on the profits that
    this market gives them while arbitrageurs route and undercut to their rest.

    Example: market learn collusion --arbitrageurs 0,2 --chart learned.html
    """
    with acting_on_errors():
        from market.cli.print_learn import print_learned
        from market.cli.terminal import progress, say
        from market.equilibrium.collusion import collusion, strategic_providers
        from market.equilibrium.q_learning import QLearning
        from market.findings import of_learning
        from market.foundation.errors import DataError
        from market.scenario.files import load, with_arbitrageurs
        from market.scenario.workload import learning_workload, require_feasible

        require_chart_file(chart)
        if not 0 < decay < 1:
            raise DataError(f"--decay {decay}: must lie between 0 and 1")
        if not 0 <= discount < 1:
            raise DataError(f"--discount {discount}: must be at least 0 and below 1")
        if not 0 < rate <= 1:
            raise DataError(f"--rate {rate}: must be above 0 and at most 1")
        counts = counts_of(arbitrageurs)
        changes = [with_arbitrageurs(scenario, n, "--arbitrageurs") for n in counts]
        spec = load(scenario, set=set_ or [], seed=seed)
        asked = {
            n: load(scenario, set=[*(set_ or []), change], seed=seed)
            for n, change in zip(counts, changes, strict=True)
        }
        if not any_size:
            size = 2 if providers is None else len(names_of(providers, "--providers") or ())
            found_size = learning_workload(spec, size, prices, decay, sessions, len(counts))
            require_feasible(found_size, f"learning in {spec.name}")
        names = strategic_providers(spec, names_of(providers, "--providers"))
        rule = QLearning(rate=rate, decay=decay, discount=discount, memory=not memoryless)
        with progress(spec.name, "steps") as tell:
            found = collusion(
                spec,
                asked.__getitem__,
                counts,
                names,
                rule,
                prices=prices,
                sessions=sessions,
                progress=tell,
            )
        held = AnswerFirst()
        held.ready()
        answer = learned_as_json(found)
        said = of_learning(answer, spec.description)
        answer["verdict"] = list(said.sentences)
        if chart is not None:
            from market.charts import learning_chart, learning_frames, write_chart

            with held:
                write_chart(learning_chart(learning_frames(answer)), chart)
        if json_:
            print_json(answer)
        else:
            print_learned(answer, said)
            if chart is not None and held.written:
                say(f"Chart: {chart}")
        held.tell()


def learned_as_json(found: "Collusion") -> dict[str, Any]:
    """What providers learned, as `market learn --json` prints it."""
    without = found.without
    changes = [None, *found.differences()]
    return {
        "providers": list(found.providers),
        "without_arbitrageurs": {
            "competitive_price": without.competitive.tolist(),
            "joint_price": without.joint.tolist(),
            "competitive_profit": without.competitive_profit.tolist(),
            "joint_profit": without.joint_profit.tolist(),
            "largest_gain_of_moving_alone": without.largest_gain,
        },
        "by_arbitrageurs": [
            _row(learned, change) for learned, change in zip(found.each, changes, strict=True)
        ],
    }


def _row(learned: "Learned", change: "Estimate | None") -> dict[str, Any]:
    import numpy as np

    from market.measures.intervals import estimate

    rests, asked = learned.benchmarks, learned.table.price
    # of the second provider, in the period after the first one's deviation
    replies = [asked[1, d.path[2, 1]] / asked[1, d.path[0, 1]] - 1 for d in learned.deviations]
    return {
        "arbitrageurs": learned.arbitrageurs,
        "sessions": len(learned.sessions),
        "converged": sum(session.converged for session in learned.sessions),
        "profit_gain": learned.mean_gain.to_json(),
        "change": change.to_json() if change is not None else dict(_NOTHING),
        "price": [estimate(column).to_json() for column in learned.price.T],
        "profit": [estimate(column).to_json() for column in learned.profit.T],
        "competitive_price": rests.competitive_price.tolist(),
        "competitive_profit": rests.competitive.tolist(),
        "pure_equilibria": len(rests.equilibria),
        "joint_price": [
            float(learned.table.price[i, k]) for i, k in enumerate(rests.joint.tolist())
        ],
        "joint_profit": rests.joint_profit.tolist(),
        "periods": float(np.mean([session.periods for session in learned.sessions])),
        "at_rest": learned.table.at_rest,
        "deviation_gain": estimate(np.array([d.gain for d in learned.deviations])).to_json(),
        "reply_to_deviation": estimate(np.array(replies)).to_json(),
        "path_after_deviation": learned.path.tolist(),
        "curve": [
            {"period": 2 ** (block / 4), "profit_gain": value}
            for block, value in enumerate(learned.curve.tolist())
            if np.isfinite(value)
        ],
    }


_NOTHING = {"value": None, "low": None, "high": None}
