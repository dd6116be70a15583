"""Dropout, a batch normalization or a max pool between the last weights and the loss.

Dropout zeroes whole logits at random, a batch normalization forces every class to the same mean
and variance over a batch, and a max pool passes the gradient of one position only. What the last
layer with weights gives should reach the loss; a mean over all positions is fine.

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

from netspec.compiler.plan import Plan
from netspec.rules import Finding
from netspec.rules._head import backwards
from netspec.rules._kinds import is_batch_norm, is_dropout, is_map, is_pool

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    if plan.spec.train is None:
        return
    for node in backwards(plan):
        if is_map(node) or node.children:
            return
        pool = is_pool(node) and "Avg" not in node.kind
        if is_dropout(node) or is_batch_norm(node) or pool:
            what = "max pool" if pool else "dropout" if is_dropout(node) else "batch norm"
            hint = "move it before the last layer with weights"
            yield Finding(f"{what} between the logits and the loss", hint, node)
