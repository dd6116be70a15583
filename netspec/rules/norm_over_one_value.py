"""Batch normalization over one value: training stops at its first step.

With one sample in a batch and one position in the map there is one number for each channel, which
has no variance. torch refuses it.

Bad:

```yaml
input: [1, 28, 28]
layers: [Flatten, Linear: {out_features: 32, bias: false}, BatchNorm1d, ReLU, Linear: 10]
train: {data: {dataset: MNIST}, batch_size: 1, epochs: 1, optimizer: Adam}
```

Good:

```yaml
input: [1, 28, 28]
layers: [Flatten, Linear: {out_features: 32, bias: false}, BatchNorm1d, ReLU, Linear: 10]
train: {data: {dataset: MNIST}, batch_size: 2, epochs: 1, optimizer: Adam}
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.rules import Finding

SEVERITY = "error"
MESSAGE = "a batch of 1 over one position has one value for each channel"


def check(plan: Plan) -> Iterator[Finding]:
    # A larger batch is never cut into parts of one, and one sample that is left over joins others.
    if plan.spec.train is not None and plan.spec.train.batch_size == 1 and plan.needs_two:
        yield Finding(MESSAGE, "batch_size: 2 or more, or a norm of each sample", plan.needs_two)
