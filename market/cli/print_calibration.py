"""What `market calibrate` prints for people."""

import math
from typing import TYPE_CHECKING

from market.cli.print_economics import print_evidence
from market.cli.tables import plain_table
from market.cli.terminal import number, out
from market.measures.money_units import MISSING, MoneyUnit

if TYPE_CHECKING:
    from market.calibration.fit_errors import Calibration
    from market.calibration.sample_errors import SampleErrors


def print_calibration(calibration: "Calibration", folder: str) -> None:
    """How well the classes keep the economics of the records."""
    fit = calibration.fit
    columns = ["records", "95% interval", "classes"]
    table = plain_table("Records against classes", ["figure"], columns)
    unit = MoneyUnit.fitting((fit.records.price, fit.pack.price), "query")
    ends = zip(fit.sure.price_low, fit.sure.price_high, strict=True)
    for quality, found, (low, high), kept in zip(
        fit.quality, fit.records.price, ends, fit.pack.price, strict=True
    ):
        sure = f"{unit.text(low)} to {unit.text(high)}" if math.isfinite(high) else MISSING
        heading = f"market price at {quality:g}, {unit.name}"
        table.add_row(heading, unit.text(found), sure, unit.text(kept))
    pair = " + ".join(fit.pair)
    for words, name in (
        (f"margin of {pair}, maximum", "pair_max_margin"),
        (f"margin of {pair}, mean", "pair_mean_margin"),
        ("margin of all models, maximum", "all_max_margin"),
        ("margin of all models, mean", "all_mean_margin"),
    ):
        both = [number(getattr(e, name)) for e in (fit.records, fit.pack)]
        table.add_row(words, both[0], MISSING, both[1])
    out.print(table)
    _print_margins(fit.sure)
    out.print(
        f"{calibration.problems} problems became {calibration.population.size} classes: {folder}"
    )
    print_evidence(calibration.evidence)


def _print_margins(sure: "SampleErrors") -> None:
    """Mean margins where nearly all resamples have them: in sample, held out, and of the pack."""
    table = plain_table(
        "Mean margin, over the solve rates that nearly all resamples of the problems reach",
        ["models", "solve rates"],
        ["records", "95% interval", "held out", "classes"],
    )
    for found in sure.margins:
        several = len(found.models) > 2
        known = math.isfinite(found.records)
        figures = (found.records, found.low, found.high, found.held_out, found.pack)
        mean, low, high, held_out, pack = (number(100 * value, "{:.1f}%") for value in figures)
        table.add_row(
            f"all {len(found.models)}" if several else " + ".join(found.models),
            f"{found.first:.2f} to {found.last:.2f}" if known else MISSING,
            mean,
            f"{low} to {high}" if known else MISSING,
            held_out,
            pack,
        )
    out.print(table)
