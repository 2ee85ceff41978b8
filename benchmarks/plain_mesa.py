"""An honest peer: the same market as a plain per-agent Mesa model.

Written as Mesa's own examples are: one agent per buyer, its decision in a method, queries settled
one by one. It is spared all that is not the market itself: menus and cascades are the ones that
our economics computed, looked up and not recomputed; it records the totals of each tick only.
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
        self.log_fail = [
            [math.log1p(-p) if p < 1 else -math.inf for p in row]
            for row in population.solve_prob.tolist()
        ]
        self.cost = population.list_cost.tolist()
        index = {model: m for m, model in enumerate(population.models)}
        self.providers = len(market.providers)
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
        self.owner = market.roster.owner.tolist()
        self.undercut = 1 - 0.07
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
        """Advance by one tick."""
        self.sent = self.served = self.solved = 0
        self.paid = self.surplus = 0.0
        self.revenue = [0.0] * self.providers
        self.agents.shuffle_do("act")
        self.rows.append((self.sent, self.served, self.solved, self.paid, *self.revenue))

    def settle(self, seller, tier, reservation_price):
        """Send one query down the seller's cascade."""
        problem = bisect_left(self.cumulative, self.random.random())
        share, low, high = self.plans[seller][tier]
        bill, solved = 0.0, False
        for model, budget in high if self.random.random() < share else low:
            cost = self.cost[problem][model]
            allowed = int(budget / cost)
            if allowed == 0:
                continue
            log_fail = self.log_fail[problem][model]
            needed = (
                max(1, math.ceil(math.log(1 - self.random.random()) / log_fail))
                if log_fail
                else allowed + 1
            )
            spend = cost * min(needed, allowed)
            bill += spend
            self.revenue[self.owner[model]] += spend
            if needed <= allowed:
                solved = True
                break
        paid = bill if seller < self.providers else self.menus[seller][tier]
        self.served += 1
        self.solved += solved
        self.paid += paid
        self.surplus += reservation_price - paid
