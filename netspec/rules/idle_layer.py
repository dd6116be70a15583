"""A pool or a pad that passes on what it gets.

A window of one, an adaptive pool to the size that is there already, padding of nothing: the
layer reads as if it did something. It may be there for inputs of another size; then say so with
`ignore`.

Bad:

```yaml
input: [8, 7, 7]
layers: [{Conv2d: [8, 7]}, ReLU, AdaptiveAvgPool2d: 1, Flatten]
```

Good:

```yaml
input: [8, 7, 7]
layers: [{Conv2d: [8, 7]}, ReLU, Flatten]
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.diagnostic import Fix
from netspec.layers.base import shape_text
from netspec.layers.roles import Pad, Pool
from netspec.rules import Finding
from netspec.rules._layer import argument

SEVERITY = "note"


def check(plan: Plan) -> Iterator[Finding]:
    for node in plan.leaves:
        if not isinstance(node.role, Pool | Pad) or node.input.shape != node.output.shape:
            continue
        padding = argument(node, "padding", None)
        same = zip(node.input.axes, node.output.axes, strict=True)
        if all(a.units == b.units for a, b in same) and not (padding and any(padding)):
            yield Finding(f"passes {shape_text(node.input.shape)} on as it is", "remove it", node)


def fix(plan: Plan, alike: list[Finding]) -> Fix | None:
    from netspec.rules import _fixes

    return _fixes.without(plan, alike)
