"""The paper's published figures, recomputed from attempt records and compared.

Published values and tolerances: arXiv:2603.22404, SWE-bench Verified, the 445 problems that all
models share. Prices are US dollars, per 500 problems where the name says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from market.foundation.arrays import BoolArray
from market.foundation.json_values import finite
from market.frontier.bootstrap import DRAWS
from market.frontier.evidence import thin_evidence
from market.paper import procedures
from market.paper.fitted_margins import fitting_budget
from market.paper.pairs import PairSearch
from market.paper.paper_curves import PaperMarket, budget_grid
from market.paper.paper_report import Curves, PaperFigure, PaperReport
from market.paper.published import PUBLISHED
from market.paper.report_curves import distribution, pairs, share_curves, thin
from market.paper.resampled import Draw, intervals
from market.population.records import read_records

TWO = ("gpt5mini", "deepseek")
STAGES = ("minicoder4b", "qwen3-coder-30b", *TWO)
SIX = ("minicoder4b", "qwen3-coder-30b", "qwen3-coder-480b", "gpt5mini", "deepseek", "sonnet")
ENTRANTS = ("qwen3-coder-30b", "minicoder4b")
TEACHER = "qwen3-coder-480b"
STUDENTS = MappingProxyType(
    {
        "70M": "1.7b-84",
        "200M": "1.7b-281",
        "600M": "1.7b-845",
        "1.8B": "1.7b-2816",
        "5.4B": "1.7b-1e",
    }
)
# Enough samples that the mean is known to well within the figures' tolerance.
SAMPLES = MappingProxyType({1: 250, 3: 250, 5: 250, 10: 250, 30: 200, 100: 100, 1000: 30})
SPLIT_SAMPLES = MappingProxyType({10: 250, 1000: 20})
PER = 500  # problems, as the paper quotes its prices
QUOTED = np.array([0.75])  # the solve rate at which it quotes them


@dataclass(frozen=True)
class _Part:
    """What one procedure contributes: computed figures by name, and its curves."""

    figures: Mapping[str, float]
    curves: Curves


def check(
    folder: Path, progress: Callable[[str], None] | None = None, draws: int = DRAWS
) -> PaperReport:
    """Rerun the paper's procedures on attempt records.

    Parameters
    ----------
    folder
        Holds `<model>.jsonl` for the six models, and `distill/` with five students and a teacher.
    progress
        Called with the name of each step before it begins.
    draws
        Sets of problems drawn anew, of which intervals are; most of the time goes into them.

    Raises
    ------
    DataError
        A folder, model or record is missing or not as it must be.
    """
    step = progress or (lambda name: None)
    folder = Path(folder)
    step("read records")
    population = read_records(folder, SIX)
    market = PaperMarket.of(population, budget_grid(1.0))
    narrow = PaperMarket.of(population.select((*ENTRANTS, "gpt5mini")), budget_grid(0.5))
    students = {
        tokens: PaperMarket.of(read_records(folder / "distill", (name, TEACHER)), budget_grid(1.0))
        for tokens, name in STUDENTS.items()
    }
    django = np.array([domain == "django" for domain in population.domain], dtype=np.bool_)
    if not population.domain:
        django = np.zeros(population.size, dtype=np.bool_)
    step("two models")
    pair = procedures.two_models(market.select(TWO))
    parts = {"two_models": _two_models(pair)}
    step("price competition")
    parts["price_competition"] = _price_competition(pair)
    step("revenue")
    parts["revenue"] = _revenue(pair)
    step("six models")
    parts["six_models"] = _six_models(market)
    step("distillation")
    parts["distillation"] = _distillation(students)
    step("entry")
    parts["entry"] = _entry(narrow)
    step("fitting budget")
    parts["fitting_budget"] = _fitting_budget(market.select(TWO), django)
    computed = _named(parts)
    step("resampled problems")
    pair_market = market.select(TWO)

    def rerun(at: Draw) -> dict[str, float]:
        drawn = at("", population.size)
        pair = procedures.two_models(pair_market.restrict(drawn))
        others = {t: m.restrict(at(t, len(m.solve))) for t, m in students.items()}
        return _named(
            {
                "two_models": _two_models(pair),
                "revenue": _revenue(pair),
                "distillation": _distillation(others),
                "entry": _entry(narrow.restrict(drawn)),
            }
        )

    known = {name: ends for name, ends in intervals(rerun, draws).items() if not _extreme(name)}
    mean, ends = computed["two_models.mean_margin"], known.get("two_models.mean_margin")
    sure = None if ends is None else (mean, *ends)
    return PaperReport(
        tuple(
            PaperFigure(name, published, float(computed[name]), tolerance, known.get(name))
            for name, (published, tolerance) in PUBLISHED.items()
        ),
        {group: part.curves for group, part in parts.items()},
        thin_evidence(population.select(TWO), mean, interval=sure),
    )


def _named(parts: Mapping[str, _Part]) -> dict[str, float]:
    return {
        f"{group}.{name}": value
        for group, part in parts.items()
        for name, value in part.figures.items()
    }


def _extreme(name: str) -> bool:
    """Whether a figure is a largest or smallest one, whose resamples lie off it by their nature."""
    return name.endswith(("max_margin", "lowest_change"))


def _two_models(pair: PairSearch) -> _Part:
    market = pair.market
    rate = thin(pair.rate)
    alone, cost = market.costs(rate), pair.cost(rate)
    price = alone.min(axis=0)
    figures = {
        "max_margin": pair.best_margin.max(),
        "mean_margin": pair.best_margin.mean(),
        "threshold": pair.best_thresholds[0],
        "arbitrage_cost_per_500": PER * pair.cost(QUOTED)[0],
        "market_price_per_500": PER * market.price(QUOTED)[0],
        "cascade_solve_rate": procedures.solve_rate_together(market),
    }
    for column, model in enumerate(market.models):
        figures[f"highest_solve_rate.{model}"] = market.mean[column, -1]
    curves = {
        "solve_rate": finite(rate),
        **{f"price_{model}": finite(alone[m]) for m, model in enumerate(market.models)},
        "market_price": finite(price),
        "arbitrage_cost": finite(cost),
        "margin": finite(thin(pair.best_margin)),
        "thresholds": finite(pair.best_thresholds),
    }
    return _Part(figures, curves)


def _price_competition(pair: PairSearch) -> _Part:
    path = procedures.price_competition(pair, float(QUOTED[0]))
    curves = {
        "solve_rate": path.solve_rate,
        "price_per_500": finite(PER * np.array(path.prices)),
        "cost_per_500": finite(PER * path.cost),
    }
    return _Part({"final_price_per_500": PER * path.prices[-1]}, curves)


def _revenue(pair: PairSearch) -> _Part:
    whole, quoted = (procedures.revenue(pair, rate) for rate in (pair.rate, QUOTED))
    figures = {"mean_change": whole.change.mean(), "lowest_change": whole.change.min()}
    for m, model in enumerate(quoted.models):
        figures[f"share_without.{model}"] = quoted.without[m, 0]
        figures[f"share_with.{model}"] = quoted.with_arbitrage[m, 0]
    figures["share_with.arbitrageur"] = quoted.arbitrageur[0]
    drawn = procedures.revenue(pair, thin(pair.rate))
    curves = {
        "solve_rate": finite(drawn.rate),
        "change": finite(drawn.change),
        **share_curves(drawn),
    }
    return _Part(figures, curves)


def _six_models(market: PaperMarket) -> _Part:
    six = procedures.six_models(market, STAGES)
    figures = {
        "thresholds": float(six.thresholds),
        "max_margin": six.margin.max(),
        "mean_margin": six.margin.mean(),
        "pair_max_margin": six.pair_margin.max(),
        "pair_mean_margin": six.pair_margin.mean(),
        "share_with.arbitrageur": six.revenue.arbitrageur.mean(),
    }
    for m, model in enumerate(six.revenue.models):
        figures[f"share_without.{model}"] = six.revenue.without[m].mean()
        figures[f"share_with.{model}"] = six.revenue.with_arbitrage[m].mean()
    curves = {
        "solve_rate": finite(six.rate),
        "market_price": finite(six.price),
        "arbitrage_cost": finite(six.cost),
        "margin": finite(six.margin),
        "pair_margin": finite(six.pair_margin),
        **share_curves(six.revenue),
    }
    return _Part(figures, curves)


def _distillation(students: Mapping[str, PaperMarket]) -> _Part:
    searches = procedures.distillation(students)
    return _Part({name: s.best_margin.mean() for name, s in searches.items()}, pairs(searches))


def _entry(market: PaperMarket) -> _Part:
    searches = {model: procedures.entry(market.select((model, "gpt5mini"))) for model in ENTRANTS}
    return _Part({name: s.best_thresholds[0] for name, s in searches.items()}, pairs(searches))


def _fitting_budget(market: PaperMarket, django: BoolArray) -> _Part:
    fitted = fitting_budget(market, django, SAMPLES, SPLIT_SAMPLES)
    runs = {
        "": fitted.everything,
        "fit_on_django.": fitted.fit_on_django,
        "fit_on_others.": fitted.fit_on_others,
    }
    named = {f"{run}{int(r.spend)}": r for run, results in runs.items() for r in results}
    return _Part(
        {name: result.mean for name, result in named.items()},
        {name: distribution(result) for name, result in named.items()},
    )
