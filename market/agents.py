"""The agents: they hold state, and leave every decision to a rule."""

from collections.abc import Iterator, Sequence

import mesa
import numpy as np
import numpy.typing as npt

from market.demand import NOBODY, Choice, choose
from market.economy import Economy, Territory
from market.expected import Cells, group
from market.frontier import Frontier
from market.offers import cheapest_good_enough
from market.population import FloatArray, IntArray
from market.scenario import ArbitrageurGroup, ConsumerGroup, ProviderSpec
from market.serving import ProblemSampler, Queries, draw_queries
from market.sight import Policy
from market.streams import Streams
from market.views import MarketView, ProviderView, Quote, Turn

Policies = tuple[Policy | None, ...]


class Seller(mesa.Agent):
    """Posts a menu for each mix of problems: a price per query, and the policy that serves it.

    Attributes
    ----------
    name
        Unique among sellers.
    active
        Whether it is in the market.
    menus
        [X, G] US dollars per query; infinite where the tier is not sold.
    policies
        X rows of G policies; None where the tier is not sold.
    balance
        US dollars earned since the start.
    """

    def __init__(self, model: mesa.Model, name: str, mixes: int, tiers: int) -> None:
        super().__init__(model)
        self.name = name
        self.active = False
        self.balance = 0.0
        self.nothing: tuple[Policies, ...] = ((None,) * tiers,) * mixes
        self.menus: FloatArray = np.full((mixes, tiers), np.inf)
        self.policies = self.nothing

    def quote(self, mix: int = 0) -> Quote:
        """Its menu for one mix of problems as others may see it."""
        return Quote(self.name, self.menus[mix])

    def withdraw(self) -> None:
        """Sell nothing."""
        self.menus = np.full(self.menus.shape, np.inf)
        self.policies = self.nothing


class Provider(Seller):
    """Sells attempts at its own models, paid as you go.

    Attributes
    ----------
    models
        Indices of its models in the population.
    multiplier
        Price over list price.
    list_menus
        [X, G] its menus at list price.
    past
        Its last two turns.
    gone
        Whether losses have driven it out.
    """

    def __init__(
        self, model: mesa.Model, spec: ProviderSpec, models: Sequence[int], economy: Economy
    ) -> None:
        super().__init__(model, spec.name, len(economy.mixes), len(economy.quality))
        self.models = np.array(models, dtype=np.int64)
        self.multiplier = 1.0
        self.past: tuple[Turn, ...] = ()
        self.gone = False
        self.list_menus: FloatArray
        self.update(spec, economy)

    def update(self, spec: ProviderSpec, economy: Economy) -> None:
        """Go by these rules from now on."""
        self.spec = spec
        offers = [self.list_offer(economy, territory) for territory in economy.mixes]
        self.list_menus = np.array([menu for menu, _ in offers])
        self._list_policies = tuple(policies for _, policies in offers)

    def list_offer(self, economy: Economy, territory: Territory) -> tuple[FloatArray, Policies]:
        """[G] its menu at list price on one mix of problems, and the policies behind it."""
        alone = np.full(len(territory.tables.models), np.inf)
        alone[self.models] = 1.0
        if self.spec.router:
            own = economy.quick(territory, alone)
            return own.spend, own.policies
        market = territory.market(alone)
        cheapest = market.cost.argmin(axis=0)
        return market.price, tuple(
            market.policies[m][g] for g, m in enumerate(cheapest.tolist())
        )

    def is_due(self, tick: int) -> bool:
        """Whether it is in the market at a tick."""
        until = self.spec.active_until
        return not self.gone and self.spec.active_from <= tick and (until is None or tick < until)

    def set_price(self, view: ProviderView) -> None:
        """Let the pricing rule decide."""
        self.multiplier = self.spec.pricing.multiplier(view)

    def post(self) -> None:
        """Post the cheapest of its models at each tier."""
        self.menus = self.at_price(self.list_menus)
        self.policies = self._list_policies

    def at_price(self, list_menus: FloatArray) -> FloatArray:
        """Menus at its present price, from those at list price."""
        sold = np.isfinite(list_menus)
        return np.where(sold, self.multiplier * np.where(sold, list_menus, 0.0), np.inf)

    def learn(self, profit: float) -> None:
        """Take note of a tick's profit; leave when losses exceed the limit."""
        self.past = (*self.past[-1:], Turn(self.multiplier, profit))
        self.balance += profit
        limit = self.spec.loss_limit
        self.gone = self.gone or (limit is not None and self.balance < -limit)


