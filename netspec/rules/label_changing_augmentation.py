"""Augmentation that turns a sample into one of another class.

A flipped 2 is no 2, and half a turn makes a 6 of a 9; the network is told that they are the
same. This is about data sets of digits.

Bad:

```yaml
input: [1, 28, 28]
layers: [Flatten, Linear: 10]
train:
  data: {dataset: MNIST, augment: [RandomHorizontalFlip]}
  batch_size: 64
  epochs: 1
  optimizer: Adam
```

Good:

```yaml
input: [1, 28, 28]
layers: [Flatten, Linear: 10]
train:
  data: {dataset: MNIST, augment: [RandomRotation: 7]}
  batch_size: 64
  epochs: 1
  optimizer: Adam
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.diagnostic import Fix
from netspec.rules import Finding

SEVERITY = "warning"
TURN = 90
"""Degrees from which on digits are taken for each other."""


def check(plan: Plan) -> Iterator[Finding]:
    train = plan.spec.train
    if train is None or not train.data.dataset.traits.digits:
        return
    dataset = train.data.dataset.name
    for i, (name, arguments, traits) in enumerate(train.data.augment):
        at = ("train", "data", "augment", i)
        if traits.mirrors and arguments["p"] > 0:
            message = f"{name} changes what {dataset}'s digits mean"
            yield Finding(message, "remove it", at=at)
        elif traits.turns and max(map(abs, arguments["degrees"])) >= TURN:
            turn = max(map(abs, arguments["degrees"]))
            message = f"{name} by {turn:g} degrees makes 6 and 9 of {dataset} the same"
            yield Finding(message, "15 degrees are plenty for digits", at=(*at, name))


def fix(plan: Plan, alike: list[Finding]) -> Fix | None:
    from netspec.source import edit, members

    if alike[0].help != "remove it":
        return None
    edits = members.removed(plan.source, alike[0].at)
    return edit.fix(plan.source, "remove this augmentation", edits, safe=False)
