"""Paths that are joined although their units stand for different places.

A sum or a concatenation pairs units by their index. Where the paths have different strides or
paddings, the pair looks at different parts of the image, off by half a pixel or by ever more.
Paths that are padded or cropped on one side so that all of their units end at the same pixel, as
causal convolutions are, or begin at it, are as they are meant to be.

Bad:

```yaml
input: [8, 28, 28]
layers:
  - Concat: [[{Conv2d: [8, 3, 2, 1]}], [MaxPool2d: 2]]
```

Good:

```yaml
input: [8, 28, 28]
layers:
  - Concat: [[{Conv2d: [8, 3, 2, 1]}], [{MaxPool2d: [3, 2, 1]}]]
```
"""

from collections.abc import Iterator
from math import lcm

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.flow.flow import Flow
from netspec.flow.receptive_field import Field
from netspec.layers.base import Composite
from netspec.layers.roles import Join, Wiring
from netspec.rules import Finding
from netspec.rules._windows import one_sided
from netspec.rules._words import axis_names

SEVERITY = "warning"
MAX_PHASES = 2**12

Ends = list[tuple[str, Flow]]


def check(plan: Plan) -> Iterator[Finding]:
    for node in plan.root.nodes():
        # A gate of a body has one path.
        for ends in _joined(node):
            if found := _misfit(plan, node, ends):
                yield found


def _joined(node: Node) -> Iterator[Ends]:
    """Names and flows of what a composite puts together, for each place where it does."""
    ends = [(child.name.rpartition(".")[2], child.output) for child in node.children]
    if isinstance(node.role, Join):
        yield ends
    elif isinstance(node.role, Wiring) and isinstance(node.layer, Composite):
        flows = {"input": node.input} | dict(ends)
        for sources in node.layer.reads().values():
            yield [(source, flows[source]) for source in sources]


def _misfit(plan: Plan, node: Node, ends: Ends) -> Finding | None:
    """What is wrong between the named ends of paths that `node` puts together."""
    (one, first), *rest = ends
    names = axis_names(len(plan.input) - 1)
    # Worked out where it is asked, and then once for all paths.
    sided: dict[int, bool] = {}
    for two, other in rest:
        axes = zip(first.axes, other.axes, strict=True)
        for i, (x, y) in enumerate(axes):
            a, b = x.field, y.field
            if not x.local or not y.local or not a or not b or a == b or a.dark or b.dark:
                continue
            if x.units.count != y.units.count:
                # A factor that is spread over places is so on purpose.
                continue
            ways = f"{one} and {two}"
            hint = "give every path the same strides, and padding that keeps its centre"
            if a.jump != b.jump:
                message = f"{ways} step by {a.jump} and {b.jump} {names[i]} of the input"
                return Finding(message, hint, node)
            if off := abs(_centre(a) - _centre(b)):
                if i not in sided:
                    sided[i] = any(one_sided(inner, i) for inner in node.nodes())
                if sided[i] and _meet(a, b):
                    continue
                if sided[i]:
                    hint = "padding on one side that ends, or begins, all paths at the same pixel"
                message = f"units of {ways} are centred {off:g} {names[i]} of the input apart"
                return Finding(message, hint, node)
    return None


def _centre(field: Field) -> float:
    """Where the middle of unit 0 is on average, in input pixels."""
    middles = [(a + b) / 2 for a, b in zip(field.lo, field.hi, strict=True)
               if a is not None and b is not None]  # fmt: skip
    phases = len(field.lo)
    return sum(middles) / len(middles) - (field.advance or 0) * (phases - 1) / phases / 2


def _meet(a: Field, b: Field) -> bool:
    """Whether all units of the two end at the same pixel, or all begin at it."""
    phases = min(lcm(len(a.lo), len(b.lo)), MAX_PHASES)
    pairs = [(a.at(i), b.at(i)) for i in range(phases)]
    return any(all(x and y and x[end] == y[end] for x, y in pairs) for end in (0, 1))
