"""Who gains from arbitrage, as a LaTeX table; `market export` writes charts as PDF beside it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import market
from market.report import export_tables, read_subject, write_tables

smaller = {"ticks": 8, "consumers.teams.size": 500}
without = market.load("duopoly", set={**smaller, "arbitrageurs.router.count": 0})
found = market.compare(without, market.load("duopoly", set=smaller), replicates=4, jobs=1)
with TemporaryDirectory() as folder:
    found.write(Path(folder))
    tables = [table for table in export_tables(read_subject(folder)) if table.name == "agents"]
    (file,) = write_tables(tables, ["tex"], Path(folder))
    print(file.read_text(encoding="utf-8"))
