"""Prices of tokens that the user gives: a list in a file, or one model's."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from market.foundation.errors import shown
from market.foundation.text_files import lines_of
from market.importers.attempts import fault
from market.importers.token_prices import OWN, RATES, PriceList, PublicPrices, TokenPrice


class OwnPrices:
    """A CSV of columns model, input, output and, if wanted, cached and written.

    Parameters
    ----------
    file
        US dollars per million tokens, a model a row.

    Raises
    ------
    DataError
        By file, line and column.
    """

    def __init__(self, file: Path) -> None:
        self.title = f"own list: {file.name}"
        self._prices: dict[str, TokenPrice] = {}
        reader = csv.DictReader((text for _, text in lines_of(file, blank=True)), strict=True)
        header = reader.fieldnames or []
        for column in ("model", "input", "output"):
            if column not in header:
                raise fault(
                    file,
                    1,
                    f"no column {column!r}; a price list has model,input,output (USD per million "
                    "tokens), and may have cached,written",
                )
        try:
            for row in reader:
                model = row["model"]
                if model in self._prices:
                    raise fault(file, reader.line_num, f"{shown(model)} has a price already")
                rate = {key: _rate(row.get(key), key, file, reader.line_num) for key in RATES}
                plain, out = rate["input"], rate["output"]
                if plain is None or out is None:
                    raise fault(file, reader.line_num, "input and output need a price each")
                cached, written = (plain if rate[k] is None else rate[k] for k in RATES[2:])
                assert cached is not None
                assert written is not None
                self._prices[model] = TokenPrice(plain, out, cached, written, OWN, model)
        except csv.Error as error:
            raise fault(file, reader.line_num, f"is not CSV ({error})") from error

    def price(self, model: str, on: str | None) -> TokenPrice:
        """The same on all dates."""
        return self._prices[model]

    def names(self) -> list[str]:
        """Models that have a price."""
        return list(self._prices)


@dataclass(frozen=True)
class OneModel:
    """A list of one model, US dollars per million tokens."""

    model: str
    input: float
    output: float
    cached: float

    @property
    def title(self) -> str:
        """What it is."""
        return f"price given of {self.model}"

    def price(self, model: str, on: str | None) -> TokenPrice:
        """The price, if it is that model's."""
        if model != self.model:
            raise LookupError(model)
        return TokenPrice(self.input, self.output, self.cached, self.input, OWN, model)

    def names(self) -> list[str]:
        """The model."""
        return [self.model]


def price_list(wanted: str | None) -> PriceList | None:
    """A list as `--prices` names it: a file, or `list` for that of genai-prices.

    Raises
    ------
    DataError
        The file cannot be read as one.
    """
    if wanted is None:
        return None
    return PublicPrices() if wanted == "list" else OwnPrices(Path(wanted))


def _rate(text: str | None, column: str, file: Path, line: int) -> float | None:
    if text is None or not text.strip():
        return None
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0 <= rate < math.inf:
        raise fault(
            file, line, f"{column} is {shown(text)}; it must be 0 or more USD per million tokens"
        )
    return rate
