"""A learning rate schedule that does not fit into the epochs.

It never steps, or its end, for which its other values were chosen, is never reached.

Bad:

```yaml
input: [1, 28, 28]
layers: [Flatten, Linear: 10]
train:
  data: {dataset: MNIST}
  batch_size: 64
  epochs: 5
  optimizer: Adam
  scheduler: {StepLR: {step_size: 6}}
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
  scheduler: {StepLR: {step_size: 6}}
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.diagnostic import Fix
from netspec.rules import Finding

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    train = plan.spec.train
    if train is None or train.scheduler is None:
        return
    (name, arguments, traits), epochs = train.scheduler, train.epochs
    if (key := traits.waits) is not None:
        value = arguments[key]
        times = value if isinstance(value, list) else [value]
        if times[-1] >= epochs:
            what = "never steps" if times[0] >= epochs else "takes its last step too late"
            message = f"{name} {what}: {key} {value}, and there are {epochs} epochs"
            yield Finding(message, f"{key} below {epochs}", at=("train", "scheduler", name, key))
    elif (key := traits.length) is not None and (value := arguments[key]) is not None:
        at = ("train", "scheduler", name, key)
        if value > epochs:
            message = f"{name} ends after {value} epochs, and there are {epochs}"
            yield Finding(message, f"{key}: {epochs} would fit", at=at)
        elif traits.returns and value < epochs:
            message = f"{name} is at its lowest after {value} of {epochs} epochs, then rises again"
            yield Finding(message, f"{key}: {epochs} would fit", at=at)


def fix(plan: Plan, alike: list[Finding]) -> Fix | None:
    from netspec.rules import _fixes

    train, at = plan.spec.train, alike[0].at
    # How far below the number of epochs one that waits should be is the author's to say.
    ends = train and train.scheduler and train.scheduler.traits.length == at[-1]
    return _fixes.with_value(plan, at, train.epochs) if train and ends else None
