"""What measures are called and counted in, wherever people read them: console, charts, report."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from market.measures.money_units import MoneyUnit
from market.measures.number_text import formatted
from market.measures.old_names import current


@dataclass(frozen=True)
class Unit:
    """How a quantity other than money is written.

    Attributes
    ----------
    form
        In tables.
    tick
        On axes, and in hovers: a d3 format.
    """

    form: str
    tick: str

    name = ""  # the words of a measure say it all
    factor = 1.0

    def hover(self, field: str, sign: str = "") -> str:
        """Template of a hover for a field."""
        return f"%{{{field}:{sign}{self.tick}}}"

    def text(self, value: float) -> str:
        """The value in tables; a dash where it is missing, and 0 where it is zero."""
        return formatted(value, self.form)


INDEX = Unit("{:.3f}", ".3~f")
SHARE = Unit("{:.3f}", ".3~%")
NUMBER = Unit("{:.2f}", ",.4~r")
PER_QUERY, PER_SOLUTION, PER_TICK = (MoneyUnit(per) for per in ("query", "solution", "tick"))
IN_ALL = MoneyUnit()


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
    unit: Unit | MoneyUnit
    subject: str = ""

    @property
    def noun(self) -> str:
        """The measure in a sentence."""
        return self.subject or self.words

    @property
    def label(self) -> str:
        """Words and unit, of tables and axes."""
        return f"{self.words}, {self.unit.name}" if self.unit.name else self.words

    @property
    def unitless(self) -> str:
        """Words where values are relative, and an amount of money still needs its "per tick"."""
        return f"{self.words} per {self.money.per}" if self.money and self.money.per else self.words

    @property
    def money(self) -> MoneyUnit | None:
        """The unit, where it is one of money."""
        return self.unit if isinstance(self.unit, MoneyUnit) else None

    def text(self, value: float) -> str:
        """The value as tables show it; a dash where it is missing."""
        return self.unit.text(value)

    def sentence(self, value: float) -> str:
        """The value where it stands alone: money with its unit."""
        text = self.money.sentence(value) if self.money else self.text(value)
        return text.replace("-", "−")


BY_NEED: Mapping[str, str] = MappingProxyType(
    {
        "low_need": "least demanding third",
        "middle_need": "middle third",
        "high_need": "most demanding third",
    }
)
BUYERS: Mapping[str, str] = MappingProxyType(
    {
        "not_aware": "buyers who know no arbitrageur",
        "aware": "buyers who know an arbitrageur",
        **BY_NEED,
    }
)
"""Classes of buyers, by whom they know and by their base need, in words."""

CUMULATIVE = frozenset({"arbitrage_net_profit", "net_profit"})
"""Measures since the start of a run: of them the last value counts, not a mean."""

MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "price_index": Measure("price index (1 = no arbitrageurs)", INDEX, "the price index"),
        "price_index_coverage": Measure("base spend that the index counts", SHARE),
        "price_index_paid": Measure("price index of what is paid", INDEX),
        "price_per_query": Measure("paid", PER_QUERY, "the price of a query"),
        "price_per_solution": Measure("paid", PER_SOLUTION, "the price of a solution"),
        "solve_rate": Measure("solved, of queries served", SHARE, "the solve rate"),
        "accepted_rate": Measure(
            "accepted, right or wrong, of queries served", SHARE, "the share of queries accepted"
        ),
        "wrong_accepted_share": Measure(
            "wrong, of answers accepted", SHARE, "the share of accepted answers that are wrong"
        ),
        "verification_cost": Measure("paid for checks", PER_TICK, "what checks cost"),
        "wrong_answer_cost": Measure(
            "cost of wrong answers accepted", PER_TICK, "what wrong answers cost buyers"
        ),
        "mean_tier": Measure("solve rate bought, mean", SHARE, "the mean solve rate bought"),
        "served_share": Measure("served, of queries sent", SHARE, "the share of queries served"),
        "beyond_share": Measure("served at solve rates nobody sold before", SHARE),
        "revenue_per_query": Measure("providers' revenue", PER_QUERY),
        "revenue_elasticity": Measure("revenue elasticity by price", NUMBER),
        "provider_revenue": Measure("provider revenue", PER_TICK),
        "provider_profit": Measure("provider profit", PER_TICK),
        "arbitrage_profit": Measure("arbitrage profit", PER_TICK),
        "arbitrage_net_profit": Measure("arbitrage profit since the start", IN_ALL),
        "arbitrage_margin": Measure("arbitrage margin, of fees", SHARE, "the arbitrageurs' margin"),
        "arbitrage_share": Measure(
            "arbitrage share of queries", SHARE, "arbitrageurs' share of queries"
        ),
        "own_routing_share": Measure(
            "routed by buyers themselves, of queries served",
            SHARE,
            "the share of queries that buyers route themselves",
        ),
        "own_routers": Measure(
            "buyers who run a router", NUMBER, "the number of buyers who run a router"
        ),
        "own_router_share": Measure(
            "buyers who run a router, of all", SHARE, "the share of buyers who run a router"
        ),
        "own_router_cost": Measure("paid for own routers", PER_TICK, "what own routers cost"),
        "segmentation": Measure("segmentation by model", INDEX, "segmentation"),
        "segmentation_by_owner": Measure("segmentation by provider", INDEX),
        "hhi": Measure("concentration (HHI)", INDEX, "concentration"),
        "hhi_by_model": Measure("concentration by model (HHI)", INDEX),
        "effective_providers": Measure(
            "effective number of providers", NUMBER, "the effective number of providers"
        ),
        "small_provider_share": Measure(
            "small providers' revenue share", SHARE, "small providers' share"
        ),
        "small_model_share": Measure("small models' revenue share", SHARE),
        "price_dispersion": Measure("price dispersion within a tier", INDEX, "price dispersion"),
        "consumer_surplus": Measure("consumer surplus", PER_TICK),
        "producer_surplus": Measure("producer surplus", PER_TICK),
        "arbitrageur_surplus": Measure("arbitrageurs' surplus", PER_TICK),
        "tax_revenue": Measure("tax revenue", PER_TICK),
        "welfare": Measure("welfare", PER_TICK),
        "efficiency": Measure("welfare over a planner's", SHARE, "efficiency"),
        "consumer_payments": Measure("paid by consumers", PER_TICK, "what consumers pay"),
        **{
            f"{kind}_{who}": Measure(f"{words}, {buyers}", PER_QUERY)
            for who, buyers in BUYERS.items()
            for kind, words in (("surplus", "surplus"), ("price", "paid"))
        },
        # of one agent
        "revenue": Measure("revenue", PER_TICK),
        "fees": Measure("fees", PER_TICK),
        "profit": Measure("profit", PER_TICK),
        "net_profit": Measure("profit since the start", IN_ALL),
        "margin": Measure("margin, of the price", SHARE),
    }
)

HEADLINES = (
    "price_index",
    "price_index_paid",
    "price_per_query",
    "price_per_solution",
    "solve_rate",
    "mean_tier",
    "served_share",
    "revenue_per_query",
    "revenue_elasticity",
    "provider_revenue",
    "provider_profit",
    "arbitrage_profit",
    "arbitrage_net_profit",
    "arbitrage_share",
    "segmentation",
    "effective_providers",
    "small_provider_share",
    "consumer_surplus",
    "tax_revenue",
    "welfare",
    "efficiency",
)


VERIFIED = "accepted_rate", "wrong_accepted_share", "verification_cost", "wrong_answer_cost"
"""Measures that a run has where a verifier errs or costs, and else not."""

OWN_ROUTING = "own_routing_share", "own_routers", "own_router_share", "own_router_cost"
"""Measures that a run has where buyers may route for themselves, and else not."""


def measure(name: str) -> Measure:
    """Look up a measure; one that is not listed is called by its name."""
    name = current(name)
    return MEASURES.get(name, Measure(name.replace("_", " "), NUMBER))


def fitted(values: Mapping[str, ArrayLike]) -> dict[str, Measure]:
    """Look up the measures of one table or chart, with units of money that fit what is shown.

    Amounts per tick have one unit, amounts per query and per solution another, sums a third.

    Parameters
    ----------
    values
        By the name of the measure, US dollars where it is one of money.
    """
    found = {name: measure(name) for name in values}
    kind = {"solution": "query"}
    shown: dict[str, list[ArrayLike]] = {}
    for name, known in found.items():
        if known.money:
            per = kind.get(known.money.per, known.money.per)
            shown.setdefault(per, []).append(np.ravel(values[name]))
    for name, known in found.items():
        if known.money:
            alike = np.concatenate(shown[kind.get(known.money.per, known.money.per)])
            found[name] = replace(known, unit=MoneyUnit.fitting(alike, known.money.per))
    return found


def parameter(path: str) -> str:
    """A varied parameter in words where they are shorter to read, else its dotted path.

    >>> parameter("arbitrageurs.routers.count")
    'the number of arbitrageurs (routers)'
    """
    match path.split("."):
        case ["arbitrageurs", group, "count"]:
            return f"the number of arbitrageurs ({group})"
        case ["arbitrageurs", group, "awareness"]:
            return f"the share of buyers who know each of {group}"
        case ["consumers", segment, "self_routing", "cost"]:
            return f"the cost of own routers ({segment})"
        case ["consumers", segment, "price_sensitivity"]:
            return f"the price sensitivity of {segment}"
        case ["providers", provider, "cost_ratio"]:
            return f"the marginal cost of {provider} over list"
        case ["policy", "routing_tax"] | ["tax"]:
            return "the tax on arbitrageurs' fees"
        case ["policy", "resale_markup"]:
            return "the resale markup"
        case ["price_factor", seller]:
            return f"the price of {seller} over list"
        case ["verifier", "false_accept"]:
            return "the share of wrong answers that are accepted"
        case _:
            return path
