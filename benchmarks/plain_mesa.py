"""An honest peer: the same market as a plain per-agent Mesa model.

Written as Mesa's own examples are: an agent for each buyer, provider and arbitrageur, its decision
in a method, queries settled one by one and attempt by attempt, money moved between the agents'
balances, tables kept by `mesa.DataCollector`. It does the work of a tick of ours and no more:
random numbers come one by one from the standard library, the fastest for that, and what a solve
rate costs each seller, and the cascades that serve it, are the ones that our economics computed.
Each tick every buyer is activated in random order, weighs the offers that it knows, and sends its
queries. `thrifty` is the same model by an author who has measured: where a need is on a menu is
looked up once, buyers choose anew only when a menu has changed, as ours do, and are not shuffled.

Left out is what nobody would write without our arrays: measures of expected values (revenue per
query, elasticities, marginal revenue, a planner's welfare). Ours is timed without them, too.
"""

import math
from bisect import bisect_left

import mesa
import numpy as np

from benchmarks.plain_agents import PlainProvider
from benchmarks.plain_measures import costs, measures
from benchmarks.plain_setup import arbitrageur_of, buyers_of, offers_of, require_plain
from benchmarks.plain_tables import rows_of, tables
from market.foundation.arrays import zero_where_infinite
from market.simulation.model import MarketModel

WHO = 6  # classes of buyers: thirds of need, not aware of arbitrageurs or aware


class PlainMarket(mesa.Model):
    """The same market, one buyer and one query at a time.

    Parameters
    ----------
    market
        A market of ours, stepped at least once: buyers, menus and cascades are taken from it. One
        segment that needs fixed qualities and buys at no cost of switching, providers at list
        price, undercutting arbitrageurs.
    thrifty
        Whether buyers choose anew only when a menu has changed.

    Raises
    ------
    ValueError
        The market has what this one does not know.
    """

    def __init__(self, market: MarketModel, thrifty: bool = False):
        require_plain(market)
        super().__init__(rng=market.spec.seed)
        self.thrifty = thrifty
        population = market.costs.tables.population
        roster = market.roster
        self.cumulative = np.cumsum(population.weight).tolist()
        self.cumulative[-1] = 1.0
        self.solve_prob = population.solve_prob.tolist()
        self.cost_of_failure = population.cost_of_failure.tolist()
        self.cost_of_success = population.cost_of_success.tolist()
        self.keeps_remainder = market.costs.tables.remainder == "kept"
        self.quality = roster.quality.tolist()
        self.wholesale = zero_where_infinite(market.wholesale_price).tolist()
        self.cost_ratio = roster.cost_ratio.tolist()
        self.model_names = population.models
        self.tiers, self.models = len(self.quality), len(population.models)
        self.needs = len(roster.need_edges) + 1
        self.providers = self._set_of(
            [PlainProvider(self, s, theirs.name) for s, theirs in enumerate(market.providers)]
        )
        self.arbitrageurs = self._set_of(
            [arbitrageur_of(self, theirs) for theirs in market.arbitrageurs]
        )
        self.sellers = [*self.providers, *self.arbitrageurs]
        self.offers = offers_of(self, market)
        self.owner = [self.sellers[k] for k in roster.owner.tolist()]
        (segment,) = market.segments
        self.poisson_floor = math.exp(-segment.rate)
        self.segment = segment.name
        self.buyers = self._set_of(buyers_of(self, market, segment))
        self.menus_changed = True
        self.ticks, self.outside, self.turnover = 0, 0.0, 0.0
        self.collector = mesa.DataCollector(tables=tables(self))

    def _set_of(self, agents):
        return mesa.agent.AgentSet(agents, random=self.random)

    def step(self):
        """Advance by one tick."""
        self.providers.do("post")
        self.arbitrageurs.shuffle_do("post")
        self.open_books()
        if not self.thrifty:
            self.buyers.shuffle_do("step")
        else:
            if self.menus_changed:
                self.buyers.do("choose_where_found")
                self.menus_changed = False
            self.buyers.do("act")
        self.record()
        self.ticks += 1

    def open_books(self):
        """Start the tick's sums: by seller and tier, by need, by class of buyers, and of all."""
        cells = len(self.sellers) * self.tiers
        self.sent, self.beyond, self.promised, self.surplus = 0, 0, 0.0, 0.0
        self.served, self.solved, self.paid = [0] * cells, [0] * cells, [0.0] * cells
        self.list_spend = [[0.0] * self.models for _ in range(cells)]
        self.billed_by_need = [[0.0] * self.models for _ in range(self.needs)]
        self.attempts = [0] * self.models
        self.sent_by_who, self.served_by_who = [0] * WHO, [0] * WHO
        self.paid_by_who, self.surplus_by_who = [0.0] * WHO, [0.0] * WHO

    def settle(self, buyer):
        """Send one query down a cascade, attempt by attempt, and move the money."""
        draw = self.random.random
        offer = buyer.offer
        seller, cell = offer.seller, buyer.cell
        problem = bisect_left(self.cumulative, draw())
        chances = self.solve_prob[problem]
        failures, successes = self.cost_of_failure[problem], self.cost_of_success[problem]
        list_spend, attempts = self.list_spend[cell], self.attempts
        billed, prices = self.billed_by_need[buyer.need_bin], self.wholesale[seller.place]
        point, share = buyer.at
        share, low, high = offer.plans[point if draw() < share else point - 1]
        bill, solved = 0.0, False
        for model, budget in high if draw() < share else low:
            failure, success, chance = failures[model], successes[model], chances[model]
            least = max(failure, success) if self.keeps_remainder else success
            spend = 0.0
            room = budget * (1 + 1e-12)  # a whole number of attempts fits, rounding notwithstanding
            while not solved and spend + least <= room:
                attempts[model] += 1
                solved = draw() < chance
                spend += success if solved else failure
            if not solved and not self.keeps_remainder:
                spend = budget  # the rest goes on an attempt that is cut off
            list_spend[model] += spend
            provider, amount = self.owner[model], spend * prices[model]
            billed[model] += amount
            seller.balance -= amount
            provider.balance += amount - spend * self.cost_ratio[model]
            bill += amount
            if solved:
                break
        paid = bill if seller.sells_attempts else buyer.price
        buyer.balance -= paid
        seller.balance += paid
        self.served[cell] += 1
        self.solved[cell] += solved
        self.paid[cell] += paid
        self.promised += buyer.need
        self.beyond += buyer.beyond_base
        gained = buyer.gain - paid
        self.surplus += gained
        self.served_by_who[buyer.who] += 1
        self.paid_by_who[buyer.who] += paid
        self.surplus_by_who[buyer.who] += gained

    def balances(self):
        """What every account has received less paid since the start."""
        return [self.outside, *(a.balance for a in self.sellers), *(b.balance for b in self.buyers)]

    def record(self):
        """Keep the tick's tables and measures."""
        cost = sum(costs(self))
        self.outside += cost
        self.turnover += sum(self.paid) + cost
        add = self.collector.add_table_row
        add("market", measures(self))
        for table, rows in rows_of(self):
            for row in rows:
                add(table, row)
