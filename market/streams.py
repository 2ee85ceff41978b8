"""Random numbers keyed by name, not by call order.

One root seed; a stream per purpose, agent or model name, and tick. Adding an agent, a model or an
intervention moves no other draw, so scenarios that differ in one thing are paired in all others.
"""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np


@dataclass(frozen=True)
class Streams:
    """All random streams of one run.

    Parameters
    ----------
    seed
        The root seed.
    """

    seed: int

    def generator(
        self, purpose: str, name: str = "", tick: int | None = None
    ) -> np.random.Generator:
        """Open the stream of one purpose, name and tick, at its beginning.

        The key is a stable hash (BLAKE2b) of the three, used as the spawn key of a
        `numpy.random.SeedSequence`: the same on every machine and in every process.
        """
        key = "\x1f".join((purpose, name, "" if tick is None else str(tick)))
        digest = blake2b(key.encode(), digest_size=16).digest()
        words = tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4))
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=words))
