"""The verdict on what routers lose while they learn."""

from collections.abc import Mapping
from typing import Any

from market.findings.verdict import Verdict, sentence, verdict
from market.measures.money_units import dollars
from market.measures.number_text import share_in_percent


def of_regret(found: Mapping[str, Any], question: str = "") -> Verdict:
    """Say how fast each rule learns, and what it costs.

    Parameters
    ----------
    found
        What `market regret --json` prints.
    question
        That of the scenario.
    """
    return verdict(question, [sentence([_of(rule, found)]) for rule in found["rules"]])


def _of(rule: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    last = rule["points"][-1]
    share = last["per_query"] / found["best"]
    said = (
        f"{rule['name']} loses {dollars(last['regret'])} over {last['queries']:,} queries, and at "
        f"their end still {share_in_percent(share)} of what the best cascades are worth"
    )
    slope = rule["slope"]
    if slope["value"] is not None:
        moves = "falls" if (slope["high"] or slope["value"]) < 1 else "does not surely fall"
        said += f"; its loss per query {moves} (regret grows as queries^{slope['value']:.2f})"
    after = rule["profitable_after"]
    if after is None:
        return said + "; at the market price it does not earn back what it lost"
    queries = "query" if after == 1 else "queries"
    return said + f"; at the market price it has earned it back after {after:,.0f} {queries}"
