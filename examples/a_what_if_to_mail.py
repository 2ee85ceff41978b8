"""What if there were more arbitrageurs, and a tax? One file with sliders, for a colleague."""

import tempfile
from pathlib import Path

import market
from market.explore.export import export

smaller = {"ticks": 8, "population.problems": 60, "consumers.teams.size": 500}
vary = {"arbitrageurs.routers.count": [0, 1, 2], "policy.routing_tax": [0.0, 0.1]}
with tempfile.TemporaryDirectory() as folder:  # yours would be where you find the file again
    page = export(
        market.load("synthetic", set=smaller),
        Path(folder) / "what-if.html",
        vary,
        replicates=3,
        jobs=1,  # without it, all cores; a script then does this under `if __name__ == "__main__":`
    )
    print(f"{page.name}: {page.stat().st_size / 1e3:.0f} kB")
