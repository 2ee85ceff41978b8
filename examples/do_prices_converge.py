"""Do prices converge or cycle? Every provider posts the price that pays it best."""

import market

smaller = {"ticks": 24, "consumers.teams.size": 1000, "perturb_every": "never"}
best_responses = {
    f"providers.{name}.pricing": {"kind": "best_response"}
    for name in ("North", "South", "East", "West")
}
result = market.run(market.load("synthetic", set={**smaller, **best_responses}))
prices = result.models.pivot(index="tick", columns="provider", values="price_multiplier")
print(prices.round(2).tail(6))
print(f"prices are {result.price_dynamics.state}; period {result.price_dynamics.period}")
