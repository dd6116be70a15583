"""What changed of a network as a flowchart of Mermaid, which review pages draw by themselves.

Mermaid gives up on a chart of more than 500 wires or 50,000 characters, so that large changes are
cut. All words stand in quotes, and what is no letter or digit in them is an entity: neither markup
nor Mermaid's own words are any there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from netspec.compiler.plan import Plan
from netspec.diff.layers import LayerChange
from netspec.diff.union import INPUT, OUTPUT, Spot, Union, union
from netspec.layers.base import shape_text
from netspec.render.changes import what
from netspec.render.safe import escape

MOST_CHANGES, MOST_WIRES, MOST_CHARACTERS = 40, 200, 12_000
_WORDS = 70
"""Characters of what is said of a change."""
_JOINS = {"add": "sum", "concat": "concatenation", "multiply": "product"}
_PLAIN = frozenset(" .,()[]:+/=→…")
# Filled, so that they can be read on a light page and on a dark one.
_CLASSES = """\
  classDef added fill:#d3f5da,stroke:#1a7f37,stroke-width:2px,color:#0b2e14
  classDef removed fill:#ffdcd9,stroke:#cf222e,stroke-width:2px,stroke-dasharray:6 3,color:#4a0d10
  classDef changed fill:#fff3c4,stroke:#9a6700,stroke-width:2px,color:#3b2900"""

Wires = set[tuple[int, int]]


class Picture(NamedTuple):
    """A flowchart, and how many of the changes it leaves out."""

    text: str
    left: int


def changed(before: Plan, after: Plan) -> Picture | None:
    """What was added, removed and changed, with what it follows; None where no layer was."""
    both = union(before, after)
    changes = [i for i, spot in enumerate(both.spots) if i > OUTPUT and spot.change != "same"]
    moved = [i for wire in both.before ^ both.after for i in wire if i > OUTPUT]
    if not changes and not moved:
        return None
    most = MOST_CHANGES
    while True:
        shown = set(changes[:most]) or set(moved[:most])
        picture = _draw(both, shown, (before, after))
        if most == 1 or (picture.count("\n") < MOST_WIRES and len(picture) <= MOST_CHARACTERS):
            return Picture(picture, max(len(changes) - most, 0))
        most //= 2


def _draw(both: Union, changes: set[int], plans: tuple[Plan, Plan]) -> str:
    wires = both.before | both.after
    near = {i for wire in wires if changes & {*wire} for i in wire}
    shown = changes | near | {INPUT, OUTPUT}
    lines = ["flowchart TD"]
    for i in sorted(shown, key=lambda i: (i == OUTPUT, i)):
        spot = both.spots[i]
        label = _end(i, plans) if i <= OUTPUT else _label(spot)
        left, right = ('(["', '"])') if i <= OUTPUT or _joins(spot) else ('["', '"]')
        mark = "" if spot.change == "same" else f":::{spot.change}"
        lines.append(f"  n{i}{left}{label}{right}{mark}")
    lines += [f"  n{source} {arrow} n{reader}" for source, arrow, reader in _arrows(both, shown)]
    return "\n".join([*lines, _CLASSES])


def _arrows(both: Union, shown: set[int]) -> Iterator[tuple[int, str, int]]:
    """Wires between what is shown; dotted those past layers that are not, or that are gone."""
    after = {wire for wire in both.after if shown.issuperset(wire)}
    before = {wire for wire in both.before if shown.issuperset(wire)}
    past = _past(both.after, shown) | _past(both.before, shown)
    added = {i for i, spot in enumerate(both.spots) if spot.change == "added"}
    through_added = _past(both.after, set(range(len(both.spots))) - added)
    for source, reader in sorted(after | before | past):
        if (source, reader) in after:
            yield source, "-->", reader
        elif (source, reader) in past:
            yield source, "-. … .->", reader
        elif "removed" in (both.spots[source].change, both.spots[reader].change):
            yield source, "-->", reader
        elif (source, reader) not in through_added:
            yield source, "-. was .->", reader


def _past(wires: Wires, shown: set[int]) -> Wires:
    """What is shown, and what reads it behind others alone that are not."""
    readers: dict[int, list[int]] = {}
    for source, reader in wires:
        readers.setdefault(source, []).append(reader)
    found: Wires = set()
    for start in shown:
        ways = [one for one in readers.get(start, ()) if one not in shown]
        been = set(ways)
        while ways:
            for one in readers.get(ways.pop(), ()):
                if one in shown:
                    found.add((start, one))
                elif one not in been:
                    been.add(one)
                    ways.append(one)
    return found


def _end(i: int, plans: Sequence[Plan]) -> str:
    name, shapes = (
        ("input", [plan.input for plan in plans])
        if i == INPUT
        else ("output", [plan.output for plan in plans])
    )
    return _lines([name, " → ".join(dict.fromkeys(map(shape_text, shapes)))])


def _joins(spot: Spot) -> bool:
    place = spot.after or spot.before
    return place is not None and place.join is not None


def _label(spot: Spot) -> str:
    places = [place for place in (spot.before, spot.after) if place]
    joins, nodes = [place.join for place in places], [place.node for place in places]
    kinds = [_JOINS[join] if join else node.kind for join, node in zip(joins, nodes, strict=True)]
    head = " → ".join(dict.fromkeys(kinds))
    told = head if spot.change == "same" else f"{spot.change}: {head}"
    about = ""
    if not any(joins) and spot.change != "same":
        about = what(LayerChange(*(place and place.node for place in spot[:2])), "→")
        about = about if len(about) <= _WORDS else f"{about[:_WORDS]}…"
    # A join's node may be that of a graph, whose output is what its layers make of it.
    shapes = [] if any(joins) else dict.fromkeys(shape_text(node.output.shape) for node in nodes)
    return _lines([f"{told} {places[-1].name}", about, " → ".join(shapes)])


def _lines(parts: Sequence[str]) -> str:
    return "<br/>".join(_words(part) for part in parts if part)


def _words(text: str) -> str:
    return "".join(
        character if character.isalnum() or character in _PLAIN else f"#{ord(character)};"
        for character in escape(text)
    )
