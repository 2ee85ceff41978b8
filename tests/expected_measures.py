"""What is expected of a market as it stands: no draw of a query or of a taste is in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

import market
from market.foundation.arrays import zero_where_infinite
from market.simulation.expected_market import ExpectedMarket, Trade
from market.simulation.model import MarketModel
from market.strategies.expected_demand import ExpectedBuyers


@dataclass(frozen=True)
class Expected:
    """Of one tick, in US dollars and queries; the index where each buyer's basket counts.

    Attributes
    ----------
    index
        The price index.
    queries, paid, revenue
        By seller: queries served, what buyers pay, and what it earns of attempts.
    surplus
        By segment.
    list_spend
        By model: what is bought of it, in list dollars.
    cost
        Marginal cost of all attempts.
    """

    index: float
    queries: Mapping[str, float]
    paid: Mapping[str, float]
    revenue: Mapping[str, float]
    surplus: Mapping[str, float]
    list_spend: Mapping[str, float]
    cost: float

    @property
    def welfare(self) -> float:
        """What buyers and sellers have together."""
        return sum(self.surplus.values()) + sum(self.paid.values()) - self.cost

    def times(self, factor: float) -> "Expected":
        """In so many ticks."""

        def more(values: Mapping[str, float]) -> dict[str, float]:
            return {name: factor * value for name, value in values.items()}

        return Expected(
            self.index,
            more(self.queries),
            more(self.paid),
            more(self.revenue),
            more(self.surplus),
            more(self.list_spend),
            factor * self.cost,
        )

    @classmethod
    def of(cls, model: MarketModel) -> "Expected":
        """Of a market that has made a step."""
        market, roster = ExpectedMarket.of(model), model.roster
        queries, paid = (dict.fromkeys(roster.sellers, 0.0) for _ in range(2))
        spend = np.zeros((len(roster.sellers), len(roster.models)))
        trades: list[list[Trade]] = [[] for _ in market.buyers]
        for trade in market.trades({}):
            trades[trade.group].append(trade)
            mix, seller = market.buyers[trade.group].mix, int(market.seller_of[trade.offer])
            price = zero_where_infinite(market.menus.price[mix, trade.offer])
            queries[roster.sellers[seller]] += float(trade.queries.sum())
            paid[roster.sellers[seller]] += float(trade.total(price).sum())
            for m, list_spend in enumerate(market.list_spend[mix, trade.offer].T):
                spend[seller, m] += trade.total(list_spend).sum()
        price = zero_where_infinite(market.wholesale.listing)
        made = roster.by_listing(spend, market.wholesale.share)
        earned = roster.by_provider((made * price).sum(axis=0))
        outcome = model.recorder.last
        assert outcome is not None
        return cls(
            index=outcome.index.index,
            queries=queries,
            paid=paid,
            revenue=dict(zip(roster.providers, earned.tolist(), strict=True)),
            surplus={
                segment.name: _surplus(group, of)
                for segment, group, of in zip(model.segments, market.buyers, trades, strict=True)
            },
            list_spend=dict(zip(roster.models, spend.sum(axis=0).tolist(), strict=True)),
            cost=float((made @ roster.cost_ratio).sum()),
        )


def _surplus(group: ExpectedBuyers, trades: Sequence[Trade]) -> float:
    """US dollars per tick by which buyers expect to be better off than by not buying.

    E max(V + σε) − E σε₀ is σ ln D, where D is what the chances of a nested logit are over:
    P_s = e^{V_s/σ} w_s^{1 − λ} / D, w_s the share of s in its nest (McFadden 1978).
    """
    scale, logit = group.buyers.scale, np.zeros(len(group.queries))
    best, gained = np.zeros(len(group.queries)), np.zeros(len(group.queries))
    nests = {
        n: sum((t.queries for t in trades if group.nest[t.offer] == n), start=np.zeros(1))
        for n in set(group.nest.tolist()) - {-1}
    }
    for trade in trades:
        gain, chance = zero_where_infinite(trade.purchase.gain), trade.queries / group.queries
        gained += chance * gain
        with np.errstate(divide="ignore", invalid="ignore"):
            nest = nests.get(int(group.nest[trade.offer]), trade.queries)
            within = trade.queries / nest
            found = gain / scale + (1 - group.dissimilarity) * np.log(within) - np.log(chance)
        np.copyto(logit, found, where=(chance > best) & (scale > 0))
        best = np.maximum(best, chance)
    return float((group.queries * np.where(scale > 0, scale * logit, gained)).sum())


def at_the_end(spec: market.Scenario) -> MarketModel:
    """A market after its last tick."""
    model = MarketModel(spec)
    for _ in range(spec.ticks):
        model.step()
    return model


def as_called(values: Mapping[str, float], name: Callable[[str], str]) -> dict[str, float]:
    """The values under other names; those that get the same name are summed."""
    found: dict[str, float] = {}
    for key, value in values.items():
        found[name(key)] = found.get(name(key), 0.0) + value
    return found
