"""An honest peer: the same market as a plain per-agent Mesa model.

Written as Mesa's own examples are: one agent per buyer, its decision in a method, queries settled
one by one and attempt by attempt, with the standard library's generator, which is the fastest for
single numbers. It is spared all that is not the market itself: menus and cascades are the ones
that our economics computed, looked up and not recomputed; it keeps the same tables of each tick,
but works out no measures and moves no money.
"""

import math
from bisect import bisect_left

import mesa
import numpy as np

from market.model import MarketModel


class PlainBuyer(mesa.Agent):
    """One buyer with its need, reservation price, tastes, and the sellers that it knows."""

    def __init__(self, model, tier, reservation_price, tastes, known, rate):
        super().__init__(model)
        self.tier = tier
        self.reservation_price = reservation_price
        self.tastes = tastes
        self.known = known
        self.poisson_floor = math.exp(-rate)

    def act(self):
        """Choose a seller, send queries, and have each settled."""
        model = self.model
        seller = self.choose()
        for _ in range(self.arrivals()):
            model.sent += 1
            if seller is not None:
                model.settle(seller, self.tier, self.reservation_price)

    def choose(self):
        """Take the seller of the highest utility, or none."""
        model, beta = self.model, self.model.price_sensitivity
        best, chosen = -beta * math.log(self.reservation_price), None
        for seller in self.known:
            price = model.menus[seller][self.tier]
            if price < math.inf:
                utility = self.tastes[seller] - beta * math.log(price)
                if utility > best:
                    best, chosen = utility, seller
        return chosen

    def arrivals(self):
        """Poisson draw (Knuth)."""
        count, product = 0, self.random.random()
        while product > self.poisson_floor:
            count += 1
            product *= self.random.random()
        return count


class PlainMarket(mesa.Model):
    """The same market, one buyer and one query at a time.

    Parameters
    ----------
    market
        A market of ours, stepped at least once: buyers, menus and cascades are taken from it.
    """

    def __init__(self, market: MarketModel):
        super().__init__(rng=market.spec.seed)
        population = market.economy.tables.population
        self.cumulative = np.cumsum(population.weight).tolist()
        self.solve_prob = population.solve_prob.tolist()
        self.cost = population.list_cost.tolist()
        index = {model: m for m, model in enumerate(population.models)}
        self.providers = len(market.providers)
        self.providers_and_arbitrageurs = len(market.sellers)
        self.menus = [[*seller.menu.tolist(), math.inf] for seller in market.sellers]
        self.plans = [
            [
                policy
                and (
                    policy.share,
                    [(index[s.model], s.budget) for s in policy.low.stages],
                    [(index[s.model], s.budget) for s in policy.high.stages],
                )
                for policy in seller.policies
            ]
            for seller in market.sellers
        ]
        self.tiers = len(market.quality)
        self.models = len(population.models)
        for segment in market.segments:
            self.price_sensitivity = segment.price_sensitivity
            for j in range(segment.size):
                PlainBuyer(
                    self,
                    int(segment.needs.tier[j]),
                    float(segment.needs.reservation_price[j]),
                    [float(taste[j]) for taste in segment.taste],
                    [s for s, known in enumerate(segment.known) if known is None or known[j]],
                    segment.rate,
                )
        self.rows = []

    def step(self):
        """Advance by one tick, and keep its tables: by seller and tier, and by model."""
        cells = range(self.providers_and_arbitrageurs * self.tiers)
        self.sent = 0
        self.surplus = 0.0
        self.served = [0 for _ in cells]
        self.solved = [0 for _ in cells]
        self.paid = [0.0 for _ in cells]
        self.list_spend = [[0.0] * self.models for _ in cells]
        self.attempts = [0] * self.models
        self.agents.shuffle_do("act")
        self.rows.append(
            (self.sent, self.served, self.solved, self.paid, self.list_spend, self.surplus)
        )

    def settle(self, seller, tier, reservation_price):
        """Send one query down the seller's cascade, attempt by attempt."""
        cell = seller * self.tiers + tier
        problem = bisect_left(self.cumulative, self.random.random())
        share, low, high = self.plans[seller][tier]
        bill, solved = 0.0, False
        for model, budget in high if self.random.random() < share else low:
            cost, chance = self.cost[problem][model], self.solve_prob[problem][model]
            spend = 0.0
            while not solved and spend + cost <= budget:
                spend += cost
                self.attempts[model] += 1
                solved = self.random.random() < chance
            bill += spend
            self.list_spend[cell][model] += spend
            if solved:
                break
        paid = bill if seller < self.providers else self.menus[seller][tier]
        self.served[cell] += 1
        self.solved[cell] += solved
        self.paid[cell] += paid
        self.surplus += reservation_price - paid
