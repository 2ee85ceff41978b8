"""A disk that is watched, and what a kill or a power cut at any moment leaves on it.

Each write, name and wait of `market.foundation.on_disk` and of :mod:`pathlib` is such a moment.
After a kill everything is there that the program did. After a power cut only that is sure which it
waited for: content by `fsync` of the file, names by `fsync` of the folder. A system may have kept
later names and not the content of their files, so that is left, too.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

Tree = dict[str, bytes | None]
"""Content of files by path; None of a folder."""


class File:
    """A file as the disk has it: the content that was waited for."""

    def __init__(self) -> None:
        self.kept = b""


class Folder:
    """A folder: the names in it, and those that were waited for."""

    def __init__(self) -> None:
        self.names: dict[str, File | Folder] = {}
        self.kept: dict[str, File | Folder] = {}

    def tree(self, sure: bool, above: str = "") -> Tree:
        """What it holds after a power cut; the names that are sure, or all that were given."""
        found: Tree = {}
        for name, node in (self.kept if sure else self.names).items():
            if isinstance(node, File):
                found[above + name] = node.kept
            else:
                found |= {above + name: None} | node.tree(sure, f"{above}{name}/")
        return found


def tree_of(root: Path) -> Tree:
    """What is in a folder."""
    return {
        str(path.relative_to(root)): None if path.is_dir() else path.read_bytes()
        for path in sorted(root.rglob("*"))
    }


def restore(tree: Tree, root: Path) -> None:
    """Make a folder hold this."""
    root.mkdir()
    for name, content in tree.items():
        if content is None:
            (root / name).mkdir(parents=True, exist_ok=True)
        else:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)


class WatchedDisk:
    """Everything below a folder that is done through :mod:`os`, and the states it may be left in.

    Attributes
    ----------
    killed, cut
        What a kill, and a power cut, leave at each moment; each state once.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.disk = Folder()
        self.killed: list[Tree] = []
        self.cut: list[Tree] = []
        self._paths: dict[int, Path] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch in the block."""
        seen = {
            "open": self._opened,
            "fsync": self._waited_for,
            "mkdir": self._made,
            "rename": self._renamed,
            "replace": self._renamed,
            "unlink": self._removed,
            "rmdir": self._removed,
        }
        made = {name: self._watched(getattr(os, name), then) for name, then in seen.items()}
        with patch.multiple(os, **made, write=self._in_halves(os.write)):
            yield
        self._look()

    def _watched(self, real: Callable[..., Any], then: Callable[..., None]) -> Callable[..., Any]:
        def call(*given: Any, **more: Any) -> Any:
            self._look()
            found = real(*given, **more)
            then(found, *given)
            return found

        return call

    def _in_halves(self, real: Callable[[int, Any], int]) -> Callable[[int, Any], int]:
        """Write half of what there is: who writes goes on with the rest, or is killed before."""

        def write(handle: int, content: Any) -> int:
            self._look()
            return real(handle, content[: max(1, len(content) // 2)])

        return write

    def _look(self) -> None:
        """Note what would be left now."""
        for kept, state in (
            (self.killed, tree_of(self.root)),
            (self.cut, self.disk.tree(sure=True)),
            (self.cut, self.disk.tree(sure=False)),
        ):
            if state not in kept:
                kept.append(state)

    def _place(self, path: Any) -> tuple[Folder, str] | None:
        """The folder that a path is in, and its name there; None outside of what is watched."""
        if not isinstance(path, str | os.PathLike) or self.root not in Path(path).parents:
            return None
        above: Any = self.disk
        *over, name = Path(path).relative_to(self.root).parts
        for part in over:
            above = above.names[part]
        return above, name

    def _opened(self, handle: int, path: Any, *_: Any) -> None:
        self._paths.pop(handle, None)
        if isinstance(path, str | os.PathLike) and Path(path) == self.root:
            self._paths[handle] = self.root
        elif place := self._place(path):
            place[0].names.setdefault(place[1], File())
            self._paths[handle] = Path(path)

    def _waited_for(self, _: None, handle: int) -> None:
        path = self._paths.get(handle)
        if path is None:
            return
        place = self._place(path)
        node = self.disk if place is None else place[0].names[place[1]]
        if isinstance(node, Folder):
            node.kept = dict(node.names)
        else:
            node.kept = path.read_bytes()

    def _made(self, _: None, path: Any, *__: Any) -> None:
        if place := self._place(path):
            place[0].names[place[1]] = Folder()

    def _renamed(self, _: None, old: Any, new: Any) -> None:
        before, after = self._place(old), self._place(new)
        if before and after:
            after[0].names[after[1]] = before[0].names.pop(before[1])

    def _removed(self, _: None, path: Any) -> None:
        if place := self._place(path):
            place[0].names.pop(place[1])
