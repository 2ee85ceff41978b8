"""Is there more to arbitrage where models have strengths of their own? Two markets, in pairs."""

import market

smaller = {"ticks": 24, "consumers.teams.size": 1000, "perturb_every": "never"}
alike = market.load("synthetic", set={**smaller, "population.heterogeneity": 0.0})
different = market.load("synthetic", set={**smaller, "population.heterogeneity": 2.0})
found = market.compare(alike, different, replicates=3, jobs=1)
rows = found.measures.query("measure in ['price_index', 'arbitrage_share']")
print(rows[["measure", "a", "b", "difference", "low", "high"]].to_string(index=False))
