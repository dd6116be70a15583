"""An activation on what the loss reads as logits.

Cross-entropy takes any real number for a class, or for a label. An activation cuts that range off:
with ReLU no class can be less likely than one at 0, and those below pass no gradient. After a
Sigmoid BCEWithLogitsLoss, which has one in it, sees probabilities between 0.5 and 0.73 alone.
Values of a regression may be cut short on purpose.

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
    if plan.spec.train is None or plan.loss.traits.reads == "values":
        return
    for node in plan.head:
        if isinstance(node.role, Softmax | Dropout | Pool):
            continue
        if isinstance(node.role, Activation):
            name, applies = plan.loss.name, plan.loss.traits.applies
            message = f"{name} reads logits, which {node.kind} cuts short"
            if applies == node.kind:
                message = f"{name} applies a {applies} of its own after this one"
            yield Finding(message, "remove it: the last layer needs no activation", node)
        return


def fix(plan: Plan, alike: list[Finding]) -> Fix | None:
    from netspec.rules import _fixes

    return _fixes.without(plan, alike)
