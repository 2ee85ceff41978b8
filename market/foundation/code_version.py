"""Where this program is on the disk, and which code ran."""

from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

_COUNTS = (".py", ".json", ".csv", ".npz", ".parquet")


def package_folder() -> Path:
    """The folder of the whole program, wherever the module that asks lies in it."""
    return Path(str(files("market")))


@cache
def code_digest(without: tuple[str, ...] = ()) -> str:
    """Digest of this program's code and packs, as they are on the disk.

    The version alone does not tell apart two states of a checkout.

    Parameters
    ----------
    without
        Folders of the package that do not count, as `cli` or `studies/claims`: what is printed of
        a run, say, where the run itself is meant.
    """
    return _digest_of([package_folder()], without)


@cache
def rooms_digest(rooms: tuple[str, ...]) -> str:
    """Digest of the code and data of some folders of the package, such as `frontier`."""
    return _digest_of([package_folder() / room for room in rooms])


def _digest_of(folders: Iterable[Path], without: tuple[str, ...] = ()) -> str:
    package = package_folder()
    digest = blake2b(digest_size=8)
    left_out = tuple(f"{folder}/" for folder in without)
    named = {f.relative_to(package).as_posix(): f for of in folders for f in of.rglob("*")}
    for name, file in sorted(named.items()):
        if file.suffix in _COUNTS and not name.startswith(left_out):
            digest.update(name.encode())
            digest.update(blake2b(file.read_bytes()).digest())
    return digest.hexdigest()
