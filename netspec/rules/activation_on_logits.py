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
from netspec.rules import Finding
from netspec.rules._head import backwards, loss
from netspec.rules._kinds import is_activation, is_dropout, is_pool, is_softmax

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    name = loss(plan)
    if name is None:
        return
    for node in backwards(plan):
        if is_softmax(node) or is_dropout(node) or is_pool(node):
            continue
        if is_activation(node):
            message = f"{name} reads logits, which {node.kind} cuts short"
            yield Finding(message, "remove it: the last layer needs no activation", node)
        return
