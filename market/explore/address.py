"""The page's state in its address: answers that differ from the scenario's, by control."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlencode, urlsplit

from market.explore.controls import Answer, Control


def search_of(answers: Mapping[str, Answer]) -> str:
    """Write answers as the part of an address that begins with a question mark.

    >>> search_of({"policy.routing_tax": "0.05", "policy.gated": ["A", "B"]})
    '?policy.routing_tax=0.05&policy.gated=A&policy.gated=B'
    """
    pairs: list[tuple[str, str]] = []
    for key, answer in answers.items():
        if isinstance(answer, str) or answer is None:
            pairs.append((key, answer or ""))
        else:
            pairs += [(key, name) for name in answer] or [(key, "")]
    return f"?{urlencode(pairs)}"


def answers_in(address: str, controls: Sequence[Control]) -> dict[str, Answer]:
    """Read the answers out of an address; what is no control of the scenario is left out."""
    given = parse_qs(urlsplit(address).query, keep_blank_values=True)
    found: dict[str, Answer] = {}
    for control in controls:
        values = given.get(control.key)
        if values is not None:
            several = not isinstance(control.start, str)
            found[control.key] = [v for v in values if v] if several else values[-1]
    return found
