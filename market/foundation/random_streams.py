"""Random numbers keyed by name, not by call order.

One root seed; a stream per purpose, agent or model name, and tick. Adding an agent, a model or an
intervention moves no other draw, so scenarios that differ in one thing are paired in all others.
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.random.bit_generator import ISeedSequence


class _Digest(ISeedSequence):
    """Seed material from a key, by BLAKE2b: the same on every machine and in every process.

    `numpy.random.SeedSequence` with the key's hash for its spawn key would serve as well, and
    takes ten times as long; a tick opens about ten streams.
    """

    def __init__(self, key: bytes) -> None:
        self.key = key

    def generate_state(
        self, n_words: int, dtype: npt.DTypeLike = np.uint32
    ) -> npt.NDArray[np.unsignedinteger[Any]]:
        """Give as many words as a bit generator asks for; PCG64 takes 4 of 64 bits."""
        word = np.dtype(dtype)
        digest = blake2b(self.key, digest_size=n_words * word.itemsize).digest()
        return np.frombuffer(digest, word.newbyteorder("<")).astype(word)


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
        """Open the stream of one purpose, name and tick, at its beginning."""
        material: Any = _Digest(self._key(purpose, name, tick))  # not in numpy's stubs
        return np.random.Generator(np.random.PCG64(material))

    def counter_key(self, purpose: str, name: str = "", tick: int | None = None) -> np.uint64:
        """64 bits that draws by counter are keyed by: what they are does not hang on their order.

        See `market.simulation.query_loop`.
        """
        return hashed(self._key(purpose, name, tick))

    def _key(self, purpose: str, name: str, tick: int | None) -> bytes:
        parts = (str(self.seed), purpose, name, "" if tick is None else str(tick))
        return "\x1f".join(parts).encode()


def hashed(key: bytes) -> np.uint64:
    """64 bits of a key, by BLAKE2b: the same on every machine and in every process."""
    return np.uint64(int.from_bytes(blake2b(key, digest_size=8).digest(), "little"))
