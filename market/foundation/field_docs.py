"""What the fields of a class say of themselves: the string that stands below each.

Read from the source when it is asked for, which few commands do: pydantic would read it whenever a
class is made.
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache


def field_docs(of: type) -> dict[str, str]:
    """What stands below each field of a class, or of those that it inherits from, if anything."""
    said: dict[str, str] = {}
    for kind in reversed(of.__mro__):
        tree = _classes(kind.__module__).get(kind.__qualname__)
        if tree is not None:
            said |= _own(tree)
    return said


def _own(tree: ast.ClassDef) -> dict[str, str]:
    said = {}
    for field, below in zip(tree.body, tree.body[1:], strict=False):
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
            continue
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            text = below.value.value
            if isinstance(text, str):
                said[field.target.id] = inspect.cleandoc(text)
    return said


@cache
def _classes(module: str) -> dict[str, ast.ClassDef]:
    """The classes of a module by qualified name; none where its source is not to be had."""
    if not module.startswith("pydantic") and module in sys.modules:
        try:
            return dict(_found(ast.parse(inspect.getsource(sys.modules[module])), ""))
        except (OSError, TypeError, SyntaxError):
            return {}
    return {}


def _found(tree: ast.AST, within: str) -> Iterator[tuple[str, ast.ClassDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield within + node.name, node
            yield from _found(node, f"{within}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _found(node, f"{within}{node.name}.<locals>.")
        else:
            yield from _found(node, within)
