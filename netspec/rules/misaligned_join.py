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
from netspec.flow.receptive_field import Field
from netspec.layers.roles import Join
from netspec.rules import Finding
from netspec.rules._words import axis_names

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    for node in plan.root.nodes():
        # A gate has one path, and its factor is spread over places on purpose.
        if (
            len(node.children) > 1
            and isinstance(node.role, Join)
            and (message := _misfit(plan, node))
        ):
            hint = "give every path the same strides, and padding that keeps its centre"
            yield Finding(message, hint, node)


def _misfit(plan: Plan, node: Node) -> str | None:
    first, *rest = node.children
    names = axis_names(len(plan.input) - 1)
    for other in rest:
        for a, b, name in zip(first.output.axes, other.output.axes, names, strict=True):
            if not a.local or not b.local or not a.field or not b.field or a.field == b.field:
                continue
            ways = f"{_name(first)} and {_name(other)}"
            if a.field.jump != b.field.jump:
                return f"{ways} step by {a.field.jump} and {b.field.jump} {name} of the input"
            if off := abs(_centre(a.field) - _centre(b.field)):
                return f"units of {ways} are centred {off:g} {name} of the input apart"
    return None


def _name(node: Node) -> str:
    return node.name.rpartition(".")[2]


def _centre(field: Field) -> float:
    """Where the middle of unit 0 is on average, in input pixels."""
    middles = [(a + b) / 2 for a, b in zip(field.lo, field.hi, strict=True)
               if a is not None and b is not None]  # fmt: skip
    phases = len(field.lo)
    return sum(middles) / len(middles) - (field.advance or 0) * (phases - 1) / phases / 2
