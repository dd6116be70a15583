"""An activation on what the loss reads as logits.

Cross-entropy takes any real number for a class. An activation cuts that range off: with ReLU no
class can be less likely than one at 0, and those below pass no gradient.

Bad:

```yaml
input: [1, 28, 28]
layers: [Flatten, Linear: 10, ReLU]
train: {data: {dataset: MNIST}, batch_size: 64, epochs: 1, optimizer: Adam}
```

Good:

```yaml
input: [1, 28, 28]
layers: [Flatten, Linear: 10]
train: {data: {dataset: MNIST}, batch_size: 64, epochs: 1, optimizer: Adam}
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.diagnostic import Fix
from netspec.layers.roles import Activation, Dropout, Pool, Softmax
from netspec.rules import Finding

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    if plan.spec.train is None:
        return
    for node in plan.head:
        if isinstance(node.role, Softmax | Dropout | Pool):
            continue
        if isinstance(node.role, Activation):
            message = f"{plan.loss.name} reads logits, which {node.kind} cuts short"
            yield Finding(message, "remove it: the last layer needs no activation", node)
        return


def fix(plan: Plan, alike: list[Finding]) -> Fix | None:
    from netspec.rules import _fixes

    return _fixes.without(plan, alike)
