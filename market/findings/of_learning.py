"""The verdict on what pricing algorithms learn, with and without arbitrageurs."""

from collections.abc import Mapping, Sequence
from typing import Any

from market.findings.verdict import Verdict, listed, sentence, verdict
from market.measures.counted import counted


def of_learning(found: Mapping[str, Any], question: str = "") -> Verdict:
    """Say whether providers learn to collude, and whether arbitrageurs change that.

    Parameters
    ----------
    found
        What `market learn --json` prints.
    question
        That of the scenario.
    """
    first, *others = found["by_arbitrageurs"]
    names = listed(found["providers"])
    learned = sentence(
        [
            f"with {_number_of(first)}, {names} learn prices that earn them {_gain(first)} of what "
            "they could gain by agreeing"
        ]
    )
    return verdict(
        question,
        [
            learned,
            _threat(first, found["providers"]),
            _change(others),
            _cut_off(found["by_arbitrageurs"]),
        ],
    )


def of_learning_by_value(found: Mapping[str, Any], question: str = "") -> Verdict:
    """Say the same for each value of a parameter, in a sentence each.

    Parameters
    ----------
    found
        What `market learn --vary --json` prints.
    question
        That of the scenario.
    """
    rows = [row for value in found["by_value"] for row in value["by_arbitrageurs"]]
    said = [_of_value(found["vary"], value) for value in found["by_value"]]
    return verdict(question, [*said, _cut_off(rows)])


def _of_value(path: str, value: Mapping[str, Any]) -> str:
    first, *others = value["by_arbitrageurs"]
    change = _change(others).removesuffix(".")
    learned = (
        f"at {path} = {value['value']}, with {_number_of(first)} they learn to earn {_gain(first)} "
        "of what they could gain by agreeing"
    )
    return sentence([learned, change[:1].lower() + change[1:]])


def _gain(row: Mapping[str, Any]) -> str:
    gain = row["profit_gain"]
    if gain["value"] is None:
        return "a share that cannot be told, as equilibrium and agreement are the same,"
    low, high = gain["low"], gain["high"]
    sure = "" if low is None else f" (95% interval {100 * low:.0f} to {100 * high:.0f}%)"
    return f"{100 * gain['value']:.0f}%{sure}"


def _number_of(row: Mapping[str, Any]) -> str:
    return counted(row["arbitrageurs"], "arbitrageur")


def _threat(row: Mapping[str, Any], names: Sequence[str]) -> str:
    """Whether high prices are kept up by punishment."""
    gain, answer = row["deviation_gain"], row["reply_to_deviation"]
    if gain["low"] is None or answer["low"] is None:
        return ""
    does = _moves(gain, "it loses", "it gains", "it neither surely gains nor loses")
    replies = _moves(answer, "cuts its price by", "raises its price by", "does not surely answer")
    return sentence(
        [
            f"if {names[0]} undercuts once, {does} of its discounted profit, and {names[1]} "
            f"{replies} in the period after"
        ]
    )


def _moves(found: Mapping[str, float], falls: str, rises: str, open_: str) -> str:
    """A share that falls, rises, or may do either, as its interval says."""
    low, high, value = (100 * found[name] for name in ("low", "high", "value"))
    if low <= 0 <= high:
        return f"{open_} ({low:+.1f} to {high:+.1f}%)"
    first, last = sorted((abs(low), abs(high)))
    return f"{falls if high < 0 else rises} {abs(value):.1f}% ({first:.1f} to {last:.1f}%)"


def _change(others: Sequence[Mapping[str, Any]]) -> str:
    """What arbitrageurs do to it, as far as the intervals say."""
    told = []
    for row in others:
        change = row["change"]
        if change["low"] is None:
            continue
        points = f"{100 * change['low']:+.0f} to {100 * change['high']:+.0f} points"
        if change["high"] < 0:
            said = f"less of it ({points})"
        elif change["low"] > 0:
            said = f"more of it ({points})"
        else:
            said = f"neither surely more nor surely less ({points})"
        told.append(f"with {_number_of(row)} they learn {said}")
    return sentence(told)


def _cut_off(rows: Sequence[Mapping[str, Any]]) -> str:
    """Whether some sessions were ended before they had learned, or arbitrageurs never rested."""
    lost = sum(row["sessions"] - row["converged"] for row in rows)
    parts = []
    if lost:
        were = "was" if lost == 1 else "were"
        parts.append(f"{counted(lost, 'session')} {were} ended before learning had settled")
    restless = [row for row in rows if row["at_rest"] < 1]
    if restless:
        share = 100 * (1 - min(row["at_rest"] for row in restless))
        parts.append(
            f"at up to {share:.0f}% of the prices arbitrageurs did not come to rest; where they go "
            "round, profits are means over the rounds that they go through" + _halves(restless)
        )
    return sentence(parts)


def _halves(rows: Sequence[Mapping[str, Any]]) -> str:
    """How far such means can be trusted."""
    apart = [row["drift"] for row in rows if row["drift"] is not None]
    return f", of which both halves differ by {100 * max(apart):.1f}%" if apart else ""
