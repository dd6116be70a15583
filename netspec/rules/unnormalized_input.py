"""Pixels that go into the network as they are, from 0 to 1.

Inputs around zero with a spread of one train faster and with the usual learning rates. By
default mean and standard deviation are measured; a mean of 0 with a deviation of 1 turns that
off. A batch normalization as the first layer does it as well.

Bad:

```yaml
input: [1, 28, 28]
layers: [Flatten, Linear: 10]
train:
  data: {dataset: MNIST, mean: [0], std: [1]}
  batch_size: 64
  epochs: 1
  optimizer: Adam
```

Good:

```yaml
input: [1, 28, 28]
layers: [Flatten, Linear: 10]
train:
  data: {dataset: MNIST, mean: [0.1307], std: [0.3081]}
  batch_size: 64
  epochs: 1
  optimizer: Adam
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.diagnostic import Fix
from netspec.layers.roles import Norm
from netspec.rules import Finding

SEVERITY = "warning"
_DATA = ("train", "data")


def check(plan: Plan) -> Iterator[Finding]:
    data = plan.spec.train and plan.spec.train.data
    if (
        not data
        or data.dataset.traits.numbers
        or not data.mean
        or not data.std
        or any(data.mean)
        or set(data.std) != {1}
    ):
        return
    first = next(iter(plan.chains[0]), None)
    if not (first and isinstance(first.role, Norm) and first.role.standardises):
        message = "a mean of 0 and a deviation of 1 leave pixels at 0 to 1"
        hint = "leave mean and std out to have them measured"
        yield Finding(message, hint, at=(*_DATA, "mean"))


def fix(plan: Plan, alike: list[Finding]) -> Fix | None:
    from netspec.source import edit, members

    edits = [one for key in ("mean", "std") for one in members.removed(plan.source, (*_DATA, key))]
    return edit.fix(plan.source, "remove mean and std", edits, safe=False)
