"""What is repeated in entries, as blocks with arguments and as `repeat`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from netspec import layers
from netspec.capture.entries import MODULE, SEQUENTIAL, Entry, usable

_PLAIN = {"Sequential", "ModuleList", "ModuleDict"}
_LEAST = 2
"""Layers from which a block is worth its name; of what was a plain Sequential one more, and one use
more."""


class Block(NamedTuple):
    """A block: its arguments with their defaults, None for one that is needed, and its entries."""

    args: dict[str, Any]
    body: list[Entry]


def fold(body: list[Entry]) -> dict[str, Block]:
    """The blocks of a network, whose modules become uses of them in its entries."""
    blocks: dict[str, Block] = {}
    groups = [(_height(one), i, one) for i, one in enumerate(_groups(body))]
    for height in sorted({one for one, _, _ in groups}):
        alike: dict[Any, list[Entry]] = {}
        for found, _, group in groups:
            if found == height:
                alike.setdefault((group.cls, _skeleton(group.bodies["layers"])), []).append(group)
        for (cls, _), uses in alike.items():
            plain = cls in _PLAIN
            size = sum(1 for _ in uses[0].leaves())
            if len(uses) < 2 + plain or size < _LEAST + plain:
                continue
            name = _free("unit" if plain else _snake(str(cls)), blocks)
            blocks[name] = _block(name, uses, blocks)
    return blocks


def _groups(body: list[Entry]) -> Iterator[Entry]:
    for one in body:
        for inner in one.bodies.values():
            yield from _groups(inner)
        if one.kind == MODULE and one.cls:
            yield one


def _height(group: Entry) -> int:
    """How deep modules nest in it."""
    inner = [_height(one) for body in group.bodies.values() for one in body]
    return max(inner, default=0) + (group.kind == MODULE)


def _skeleton(body: list[Entry]) -> Any:
    """What entries must have in common to be one block: everything but arguments."""
    return tuple(
        (
            one.kind, one.name, one.cls if one.kind == MODULE else None,
            tuple((key, tuple(reads), by) for key, (reads, by) in one.wires.items()),
            tuple((key, _skeleton(inner)) for key, inner in one.bodies.items()),
            _form(one),
        )
        for one in body
    )  # fmt: skip


def _form(one: Entry) -> Any:
    """Arguments whose presence makes another layer of it: those without a default to stand in."""
    if one.bodies:
        return None
    model = layers.find(one.kind)
    if model is None:
        return None
    return tuple(
        name for name, field in model.model_fields.items()
        if name in one.arguments and not field.is_required() and not _states(field.default)
    )  # fmt: skip


def _states(default: Any) -> bool:
    return isinstance(default, int | float | str | bool)


def _walk(body: list[Entry]) -> Iterator[Entry]:
    """All entries that take arguments, in order."""
    for one in body:
        if one.bodies:
            for inner in one.bodies.values():
                yield from _walk(inner)
        else:
            yield one


class _Hole(NamedTuple):
    entry: int
    key: str
    values: tuple[Any, ...]
    default: Any


def _block(name: str, uses: list[Entry], blocks: dict[str, Block]) -> Block:
    """A block in place of modules that are alike; each becomes a use of it."""
    columns = [list(_walk(use.bodies["layers"])) for use in uses]
    first = columns[0]
    holes: list[_Hole] = []
    for i, entry in enumerate(first):
        given = [column[i].arguments for column in columns]
        for key in _keys(entry, given, blocks):
            default = _default(entry.kind, key, blocks)
            values = tuple(one.get(key, default) for one in given)
            if values.count(values[0]) < len(values):
                holes.append(_Hole(i, key, values, default))
            elif values[0] != default:
                entry.arguments[key] = values[0]
            else:
                entry.arguments.pop(key, None)
    args: dict[str, tuple[tuple[Any, ...], Any]] = {}
    for hole in holes:
        text = _expressed(hole, args)
        if text is None:
            named = _free(_argument(hole.key), args)
            args[named] = hole.values, hole.default
            text = f"${named}"
        first[hole.entry].arguments[hole.key] = text
    for entry in first:
        entry.arguments = _ordered(entry, blocks)
    needed = {key: None for key, (values, default) in args.items() if _needed(values, default)}
    rest = {key: default for key, (_, default) in args.items() if key not in needed}
    order = {**needed, **rest}
    body = uses[0].bodies["layers"]
    apart = any(one.name and usable(one.name) for one in body)
    if apart and not all(use.name and usable(use.name) for use in uses):
        # Names that would meet those of the next use need a module of their own.
        body = [Entry(SEQUENTIAL, bodies={"layers": body})]
    _all_used(uses, name, args, order)
    return Block(order, body)


def _all_used(uses: list[Entry], name: str, args: dict[str, Any], order: dict[str, Any]) -> None:
    for i, use in enumerate(uses):
        use.kind, use.bodies = name, {}
        for key, default in order.items():
            value = args[key][0][i]
            if default is None or value != default:
                use.arguments[key] = value


def _needed(values: tuple[Any, ...], default: Any) -> bool:
    """Whether every use has to say it."""
    return default is None or default not in values


def _keys(entry: Entry, given: list[dict[str, Any]], blocks: dict[str, Block]) -> list[str]:
    found = dict.fromkeys(key for one in given for key in one)
    return [key for key in _order(entry.kind, blocks) if key in found]


def _order(kind: str, blocks: dict[str, Block]) -> list[str]:
    if kind in blocks:
        return list(blocks[kind].args)
    model = layers.find(kind)
    return list(model.model_fields) if model else []


def _ordered(entry: Entry, blocks: dict[str, Block]) -> dict[str, Any]:
    return {
        key: entry.arguments[key] for key in _order(entry.kind, blocks) if key in entry.arguments
    }


def _default(kind: str, key: str, blocks: dict[str, Block]) -> Any:
    if kind in blocks:
        return blocks[kind].args[key]
    model = layers.find(kind)
    assert model
    field = model.model_fields[key]
    return None if field.is_required() or not _states(field.default) else field.default


_WIDTHS = re.compile(r"(out_channels|out_features|groups|num_groups)(_\d+)?|width")
_TAPS = re.compile(r"(padding|dilation)(_\d+)?")


def _expressed(hole: _Hole, args: dict[str, tuple[tuple[Any, ...], Any]]) -> str | None:
    """A hole by the arguments that there are; None where it needs one of its own."""
    for name, (values, _) in args.items():
        alike = _argument(hole.key) == re.sub(r"_\d+$", "", name)
        family = any(kind.fullmatch(hole.key) and kind.fullmatch(name) for kind in (_WIDTHS, _TAPS))
        if values == hole.values and (alike or family):
            return f"${name}"
    for name, (values, _) in args.items():
        if not all(type(one) is int for one in (*values, *hole.values)):
            continue
        if _WIDTHS.fullmatch(hole.key) and _WIDTHS.fullmatch(name):
            a, b = values[0], hole.values[0]
            if a and b % a == 0 and all(x * (b // a) == y for x, y in _pairs(values, hole)):
                return f"$({b // a} * {name})" if b // a <= 8 and len(set(values)) > 1 else None
            if b and a % b == 0 and all(y * (a // b) == x for x, y in _pairs(values, hole)):
                return f"$({name} // {a // b})" if a // b <= 8 and len(set(values)) > 1 else None
        halved = all(y == x // 2 for x, y in _pairs(values, hole))
        if hole.key.startswith("padding") and name.startswith("kernel_size") and halved:
            return f"$({name} // 2)"
    return None


def _pairs(values: tuple[Any, ...], hole: _Hole) -> Iterator[tuple[int, int]]:
    return zip(values, hole.values, strict=True)


def _argument(key: str) -> str:
    """What a block calls an argument of a layer."""
    return re.sub(r"_\d+$", "", key)


def _free(name: str, taken: Any) -> str:
    tried, i = name, 1
    while tried in taken:
        i += 1
        tried = f"{name}_{i}"
    return tried


def _snake(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.strip("_"))
    found = re.sub(r"\W", "_", words).lower().strip("_") or "unit"
    return found if found[0].isalpha() else f"unit_{found}"


def repeated(body: list[Entry]) -> list[Entry]:
    """Entries that follow themselves, as one."""
    found: list[Entry] = []
    for one in body:
        one.bodies = {key: repeated(inner) for key, inner in one.bodies.items()}
        last = found[-1] if found else None
        if last and last.name is None and one.name is None and _same(last, one):
            last.repeat += one.repeat
        else:
            found.append(one)
    return found


def _same(a: Entry, b: Entry) -> bool:
    return (
        a.kind == b.kind and a.arguments == b.arguments and a.wires == b.wires
        and a.bodies.keys() == b.bodies.keys()
        and all(
            len(x) == len(y) and all(
                p.name == q.name and p.repeat == q.repeat and _same(p, q)
                for p, q in zip(x, y, strict=True)
            )
            for x, y in zip(a.bodies.values(), b.bodies.values(), strict=True)
        )
    )  # fmt: skip
