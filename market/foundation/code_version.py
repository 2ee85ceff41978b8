"""Where this program is on the disk, and which code ran."""

from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

_COUNTS = (".py", ".json", ".csv", ".npz", ".parquet")


def package_folder() -> Path:
    """The folder of the whole program, wherever the module that asks lies in it."""
    return Path(str(files("market")))


@cache
def code_digest() -> str:
    """Digest of this program's code and packs, as they are on the disk.

    The version alone does not tell apart two states of a checkout.
    """
    package = package_folder()
    digest = blake2b(digest_size=8)
    for file in sorted(package.rglob("*"), key=lambda file: file.relative_to(package).as_posix()):
        if file.suffix in _COUNTS:
            digest.update(file.relative_to(package).as_posix().encode())
            digest.update(blake2b(file.read_bytes()).digest())
    return digest.hexdigest()
