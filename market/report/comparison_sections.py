"""Charts of a comparison: of two markets large ones, of more a small one for each."""

from collections.abc import Iterator, Mapping

import pandas as pd

from market import charts
from market.charts import Colours
from market.measures.labels import HEADLINES
from market.measures.percent import tells_in_percent
from market.report.comparison_sides import sides
from market.report.section import Section
from market.report.subject import Subject

WINNERS, CHANGES = "Who gains and who loses?", "What changes?"
_SURE = "with 95% intervals. If the interval contains 0, the difference may be chance."


def of_comparison(subject: Subject) -> Iterator[Section]:
    """Who gains, and what changes, from A to each other side."""
    found = sides(subject)
    several = len(found) > 1
    everyone = subject.tables["agents"].groupby("role", sort=False)["name"].unique()
    colours = Colours.of_market(everyone.get("provider", ()), everyone.get("arbitrageur", ()))
    for letter, tables in found.items():
        agents = _with_gains(tables)
        if len(agents):
            question = f"From A to {letter}" if several else WINNERS
            chart = charts.winners_and_losers(agents, (*GAINS,), colours, question, letter)
            note = f"Profit of providers and arbitrageurs, and surplus of consumers, {letter} − A, "
            yield Section(chart, "" if several else note + _SURE, group=WINNERS if several else "")
    for letter, tables in found.items():
        measures = tables.get("measures", pd.DataFrame({"measure": [], "a": [], "difference": []}))
        measures = measures[measures["measure"].isin(HEADLINES)].dropna(subset=["a", "difference"])
        ends = measures.reindex(columns=["a", "difference", "low", "high"]).to_numpy(dtype=float)
        if any(tells_in_percent(*row) for row in ends):
            question = f"From A to {letter}" if several else "What changes from A to B?"
            note = "Means over replicates of paired runs, with 95% intervals."
            chart = charts.changes(measures, question)
            if several:
                chart.update_xaxes(nticks=4, title_font_size=12)
            yield Section(chart, "" if several else note, group=CHANGES if several else "")


GAINS = "profit", "consumer_surplus"


def _with_gains(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Agents and segments, if any of them gains or loses."""
    parts = [tables[name] for name in ("agents", "segments") if name in tables]
    agents = pd.concat(parts, ignore_index=True)
    known = agents.loc[agents["measure"].isin(GAINS), "difference"].notna().any()
    return agents if known else agents.iloc[:0]
