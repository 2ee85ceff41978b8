"""Searches are made anew in this folder: what was kept of another would prove nothing."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def nothing_kept() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MARKET_CACHE", "off")
        yield
