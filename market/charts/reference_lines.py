"""How lines that belong to no agent are dashed: one dash for each, the same in every chart."""

from market.charts.colours import BLACK, GREY, VERMILION

_LOOKS = {
    "list price": (GREY, "dash"),
    "marginal cost": (GREY, "dot"),
    "arbitrage cost": (VERMILION, "dashdot"),
    "market price": (BLACK, "longdash"),
}
_OTHER = (GREY, "longdashdot")  # a mean, a monopoly's price


def reference(name: str, width: float = 1.5) -> dict[str, object]:
    """Line of a reference, by the words that its name begins with, as an argument of a trace.

    >>> reference("marginal cost of what was served")["dash"]
    'dot'
    """
    found = (look for words, look in _LOOKS.items() if name.startswith(words))
    colour, dash = next(found, _OTHER)
    return {"color": colour, "dash": dash, "width": width}
