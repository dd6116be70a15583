"""A linear layer over one axis of a map: a Flatten was forgotten.

Linear multiplies along the last axis alone. On a map of (C, *spatial) that is its columns: every
channel and row is worked on by itself, and what comes out is a map again. What joined the axes on
purpose, such as `Flatten: 2` or a normalization over the last axis, is let pass.

Bad:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 3]}, ReLU, AdaptiveAvgPool2d: 4, Linear: 10]
```

Good:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 3]}, ReLU, AdaptiveAvgPool2d: 4, Flatten, Linear: 10]
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.diagnostic import Fix
from netspec.layers.base import shape_text
from netspec.rules import Finding, data_mismatch, wrong_output
from netspec.rules._flatten import forgotten
from netspec.rules._words import axis_names

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    node = forgotten(plan)
    # Where the output is not what is wanted, the help of that error says the same.
    if node is None or any(wrong_output.check(plan)) or any(data_mismatch.check(plan)):
        return
    x = node.input.shape
    name = axis_names(len(x) - 1)[-1]
    yield Finding(f"reads {shape_text(x)} along its {name} only", "Flatten before it", node)


def fix(plan: Plan, alike: list[Finding]) -> Fix | None:
    from netspec.rules import _fixes
    from netspec.source import edit, members

    node = _fixes.everywhere(plan, alike)
    if node is None:
        return None
    edits = [members.inserted(plan.source, node.path, "Flatten")]
    return edit.fix(plan.source, "write Flatten before it", edits, safe=False)
