"""How many arbitrageurs does competition need? A study: each number of them, with replicates."""

import market

COUNT = "arbitrageurs.routers.count"
smaller = {"ticks": 24, "consumers.teams.size": 1000, "perturb_every": "never"}
study = market.sweep(
    market.load("synthetic", set=smaller),
    {COUNT: [0, 1, 2, 3]},
    replicates=3,
    jobs=1,  # without it, all cores; a script then does this under `if __name__ == "__main__":`
)
rows = study.summary().query("measure == 'price_index'")
print(rows[[COUNT, "mean", "low", "high"]].to_string(index=False))
