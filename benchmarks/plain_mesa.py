"""An honest peer: the same market as a plain per-agent Mesa model.

Written as Mesa's own examples are: an agent for each buyer, provider and arbitrageur, its decision
in a method, queries settled one by one and attempt by attempt, money moved between the agents'
balances, tables kept by `mesa.DataCollector`. It does the work of a tick of ours and no more:
random numbers come one by one from the standard library, the fastest for that, and what a tier
costs each seller, and the cascade that serves it, are the ones that our economics computed. Each
tick every buyer is activated in random order, weighs the sellers that it knows, and sends its
queries. `thrifty` is the same model by an author who has measured: utilities are looked up, buyers
choose anew only when a menu has changed, as ours do, and are not shuffled.
"""

import math
from bisect import bisect_left

import mesa
import numpy as np

from benchmarks.plain_measures import (
    arbitrageur_rows,
    costs,
    measures,
    provider_rows,
    revenue_by_cell,
    tables,
    trade_rows,
)
from market.simulation.model import MarketModel


class PlainSeller(mesa.Agent):
    """Posts a menu; `plans` holds, per tier, the share of the high cascade and both cascades."""

    def __init__(self, model, place, theirs, plans):
        super().__init__(model)
        self.place = place
        self.name = theirs.name
        self.menu = [*theirs.menus[0].tolist(), math.inf]  # last: no tier is good enough
        self.plans = plans
        self.balance = 0.0


class PlainProvider(PlainSeller):
    """Sells attempts at its own models, paid as they are made."""

    sells_attempts = True

    def __init__(self, model, place, theirs, plans):
        super().__init__(model, place, theirs, plans)
        self.cost_ratio = theirs.spec.cost_ratio
        self.pricing = theirs.spec.pricing

    def post(self):
        """Sell at list price: nothing moves."""
        assert self.pricing.kind == "list"


class PlainArbitrageur(PlainSeller):
    """Sells solved work at a fixed fee, and pays the providers for the attempts."""

    sells_attempts = False

    def __init__(self, model, place, theirs, plans, cost):
        super().__init__(model, place, theirs, plans)
        self.group = theirs.group
        pricing = theirs.spec.pricing
        self.floor = [(1 + pricing.min_margin) * k for k in cost]
        markup = 1 + max(pricing.monopoly_markup, pricing.min_margin)
        self.alone = [markup * k for k in cost]
        self.keep = 1 - pricing.step

    def post(self):
        """Undercut the cheapest rival in each tier, but not below the floor."""
        rivals = [seller.menu for seller in self.model.sellers if seller is not self]
        menu = []
        for g, (floor, alone) in enumerate(zip(self.floor, self.alone, strict=True)):
            rival = min(prices[g] for prices in rivals)
            menu.append(alone if rival == math.inf else max(floor, self.keep * rival))
        menu.append(math.inf)
        if menu != self.menu:
            self.menu = menu
            self.model.menus_changed = True


class PlainBuyer(mesa.Agent):
    """One buyer with its need, reservation price, tastes, and the sellers that it knows."""

    def __init__(self, model, tier, reservation_price, taste, known, rate):
        super().__init__(model)
        self.tier = tier
        self.reservation_price = reservation_price
        self.outside = model.utility(reservation_price) + taste
        self.known = known  # pairs of seller and taste
        self.seller = None
        self.balance = 0.0
        self.poisson_floor = math.exp(-rate)

    def step(self):
        """Choose a seller, and send queries."""
        self.choose()
        self.act()

    def choose(self):
        """Take the seller of the highest utility, or none."""
        best, self.seller = self.outside, None
        for seller, taste in self.known:
            utility = self.model.utility(seller.menu[self.tier]) + taste
            if utility > best:
                best, self.seller = utility, seller

    def choose_by_table(self):
        """Choose likewise, by utilities that were looked up for all buyers."""
        best, self.seller = self.outside, None
        for seller, taste in self.known:
            utility = self.model.attraction[seller.place][self.tier] + taste
            if utility > best:
                best, self.seller = utility, seller

    def act(self):
        """Send queries, and have each settled."""
        for _ in range(self.arrivals()):
            self.model.sent += 1
            if self.seller is not None:
                self.model.settle(self, self.seller, self.tier)

    def arrivals(self):
        """Poisson draw (Knuth)."""
        draw = self.random.random
        count, product = 0, draw()
        while product > self.poisson_floor:
            count += 1
            product *= draw()
        return count


