"""Paths that are joined although their units stand for different places.

A sum or a concatenation pairs units by their index. Where the paths have different strides or
paddings, the pair looks at different parts of the image, off by half a pixel or by ever more.

Bad:

```yaml
input: [8, 28, 28]
layers:
  - Residual: {body: [{Conv2d: [8, 3]}, ReLU], shortcut: [{ZeroPad2d: {padding: [-2, 0, -2, 0]}}]}
```

Good:

```yaml
input: [8, 28, 28]
layers:
  - Residual: {body: [{Conv2d: [8, 3]}, ReLU], shortcut: [{ZeroPad2d: {padding: -1}}]}
```
"""

from collections.abc import Iterator

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.flow.flow import Flow
from netspec.flow.receptive_field import Field
from netspec.layers.base import Composite
from netspec.layers.roles import Join, Wiring
from netspec.rules import Finding
from netspec.rules._words import axis_names

SEVERITY = "warning"

Ends = list[tuple[str, Flow]]


def check(plan: Plan) -> Iterator[Finding]:
    for node in plan.root.nodes():
        # A gate has one path, and its factor is spread over places on purpose.
        for ends in _joined(node):
            if message := _misfit(plan, ends):
                hint = "give every path the same strides, and padding that keeps its centre"
                yield Finding(message, hint, node)


def _joined(node: Node) -> Iterator[Ends]:
    """Names and flows of what a composite puts together, for each place where it does."""
    ends = [(child.name.rpartition(".")[2], child.output) for child in node.children]
    if isinstance(node.role, Join):
        yield ends
    elif isinstance(node.role, Wiring) and isinstance(node.layer, Composite):
        flows = {"input": node.input} | dict(ends)
        for sources in node.layer.reads().values():
            yield [(source, flows[source]) for source in sources]


def _misfit(plan: Plan, ends: Ends) -> str | None:
    (one, first), *rest = ends
    names = axis_names(len(plan.input) - 1)
    for two, other in rest:
        for a, b, name in zip(first.axes, other.axes, names, strict=True):
            if not a.local or not b.local or not a.field or not b.field or a.field == b.field:
                continue
            ways = f"{one} and {two}"
            if a.field.jump != b.field.jump:
                return f"{ways} step by {a.field.jump} and {b.field.jump} {name} of the input"
            if off := abs(_centre(a.field) - _centre(b.field)):
                return f"units of {ways} are centred {off:g} {name} of the input apart"
    return None


def _centre(field: Field) -> float:
    """Where the middle of unit 0 is on average, in input pixels."""
    middles = [(a + b) / 2 for a, b in zip(field.lo, field.hi, strict=True)
               if a is not None and b is not None]  # fmt: skip
    phases = len(field.lo)
    return sum(middles) / len(middles) - (field.advance or 0) * (phases - 1) / phases / 2
