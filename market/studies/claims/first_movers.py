"""The claim that what the first arbitrageur has learned keeps others out."""

from collections.abc import Mapping
from typing import Any

from market.studies.claims.experiments import Claim, ClaimMarket, Contrast
from market.studies.claims.markets import LEARNED, with_newcomer

SENSITIVITY = ("β 0.1", "β 1.1", "β 1.8")
ACROSS = (*SENSITIVITY, "undercut")  # few: there are many markets
FOUR = {**LEARNED, "minicoder4b": "mini-coder", "qwen3-coder-30b": "Alibaba"}
SIX = {**FOUR, "qwen3-coder-480b": "Alibaba's other", "sonnet": "Anthropic"}
KNOW = {"knowledge": {"kind": "full"}}

BOTH: Mapping[str, Mapping[str, Any]] = {
    "who take what they expect to be best": {"knowledge.rule": "greedy"},
    "linear bandits": {"knowledge.rule": "linucb"},
    "who go by the nearest queries": {"knowledge.rule": "knn"},
    "who see a type right two times in five": {"routing.accuracy": 0.4},
    "who always see the type": {"routing.accuracy": 1.0},
    "who see two types": {"routing.types": 2},
    "who see 32 types": {"routing.types": 32},
}
"""What is different of both arbitrageurs, in words."""


def _markets() -> dict[str, ClaimMarket]:
    """The market of the claim, and those that differ from it in one thing."""
    size, leaving = "consumers.teams.size", "consumers.teams.switching_cost"
    return {
        "": with_newcomer({}),
        **{f", {words}": with_newcomer(both) for words, both in BOTH.items()},
        ", of 2,000 buyers": with_newcomer({}, {size: 2_000}),
        ", of 50,000 buyers": with_newcomer({}, {size: 50_000}),
        ", of four models": with_newcomer({}, models=FOUR),
        ", of six models": with_newcomer({}, models=SIX),
        ", where leaving a seller costs a tenth": with_newcomer({}, {leaving: 0.1}),
    }


def keeping_out() -> Claim:
    """Who enters later earns less than the first, and nothing.

    Not forced: both know what menus tell everybody, and the newcomer learns from what it sells. The
    first knows its own cascades best, and not those that it does not sell; so it may be undercut
    there, and who is not undercut everywhere earns more than one informed rival leaves to another.
    """
    experiments = []
    for words, market in _markets().items():
        more = ("reach 1", "problems") if not words else ()
        experiments += [
            Contrast(
                f"profit per tick of who enters later against the first's{words}",
                "second-1: profit",
                market,
                market,
                -1,
                against_measure="first-1: profit",
                refuted_by="Who enters later earns as much: it has learned enough by what it "
                "sells, or the first is not alone in what it does not know.",
                across=(*ACROSS, *more),
            ),
            Contrast(
                f"profit since its entry of who enters later{words}, below 0",
                "second-1: net_profit",
                market,
                0,
                -1,
                refuted_by="It earns more than it pays for learning, and so would enter.",
                across=(*ACROSS, *more),
            ),
        ]
    experiments.append(
        Contrast(
            "profit per tick of who enters later, both learn against both know the models",
            "second-1: profit",
            with_newcomer({}),
            with_newcomer(KNOW),
            -1,
            refuted_by="It earns more than among those who know: its rival cannot undercut it "
            "everywhere.",
            across=(*ACROSS, "reach 1", "problems"),
        )
    )
    return Claim(
        "The first mover's data keep entrants out",
        "practice: a router learns from what it sells",
        tuple(experiments),
        "`learning_router` with 40 ticks and 10,000 buyers; the second enters at tick 10, means "
        "are of ticks 30 to 39. Unless it is said otherwise, two models are sold, and both learn "
        "by Thompson sampling and see eight types, right four times in five. How much data the "
        "second would have to buy is in "
        "[Do the first mover's data keep entrants out?](learning_routers.md).",
        short="the first mover's data keep entrants out",
    )