class PlainMarket(mesa.Model):
    """The same market, one buyer and one query at a time.

    Parameters
    ----------
    market
        A market of ours, stepped at least once, of one segment without switching cost: buyers,
        menus and cascades are taken from it.
    thrifty
        Whether buyers choose anew only when a menu has changed.
    """

    def __init__(self, market: MarketModel, thrifty: bool = False):
        super().__init__(rng=market.spec.seed)
        self.thrifty = thrifty
        population = market.costs.tables.population
        roster = market.roster
        self.cumulative = np.cumsum(population.weight).tolist()
        self.cumulative[-1] = 1.0
        self.solve_prob = population.solve_prob.tolist()
        self.cost = population.list_cost.tolist()
        self.quality, self.base_price = roster.quality.tolist(), roster.base_price[0].tolist()
        self.base_demand = roster.base_demand[0].tolist()
        self.price = market.price.tolist()
        tick = market.recorder.last
        self.planned_per_query = tick.planned / tick.flow.sent
        self.tiers, self.models = len(self.quality), len(population.models)
        self.providers = mesa.agent.AgentSet(
            [
                PlainProvider(self, s, theirs, plans_of(theirs, population))
                for s, theirs in enumerate(market.providers)
            ],
            random=self.random,
        )
        self.arbitrageurs = mesa.agent.AgentSet(
            [
                PlainArbitrageur(
                    self,
                    len(market.providers) + a,
                    theirs,
                    plans_of(theirs, population),
                    theirs.schedule().spend.tolist(),
                )
                for a, theirs in enumerate(market.arbitrageurs)
            ],
            random=self.random,
        )
        self.sellers = [*self.providers, *self.arbitrageurs]
        self.owner = [self.sellers[k] for k in roster.owner.tolist()]
        _, expected = market.policies(0)
        self.expected_list_spend = expected.reshape(-1, self.models).tolist()
        (segment,) = market.segments
        assert segment.spec.switching_cost == 0
        self.price_sensitivity, self.rate = segment.spec.price_sensitivity, segment.rate
        self.buyers = self._buyers(segment)
        self.menus_changed = True
        self.ticks, self.outside, self.turnover = 0, 0.0, 0.0
        self.collector = mesa.DataCollector(tables=tables(market.recorder.last.measures()))

    def _buyers(self, segment):
        tier, price = segment.needs.tier.tolist(), segment.needs.worth.tolist()
        *taste, none = [values.tolist() for values in segment.taste]
        buyers = [
            PlainBuyer(
                self,
                tier[j],
                price[j],
                none[j],
                [
                    (seller, taste[s][j])
                    for s, (seller, known) in enumerate(
                        zip(self.sellers, segment.consideration, strict=True)
                    )
                    if known is None or known[j]
                ],
                segment.rate,
            )
            for j in range(segment.size)
        ]
        return mesa.agent.AgentSet(buyers, random=self.random)

    def utility(self, price):
        """Utility of paying a price, tastes aside."""
        return -self.price_sensitivity * math.log(price) if price < math.inf else -math.inf

    def step(self):
        """Advance by one tick."""
        self.providers.do("post")
        self.arbitrageurs.shuffle_do("post")
        self.open_books()
        if not self.thrifty:
            self.buyers.shuffle_do("step")
        else:
            if self.menus_changed:
                self.consumers_choose()
            self.buyers.do("act")
        self.record()
        self.ticks += 1

    def consumers_choose(self):
        """Every buyer takes the seller it likes best."""
        self.attraction = [[self.utility(p) for p in seller.menu] for seller in self.sellers]
        self.buyers.do("choose_by_table")
        self.menus_changed = False

    def open_books(self):
        """Start the tick's sums: by seller and tier, by model, and of all buyers."""
        cells = len(self.sellers) * self.tiers
        self.sent, self.surplus = 0, 0.0
        self.served, self.solved, self.paid = [0] * cells, [0] * cells, [0.0] * cells
        self.list_spend = [[0.0] * self.models for _ in range(cells)]
        self.attempts = [0] * self.models

    def settle(self, buyer, seller, tier):
        """Send one query down the seller's cascade, attempt by attempt, and move the money."""
        draw = self.random.random
        cell = seller.place * self.tiers + tier
        problem = bisect_left(self.cumulative, draw())
        costs, chances = self.cost[problem], self.solve_prob[problem]
        list_spend, attempts = self.list_spend[cell], self.attempts
        share, low, high = seller.plans[tier]
        bill, solved = 0.0, False
        for model, budget in high if draw() < share else low:
            cost, chance = costs[model], chances[model]
            spend = 0.0
            room = budget * (1 + 1e-12)  # a whole number of attempts fits, rounding notwithstanding
            while not solved and spend + cost <= room:
                spend += cost
                attempts[model] += 1
                solved = draw() < chance
            if not solved:
                spend = budget  # the rest goes on an attempt that is cut off
            list_spend[model] += spend
            provider, amount = self.owner[model], spend * self.price[model]
            seller.balance -= amount
            provider.balance += amount - spend * provider.cost_ratio
            bill += amount
            if solved:
                break
        paid = bill if seller.sells_attempts else seller.menu[tier]
        buyer.balance -= paid
        seller.balance += paid
        self.served[cell] += 1
        self.solved[cell] += solved
        self.paid[cell] += paid
        self.surplus += buyer.reservation_price - paid

    def balances(self):
        """What every account has received less paid since the start."""
        return [self.outside, *(a.balance for a in self.sellers), *(b.balance for b in self.buyers)]

    def count_customers(self):
        """Buyers by seller and tier."""
        self.customers = [0] * (len(self.sellers) * self.tiers)
        for buyer in self.buyers:
            if buyer.seller is not None:
                self.customers[buyer.seller.place * self.tiers + buyer.tier] += 1

    def record(self):
        """Keep the tick's tables and measures."""
        self.count_customers()
        self.revenue = revenue_by_cell(self)
        cost = sum(costs(self))
        self.outside += cost
        self.turnover += sum(self.paid) + cost
        add = self.collector.add_table_row
        add("market", measures(self))
        for table, rows in (
            ("providers", provider_rows(self)),
            ("arbitrageurs", arbitrageur_rows(self)),
            ("trades", trade_rows(self)),
        ):
            for row in rows:
                add(table, row)


def plans_of(seller, population):
    """Per tier: share of the high cascade, then both as pairs of model index and budget."""
    index = {model: m for m, model in enumerate(population.models)}
    return [
        policy
        and (
            policy.share,
            [(index[stage.model], stage.budget) for stage in policy.low.stages],
            [(index[stage.model], stage.budget) for stage in policy.high.stages],
        )
        for policy in seller.policies[0]
    ]
