"""How sure the economics of records are, beside which the errors of a pack are seen."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import FloatArray
from market.foundation.random_streams import Streams
from market.frontier.bootstrap import interval, resample
from market.frontier.cross_validation import deal_folds, out_of_sample, usual_folds
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import margin, margin_summary, market_price
from market.frontier.pass_curves import CurveTables
from market.frontier.policy_cloud import PolicyCloud


@dataclass(frozen=True)
class MeanMargin:
    """Mean margin over the solve rates that nearly all resamples of the problems reach.

    Attributes
    ----------
    models
        Of the cascades, and of the market.
    first, last
        Of these solve rates; NaN where there is none, and all figures are.
    records, low, high
        Of the records, and its 95% interval.
    held_out
        Of the records, on problems that cascades were not chosen on.
    pack
        Of the classes.
    """

    models: tuple[str, ...]
    first: float
    last: float
    records: float
    low: float
    high: float
    held_out: float
    pack: float

    @classmethod
    def of(cls, records: CurveTables, pack: CurveTables, quality: FloatArray) -> "MeanMargin":
        """Compare records and pack at the steady ones of the solve rates [G]."""
        price, cloud, streams = np.ones(len(records.models)), PolicyCloud(records), Streams(1)
        market = market_price(records, quality, price)
        frontier = solve_frontier(records, quality, price, cloud=cloud)
        drawn = resample(cloud, market, frontier, price, streams)
        steady, (mean, draws) = drawn.steady, drawn.mean_margin
        # of few attempts a law is fitted, and no draw has the doubt in it
        if not steady.any() or records.population.strata is not None:
            return cls(records.models, *[float("nan")] * 7)
        low, high = interval(draws).tolist()
        over, problems = quality[steady], records.population.clusters
        held_out, folds = float("nan"), usual_folds(problems)
        if folds:
            fold = deal_folds(problems, folds, streams.generator("folds"))
            judged = out_of_sample(records, over, fold)
            held_out = margin_summary(judged.margin)["mean_margin"]
        cost = solve_frontier(pack, over).spend
        return cls(
            records.models,
            float(over[0]),
            float(over[-1]),
            mean,
            low,
            high,
            held_out,
            margin_summary(margin(market_price(pack, over).price, cost))["mean_margin"],
        )


@dataclass(frozen=True)
class SampleErrors:
    """How sure the records are: of the market price [G] ends, and of the margins."""

    price_low: tuple[float, ...]
    price_high: tuple[float, ...]
    margins: tuple[MeanMargin, ...]
