"""A convolution over units that each see the whole input already.

Its kernel combines neighbours that all know the same pixels, and widens nothing. Such layers
rarely pay for themselves: Richter et al., Should You Go Deeper, 2021,
https://arxiv.org/abs/2106.12307. What comes after a residual or a concatenation is left out,
because there the short paths keep narrow views alive.

Bad:

```yaml
input: [1, 8, 8]
layers:
  - {Conv2d: [8, 7, 1, 6]}
  - ReLU
  - {Conv2d: [8, 8, 1]}
  - ReLU
  - {Conv2d: [8, 3, 1, 1]}
  - ReLU
  - {Conv2d: [8, 3, 1, 1]}
  - Flatten
  - Linear: 10
```

Good:

```yaml
input: [1, 8, 8]
layers: [{Conv2d: [8, 3, 1, 1]}, ReLU, {Conv2d: [8, 3, 2, 1]}, ReLU, Flatten, Linear: 10]
```
"""

from collections.abc import Iterator
from math import prod

from netspec.compiler.plan import Plan
from netspec.flow.flow import Flow
from netspec.layers.roles import Map
from netspec.rules import Finding
from netspec.rules._layer import argument

SEVERITY = "note"


def check(plan: Plan) -> Iterator[Finding]:
    for node in plan.chains[0]:
        if len(node.children) > 1:
            return
        several = prod(node.input.shape[1:]) > 1
        kernel = argument(node, "kernel_size", (1,))
        if several and isinstance(node.role, Map) and max(kernel) > 1 and _done(plan, node.input):
            places = " x ".join(map(str, node.input.shape[1:]))
            message = f"each of the {places} units it reads sees the whole input already"
            yield Finding(message, "leave it out, or make its kernel 1", node)
            return


def _done(plan: Plan, x: Flow) -> bool:
    """Whether each unit sees the whole input."""
    return x.local and all(
        axis.units.masks is None and max(axis.units.first) == 0 and min(axis.units.last) == n - 1
        for axis, n in zip(x.axes, plan.input[1:], strict=True)
    )
