"""Charts of a command's answer: the panels of its chart, each with a question and a note."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from market import charts
from market.charts.apart import Panel, panels_apart
from market.charts.equilibrium import equilibrium_frames, largest_seller
from market.charts.of_answers import AnswerKind
from market.charts.release import release_frames, release_unit
from market.measures.counted import counted
from market.measures.parameter_words import parameter_in_words
from market.report.section import Section
from market.report.subject import Subject

Found = Mapping[str, Any]
PRESSURE = "Who presses on whom?"
PARAMETERS = "How well is each parameter told?"
NUMBER, OVER_LIST = "number of arbitrageurs", "price over list"
GAIN = "profit gain"
_FEW = 4  # providers up to which heat maps are small, in a row
GAIN_IS = "The profit gain is 0 in the market's own equilibrium and 1 at the joint optimum"


class _Told(NamedTuple):
    """A panel, what to see in it, and the question that it answers with others."""

    panel: Panel
    note: str
    group: str = ""


def of_answer(subject: Subject) -> Iterator[Section]:
    """Charts of the answer, in the order of its chart."""
    kind, found = cast("AnswerKind", subject.kind), subject.manifest
    told = list(_TOLD[kind](found))
    chart = charts.answer_chart(kind, found, subject.asked)
    alone = len(told) == 1
    figures = [chart] if alone else panels_apart(chart, [one.panel for one in told])
    for figure, one in zip(figures, told, strict=True):
        yield Section(figure, one.note, group=one.group)


def _of_fit(found: Found) -> Iterator[_Told]:
    yield _Told(
        Panel("How near is each target?", y="standard errors"),
        "Fitted less asked, in standard errors of the target and of the runs together: what lies "
        "beyond 1.96 is missed.",
    )
    parameters = [parameter_in_words(row["path"]) for row in found["parameters"]]
    for name in parameters:
        told = _Told(
            Panel(f"How well is {name} told?", x=name, y="loss above the least"),
            "The loss as it is moved and the others are fitted anew: values below the dashed line "
            "are within the 95% interval.",
        )
        several = len(parameters) > 1
        yield _Told(replace(told.panel, question=name), told.note, PARAMETERS) if several else told


def _of_release(found: Found) -> Iterator[_Told]:
    unit, owner = release_unit(release_frames(found)).name, found["owner"]
    pairs = f"with {found['release']} less without it, over {found['replicates']} seeds"
    sure = f"last quarter of the run, {pairs}, with 95% intervals."
    yield _Told(
        Panel(f"What does it add to the revenue of {owner}?", "ticks since the release", unit),
        f"Means {pairs}; shades are 95% intervals.",
    )
    yield _Told(Panel("From whom is it taken?", unit), f"Revenue of the other providers, {sure}")
    yield _Told(Panel("Who gains?", unit), f"Profit, buyers' surplus, and in all welfare, {sure}")


def _of_regret(_: Found) -> Iterator[_Told]:
    yield _Told(
        Panel("How much is lost?", "queries", "lost so far, $"),
        "Against one who sees as much of a query and knows the models; means over streams of "
        "queries. A straight line that is less steep than the diagonal learns.",
    )
    yield _Told(
        Panel("How fast does each rule learn?", "queries", "lost per query"),
        "As a share of what the best cascades are worth.",
    )


def _of_equilibrium(found: Found) -> Iterator[_Told]:
    frames = equilibrium_frames(found)
    most = largest_seller(frames["demand"])
    yield _Told(
        Panel("Where do prices come to rest?", NUMBER, OVER_LIST),
        "Where no equilibrium was found, the prices with the least to gain by moving alone.",
    )
    yield _Told(
        Panel(f"What does {most} sell at other prices?", f"{OVER_LIST}", "list dollars per tick"),
        "Residual demand: all other prices are held, and arbitrageurs answer.",
    )
    notes = {
        "elasticity": "By how many percent the row's quantity rises if the column's price rises by "
        "one percent.",
        "diversion": "What the column's gains of each list dollar that the row's loses by a rise "
        "of its price.",
    }
    few = len(found["by_arbitrageurs"][0]["providers"]) <= _FEW
    for measure, note in notes.items():
        for row in found["by_arbitrageurs"]:
            words = f"{measure.capitalize()}, {counted(row['arbitrageurs'], 'arbitrageur')}"
            yield _Told(Panel(words), note, PRESSURE if few else "")


def _of_learning(found: Found) -> Iterator[_Told]:
    if "by_value" in found:
        yield _Told(Panel(""), f"{GAIN_IS}; means over sessions, with 95% intervals.")
        return
    first = found["by_arbitrageurs"][0]
    yield _Told(
        Panel("How much of what agreeing would pay is learned?", NUMBER, GAIN),
        f"{GAIN_IS}; means over {first['sessions']} sessions, with 95% intervals.",
    )
    yield _Told(
        Panel("How does it come about?", "period", GAIN), "The same while they learn, in the mean."
    )
    fewest = counted(first["arbitrageurs"], "arbitrageur")
    yield _Told(
        Panel("What follows a deviation?", "period", OVER_LIST),
        f"{found['providers'][0]} undercuts once, in period 0, with {fewest}; mean prices.",
    )


_TOLD: Mapping[AnswerKind, Callable[[Found], Iterator[_Told]]] = MappingProxyType(
    {
        "fit": _of_fit,
        "release": _of_release,
        "regret": _of_regret,
        "equilibrium": _of_equilibrium,
        "learning": _of_learning,
    }
)
