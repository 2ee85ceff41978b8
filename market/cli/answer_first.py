"""What was computed is printed even where it could not be written; then the command fails."""

from types import TracebackType

from market.foundation.errors import MarketError, RunError


class AnswerFirst:
    """Holds back the errors of files until the answer has been printed.

    Each file is written in a block `with held:`; `held.tell()` comes after the answer. Before
    `held.ready()` has said that there is an answer, errors are raised as ever.
    """

    def __init__(self) -> None:
        self._ready = False
        self._errors: list[MarketError] = []

    def ready(self) -> None:
        """There is an answer from now on."""
        self._ready = True

    @property
    def written(self) -> bool:
        """Whether all was written so far."""
        return not self._errors

    def tell(self) -> None:
        """Fail now if anything was not written.

        Raises
        ------
        RunError
            With the reasons.
        """
        if self._errors:
            raise RunError("; ".join(str(error) for error in self._errors))

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> bool:
        if self._ready and isinstance(error, MarketError):
            self._errors.append(error)
            return True
        return False
