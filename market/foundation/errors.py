"""Errors that a user can act on, and one that is a defect."""


class MarketError(Exception):
    """A problem that a user can act on: the message names the place, the value and the way out."""


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
