"""Input pixels that no output depends on.

Strides and windows that do not divide their input leave a border out, and whatever stands there
in an image cannot change the answer.

Bad:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 5, 5]}, ReLU, Flatten, Linear: 10]
```

Good:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 5, 5, 1]}, ReLU, Flatten, Linear: 10]
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.rules import Finding
from netspec.rules._words import axis_parts

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    unread = plan.never_read
    if not any(unread):
        return
    sizes = plan.input[1:]
    read = axis_parts([n - len(pixels) for pixels, n in zip(unread, sizes, strict=True)], sizes)
    before = None
    for node in plan.chains[0]:
        if node.output.axes is before:
            continue  # most layers read position by position
        before = node.output.axes
        axes = zip(node.output.axes, sizes, strict=True)
        if any(axis.units.never_read(n) for axis, n in axes):
            hint = "padding would reach them, or an input that the windows divide"
            yield Finding(f"only {read} of the input are ever read", hint, node)
            return
