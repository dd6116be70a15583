"""What there is to say about a place of a spec, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from netspec.compiler.node import Made, Node
from netspec.diagnostic import Fault, Path, Span, value_text
from netspec.language.expression import UNKNOWN, resolve
from netspec.layers.base import Leaf
from netspec.pages import forms, keywords
from netspec.pages.codes import codes, page
from netspec.pages.hints import field, per_axis, shape
from netspec.pages.layers import refusal
from netspec.pages.outline import Written
from netspec.pages.places import Place, at, places
from netspec.pages.reading import Reading
from netspec.source.spot import Spot

_MOST = 8
"""Different values of a variable that are listed."""
_AXES = ("depth", "height", "width")


class Hover(NamedTuple):
    """What is said of a stretch of the file."""

    text: str
    span: Span


def hover(reading: Reading, line: int, column: int) -> Hover | None:
    """What there is to say about a place; None where that is nothing. Counted from 1."""
    spot = reading.spot(line, column)
    if spot is None or not spot.word:
        return None
    text = "\n\n".join(part for part in _parts(reading, spot, line, column) if part)
    return Hover(text, reading.source.span(spot.path, spot.key)) if text else None


def _parts(reading: Reading, spot: Spot, line: int, column: int) -> Iterator[str]:
    value = spot.node.data
    entry = reading.entry(spot.path)
    if not spot.key and isinstance(value, str) and "$" in value:
        name = at(places(reading), line, column)
        yield from _value(reading, spot.path, value, entry, name)
        return
    if not spot.key and isinstance(value, str) and value in codes() and _names_rule(spot.path):
        yield rule(value)
        return
    if spot.key and spot.path[:2] == ("audit", "levels") and spot.path[-1] in codes():
        yield rule(str(spot.path[-1]))
        return
    if entry and spot.path == entry.at:
        yield from _entry(reading, entry)
        return
    if spot.key and spot.path[2:3] == ("args",) and spot.path[:1] == ("blocks",):
        yield _argument(reading, str(spot.path[1]), str(spot.path[-1]))
        return
    if spot.key and entry and entry.model is None and spot.path[:-1] == entry.at:
        yield _argument(reading, entry.kind, str(spot.path[-1]))
        return
    if spot.key and spot.path in reading.report.made:  # a body, or a node of a graph
        yield f"**{spot.path[-1]}**"
        yield from _figures(reading.report.made[spot.path])
        return
    if spot.key and spot.path[:1] == ("vars",) and len(spot.path) == 2:
        name = at(places(reading), line, column)
        yield from _value(reading, spot.path, f"${spot.path[-1]}", None, name)
        return
    yield _keyword(spot, entry)


def _names_rule(path: Path) -> bool:
    return "ignore" in path[-2:]


def rule(code: str) -> str:
    """The page of a code."""
    found = page(code)
    return f"**{found.code}** ({found.severity})\n\n{found.doc}"


def _keyword(spot: Spot, entry: Written | None) -> str:
    if not spot.key:
        return ""
    # Every entry may have what the first one may.
    path = ("layers", 0, *spot.path[len(entry.path) :]) if entry else spot.path
    found = keywords.keyword(path)
    if found is None or not found.meaning:
        return ""
    default = f"default: `{found.default}`" if found.default is not None else ""
    choices = f"one of {', '.join(f'`{one}`' for one in found.choices)}" if found.choices else ""
    return "\n\n".join(part for part in (f"**{found.name}**: {found.meaning}", default, choices)
                       if part)  # fmt: skip


def _entry(reading: Reading, entry: Written) -> Iterator[str]:
    made = reading.report.made.get(entry.path, [])
    if entry.model is None:
        if block := _block(reading, entry.kind):
            yield f"block **{entry.kind}**{_arguments(block.get('args'))}"
            yield from _figures(made)
        elif why := refusal(entry.kind):
            yield f"{why}"
        return
    yield f"**{entry.kind}**"
    yield from _figures(made)
    if not made:
        yield "*no figures here: the network has an error at this layer or before it*"
    yield forms.hover(entry.kind)


def _block(reading: Reading, name: Any) -> dict[str, Any]:
    """A block as it is written; empty where there is no such block."""
    blocks = reading.data.get("blocks")
    block = blocks.get(name) if isinstance(blocks, dict) else None
    return block if isinstance(block, dict) else {}


def _arguments(args: Any) -> str:
    if not isinstance(args, dict) or not args:
        return ""
    shown = [
        name if value is None else f"{name} = {value_text(value)}" for name, value in args.items()
    ]
    return f" ({', '.join(shown)})"


def _argument(reading: Reading, block: str, name: str) -> str:
    args = _block(reading, block).get("args")
    if not isinstance(args, dict) or name not in args:
        return ""
    default = args[name]
    end = "needed" if default is None else f"default: `{value_text(default)}`"
    return f"**{name}**: argument of block {block}\n\n{end}"


def _figures(uses: Sequence[Made]) -> Iterator[str]:
    """What came out the first time, how, and what it costs."""
    if not uses:
        return
    made = uses[0]
    more = f", the first of {len(uses)} uses" if len(uses) > 1 else ""
    x, y = made.input, made.output
    yield f"{shape(x.shape)} → **{shape(y.shape)}**{more}"
    node = made.nodes[0] if len(made.nodes) == 1 else None
    leaf = node if node and isinstance(node.layer, Leaf) else None
    lines = list(formulas(leaf)) if leaf else []
    if lines:
        yield "\n".join(["```", *lines, "```"])
    yield "\n".join(f"- {fact}" for fact in _facts(made, leaf))


def formulas(node: Node) -> Iterator[str]:
    """How the length of each spatial axis comes about: (28 + 2·1 − 3) / 1 + 1 = 28."""
    assert isinstance(node.layer, Leaf)
    windows = node.layer.windows(node.input.shape)
    lengths = node.input.shape[1:]
    told: dict[str, list[str]] = {}
    names = _AXES[-len(windows) :] if len(windows) > 1 else ("length",)
    for name, window, n in zip(names, windows, lengths, strict=False):
        if text := window.formula(n):
            told.setdefault(f"{text} = {window.length(n)}", []).append(name)
    for line, axes in told.items():
        yield line if len(told) == 1 else f"{', '.join(axes)}: {line}"


def _facts(made: Made, leaf: Node | None) -> Iterator[str]:
    y = made.output
    if made.params:
        parts = " + ".join(
            f"{name} {shape(size)}" for name, size in leaf.weights.items()
        ) if leaf else ""  # fmt: skip
        yield f"{made.params:,} parameters" + (f": {parts}" if parts else "")
    leaves = list(made.leaves)
    if buffers := sum(one.buffer_count for one in leaves):
        yield f"{buffers:,} numbers in buffers"
    if macs := sum(one.macs for one in leaves):
        yield f"{macs:,} multiply-accumulates a sample"
    if leaf is None and leaves:
        yield f"{len(leaves):,} layer{'s' * (len(leaves) != 1)}"
    if size := field(y):
        jumps = per_axis([axis.field.jump for axis in y.axes if axis.field])
        seen = ", ".join(f"{ends[0]} to {ends[1]}" if ends else "nothing" for ends in y.seen)
        yield f"receptive field {size} px, jump {jumps}; the centre unit sees {seen}"
    if y.global_context:
        yield "also depends on the whole map, by statistics or gates"


def _value(
    reading: Reading, path: Path, value: str, entry: Written | None, name: Place | None
) -> Iterator[str]:
    """What `$name` or `$(expression)` is here, in each use of the block that it is in."""
    scopes = _scopes(reading, path, entry)
    texts = dict.fromkeys(text for scope in scopes if (text := _resolved(value, scope)))
    shown = [f"`{text}`" for text in texts]
    if shown:
        more = f" and {len(shown) - _MOST} more" if len(shown) > _MOST else ""
        yield f"`{value}` = {', '.join(shown[:_MOST])}{more}"
    if name and name.thing.sort == "argument":
        yield f"{name.thing.name} is an argument of block {name.thing.home[0]}"
    elif name:
        yield f"{name.thing.name} is one of vars"


def _resolved(value: str, scope: Any) -> str | None:
    try:
        found = resolve(value, scope)
    except Fault:
        return None
    return None if found is UNKNOWN else value_text(found)


def _scopes(reading: Reading, path: Path, entry: Written | None) -> list[Any]:
    """What names mean at a path: once, or in each use of the block that it is in."""
    while entry is not None:
        if made := reading.report.made.get(entry.path):
            return [one.scope for one in made]
        entry = reading.entry(entry.path[:-1])
    scope: dict[str, Any] = {}
    places = [reading.data.get("vars")]
    if path[:1] == ("blocks",):
        places.append(_block(reading, path[1]).get("args"))
    for given in places:
        for name, one in given.items() if isinstance(given, dict) else ():
            try:
                scope[name] = resolve(one, scope)
            except Fault:
                scope[name] = UNKNOWN
    return [scope]
