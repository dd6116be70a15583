"""Two convolutions or linear layers with nothing non-linear between.

Together they are one linear map, which a single layer could learn. Pairs that are meant to be
cheaper than that layer are left out: a bottleneck of fewer channels made or undone by a 1x1
convolution or a linear layer, a depthwise convolution beside a 1x1, a kernel split by axis.

Bad:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 3]}, {Conv2d: [16, 3]}, ReLU]
```

Good:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 3]}, ReLU, {Conv2d: [16, 3]}, ReLU]
```
"""

from collections.abc import Iterator
from typing import Any

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.layers.roles import Map
from netspec.rules import Finding
from netspec.rules._layer import argument
from netspec.rules._words import called

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    for chain in plan.chains:
        before: Node | None = None
        for node in chain:
            if isinstance(node.role, Map):
                if before and not _cheaper(before, node):
                    message = f"nothing between {called(before)} and this is non-linear"
                    yield Finding(message, "put a ReLU between them, or keep one of them", node)
                before = node
            elif not node.role.linear:
                before = None


def _cheaper(a: Node, b: Node) -> bool:
    """Whether the pair has a shape that one layer does not have."""
    kernels = _kernel(a), _kernel(b)
    pointwise = [set(kernel) <= {1} for kernel in kernels]
    if any(pointwise):
        i = _axis(a) if _axis(a) == _axis(b) else 0
        before, between, after = a.input.shape[i], a.output.shape[i], b.output.shape[i]
        return between < min(before, after) or _depthwise(a) or _depthwise(b)
    pairs = zip(*kernels, strict=False)
    return len(kernels[0]) == len(kernels[1]) and all(1 in pair for pair in pairs)


def _axis(node: Node) -> int:
    """The axis that it makes anew."""
    return node.role.axis if isinstance(node.role, Map) else 0


def _kernel(node: Node) -> tuple[int, ...]:
    kernel: tuple[int, ...] = argument(node, "kernel_size", ())
    return kernel


def _depthwise(node: Node) -> bool:
    groups: Any = argument(node, "groups", 1)
    return bool(groups == node.input.shape[0] > 1)
