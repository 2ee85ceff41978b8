"""What tokens cost: by the list of genai-prices (offline), or by a list of one's own.

Prices are US dollars per million tokens. Input counts what was read from a cache and what was
written to one; both have prices of their own where the list has them, else the input's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from importlib.metadata import version
from typing import Any, Protocol

from market.foundation.errors import DataError, quoted_name, shown
from market.importers.attempts import Tokens

MILLION = 1e6
TODAYS, DATED, OWN = "today's price", "price of the date", "own list"
RATES = "input", "output", "cached", "written"


@dataclass(frozen=True)
class TokenPrice:
    """Price of one model's tokens, US dollars per million.

    Attributes
    ----------
    input, output, cached, written
        Of plain input, of output, of input read from a cache, and of input written to one.
    basis
        Whether it is the price of a date, today's, or from a list of one's own.
    name
        What the list calls the model.
    tiered
        Of genai-prices, where the price depends on how many tokens there are.
    """

    input: float
    output: float
    cached: float
    written: float
    basis: str
    name: str
    tiered: Any = None

    def dollars(self, tokens: Tokens) -> float:
        """US dollars of these tokens; their prices times a factor give the factor times as much."""
        if self.tiered is not None:
            from genai_prices import Usage

            usage = Usage(
                input_tokens=tokens.input,
                output_tokens=tokens.output,
                cache_read_tokens=tokens.cached,
                cache_write_tokens=tokens.written,
            )
            return float(self.tiered.calc_price(usage)["total_price"])
        plain = tokens.input - tokens.cached - tokens.written
        return (
            plain * self.input
            + tokens.cached * self.cached
            + tokens.written * self.written
            + tokens.output * self.output
        ) / MILLION

    def to_json(self) -> dict[str, Any]:
        """Price, basis and name."""
        answer = {name: getattr(self, name) for name in (*RATES, "basis", "name")}
        return answer | ({"tiered": str(self.tiered)} if self.tiered is not None else {})


class PriceList(Protocol):
    """Prices by model, and what the list is."""

    @property
    def title(self) -> str:
        """What the list is."""

    def price(self, model: str, on: str | None) -> TokenPrice:
        """Price of a model on a date (ISO 8601; today if None); LookupError if there is none."""

    def names(self) -> list[str]:
        """All models of the list."""


class PublicPrices:
    """The snapshot that comes with genai-prices: no network."""

    def __init__(self) -> None:
        from genai_prices import data_snapshot

        self._snapshot = data_snapshot.get_snapshot()
        self.title = f"genai-prices {version('genai-prices')}"

    def price(self, model: str, on: str | None) -> TokenPrice:
        """By name, or by `provider/name`."""
        found = self._find(model)
        day = datetime.now(UTC) if on is None else _noon(on)
        rates = found.get_prices(day)
        dated = not hasattr(found.prices, "input_mtok")  # a list of prices, each from a date on
        basis = DATED if dated and on is not None else TODAYS
        fields = [
            getattr(rates, f"{key}_mtok")
            for key in ("input", "output", "cache_read", "cache_write")
        ]
        if fields[0] is None or fields[1] is None:
            raise LookupError(model)  # priced by something other than tokens
        if any(hasattr(rate, "tiers") for rate in fields):
            base = [float(getattr(rate, "base", rate) or 0) for rate in fields]
            return TokenPrice(base[0], base[1], base[2], base[3], basis, found.id, rates)
        plain, out, cached, written = (None if rate is None else float(rate) for rate in fields)
        assert plain is not None
        assert out is not None
        return TokenPrice(
            plain,
            out,
            plain if cached is None else cached,
            plain if written is None else written,
            basis,
            found.id,
        )

    def names(self) -> list[str]:
        """Names of all providers' models, plain and after their provider's."""
        each = [(p.id, m.id) for p in self._snapshot.providers for m in p.models]
        return sorted({m for _, m in each} | {f"{p}/{m}" for p, m in each})

    def _find(self, model: str) -> Any:
        try:
            return self._snapshot.find_provider_model(model, None, None, None)[1]
        except LookupError:
            provider, slash, name = model.partition("/")
            if not slash:
                raise
            return self._snapshot.find_provider_model(name, None, provider, None)[1]


@dataclass(frozen=True)
class OwnRates:
    """Prices of some models, and a list for all others."""

    own: Mapping[str, TokenPrice]
    others: PriceList

    @property
    def title(self) -> str:
        """What the list of the others is."""
        return self.others.title

    def price(self, model: str, on: str | None) -> TokenPrice:
        """A model's own, on all dates, or that of the list."""
        return self.own[model] if model in self.own else self.others.price(model, on)

    def names(self) -> list[str]:
        """All models of the list."""
        return self.others.names()


UNKNOWN = (
    "say which it is with --price-name {model}=NAME, or give --prices FILE.csv, or "
    "--cost-per-problem {model}=USD"
)


def unknown_price(model: str, listed: PriceList, way_out: str = UNKNOWN) -> DataError:
    """The error for a model without a price, with the names that are nearest and what to do."""
    names = listed.names()
    near = get_close_matches(model.lower(), names, n=3, cutoff=0.5)
    short = model.lower().rpartition("/")[2]
    near += [n for n in get_close_matches(short, names, n=3, cutoff=0.5) if n not in near]
    like = ", ".join(near[:4]) or "none is like it"
    quoted = quoted_name(model)
    return DataError(
        f"{model}: {listed.title} has no price of its tokens; nearest names: {like}; "
        f"{way_out.format(model=quoted)}"
    )


def require_date(text: str, option: str = "--date") -> str:
    """A date, ISO 8601.

    Raises
    ------
    DataError
        It is none.
    """
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise DataError(f"{option} {shown(text)}: write it as YYYY-MM-DD") from None


def _noon(on: str) -> datetime:
    return datetime.fromisoformat(on).replace(hour=12, tzinfo=UTC)
