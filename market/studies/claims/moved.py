"""What moved against the page of version 0.1."""

import tomllib
from dataclasses import dataclass

from market.foundation.code_version import package_folder
from market.studies.claims.findings import HOLDS, REVERSED, UNDECIDED


@dataclass(frozen=True)
class Before:
    """What version 0.1 found of a claim.

    Attributes
    ----------
    verdicts
        How many experiments held, were reversed, and undecided.
    why
        What is different now.
    """

    verdicts: tuple[int, int, int]
    why: str


def before() -> tuple[Before, ...]:
    """Of each claim that it had: the first of :data:`market.studies.claims.CLAIMS`, in order."""
    file = package_folder() / "studies" / "claims" / "version_0_1.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(Before(tuple(c["verdicts"]), c["why"]) for c in table["claims"])


def counts(verdicts: tuple[int, int, int]) -> str:
    """Read as `4 hold, 1 reversed`."""
    words = {HOLDS: "hold", REVERSED: REVERSED, UNDECIDED: UNDECIDED}
    listed = zip(verdicts, words.values(), strict=True)
    return ", ".join(f"{count} {word}" for count, word in listed if count) or "none"
