"""What an attempt costs: as the source says, by its tokens, or as the user says."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from market.importers.attempts import Attempt
from market.importers.token_prices import (
    UNKNOWN,
    PriceList,
    PublicPrices,
    TokenPrice,
    unknown_price,
)

SOURCE, GIVEN = "source", "given"  # besides the bases of token prices


@dataclass
class Pricing:
    """How attempts are priced.

    Attributes
    ----------
    prices
        A list by which all tokens are priced, whatever the source says; None for genai-prices,
        where the source has tokens and no costs.
    per_attempt
        US dollars of an attempt by model, where there are neither costs nor tokens.
    names
        What the list calls a model, where it is not its name.
    date
        ISO 8601: date of the prices, in place of each attempt's own, or of today.
    unknown
        What to do about a model without a price, with `{model}` for its name.
    """

    prices: PriceList | None = None
    per_attempt: Mapping[str, float] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    date: str | None = None
    unknown: str = UNKNOWN
    _found: dict[tuple[str, str | None], TokenPrice | None] = field(default_factory=dict)
    _usual: PriceList | None = None

    def cost(self, attempt: Attempt, basis: Counter[str]) -> float | None:
        """US dollars of an attempt; None where nothing says what it costs. Counts by what it went.

        Raises
        ------
        DataError
            The list of prices lacks the model, with the nearest names.
        """
        forced = self.prices is not None
        if attempt.cost is not None and not (forced and attempt.tokens is not None):
            basis[SOURCE] += 1
            return attempt.cost
        if attempt.tokens is not None:
            price = self._price(attempt.model, self.date or attempt.date)
            if price is not None:
                basis[price.basis] += 1
                return price.dollars(attempt.tokens)
        if attempt.model in self.per_attempt:
            basis[GIVEN] += 1
            return self.per_attempt[attempt.model]
        return None

    def given(self) -> dict[str, Any]:
        """What the user said of prices."""
        return {
            name: value if isinstance(value, str) else dict(value)
            for name, value in (
                ("cost_per_problem", self.per_attempt),
                ("price_name", self.names),
                ("date", self.date),
            )
            if value
        }

    def to_json(self) -> dict[str, Any]:
        """The list, and the prices that were taken from it, by model."""
        listed = self.prices or self._usual
        if listed is None:
            return {}
        found: dict[str, list[dict[str, Any]]] = {}
        for (model, on), price in self._found.items():
            if price is not None:
                known = [entry["price"] for entry in found.get(model, [])]
                if price.to_json() not in known:
                    found.setdefault(model, []).append({"from": on, "price": price.to_json()})
        return {"list": listed.title, "models": found}

    def _price(self, model: str, on: str | None) -> TokenPrice | None:
        key = (model, on)
        if key not in self._found:
            if self.prices is None and self._usual is None:
                self._usual = PublicPrices()
            listed = self.prices or self._usual
            assert listed is not None  # made just now
            try:
                self._found[key] = listed.price(self.names.get(model, model), on)
            except LookupError:
                if model not in self.per_attempt:
                    raise unknown_price(
                        self.names.get(model, model), listed, self.unknown
                    ) from None
                self._found[key] = None
        return self._found[key]
