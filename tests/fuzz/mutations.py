"""Structured changes of a document (tables, lists and values), and damage to bytes."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from fuzz.odd_values import anything, edges, usual
from hypothesis import strategies as st

Place = tuple[str | int, ...]
Pool = Mapping[str, Sequence[Any]]


def places(document: Any, above: Place = ()) -> list[Place]:
    """Paths of everything in a document, tables and lists too."""
    found = [above] if above else []
    if isinstance(document, dict):
        for key, value in document.items():
            found += places(value, (*above, key))
    elif isinstance(document, list):
        for i, value in enumerate(document):
            found += places(value, (*above, i))
    return found


def pool_of(documents: Sequence[Any]) -> dict[str, list[Any]]:
    """By key, what stands there in any of the documents: values that are right somewhere."""
    pool: dict[str, list[Any]] = {}
    for document in documents:
        for place in places(document):
            key = _key(place)
            value = at(document, place)
            if key and value not in pool.setdefault(key, []):
                pool[key].append(value)
    return pool


def at(document: Any, place: Place) -> Any:
    """What stands at a place."""
    for step in place:
        document = document[step]
    return document


def _key(place: Place) -> str:
    return next((step for step in reversed(place) if isinstance(step, str)), "")


@st.composite
def mutated(
    draw: st.DrawFn, documents: Sequence[Any], pool: Pool | None = None, most: int = 4
) -> Any:
    """One of the documents, with up to `most` changes; none of them is changed itself."""
    document = copy.deepcopy(documents[draw(st.integers(0, len(documents) - 1))])
    for _ in range(draw(st.integers(0, most))):
        found = places(document)
        if not found:
            break
        place = found[draw(st.integers(0, len(found) - 1))]
        _change(draw, document, place, pool or {})
    return document


def _change(draw: st.DrawFn, document: Any, place: Place, pool: Pool) -> None:
    parent, step, found = at(document, place[:-1]), place[-1], places(document)
    how = draw(
        st.sampled_from(
            ["number", "known", "odd", "everywhere", "move", "remove", "rename", "repeat", "wrap"]
        )
    )
    known = pool.get(_key(place), ())
    if how == "number" or (how == "known" and not known):
        parent[step] = draw(usual | edges)
    elif how == "known":
        parent[step] = copy.deepcopy(known[draw(st.integers(0, len(known) - 1))])
    elif how == "odd":
        parent[step] = copy.deepcopy(draw(anything))
    elif how == "everywhere":  # all alike: costs, abilities, names
        value = copy.deepcopy(draw(usual | edges | st.just(parent[step])))
        for other in places(document):
            if _key(other) == _key(place) and not isinstance(at(document, other), dict | list):
                at(document, other[:-1])[other[-1]] = value
    elif how == "move":
        parent[step] = copy.deepcopy(at(document, found[draw(st.integers(0, len(found) - 1))]))
    elif how == "remove":
        del parent[step]
    elif how == "wrap":
        parent[step] = draw(st.sampled_from([[parent[step]], {"x": parent[step]}, {"kind": "x"}]))
    elif isinstance(parent, dict):
        value = copy.deepcopy(parent[step]) if how == "repeat" else parent.pop(step)
        parent[draw(st.sampled_from([f"{step}s", f" {step}", "", "x.y", "kind", "é\u2028"]))] = (
            value
        )
    else:
        parent.insert(step, copy.deepcopy(parent[step]))


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """Bytes of a file as they are, mostly; else cut off, in another encoding, or with odd ones."""
    how = draw(st.integers(0, 11))
    if how == 0:
        return content[: draw(st.integers(0, len(content)))]
    if how == 1:
        encoding = draw(st.sampled_from(["utf-16", "utf-32", "utf-8-sig", "utf-7"]))
        return content.decode("utf-8", "replace").encode(encoding)
    if how == 2:
        where = draw(st.integers(0, len(content)))
        odd = draw(
            st.sampled_from(
                [
                    b"\xff",
                    b"\x00",
                    b"\r",
                    b"\n\n",
                    "\u2028".encode(),
                    b"\xc2\x85",
                    b'"',
                    b"[" * 5000,
                ]
            )
        )
        return content[:where] + odd + content[where:]
    if how == 3:
        return content.replace(b"\n", draw(st.sampled_from([b"\r\n", b"\r", b" "])))
    return content