class Arbitrageur(Seller):
    """Sells solved work at a fixed fee per query, and pays providers for the attempts.

    Attributes
    ----------
    number
        From 0 within its group.
    sample
        What its fitting budget showed, and the problem of each of its rows; None before it has
        fitted, or where it knows everything.
    student
        Whether it has distilled its student.
    bankrupt
        Whether its capital is gone.
    """

    def __init__(
        self, model: mesa.Model, spec: ArbitrageurGroup, number: int, mixes: int, tiers: int
    ) -> None:
        super().__init__(model, f"{spec.name}-{number + 1}", mixes, tiers)
        self.group, self.number, self.spec = spec.name, number, spec
        self.fitted = spec.knowledge.kind == "full"
        self.sample: tuple[Territory, IntArray] | None = None
        self.student = False
        self.bankrupt = False

    def is_due(self) -> bool:
        """Whether it is in the market."""
        return self.number < self.spec.count and not self.bankrupt

    def routes(self, economy: Economy, price: FloatArray, mix: int = 0) -> Frontier | None:
        """What each promised solve rate costs it, as far as it knows; None where it knows nothing.

        Parameters
        ----------
        economy
            What is to be known of the market.
        price
            [M] what it pays over list price.
        mix
            Index of the mix of problems.
        """
        if self.sample is not None:
            territory, problem = self.sample
            return economy.route(self.spec.routing, price, territory, problem)
        if not self.fitted or self.spec.knowledge.kind == "fit":
            return None  # the fitting budget did not pay for one problem
        return economy.route(self.spec.routing, price, economy.mixes[mix])

    def post(
        self,
        views: Sequence[MarketView],
        economy: Economy,
        price: FloatArray,
        tax: float,
        floors: FloatArray,
    ) -> None:
        """Route at its prices, and let the pricing rule set the fees.

        Parameters
        ----------
        views
            Of each of the X mixes of problems.
        economy, price
            As for :meth:`routes`.
        tax
            Share of the fee that goes to the treasury.
        floors
            [X, G] lowest fee that is allowed.
        """
        menus, policies = [], []
        flat: tuple[FloatArray, Policies] | None = None
        for mix, (view, floor) in enumerate(zip(views, floors, strict=True)):
            if flat is None or self.spec.segment_menus:
                flat = self._fees(view, economy, price, tax, mix, floor)
            fee, own = flat
            delivered = economy.mixes[mix].delivered(own)
            menu, chosen = cheapest_good_enough(fee, delivered, economy.quality)
            menus.append(menu)
            policies.append(
                tuple(own[r] if np.isfinite(p) else None for r, p in zip(chosen, menu, strict=True))
            )
        self.menus = np.array(menus)
        now = tuple(policies)
        self.policies = self.policies if _same(now, self.policies) else now

    def _fees(
        self,
        view: MarketView,
        economy: Economy,
        price: FloatArray,
        tax: float,
        mix: int,
        floor: FloatArray,
    ) -> tuple[FloatArray, Policies]:
        routes = self.routes(economy, price, mix)
        if routes is None or tax >= 1:  # nothing of the fee would be left
            return np.full(len(economy.quality), np.inf), self.nothing[0]
        fee = self.spec.pricing.menu(view, routes.spend / (1 - tax))
        return np.maximum(fee, np.where(np.isfinite(floor), floor, 0.0)), routes.policies

    def resale_multiplier(self, economy: Economy, price: FloatArray) -> float:
        """What its student's attempts cost others over their cost; infinite if not for sale.

        Parameters
        ----------
        economy
            Whose models the teacher is of.
        price
            [M] what consumers pay over list price.
        """
        plan = self.spec.distillation
        if plan is None or plan.resale is None or not self.student:
            return float("inf")
        population = economy.tables.population
        teacher, student = (population.index(name) for name in (plan.teacher, self.name))
        dearer = price[teacher] * float(
            (population.weight @ population.list_cost[:, teacher])
            / (population.weight @ population.list_cost[:, student])
        )
        return 1 + plan.resale * (max(dearer, 1.0) - 1) if np.isfinite(dearer) else 1.0

    def learn(self, balance: float) -> None:
        """Take note of its balance; bankrupt when it has cost more than the capital."""
        self.balance = balance
        capital = self.spec.capital
        self.bankrupt = self.bankrupt or (capital is not None and capital + balance < 0)


