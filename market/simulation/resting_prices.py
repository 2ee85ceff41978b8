"""The prices at rest of those who ask for them, the others' held: a market beside the market.

It is made anew from the scenario as it stands, with what the others have posted, in the first tick
with what their rules post then; nothing else that has happened in the run matters. Arbitrageurs in
it quote to their rest.
"""

from typing import TYPE_CHECKING

import numpy as np

from market.simulation.owners import owners
from market.strategies.provider_pricing import ListPrice, plays_equilibrium

if TYPE_CHECKING:
    from market.simulation.agents import Provider
    from market.simulation.model import MarketModel


class RestingPrices:
    """Remembers what was solved while neither the rules nor the others' prices change."""

    def __init__(self) -> None:
        self._held: tuple[object, dict[str, float]] | None = None

    def of(self, model: "MarketModel", provider: "Provider") -> float:
        """The price over list at which a provider would be at rest with all who ask for it."""
        posted = {
            other.name: None
            if plays_equilibrium(owner.lead.spec.pricing)
            else float(np.mean(other.prices))
            for owner in owners(model)
            for other in owner.providers
        }
        made_of = id(model.rules), model.tick == 0, tuple(posted.items())
        if self._held is None or self._held[0] != made_of:
            self._held = made_of, _solve(model, posted)
        return self._held[1][provider.name]


def _solve(model: "MarketModel", posted: dict[str, float | None]) -> dict[str, float]:
    from market.simulation.priced_market import PricedMarket
    from market.simulation.solved_prices import solved  # a market of its own

    names = [name for name, price in posted.items() if price is None]
    there = []
    for provider in model.rules.providers:
        changes: dict[str, object] = {"active_from": 0, "active_until": None}
        price = posted.get(provider.name)
        if price is None:
            changes["pricing"] = ListPrice()  # it is told what to ask
        elif model.tick > 0:  # at first the others post what their rules say
            changes["pricing"] = ListPrice(factor=price)
        there.append(provider.model_copy(update=changes))
    gone = tuple(p.name for p in model.rules.providers if p.name not in posted)
    spec = model.rules.model_copy(
        update={"providers": tuple(there), "interventions": (), "remove": gone}
    )
    market = PricedMarket(spec, names)
    found = solved(market, market.owner, np.ones(len(names)))
    return dict(zip(names, found.price.tolist(), strict=True))
