"""A 1x1 convolution with as many groups as channels: one factor for each channel.

It mixes neither places nor channels. A normalization with a scale does the same, and takes the
factor away where it follows.

Bad:

```yaml
input: [8, 28, 28]
layers: [{Conv2d: {out_channels: 8, kernel_size: 1, groups: 8}}, ReLU]
```

Good:

```yaml
input: [8, 28, 28]
layers: [{Conv2d: {out_channels: 8, kernel_size: 3, groups: 8}}, ReLU]
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.rules import Finding
from netspec.rules._layer import argument

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    for node in plan.leaves:
        groups = argument(node, "groups", 1)
        alone = groups > 1 and groups == node.input.shape[0] == node.output.shape[0]
        if alone and set(argument(node, "kernel_size", ())) == {1}:
            message = f"{groups} groups of one channel and one tap only scale each channel"
            yield Finding(message, "a larger kernel, or fewer groups", node, ("groups",))
