"""A goal over more epochs at the end than there are.

The figure must hold in each of the last epochs; a run with fewer can never reach it, and ends
with the exit code of a missed goal whatever it learns.

Bad:

```yaml
input: [1, 28, 28]
layers: [Flatten, Linear: 10]
train:
  data: {dataset: MNIST}
  batch_size: 64
  epochs: 3
  optimizer: Adam
  goal: {accuracy: 0.9, last_epochs: 4}
```

Good:

```yaml
input: [1, 28, 28]
layers: [Flatten, Linear: 10]
train:
  data: {dataset: MNIST}
  batch_size: 64
  epochs: 15
  optimizer: Adam
  goal: {accuracy: 0.9, last_epochs: 4}
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.rules import Finding

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    train = plan.spec.train
    if train and train.goal and train.goal.last_epochs > train.epochs:
        message = f"the goal is over the last {train.goal.last_epochs} of {train.epochs} epochs"
        hint = f"last_epochs: {train.epochs} at most, or more epochs"
        yield Finding(message, hint, at=("train", "goal", "last_epochs"))
