"""What measures are called and counted in, wherever people read them: console, charts, report."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Unit:
    """How a quantity is written.

    Attributes
    ----------
    name
        After the words, as in "paid per query, cents"; empty where the words say it all.
    form
        Of a value times `factor`, for tables.
    factor
        From the value as it is stored to the value as tables show it.
    tick
        Of a value as it is stored, on axes and in hovers: a d3 format.
    """

    name: str
    form: str
    factor: float
    tick: str


INDEX = Unit("", "{:.3f}", 1, ".3~f")
SHARE = Unit("", "{:.3f}", 1, ".3~%")
CENTS = Unit("cents", "{:.2f}", 100, "$,.4~r")
DOLLARS = Unit("USD", "{:,.2f}", 1, "$,.4~r")
NUMBER = Unit("", "{:.2f}", 1, ",.4~r")


@dataclass(frozen=True)
class Measure:
    """A measure in words.

    Attributes
    ----------
    words
        What it is, in lower case and without its unit.
    unit
        How its values are written.
    subject
        What a sentence about it starts with, where that is not the words.
    """

    words: str
    unit: Unit
    subject: str = ""

    @property
    def noun(self) -> str:
        """The measure in a sentence."""
        return self.subject or self.words

    @property
    def label(self) -> str:
        """Words and unit of tables."""
        return f"{self.words}, {self.unit.name}" if self.unit.name else self.words

    @property
    def axis(self) -> str:
        """Words and unit of an axis, where dollars are dollars, never cents."""
        return f"{self.words}, USD" if self.unit in (CENTS, DOLLARS) else self.words

    def text(self, value: float) -> str:
        """The value as tables show it; a dash where it is missing."""
        return self.unit.form.format(value * self.unit.factor) if math.isfinite(value) else "–"


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "price_index": Measure("price index (1 = list)", INDEX, "the price index"),
        "price_per_query": Measure("paid per query", CENTS, "the price of a query"),
        "price_per_solution": Measure("paid per solution", CENTS, "the price of a solution"),
        "solve_rate": Measure("solved, of queries served", SHARE, "the solve rate"),
        "mean_tier": Measure("solve rate bought, mean", SHARE, "the mean solve rate bought"),
        "served_share": Measure("served, of queries sent", SHARE, "the share of queries served"),
        "marginal_revenue_per_query": Measure("marginal revenue per query", CENTS),
        "provider_revenue": Measure("provider revenue per tick", DOLLARS),
        "provider_profit": Measure("provider profit per tick", DOLLARS),
        "arbitrage_profit": Measure("arbitrage profit per tick", DOLLARS),
        "arbitrage_margin": Measure("arbitrage margin, of fees", SHARE, "the arbitrageurs' margin"),
        "arbitrage_share": Measure(
            "arbitrage share of queries", SHARE, "arbitrageurs' share of queries"
        ),
        "segmentation": Measure("segmentation", INDEX),
        "hhi": Measure("concentration (HHI)", INDEX, "concentration"),
        "effective_providers": Measure(
            "effective number of providers", NUMBER, "the effective number of providers"
        ),
        "small_provider_share": Measure(
            "small providers' revenue share", SHARE, "small providers' share"
        ),
        "price_dispersion": Measure("price dispersion within a tier", INDEX, "price dispersion"),
        "consumer_surplus": Measure("consumer surplus per tick", DOLLARS),
        "producer_surplus": Measure("producer surplus per tick", DOLLARS),
        "arbitrageur_surplus": Measure("arbitrageurs' surplus per tick", DOLLARS),
        "tax_revenue": Measure("tax revenue per tick", DOLLARS),
        "welfare": Measure("welfare per tick", DOLLARS),
        "efficiency": Measure("welfare over a planner's", SHARE, "efficiency"),
        # of one agent
        "revenue": Measure("revenue per tick", DOLLARS),
        "fees": Measure("fees per tick", DOLLARS),
        "profit": Measure("profit per tick", DOLLARS),
        "margin": Measure("margin, of the price", SHARE),
    }
)

HEADLINES = (
    "price_index",
    "price_per_query",
    "price_per_solution",
    "solve_rate",
    "mean_tier",
    "served_share",
    "marginal_revenue_per_query",
    "provider_revenue",
    "provider_profit",
    "arbitrage_profit",
    "arbitrage_share",
    "segmentation",
    "effective_providers",
    "small_provider_share",
    "consumer_surplus",
    "tax_revenue",
    "welfare",
    "efficiency",
)


def measure(name: str) -> Measure:
    """Look up a measure; one that is not listed is called by its name."""
    return MEASURES.get(name, Measure(name.replace("_", " "), NUMBER))


def parameter(path: str) -> str:
    """A varied parameter in words where they are shorter to read, else its dotted path.

    >>> parameter("arbitrageurs.routers.count")
    'the number of arbitrageurs (routers)'
    """
    match path.split("."):
        case ["arbitrageurs", group, "count"]:
            return f"the number of arbitrageurs ({group})"
        case _:
            return path
