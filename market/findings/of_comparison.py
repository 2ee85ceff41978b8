"""The verdict of a comparison: what changes from the first market to another."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from market.findings.gains import who_gains
from market.findings.moves import Move, moved, noun, unclear
from market.findings.verdict import Verdict, sentence, verdict

if TYPE_CHECKING:
    import pandas as pd

MAIN = ("price_index", "consumer_surplus", "welfare")
ALSO = ("producer_surplus", "arbitrageur_surplus")


def of_comparison(
    measures: "pd.DataFrame",
    agents: "pd.DataFrame",
    names: tuple[str, str],
    *,
    replicates: int,
    question: str = "",
    population: str = "",
    assumed: Sequence[str] = (),
) -> Verdict:
    """Say what changes between two markets that ran on the same seeds.

    Parameters
    ----------
    measures, agents
        Frames of a comparison: `measure`, `a`, `b`, `difference`, `low` and `high`, and of the
        market's measures perhaps `sample_low` and `sample_high`; agents by `name` and `role`.
    names
        Of the first market and of the other.
    replicates
        Runs of each.
    question
        That of the scenario.
    population
        What problems it rests on, in words (:func:`market.findings.verdict.population_words`).
    assumed
        Sentences on models that are assumed.
    """
    return verdict(
        question,
        [
            *_of_pair(measures, agents, names),
            _rests(replicates, _sampled(measures), population),
            *assumed,
        ],
    )


def of_comparisons(
    pairs: Sequence[tuple["pd.DataFrame", "pd.DataFrame", tuple[str, str]]],
    *,
    replicates: int,
    population: str = "",
    assumed: Sequence[str] = (),
) -> Verdict:
    """Say what changes between the first of several markets and each other.

    Parameters
    ----------
    pairs
        Measures, agents and names of each, as :func:`of_comparison` takes them.
    replicates, assumed
        As there.
    """
    said = [line for pair in pairs for line in _of_pair(*pair, short=len(pairs) > 1)]
    sampled = any(_sampled(measures) for measures, _, _ in pairs)
    return verdict("", [*said, _rests(replicates, sampled, population, "all"), *assumed])


def _sampled(measures: "pd.DataFrame") -> bool:
    return any(_of_sample(row) for row in measures.to_dict("records"))


def _of_pair(
    measures: "pd.DataFrame", agents: "pd.DataFrame", names: tuple[str, str], short: bool = False
) -> list[str]:
    """Sentences on what moves from one market to another, and who gains and who loses.

    Where several pairs are told of, each is `short`: who gains is told of firms, not of groups.
    """
    rows: dict[str, Mapping[Any, Any]] = {
        str(row["measure"]): row for row in measures.to_dict("records")
    }
    wide = {name: widest(row) for name, row in rows.items()}
    profits = {
        str(row["name"]): narrow(row)
        for row in agents.to_dict("records")
        if row["measure"] == "profit"
    }
    base, other = names
    # each in its own words: what is open stands together, after all that is not
    sure = [moved(name, wide[name]) for name in MAIN if name in wide]
    groups = () if short else ALSO
    also = [moved(name, wide[name]) for name in groups if name in wide]
    open_ = unclear((noun(n).words, n, wide[n]) for n in (*MAIN, *groups) if n in wide)
    same = all(wide[name].still for name in MAIN if name in wide)
    return [
        sentence(
            [
                f"{_with(base, other)}, "
                + (
                    ", ".join(filter(None, sure))
                    or ("nothing moves" if same else "nothing surely moves")
                )
            ]
        ),
        sentence(also),
        sentence([who_gains(profits, unclear=not short)]),
        sentence([open_]),
    ]


def _with(base: str, other: str) -> str:
    """The change from one market to another, by what they are called."""
    change = other.removeprefix(f"{base} with ")
    return f"with {other} in place of {base}" if change == other else f"with {change}"


def narrow(row: Mapping[Any, Any]) -> Move:
    """A row's move with its interval over seeds."""
    return Move(*(float(row[name]) for name in ("difference", "low", "high", "a")))


def widest(row: Mapping[Any, Any]) -> Move:
    """A row's move with the interval that the sample of problems is in, where it is known."""
    if not _of_sample(row):
        return narrow(row)
    ends = float(row["sample_low"]), float(row["sample_high"])
    low, high = min(ends[0], float(row["low"])), max(ends[1], float(row["high"]))
    return Move(float(row["difference"]), low, high, float(row["a"]))


def _of_sample(row: Mapping[Any, Any]) -> bool:
    ends = (row.get(name) for name in ("sample_low", "sample_high"))
    return all(end is not None and end == end for end in ends)  # NaN is not itself


def _rests(replicates: int, sampled: bool, population: str, markets: str = "both") -> str:
    based = f"{population} and " if population else ""
    if replicates == 1:
        return (
            f"This rests on {based}one seed, so that nothing says how sure it is: give "
            "--replicates 20."
        )
    text = (
        f"This rests on {based}{replicates} seeds, the same in {markets} markets; intervals (95%)"
    )
    if sampled:
        return (
            f"{text} of the market count the sample of problems in, those of single firms do not."
        )
    return f"{text} are over seeds, on this sample of problems."
