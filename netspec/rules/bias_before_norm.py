"""A bias that the normalization after it takes away again.

Batch and instance normalization subtract the mean of every channel, and with it any constant
that was added to the channel. The bias costs parameters and optimizer state and learns nothing;
the shift of the normalization takes its place.

Bad:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 3]}, BatchNorm2d, ReLU]
```

Good:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: {out_channels: 8, kernel_size: 3, bias: false}}, BatchNorm2d, ReLU]
```
"""

from collections.abc import Iterator
from itertools import pairwise
from math import prod

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.layers.roles import Map, Norm
from netspec.rules import Finding
from netspec.rules._words import called

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    for chain in plan.chains:
        for node, norm in pairwise(chain):
            cancels = isinstance(norm.role, Norm) and norm.role.cancels_bias
            if cancels and isinstance(node.role, Map) and _of_channels(node):
                message, wasted = f"{called(norm)} cancels this bias", prod(node.weights["bias"])
                yield Finding(message, "bias: false would do", node, ("bias",), wasted)


def _of_channels(node: Node) -> bool:
    """Whether it has a bias along the axis that norms take for channels."""
    axis = node.role.axis if isinstance(node.role, Map) else 0
    return "bias" in node.weights and axis % len(node.output.shape) == 0
