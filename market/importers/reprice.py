"""Records at other prices: their tokens priced anew, or their costs times a factor."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from market.foundation.errors import DataError, quoted_name
from market.importers.attempts import Attempt
from market.importers.imported import ImportPlan, import_source
from market.importers.pricing import Pricing
from market.importers.summary import ImportSummary
from market.importers.token_prices import UNKNOWN, PriceList, PublicPrices
from market.population.record_files import record_files, require_models

TIMES = "factor"  # basis of a cost that is so many times what it was


@dataclass(frozen=True)
class WaysOut:
    """What to do about a model without tokens or price; `{model}` stands for its name."""

    no_tokens: str = "use --factor, or import the source anew"
    unknown: str = UNKNOWN


@dataclass(frozen=True)
class Repricing:
    """Other prices.

    Attributes
    ----------
    models
        The only ones that are repriced; all if None.
    prices
        List of prices of tokens; that of genai-prices if None.
    factor
        Instead: how many times the cost of before.
    date
        ISO 8601 date of the prices; today if None.
    names
        What the list calls a model.
    ways_out
        What errors offer.
    """

    models: frozenset[str] | None = None
    prices: PriceList | None = None
    factor: float | None = None
    date: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    ways_out: WaysOut = WaysOut()


@dataclass
class _OtherPrices(Pricing):
    """Prices of before, but for what is repriced."""

    wanted: Repricing = field(default_factory=Repricing)

    def cost(self, attempt: Attempt, basis: Counter[str]) -> float | None:
        wanted = self.wanted
        if wanted.models is not None and attempt.model not in wanted.models:
            basis["source"] += 1
            return attempt.cost
        if wanted.factor is not None:
            basis[TIMES] += 1
            return None if attempt.cost is None else wanted.factor * attempt.cost
        if attempt.tokens is None:
            name = quoted_name(attempt.model)
            raise DataError(
                f"{attempt.file}:{attempt.line}: {name} has no tokens (tokens_in, tokens_out) to "
                f"price; {wanted.ways_out.no_tokens.format(model=name)}"
            )
        return super().cost(attempt, basis)

    def given(self) -> dict[str, Any]:
        only, factor = self.wanted.models, self.wanted.factor
        told = {"models": None if only is None else sorted(only), "factor": factor}
        return super().given() | {key: value for key, value in told.items() if value is not None}


def reprice_records(
    records: Path,
    out: Path,
    wanted: Repricing,
    progress: Callable[[int, int], None] | None = None,
) -> ImportSummary:
    """Write records anew at other prices; attempts, tokens and domains stay.

    Parameters
    ----------
    records, out
        Folder of records, and the one to be made.
    wanted
        The prices.
    progress
        Told how many bytes are read, of how many.

    Raises
    ------
    DataError, ScenarioError
        By file and line: no tokens to price; or no price, with the nearest names.
    """
    if wanted.models is not None:
        require_models(sorted(wanted.models), list(record_files(records)), records)
    listed = None if wanted.factor is not None else wanted.prices or PublicPrices()
    pricing = _OtherPrices(
        listed, {}, wanted.names, wanted.date, wanted.ways_out.unknown, wanted=wanted
    )
    return import_source(ImportPlan(records, format="records", pricing=pricing), out, progress)
