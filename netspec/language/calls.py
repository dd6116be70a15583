"""Arguments as Python writes them, also where YAML has split them at their commas."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from netspec.language.expression import python

MAX_VALUES = 64
"""Values of a list or mapping in which a slip is looked for."""
MAX_TEXT = 200
"""Characters of a text that is read in more than one way."""


class Call:
    """Arguments as Python writes them."""

    def __init__(self, name: str, values: list[Any], named: dict[str, Any]) -> None:
        self.name, self.values, self.named = name, values, named

    def __str__(self) -> str:
        return self.name

    def written(self, names: Sequence[str], left_out: int | None = None) -> Any:
        """As a spec has them; `left_out` is the place of one that is inferred, as in torch."""
        values = [one for i, one in enumerate(self.values) if i != left_out]
        if not self.named:
            alone = len(values) == 1 and not isinstance(values[0], list)
            return values[0] if alone else values or None
        return dict(zip(names, values, strict=False)) | self.named


def call(text: str, bare: bool = False) -> Call | None:
    """What `nn.Conv2d(1, 8, kernel_size=3)` says; with `bare` there is only what is between ()."""
    if len(text) > MAX_TEXT or ("(" not in text and not bare):
        return None
    try:
        tree = python(f"f({text})" if bare else text)
        return _call(tree) if isinstance(tree, ast.Call) else None
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _call(node: ast.Call) -> Call:
    named = {str(one.arg): _python(one.value) for one in node.keywords}
    return Call(ast.unparse(node.func), [_python(one) for one in node.args], named)


def _python(node: ast.expr) -> Any:
    if isinstance(node, ast.Name | ast.Attribute):
        return ast.unparse(node)
    if isinstance(node, ast.Call):
        return _call(node)
    if isinstance(node, ast.Tuple | ast.List):
        return [_python(one) for one in node.elts]
    value = ast.literal_eval(node)
    if not isinstance(value, int | float | str | None):
        raise ValueError
    return value


def repaired(value: Any) -> Any:
    """A mapping or list with what YAML split at the commas of `(3, 3)` put together, `a=1` read.

    None where there is nothing of the kind.
    """
    if not isinstance(value, dict | list) or len(value) > MAX_VALUES:
        return None
    pairs = list(value.items()) if isinstance(value, dict) else [(None, one) for one in value]
    whole: list[tuple[Any, Any]] = []
    for key, one in pairs:
        name, text = (key, one) if isinstance(value, list) or one is not None else (None, key)
        last = whole[-1][1] if whole else None
        if isinstance(last, str) and len(last) < MAX_TEXT and last.count("(") > last.count(")"):
            whole[-1] = (whole[-1][0], f"{last}, {text}")
        else:
            whole.append((name, text))
    read = [_assigned(name, text) for name, text in whole]
    if read == pairs or (isinstance(value, dict) and read == [*_unnamed(pairs)]):
        return None
    if all(name is None for name, _ in read):
        return [one for _, one in read]
    return {one if name is None else name: None if name is None else one for name, one in read}


def _unnamed(pairs: list[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    return ((None, key) if one is None else (key, one) for key, one in pairs)


def _assigned(name: str | None, text: Any) -> tuple[str | None, Any]:
    """A name and its value, where the text says `name=value` or is a tuple."""
    if not isinstance(text, str):
        return name, text
    left, sign, right = text.partition("=")
    if name is None and sign and left.strip().isidentifier():
        name, text = left.strip(), right.strip()
    found = call(text, bare=True) if text.startswith("(") or sign else None
    return name, found.values[0] if found and len(found.values) == 1 else text
