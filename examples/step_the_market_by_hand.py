"""How does a price war begin? Step the Mesa model by hand, and look at its agents."""

import market

slowly = {"arbitrageurs.routers.pricing.step": 0.02}
model = market.MarketModel(market.load("synthetic", set=slowly))
for tick in range(10):
    model.step()
    agents = {agent.name: agent for agent in model.agents}
    (menu,) = agents["routers-1"].menus[0]  # of its one offer, for the first query mix
    fee = menu.price[-1]  # at the highest solve rate
    seller = agents["teams"].bought.seller  # of each buyer, by number
    buyers = (seller == model.roster.sellers.index("routers-1")).sum()
    print(f"tick {tick}: routers-1 asks {fee:.3g} USD and has {buyers} buyers")
print("agents:", ", ".join(agents))
print(model.recorder.result().market[["tick", "price_index", "arbitrage_margin"]].tail(3))
