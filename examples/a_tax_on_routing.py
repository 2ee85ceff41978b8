"""Who bears a tax of 10% on arbitrageurs' fees? It begins at mid-run, and nothing else changes."""

import market

smaller = {"ticks": 24, "perturb_every": "never"}
tax = {"name": "tax", "at": 12, "set": {"policy.routing_tax": 0.1}}
untaxed = market.run(market.load("synthetic", set=smaller)).summary
taxed = market.run(market.load("synthetic", set={**smaller, "interventions": [tax]})).summary
for measure in ("consumer_surplus", "provider_profit", "arbitrage_profit", "tax_revenue"):
    print(f"{measure:16} {taxed[measure] - untaxed[measure]:+6.2f} USD per tick")
