"""The agents of the plain Mesa model: sellers with their offers, and buyers one by one."""

import math
from bisect import bisect_left

import mesa

ROUNDING = 1e-9  # a solve rate that is missed by such a share is reached


class PlainOffer:
    """A menu: rising solve rates, the price of each, and the two cascades that serve it."""

    def __init__(self, seller, place, quality, price, plans):
        self.seller, self.place = seller, place
        self.quality, self.price, self.plans = quality, price, plans

    def find(self, wanted):
        """Where a solve rate is: the point that is good enough, and the chance that it serves.

        Else the point before it does. None if it is out of reach.
        """
        at = bisect_left(self.quality, wanted * (1 - ROUNDING))
        if at == len(self.quality):
            return None
        if at == 0:
            return 0, 1.0
        below = self.quality[at - 1]
        step = self.quality[at] - below
        return at, min((wanted - below) / step, 1.0) if step > 0 else 1.0

    def price_at(self, found):
        """What it costs there; infinite where nothing is sold."""
        if found is None:
            return math.inf
        at, share = found
        upper = self.price[at]
        if share == 1 or upper == math.inf:
            return upper
        lower = self.price[at - 1]
        return lower + share * (upper - lower)


class PlainSeller(mesa.Agent):
    """Posts a menu for each of its offers."""

    def __init__(self, model, place, name):
        super().__init__(model)
        self.place, self.name = place, name
        self.offers = []
        self.balance = 0.0

    def price_at(self, quality):
        """Ask for a solve rate the least that any of its offers does."""
        return min(offer.price_at(offer.find(quality)) for offer in self.offers)


class PlainProvider(PlainSeller):
    """Sells attempts at its own models, each apart, paid as they are made."""

    sells_attempts = True

    def post(self):
        """Sell at list price: nothing moves."""


class PlainArbitrageur(PlainSeller):
    """Sells solved work at a fixed fee, and pays the providers for the attempts."""

    sells_attempts = False

    def __init__(self, model, place, name, group, pricing, schedule, delivered):
        super().__init__(model, place, name)
        self.group = group
        self.promised, cost, self.plans = schedule
        self.floor = [(1 + pricing.min_margin) * k for k in cost]
        markup = 1 + max(pricing.monopoly_markup, pricing.min_margin)
        self.alone = [markup * k for k in cost]
        self.keep = 1 - pricing.step
        # the best policy first: what delivers more may serve lower needs, too
        self.best_first = sorted(range(len(cost)), key=delivered.__getitem__, reverse=True)

    def post(self):
        """Undercut the cheapest rival at each solve rate, but not below the floor."""
        rivals = [seller for seller in self.model.sellers if seller is not self]
        fees = []
        for quality, floor, alone in zip(self.promised, self.floor, self.alone, strict=True):
            rival = min(seller.price_at(quality) for seller in rivals)
            fees.append(alone if rival == math.inf else max(floor, self.keep * rival))
        price, plans, least, plan = [], [], math.inf, None
        for g in self.best_first:
            if fees[g] <= least:
                least, plan = fees[g], self.plans[g]
            price.append(least)
            plans.append(plan)
        (offer,) = self.offers
        price.reverse()
        if price != offer.price:
            offer.price, offer.plans = price, plans[::-1]
            self.model.menus_changed = True


class PlainBuyer(mesa.Agent):
    """One buyer with its need, what that is worth to it, tastes, and the offers that it knows."""

    def __init__(self, model, need, worth, outside, known, base, classes):
        super().__init__(model)
        self.need, self.worth = need, worth
        self.outside = outside  # its taste for not buying, in dollars as all tastes
        self.known = known  # pairs of offer and taste
        self.base_least, self.base_paid = base
        self.need_bin, self.who, self.beyond_base = classes
        self.offer = None
        self.balance = 0.0
        self.found, self.least = None, math.inf

    def step(self):
        """Choose an offer, and send queries."""
        self.choose()
        self.act()

    def choose(self):
        """Take the offer of the highest utility, or none."""
        best, self.offer, self.least = self.outside, None, math.inf
        for offer, taste in self.known:
            found = offer.find(self.need)
            price = offer.price_at(found)
            if price < self.least:
                self.least = price
            utility = self.worth - price + taste
            if utility > best:
                best, self.offer, self.at, self.price = utility, offer, found, price
        self.count_as_customer(best)

    def choose_where_found(self):
        """Choose likewise, where it was found before where the need is on each menu."""
        if self.found is None:
            self.found = [(*pair, pair[0].find(self.need)) for pair in self.known]
        best, self.offer, self.least = self.outside, None, math.inf
        for offer, taste, found in self.found:
            price = offer.price_at(found)
            if price < self.least:
                self.least = price
            utility = self.worth - price + taste
            if utility > best:
                best, self.offer, self.at, self.price = utility, offer, found, price
        self.count_as_customer(best)

    def count_as_customer(self, best):
        """Keep what a query is worth before it is paid for, and where its queries are counted."""
        if self.offer is None:
            return
        self.gain = best - self.outside + self.price
        tiers = self.model.tiers
        tier = bisect_left(self.model.quality, self.need * (1 - ROUNDING))
        self.cell = self.offer.seller.place * tiers + min(tier, tiers - 1)

    def act(self):
        """Send queries, and have each settled."""
        for _ in range(self.arrivals()):
            self.model.sent += 1
            self.model.sent_by_who[self.who] += 1
            if self.offer is not None:
                self.model.settle(self)

    def arrivals(self):
        """Poisson draw (Knuth)."""
        draw, floor = self.random.random, self.model.poisson_floor
        count, product = 0, draw()
        while product > floor:
            count += 1
            product *= draw()
        return count
