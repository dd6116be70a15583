"""Channel counts that tensor cores fill up with zeros.

In a spec that trains in half precision: tensor cores multiply in tiles of 8, and another number
of channels is computed as the next multiple of 8, at its cost. The input's channels and the
classes of the last layer are what they are and are not flagged.
https://docs.nvidia.com/deeplearning/performance/dl-performance-convolutional

Bad:

```yaml
input: [3, 32, 32]
layers: [{Conv2d: [20, 3]}, ReLU, {Conv2d: [32, 3]}, AdaptiveAvgPool2d: 1, Flatten, Linear: 10]
train:
  data: {dataset: CIFAR10}
  batch_size: 128
  epochs: 10
  optimizer: Adam
  precision: bfloat16
```

Good:

```yaml
input: [3, 32, 32]
layers: [{Conv2d: [24, 3]}, ReLU, {Conv2d: [32, 3]}, AdaptiveAvgPool2d: 1, Flatten, Linear: 10]
train:
  data: {dataset: CIFAR10}
  batch_size: 128
  epochs: 10
  optimizer: Adam
  precision: bfloat16
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.layers.roles import Map
from netspec.rules import Finding

SEVERITY = "note"
TILE = 8


def check(plan: Plan) -> Iterator[Finding]:
    if plan.spec.train is None or plan.spec.train.precision != "bfloat16":
        return
    maps = [(leaf, leaf.role) for leaf in plan.leaves if isinstance(leaf.role, Map)]
    for leaf, role in maps[:-1]:
        channels = leaf.output.shape[role.axis]
        if channels % TILE:
            full = -(-channels // TILE) * TILE
            message = f"tensor cores compute these {channels} channels as {full}"
            yield Finding(message, f"a multiple of {TILE}, such as {full}", leaf, (role.width,))
