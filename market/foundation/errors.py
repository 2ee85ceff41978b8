"""Errors that a user can act on, and one that is a defect."""

from market.foundation.names import escaped, without_endless_words


class MarketError(Exception):
    """A problem that a user can act on: the message names the place, the value and the way out."""

    def __str__(self) -> str:
        """Return the message, with what could command a terminal written out, endless words cut."""
        return escaped(without_endless_words(super().__str__()))


class ScenarioError(MarketError):
    """A scenario, an override or an output folder that cannot be used as given."""


class DataError(MarketError):
    """Attempt records or a calibrated pack that cannot be used as given."""


class RunError(MarketError):
    """A run that failed, where every run is needed."""


class ConservationError(RuntimeError):
    """Money appeared or vanished in a run: a defect of the program, never of its input."""


class MarketWarning(UserWarning):
    """What a user should know of a result that is right as asked, and can act on."""


LONGEST_SHOWN = 60  # characters of a value that a message shows


def shown(value: object, quoted: bool = True) -> str:
    """A value as a message shows it: on one line, of at most 60 characters.

    Parameters
    ----------
    value
        What was found.
    quoted
        Whether a text stands in quotes.
    """
    if isinstance(value, str):
        # of a text of a gigabyte only the beginning is looked at
        text = value[: LONGEST_SHOWN + 1]
        text = repr(text) if quoted else _printable(text)
        cut = len(value) > LONGEST_SHOWN
    elif isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 10_000:
        return f"a whole number of {value.bit_length()} bits"
    else:
        try:
            text = repr(value)
        except RecursionError:
            return f"a {type(value).__name__} nested too deep"
        cut = False
    if len(text) > LONGEST_SHOWN or cut:
        return f"{text[: LONGEST_SHOWN - 1]}…"
    return text


def _printable(text: str) -> str:
    """The same text, with signs that cannot be printed as Python writes them."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def quoted_name(name: str) -> str:
    """A name as an option takes it: in double quotes where it has a comma, `=`, quote or blank."""
    if any(sign in name for sign in ',="') or name != name.strip() or not name:
        return '"' + name.replace('"', '""') + '"'
    return name
