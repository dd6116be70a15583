"""Before the global pool no unit sees the whole input.

A global pool averages what local units found. Where each of them sees only a part of the image,
nothing in the network relates distant parts to each other except that mean.

Bad:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 3]}, ReLU, {Conv2d: [10, 3]}, AdaptiveAvgPool2d: 1, Flatten]
```

Good:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 8, 4]}, ReLU, {Conv2d: [10, 6]}, AdaptiveAvgPool2d: 1, Flatten]
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.rules import Finding
from netspec.rules._layer import is_global_pool
from netspec.rules._words import axis_parts

SEVERITY = "note"


def check(plan: Plan) -> Iterator[Finding]:
    pool = next((node for node in plan.chains[0] if is_global_pool(node)), None)
    if pool is None or pool.input.global_context:
        return
    sizes = plan.input[1:]
    widest = [
        max(last - first + 1 for first, last in zip(axis.units.first, axis.units.last, strict=True))
        for axis in pool.input.axes
    ]
    if narrow := axis_parts(widest, sizes):
        places = " x ".join(map(str, pool.input.shape[1:]))
        message = f"none of the {places} units pooled here sees more than {narrow}"
        hint = "larger kernels, dilation or an earlier stride would widen the view"
        yield Finding(message, hint, pool)
