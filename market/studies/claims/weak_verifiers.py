"""The claim that arbitrage pays where answers are checked by a verifier that errs."""

from market.studies.claims.assumptions import across
from market.studies.claims.experiments import Claim, Contrast, Curve
from market.studies.claims.frontier_margins import NO_MORE, PAIR
from market.studies.claims.markets import DEMANDS, with_weak_tests

WEAK = 0.1  # of wrong answers accepted


def surviving() -> Claim:
    """Margins and profits where one wrong answer in ten passes.

    Not forced: a wrong answer that is accepted early keeps a query from the stage that would have
    solved it, and leaves a cascade less to gain; what buyers pay directly is dearer, too.
    """
    curves = (
        Curve(
            "margin of the pair at solve rate 0.67, one wrong answer in ten accepted, above 0",
            low=0.67,
            sign=1,
            false_accept=WEAK,
            refuted_by=NO_MORE,
            **PAIR,
        ),
        Curve(
            "highest margin of the pair, one wrong answer in ten accepted, against half of that "
            "where none is",
            "max",
            models=PAIR["models"],
            low=0.6,
            sign=1,
            times=0.5,
            false_accept=WEAK,
            against_false_accept=0.0,
            refuted_by="Less than half of the margin is left.",
        ),
    )
    markets = [
        Contrast(
            "`arbitrage_profit`, 2 arbitrageurs, one wrong answer in ten accepted, above 0",
            "arbitrage_profit",
            with_weak_tests(demand, 2, WEAK),
            0.0,
            1,
            demand,
            refuted_by="Who sells right answers earns nothing where wrong ones pass.",
            across=across(demand),
        )
        for demand in DEMANDS
    ]
    return Claim(
        "The margin survives a verifier that lets wrong answers pass",
        "practice: tests are weak",
        (*curves, *markets),
        "Solve rates are of right answers on both sides. The highest rates that one model reaches "
        "fall with the verifier, and with them the rates at which a cascade earns most.",
        short="the margin survives weak tests",
    )
