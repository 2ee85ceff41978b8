"""Where packs are: those that come with the program, the user's own, and any folder by its path.

A pack of one's own has a name if it is in the folder `packs` of the user's data (on Linux
`~/.local/share/market/packs`), where `market calibrate --save NAME` puts it. A name means, in this
order: a shipped pack, a folder beside the user, the user's own pack. So a shipped name means the
same everywhere, and a path always means what it says.
"""

import warnings
from pathlib import Path

from platformdirs import user_data_path

from market.foundation.code_version import package_folder
from market.foundation.errors import DataError, MarketWarning, shown
from market.foundation.names import not_a_file
from market.foundation.text_files import file_is_there

SHIPPED = package_folder() / "data"
ABOUT = "pack.json"  # a folder with it is a pack


def own_folder() -> Path:
    """Where the user's own packs are; it need not exist."""
    return user_data_path("market") / "packs"


def shipped_packs() -> list[str]:
    """Names of the packs that come with the program."""
    return _packs_in(SHIPPED)


def own_packs() -> list[str]:
    """Names of the user's own packs, those that a shipped one hides included."""
    return _packs_in(own_folder())


def known_packs() -> dict[str, Path]:
    """Folders of all packs that have a name; of two with one name the shipped one."""
    own = {name: own_folder() / name for name in own_packs()}
    return own | {name: SHIPPED / name for name in shipped_packs()}


def find_pack(name: str | Path) -> Path:
    """Folder of a pack, by path or by name.

    Raises
    ------
    DataError
        There is no such pack; the message names all that there are.
    """
    # a bare name that is shipped is that everywhere; a folder beside it takes a slash: ./swebench
    if str(name) in shipped_packs():
        if str(name) in own_packs():
            warnings.warn(
                f"{name}: the shipped pack is used; your own in {own_folder() / name} has the same "
                "name: rename its folder",
                MarketWarning,
                stacklevel=2,
            )
        return SHIPPED / name
    if file_is_there(Path(name) / ABOUT, DataError):
        return Path(name)
    if str(name) in own_packs():
        return own_folder() / name
    raise DataError(f"{name}: no calibrated pack (a folder with {ABOUT}); {there_are()}")


def there_are() -> str:
    """The names of all packs, for messages."""
    shipped, own = ", ".join(shipped_packs()) or "none", own_packs()
    return f"shipped: {shipped}" + (f"; your own: {', '.join(own)}" if own else "")


def folder_for(name: str) -> Path:
    """Where a pack of one's own of that name goes.

    Raises
    ------
    DataError
        The name is that of a shipped pack or of one that is there, or cannot be that of a folder.
    """
    if not name.strip() or name.startswith(".") or {"/", "\\", "\0"} & set(name):
        raise DataError(
            f"--save {shown(name)}: cannot be the name of a pack; "
            "give one without slashes that does not begin with a dot, or a path with --out"
        )
    if why := not_a_file(name):
        raise DataError(f"--save {shown(name)}: {why}; choose another name, or a path with --out")
    if name in shipped_packs():
        raise DataError(f"--save {name}: is the name of a shipped pack; choose another")
    folder = own_folder() / name
    if folder.exists():
        raise DataError(f"--save {name}: {folder} exists already; choose another or remove it")
    return folder


def _packs_in(folder: Path) -> list[str]:
    return sorted(path.parent.name for path in folder.glob(f"*/{ABOUT}"))
