"""Dropout, a batch normalization or a max pool between the last weights and the loss.

Dropout zeroes whole logits at random and stochastic depth all of a sample's, a batch normalization
forces every class to the same mean and variance over a batch, and a max pool passes the gradient
of one position only. What the last layer with weights gives should reach the loss; a mean over all
positions is fine.

Bad:

```yaml
input: [1, 28, 28]
layers: [Flatten, Linear: 32, ReLU, Linear: 10, Dropout: 0.1]
train: {data: {dataset: MNIST}, batch_size: 64, epochs: 1, optimizer: Adam}
```

Good:

```yaml
input: [1, 28, 28]
layers: [Flatten, Linear: 32, ReLU, Dropout: 0.1, Linear: 10]
train: {data: {dataset: MNIST}, batch_size: 64, epochs: 1, optimizer: Adam}
```
"""

from collections.abc import Iterator

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.layers.roles import Attention, Dropout, Map, Norm, Pool
from netspec.rules import Finding
from netspec.rules._words import dropout_name

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    if plan.spec.train is None:
        return
    for node in plan.head:
        if isinstance(node.role, Map | Attention) or node.children:
            return
        if what := _disturbance(node):
            hint = "move it before the last layer with weights"
            yield Finding(f"{what} between the logits and the loss", hint, node)


def _disturbance(node: Node) -> str | None:
    match node.role:
        case Pool(takes="max"):
            return "max pool"
        case Norm(over="batch"):
            return "batch norm"
        case Dropout():
            return dropout_name(node)
    return None
