"""Entries and blocks → the text of a spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netspec import layers
from netspec.capture.entries import Entry
from netspec.capture.fold import Block
from netspec.source.dump import flow

WIDTH = 96


def text(
    name: str, description: str, input: Sequence[int], body: list[Entry],
    blocks: Mapping[str, Block],
) -> str:  # fmt: skip
    """The whole spec."""
    lines = [f"name: {flow(name)}", f"description: {flow(description)}", f"input: {flow([*input])}"]
    if blocks:
        lines += ["", "blocks:"]
        for i, (called, block) in enumerate(blocks.items()):
            lines += [""] * (i > 0) + [f"  {called}:"]
            if block.args:
                lines.append(f"    args: {flow(block.args)}")
            lines += ["    layers:", *_listed(_data(block.body, blocks), 6)]
    lines += ["", "layers:", *_listed(_data(body, blocks), 2)]
    return "\n".join(lines) + "\n"


def _data(body: list[Entry], blocks: Mapping[str, Block]) -> list[Any]:
    """Entries as plain data."""
    return [_entry(one, blocks) for one in body]


def _entry(one: Entry, blocks: Mapping[str, Block]) -> Any:
    value: Any
    if one.wires:
        value = {key: _wired(*one.wires[key], _data(b, blocks)) for key, b in one.bodies.items()}
    elif "0" in one.bodies:
        value = [_data(inner, blocks) for inner in one.bodies.values()]
        model = layers.find(one.kind)
        if model and getattr(model, "whole", None) != "branches":
            value = {"branches": value}
    elif one.bodies:
        bodies = {key: _data(inner, blocks) for key, inner in one.bodies.items()}
        first, *rest = bodies
        if rest and not bodies[rest[0]]:
            del bodies[rest[0]]
        value = bodies[first] if len(bodies) == 1 else bodies
    else:
        order = blocks[one.kind].args if one.kind in blocks else _order(one.kind)
        whole = getattr(layers.find(one.kind), "whole", None)
        value = one.arguments.get(str(whole)) or _arguments(one.arguments, list(order))
    beside: dict[str, Any] = {"name": one.name} if one.name else {}
    if one.repeat > 1:
        beside["repeat"] = one.repeat
    if value is None and not beside:
        return one.kind
    return {**beside, one.kind: value}


def _wired(reads: list[str], by: str | None, body: list[Any]) -> Any:
    if reads == ["input"] and body:
        return body
    node: dict[str, Any] = {"from": reads[0] if len(reads) == 1 else reads}
    if by:
        node["join"] = by
    return node | ({"layers": body} if body else {})


def _order(kind: str) -> list[str]:
    model = layers.find(kind)
    return model.in_order() if model else []


def _arguments(given: dict[str, Any], order: list[str]) -> Any:
    """Arguments as a person writes them: one or two first ones without their names."""
    if not given:
        return None
    values = list(given.values())
    in_order = list(given) == order[: len(given)] and not any(
        isinstance(one, list | dict) for one in values
    )
    if in_order and len(values) == 1:
        return values[0] if values[0] is not None else given
    if in_order and len(values) == 2:
        return values
    return dict(given)


def _listed(items: Sequence[Any], indent: int) -> Iterator[str]:
    """A list, each item on one line where that is short."""
    for item in items:
        yield from _item(item, indent)


def _item(item: Any, indent: int) -> Iterator[str]:
    dash = " " * indent + "- "
    line = flow(item)
    if isinstance(item, dict) and len(item) == 1:
        line = line[1:-1].rstrip()
    if len(dash + line) <= WIDTH and _depth(item) < 5:
        yield dash + line
    elif isinstance(item, dict):
        rows = list(_mapping(item, indent + 2))
        yield dash + rows[0].lstrip()
        yield from rows[1:]
    elif isinstance(item, list):
        rows = list(_listed(item, indent + 2))
        yield dash + rows[0].lstrip()
        yield from rows[1:]
    else:
        yield dash + line


def _mapping(value: dict[str, Any], indent: int) -> Iterator[str]:
    for key, one in value.items():
        line = f"{' ' * indent}{flow(key)}: {flow(one) if one is not None else ''}".rstrip()
        if (len(line) <= WIDTH and _depth(one) < 4) or not isinstance(one, dict | list) or not one:
            yield line
        elif isinstance(one, dict):
            yield f"{' ' * indent}{flow(key)}:"
            yield from _mapping(one, indent + 2)
        elif all(not isinstance(each, dict | list) for each in one) and key not in _BODIES:
            yield line
        else:
            yield f"{' ' * indent}{flow(key)}:"
            yield from _listed(one, indent + 2)


_BODIES = {"layers", "body", "shortcut", "Sequential", "Residual", "Concat", "Gate"}


def _depth(value: Any) -> int:
    """How deep lists and mappings nest."""
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0
