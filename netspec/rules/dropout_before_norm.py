"""Dropout before a batch normalization, with no weights between.

Dropout makes the variance larger in training than in evaluation, so the running variance that
the normalization learns is wrong when it counts. Li et al., Understanding the Disharmony between
Dropout and Batch Normalization by Variance Shift, 2018, https://arxiv.org/abs/1801.05134

Bad:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: {out_channels: 8, kernel_size: 3, bias: false}}, Dropout: 0.1, BatchNorm2d, ReLU]
```

Good:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: {out_channels: 8, kernel_size: 3, bias: false}}, BatchNorm2d, ReLU, Dropout: 0.1]
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.layers.roles import Map
from netspec.rules import Finding
from netspec.rules._layer import argument, is_batch_norm, zeroes
from netspec.rules._words import called, dropout_name

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    for chain in plan.chains:
        dropout = None
        for node in chain:
            if zeroes(node):
                dropout = node
            elif dropout and is_batch_norm(node):
                what = f"{dropout_name(dropout)} of {argument(dropout, 'p', 0):g}"
                message = f"{what} shifts the variance that {called(node)} learns"
                yield Finding(message, f"move it behind {called(node)}", dropout)
                dropout = None
            elif isinstance(node.role, Map) or node.children:
                dropout = None
