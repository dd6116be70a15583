"""Positions that are computed and that no later layer reads.

A window that does not divide its input drops the last rows and columns, a stride larger than the
kernel skips some between. What the layers before spent on them is lost.

Bad:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 3, 1, 1]}, ReLU, MaxPool2d: 5, Flatten, Linear: 10]
```

Good:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 3, 1, 1]}, ReLU, MaxPool2d: 4, Flatten, Linear: 10]
```
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import prod

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.diagnostic import Fault
from netspec.flow.window import Adaptive, Strided, Whole, Window
from netspec.flow.work import LAYER, UNIT, Work
from netspec.layers.base import Elementwise, Leaf
from netspec.layers.roles import Group, Join, Pad
from netspec.rules import Finding
from netspec.rules._layer import is_batch_norm
from netspec.rules._words import axis_parts, share_text

SEVERITY = "warning"

Needed = list[set[int]]
"""For each spatial axis of a map the positions that something reads."""


def check(plan: Plan) -> Iterator[Finding]:
    # Looking back from every layer could take the square of their number; enough is looked at.
    with suppress(Fault):
        yield from _wasted(plan, Work())


def _wasted(plan: Plan, work: Work) -> Iterator[Finding]:
    for chain in plan.chains:
        for i, node in enumerate(chain):
            resized = node.input.shape[1:] != node.output.shape[1:] or isinstance(node.role, Pad)
            if i and resized and isinstance(node.layer, Leaf) and (dropped := _dropped(node, work)):
                lost, _ = _lost(
                    chain[:i], _needed(node, _everything(node.output.shape), work), work
                )
                if lost:
                    share = share_text(lost / plan.totals.macs)
                    message = f"reads {dropped}: {lost:,} MACs wasted, {share} of all"
                    yield Finding(message, "padding, or a window and stride that fit", node)


def _dropped(node: Node, work: Work) -> str | None:
    """How many positions of its input a leaf does not read, in words."""
    assert isinstance(node.layer, Leaf)
    sizes = node.input.shape[1:]
    windows = node.layer.windows(node.input.shape)
    if all(_covers(window, n) for window, n in zip(windows, sizes, strict=False)):
        return None
    read = _needed(node, _everything(node.output.shape), work)
    return axis_parts([len(one) for one in read], sizes) if read else None


def _covers(window: Window, n: int) -> bool:
    """Whether a window surely reads every position."""
    if not isinstance(window, Strided):
        return isinstance(window, Whole | Adaptive)
    end = (window.length(n) - 1) * window.stride - window.left + window.kernel
    return window.dilation == 1 and window.stride <= window.kernel and window.left >= 0 and end >= n


def _everything(shape: Sequence[int]) -> Needed:
    return [set(range(n)) for n in shape[1:]]


def _needed(node: Node, after: Needed, work: Work) -> Needed | None:
    """What a leaf reads of its input for what is needed after it; None for everything."""
    work.spend(LAYER)
    assert isinstance(node.layer, Leaf)
    sizes = node.input.shape[1:]
    windows = node.layer.windows(node.input.shape)
    if not windows or len(windows) != len(after):
        return after if isinstance(node.layer, Elementwise) or is_batch_norm(node) else None
    axes = zip(windows, after, sizes, strict=True)
    return [_read(window, units, n, work) for window, units, n in axes]


def _read(window: Window, units: set[int], n: int, work: Work) -> set[int]:
    """Positions of an axis that some units read through a window."""
    work.spend(n + UNIT * len(units))
    if isinstance(window, Whole):
        return set(range(n))
    found: set[int] = set()
    for o in units:
        places = window.places(o, n)
        work.spend(len(places))
        found.update(places)
    return found


def _lost(nodes: Sequence[Node], needed: Needed | None, work: Work) -> tuple[int, Needed | None]:
    """MACs that layers in a row spend on what is not needed after them; what they need."""
    lost = 0
    for node in reversed(nodes):
        if needed is None:
            break
        if isinstance(node.layer, Leaf):
            places = prod(node.output.shape[1:])
            lost += node.macs * (places - prod(map(len, needed))) // places
            needed = _needed(node, needed, work)
        elif isinstance(node.role, Group):
            more, needed = _lost(node.children, needed, work)
            lost += more
        elif isinstance(node.role, Join) and len(node.children) > 1:
            sizes = node.output.shape[1:]
            paths = [
                # A factor that is spread is needed as a whole.
                _lost([child], needed if child.output.shape[1:] == sizes else
                      _everything(child.output.shape), work)
                for child in node.children
            ]  # fmt: skip
            lost += sum(more for more, _ in paths)
            needed = _union([one for _, one in paths])
        else:
            needed = None
    return lost, needed


def _union(paths: list[Needed | None]) -> Needed | None:
    sets = [path for path in paths if path is not None]
    if len(sets) < len(paths):
        return None
    return [set().union(*axis) for axis in zip(*sets, strict=True)]
