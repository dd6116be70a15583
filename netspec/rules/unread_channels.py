"""Channels that are cut off by every layer that could read them.

A Slice or Select keeps some channels. Where no branch beside it reads the others, the layers before
compute them for nothing.

Bad:

```yaml
input: [3, 8, 8]
layers:
  - Conv2d: [8, 3]
  - Concat:
      - [Slice: {dim: 0, stop: 4}]
      - [{Slice: {dim: 0, start: 5}}, ReLU]
```

Good:

```yaml
input: [3, 8, 8]
layers:
  - Conv2d: [8, 3]
  - Concat:
      - [Slice: {dim: 0, stop: 4}]
      - [{Slice: {dim: 0, start: 4}}, ReLU]
```
"""

from collections.abc import Iterable, Iterator, Sequence

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.layers.base import Composite, Leaf
from netspec.layers.roles import Group, Identity, Join, Wiring
from netspec.rules import Finding

SEVERITY = "note"
MAX_CHANNELS = 2**16
"""More than these are taken to be read."""

Read = frozenset[int] | None
"""Channels that something reads of what comes in; None for all."""


def check(plan: Plan) -> Iterator[Finding]:
    for node in plan.root.nodes():
        for reader, read in _places(node, node is plan.root):
            count = reader.input.shape[0]
            if read is not None and len(read) < count:
                what = "channels" if len(reader.input.shape) > 1 else "features"
                message = f"{count - len(read)} of {count} {what} that come in are read by nothing"
                yield Finding(message, "read the rest beside it, or make fewer before it", reader)


def _places(node: Node, outermost: bool) -> Iterator[tuple[Node, Read]]:
    """The first reader of each tensor within a node, and what all of its readers read of it."""
    if isinstance(node.role, Group):
        # What the first layer reads comes from outside, where others may read it too.
        layers = _layers(node.children)
        yield from ((layer, _read(layer)) for layer in layers[not outermost :])
    elif isinstance(node.role, Wiring) and isinstance(node.layer, Composite):
        wires = list(zip(node.layer.reads().values(), node.children, strict=True))
        for name in node.layer.reads():
            if any(name in sources for sources, _ in wires):
                readers = [child for sources, child in wires if name in sources]
                yield readers[0], _of_wires(name, wires)


def _read(node: Node) -> Read:
    if isinstance(node.layer, Leaf):
        shape = node.input.shape
        known = node.input.channels == 0 and shape[0] <= MAX_CHANNELS
        read = node.layer.channels_read(shape) if known else None
        return None if read is None else frozenset(read)
    if isinstance(node.role, Group):
        first = next(iter(_layers(node.children)), None)
        return None if first is None else _read(first)
    if isinstance(node.role, Wiring) and isinstance(node.layer, Composite):
        wires = zip(node.layer.reads().values(), node.children, strict=True)
        return _of_wires("input", list(wires))
    # Of a single path, the input may be joined with what it makes of it.
    several = isinstance(node.role, Join) and len(node.children) > 1
    return _union(map(_read, node.children)) if several else None


def _of_wires(source: str, wires: Sequence[tuple[tuple[str, ...], Node]]) -> Read:
    """What parts that read each other by name read of one source."""
    reads = ((sources, child) for sources, child in wires if source in sources)
    return _union(_read(child) if len(sources) == 1 else None for sources, child in reads)


def _union(reads: Iterable[Read]) -> Read:
    found: frozenset[int] = frozenset()
    for read in reads:
        if read is None:
            return None
        found |= read
    return found


def _layers(nodes: Iterable[Node]) -> list[Node]:
    return [node for node in nodes if not isinstance(node.role, Identity)]
