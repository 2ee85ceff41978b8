"""Does it pay one provider to cut its price each tick, down to cost? A rule of one decision."""

from typing import Literal

import market
from market.strategies import Part, ProviderView


class CutEveryTick(Part):
    """Ask 2% of list price less each tick, but never less than marginal cost."""

    kind: Literal["cut_every_tick"] = "cut_every_tick"

    def multiplier(self, view: ProviderView) -> float:
        """Price over list price."""
        return max(view.cost_ratio, 1 - 0.02 * view.tick)


listed = market.load("synthetic", set={"ticks": 24})
north, south, east, west = listed.providers
cutting = (north, south, east.model_copy(update={"pricing": CutEveryTick()}), west)
cut = listed.model_copy(update={"providers": cutting})
for words, scenario in (("list prices", listed), ("East cuts", cut)):
    agents = market.run(scenario).agents
    print(f"{words}:", *(f"{p.name} {agents[p.name]['profit']:.2f} USD" for p in cutting), sep="  ")
