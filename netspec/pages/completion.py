"""What can be written at a place of a spec."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

from netspec import layers, rules
from netspec.diagnostic import Path, value_text
from netspec.layers.base import Composite
from netspec.pages import forms, keywords
from netspec.pages.cursor import Cursor, cursor
from netspec.pages.reading import Reading
from netspec.source.dump import flow

Sort = Literal["variable", "block", "argument", "rule", "node", "layer", "keyword", "value"]
_VARIABLE = re.compile(r"\$(\w*)$")
_COMMENT = re.compile(r"""^[^"']*(?:^|\s)\#""")
_EXPRESSION = re.compile(r"\$\([^)]*?(\w*)$")


class Choice(NamedTuple):
    """Something that can be written."""

    label: str
    sort: Sort
    text: str
    """What to write, with $1 or ${1:8} for what is still to be said, or typed over."""
    typed: int
    """Characters before the cursor that it takes the place of."""
    detail: str = ""
    about: str = ""
    """More, in Markdown."""


def complete(
    lines: Sequence[str], line: int, column: int, reading: Reading | None, *, everything: bool
) -> list[Choice]:
    """What can be written at a place, which counts from 1.

    With `everything` that is layers and keywords too, not only the names that the spec gives.
    `reading` is that of the last text that was YAML.
    """
    before = lines[line - 1][: column - 1]
    if _COMMENT.search(before):
        return []
    data = reading.data if reading else {}
    here = cursor(lines, line, column)
    if found := _EXPRESSION.search(before):
        return [_variable(name, value, len(found[1])) for name, value in _scope(data, here.path)]
    if found := _VARIABLE.search(before):
        typed = len(found[0])
        scope = _scope(data, here.path)
        return [_variable(name, value, typed, "$") for name, value in scope]
    return list(_choices(here, data, reading, everything))


def _choices(
    here: Cursor, data: dict[str, Any], reading: Reading | None, everything: bool
) -> Iterator[Choice]:
    path, typed = here.path, len(here.word)
    if "ignore" in path[-2:] or (path[-2:] == ("audit", "levels") and here.within == "key"):
        end = ": " if path[-1] == "levels" else ""
        for name in rules.names():
            rule = rules.find(name)
            yield Choice(name, "rule", name + end, typed, rule.severity, rule.summary)
        return
    if reading and "from" in path[-2:]:
        for name in _nodes(path, reading):
            yield Choice(name, "node", name, typed, "node")
        return
    known = {one.name: one for one in keywords.keywords(path)}
    if _is_entry(known):
        yield from _entries(here, data, known, everything)
    elif here.within == "key" and path and path[-1] in _blocks(data):
        for name, default in _args(data, str(path[-1])).items():
            end = "needed" if default is None else f"default {value_text(default)}"
            yield Choice(name, "argument", f"{name}: ", typed, end)
    elif everything and here.within == "key":
        for one in known.values():
            default = "" if one.default is None else f"default {one.default}"
            yield Choice(one.name, "keyword", f"{one.name}: ", typed, default, one.meaning)
    elif everything:
        for word in keywords.words(path):
            yield Choice(word, "value", word, typed)


def _is_entry(known: dict[str, Any]) -> bool:
    """Whether keys are those of an entry of a list of layers."""
    return layers.KINDS.keys() <= known.keys()


def _entries(
    here: Cursor, data: dict[str, Any], known: dict[str, keywords.Keyword], everything: bool
) -> Iterator[Choice]:
    typed, alone = len(here.word), here.within == "item"
    own = here.path[1] if here.path[:1] == ("blocks",) and len(here.path) > 1 else None
    for name in _blocks(data):
        if name != own:
            args = _args(data, name)
            needed = [arg for arg, default in args.items() if default is None]
            text = _call(name, needed, alone)
            yield Choice(name, "block", text, typed, f"block ({', '.join(args)})")
    if not everything:
        return
    yield from (choice._replace(typed=typed) for choice in _layers(alone))
    for one in known.values():
        if one.name not in layers.KINDS:
            yield Choice(one.name, "keyword", f"{one.name}: ", typed, "", one.meaning)


@cache
def _layers(alone: bool) -> list[Choice]:
    """Every kind of layer, the common ones first."""
    return [
        Choice(kind, "layer", _usage(kind, alone), 0, forms.summary(kind), forms.hover(kind))
        for kind in dict.fromkeys([*forms.FIRST, *layers.KINDS])
    ]


def warm() -> None:
    """Read what is known of layers and keywords, which takes a second the first time."""
    keywords.keywords(())
    _layers(alone=True)
    _layers(alone=False)


def _usage(kind: str, alone: bool) -> str:
    """The shortest entry that is right, its values to be typed over."""
    model, given = layers.find(kind), forms.form(kind)
    if model and issubclass(model, Composite):
        entries = given.get(model.whole) if isinstance(given, dict) else given
        branches = isinstance(entries, list) and isinstance(entries[0], list)
        body = "{${1:node}: [${2:ReLU}]}" if model.mapped else "[${1:ReLU}]"
        return f"{kind}: [{body}]" if branches else f"{kind}: {body}"
    if given is None:
        return kind if alone else f"{kind}: "
    args = enumerate(given.items(), 1)
    return f"{kind}: {{{', '.join(f'{name}: ${{{i}:{flow(one)}}}' for i, (name, one) in args)}}}"


def _call(name: str, needed: Sequence[str], alone: bool) -> str:
    """How to write a use of a block that needs some arguments."""
    if not needed:
        return name if alone else f"{name}: "
    args = ", ".join(f"{arg}: ${i}" for i, arg in enumerate(needed, 1))
    return f"{name}: {{{args}}}"


def _variable(name: str, value: Any, typed: int, sign: str = "") -> Choice:
    detail = "needed argument" if value is None else value_text(value)
    return Choice(f"{sign}{name}", "variable", f"{sign}{name}", typed, detail)


def _scope(data: dict[str, Any], path: Path) -> list[tuple[str, Any]]:
    """What `$name` can be at a path: names with their values as written."""
    given = data.get("vars")
    found = dict(given) if isinstance(given, dict) else {}
    if path[:1] == ("blocks",) and len(path) > 1:
        found |= _args(data, str(path[1]))
    return list(found.items())


def _blocks(data: dict[str, Any]) -> dict[str, Any]:
    blocks = data.get("blocks")
    return blocks if isinstance(blocks, dict) else {}


def _args(data: dict[str, Any], block: str) -> dict[str, Any]:
    found = _blocks(data).get(block)
    args = found.get("args") if isinstance(found, dict) else None
    return args if isinstance(args, dict) else {}


def _nodes(path: Path, reading: Reading) -> list[str]:
    """What a node of a graph can read: the input, and the nodes before it."""
    own = path[-2] if path[-1] == "from" else path[-3]
    found = ["input"]
    for entry in reading.entries.values():
        nodes = list(entry.nodes)
        if own in nodes:
            return found + nodes[: nodes.index(str(own))]
        found += [name for name in nodes if name not in found]
    return found