def _same(one: tuple[Policies, ...], other: tuple[Policies, ...]) -> bool:
    """Whether these are the very same policies; then nothing needs to be bound anew."""
    return all(
        a is b
        for row, before in zip(one, other, strict=True)
        for a, b in zip(row, before, strict=True)
    )


class ConsumerSegment(mesa.Agent):
    """J buyers as arrays: every buyer is simulated, one agent per segment.

    Attributes
    ----------
    mix
        Index of the mix of problems that its queries are of.
    needs
        What each buyer wants and what it is worth to it.
    present
        [J] index of each buyer's present seller, or `NOBODY`.
    choice
        Whom each buyer buys from this tick.
    policy
        [J] seller times number of tiers plus tier: the policy that serves the buyer; `NOBODY`
        where it does not buy.
    worth
        [J] US dollars that a query served is worth to each buyer.
    """

    def __init__(
        self,
        model: mesa.Model,
        spec: ConsumerGroup,
        mix: int,
        quality: FloatArray,
        sellers: Sequence[Seller],
        streams: Streams,
    ) -> None:
        super().__init__(model)
        self.name, self.size, self.mix, self.quality = spec.name, spec.size, mix, quality
        self.sellers = [(s.name, s.group if isinstance(s, Arbitrageur) else None) for s in sellers]
        self.streams = streams
        self.taste = [
            streams.generator("tastes", f"{self.name}/{name}").gumbel(size=self.size)
            for name, _ in self.sellers
        ] + [streams.generator("tastes for not buying", self.name).gumbel(size=self.size)]
        self.present: IntArray = np.full(self.size, NOBODY, dtype=np.int64)
        self.policy: IntArray = np.full(self.size, NOBODY, dtype=np.int64)
        self.worth: FloatArray = np.zeros(self.size)
        self.update(spec, [1.0] * len(sellers), transparent=True)  # until the first tick's rules
        self.choice = Choice(self.present, self.needs.tier)

    def update(
        self, spec: ConsumerGroup, awareness: Sequence[float], transparent: bool
    ) -> None:
        """Go by these rules from now on.

        Parameters
        ----------
        spec
            Its part of the scenario.
        awareness
            Chance, per seller, that a buyer knows it; of a provider 1.
        transparent
            Whether every buyer knows every seller.
        """
        self.spec, self.rate = spec, spec.queries_per_tick
        self.needs = spec.demand.needs(
            self.quality,
            self.size,
            self.streams.generator("needs", self.name),
            self.streams.generator("reservation prices", self.name),
        )
        self.known = [
            None if transparent else self._knows(name, group_name, chance)
            for (name, group_name), chance in zip(self.sellers, awareness, strict=True)
        ]
        self._buyers_by_policy: IntArray | None = None
        self._seen: FloatArray = np.empty((0, 0))
        self._settled: IntArray | None = None
        self._cells: tuple[IntArray, Cells] | None = None
        self._surplus: dict[bytes, float] = {}

    def _knows(
        self, name: str, group_name: str | None, chance: float
    ) -> npt.NDArray[np.bool_] | None:
        if self.spec.knows is not None and (group_name or name) not in self.spec.knows:
            return np.zeros(self.size, dtype=bool)
        if group_name is None or chance >= 1:
            return None  # everybody knows it
        rng = self.streams.generator("awareness", f"{self.name}/{name}")
        return rng.random(self.size) < chance

    def choose(self, menus: FloatArray) -> None:
        """Choose among the posted menus [S, G]; who buys has that seller as its present one.

        Tastes last, so buyers choose anew only when a price has moved, or their present sellers.
        """
        if np.array_equal(menus, self._seen) and self.present is self._settled:
            return
        before = self.present
        self.choice = choose(
            self.spec.demand,
            self.needs,
            menus,
            self.quality,
            self.known,
            self.taste if self.spec.tastes else None,
            self.present,
            self.spec.price_sensitivity,
            self.spec.switching_cost,
        )
        nobody = self.choice.seller == NOBODY
        now = np.where(nobody, before, self.choice.seller)
        self.present = before if np.array_equal(now, before) else now
        self.policy = np.where(
            nobody, NOBODY, self.choice.seller * menus.shape[1] + self.choice.tier
        )
        tier = np.where(nobody, 0, self.choice.tier)
        self.worth = np.where(nobody, 0.0, self.spec.demand.worth(self.needs, self.quality, tier))
        self._buyers_by_policy = None
        self._seen = menus
        # present sellers matter only where leaving them costs something
        self._settled = self.present if self.spec.switching_cost == 0 else before

    def buyers_by_policy(self, policies: int) -> IntArray:
        """[P] how many buyers each policy serves."""
        if self._buyers_by_policy is None:
            bought = self.policy[self.policy != NOBODY]
            self._buyers_by_policy = np.bincount(bought, minlength=policies)
        return self._buyers_by_policy

    def demanded(self, menu: FloatArray) -> FloatArray:
        """[G] queries per tick by tier if a menu [G] were all there is, tastes aside."""
        utility, tier = self.spec.demand.utility(
            self.needs, menu, self.quality, self.spec.price_sensitivity
        )
        willing = utility >= self.spec.demand.outside(self.needs, self.spec.price_sensitivity)
        bought = tier[willing & np.isfinite(utility)]
        return self.rate * np.bincount(bought, minlength=len(menu)).astype(np.float64)

    def surplus_at(self, cost: FloatArray) -> float:
        """Mean US dollars per query over buyers, served at cost [G] where that is worth it."""
        key = cost.tobytes()
        if key not in self._surplus:
            self._surplus = {key: self._surplus_at(cost)}
        return self._surplus[key]

    def _surplus_at(self, cost: FloatArray) -> float:
        demand = self.spec.demand
        utility, tier = demand.utility(
            self.needs, cost, self.quality, self.spec.price_sensitivity
        )
        reached = np.isfinite(utility)
        tier = np.where(reached, tier, 0)
        worth = demand.worth(self.needs, self.quality, tier)
        surplus = np.where(reached, worth - np.where(reached, cost[tier], 0.0), 0.0)
        return float(np.maximum(surplus, 0.0).mean())

    def cells(self) -> Cells:
        """Like buyers, put together, for what is only expected of them."""
        present = self.present if self.spec.switching_cost > 0 else self.needs.tier
        if self._cells is None or self._cells[0] is not present:
            grouped = group(
                self.spec.demand,
                self.needs,
                self.known,
                self.present,
                rate=self.rate,
                mix=self.mix,
                price_sensitivity=self.spec.price_sensitivity,
                switching_cost=self.spec.switching_cost,
                tastes=self.spec.tastes,
            )
            self._cells = (present, grouped)
        return self._cells[1]

    def send(
        self,
        streams: Streams,
        tick: int,
        models: Sequence[str],
        sampler: ProblemSampler,
        sighted: bool,
    ) -> Iterator[Queries]:
        """Draw this tick's queries, batch by batch."""
        return draw_queries(
            streams, self.name, tick, self.size, self.rate, models, sampler, sighted
        )
