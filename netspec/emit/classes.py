"""The source of netspec's own modules, with all that it needs and no more."""

from __future__ import annotations

import ast
import inspect
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import NamedTuple

from netspec.emit.code import Group, Part, lines

HOME = "netspec"
Defined = ast.ClassDef | ast.FunctionDef | ast.Assign | ast.AnnAssign


class Sources(NamedTuple):
    """What stands in a file of its own: imports, and definitions in an order that works."""

    imports: set[tuple[str, str]]
    """Modules, and the name that is taken from each; no name where the module is."""
    code: list[str]


class _Module(NamedTuple):
    text: list[str]
    defined: dict[str, Defined]
    imported: dict[str, tuple[str, str]]


def sources(targets: Iterable[str]) -> Sources:
    """The source of classes by their import paths, and of everything that they read by name."""
    found: dict[tuple[str, str], Defined] = {}
    imports: set[tuple[str, str]] = set()
    for target in targets:
        module, _, name = target.rpartition(".")
        _gather(module, name, found, imports)
    places = sorted(found, key=lambda key: (_order(key[0]), found[key].lineno))
    return Sources(
        imports, [_text(_read(module).text, found[module, name]) for module, name in places]
    )


def statements(imports: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The lines that import them, sorted as is usual, with an empty one between groups."""
    names: dict[str, set[str]] = defaultdict(set)
    for module, name in imports:
        names[module].add(name)
    groups: list[list[str]] = [[], [], []]
    for module in sorted(names, key=str.lower):
        root = module.partition(".")[0]
        group = groups[0 if root == "__future__" else 1 if root in sys.stdlib_module_names else 2]
        if "" in names[module]:
            group.insert(sum(line.startswith("import ") for line in group), f"import {module}")
        taken = sorted(names[module] - {""}, key=_rank)
        if taken:
            line = f"from {module} import {', '.join(taken)}"
            long = Group(f"from {module} import (", [Part(name) for name in taken], ")")
            group.extend([line] if len(line) <= 88 else lines(Part(long)))
    for number, group in enumerate(filter(None, groups)):
        yield from [""] * (number > 0)
        yield from group


def _rank(name: str) -> tuple[int, str]:
    return 0 if name.isupper() else 1 if name[0].isupper() else 2, name


def _gather(
    module: str,
    name: str,
    found: dict[tuple[str, str], Defined],
    imports: set[tuple[str, str]],
) -> None:
    read = _read(module)
    if name in read.defined:
        if (module, name) in found:
            return
        node = found[module, name] = read.defined[name]
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name):
                _gather(module, inner.id, found, imports)
    elif name in read.imported:
        home, taken = read.imported[name]
        if home.partition(".")[0] != HOME:
            imports.add((home, taken))
        else:
            assert taken == name, f"{module} imports {home}.{taken} under another name"
            _gather(home, taken, found, imports)


@cache
def _read(module: str) -> _Module:
    """What a module defines and imports at its top, but for annotations alone."""
    text = inspect.getsource(import_module(module))
    read = _Module(text.splitlines(), {}, {})
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            read.defined[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    read.defined[target.id] = node
        elif isinstance(node, ast.Import):
            for alias in node.names:
                assert not alias.asname, f"{module} imports {alias.name} under another name"
                read.imported[alias.name.partition(".")[0]] = alias.name, ""
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                read.imported[alias.asname or alias.name] = str(node.module), alias.name
    return read


def _order(module: str) -> int:
    """Modules that others import come before them, as Python has loaded them."""
    return list(sys.modules).index(module)


def _text(text: list[str], node: Defined) -> str:
    decorators = getattr(node, "decorator_list", ())
    first = min([node.lineno, *(one.lineno for one in decorators)])
    return "\n".join(text[first - 1 : node.end_lineno])
