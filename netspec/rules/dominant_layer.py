"""One layer of many holds most of the parameters or of the MACs.

More than 60 % in one of five or more layers with weights: often a linear layer that reads a map
which is still large, or a convolution before the first pool. A change there is worth more than
all others together.

Bad:

```yaml
input: [3, 32, 32]
layers:
  - {Conv2d: [16, 3]}
  - ReLU
  - {Conv2d: [16, 3]}
  - ReLU
  - {Conv2d: [16, 3]}
  - ReLU
  - Flatten
  - Linear: 64
  - ReLU
  - Linear: 10
```

Good:

```yaml
input: [3, 32, 32]
layers:
  - {Conv2d: [16, 3]}
  - ReLU
  - {Conv2d: [16, 3, 2]}
  - ReLU
  - {Conv2d: [16, 3]}
  - ReLU
  - AdaptiveAvgPool2d: 1
  - Flatten
  - Linear: 64
  - ReLU
  - Linear: 10
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.layers.roles import Map
from netspec.rules import Finding
from netspec.rules._words import share_text

SEVERITY = "note"
SHARE = 0.6
LAYERS = 5


def check(plan: Plan) -> Iterator[Finding]:
    maps = [leaf for leaf in plan.leaves if isinstance(leaf.role, Map)]
    if len(maps) < LAYERS:
        return
    most = max(maps, key=lambda leaf: leaf.params)
    if (share := most.params / plan.totals.params) > SHARE:
        message = f"{most.params:,} of {plan.totals.params:,} parameters are in here"
        yield Finding(
            f"{message}, {share_text(share)}",
            "a pool or a stride before it, or fewer channels",
            most,
        )
    most = max(maps, key=lambda leaf: leaf.macs)
    if (share := most.macs / plan.totals.macs) > SHARE:
        message = f"{most.macs:,} of {plan.totals.macs:,} MACs are spent here"
        yield Finding(
            f"{message}, {share_text(share)}",
            "a pool or a stride before it, or fewer channels",
            most,
        )
