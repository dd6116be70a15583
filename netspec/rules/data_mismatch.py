"""The data set has other images or another number of classes than the network.

Training would stop before its first step, or learn classes that do not exist.

Bad:

```yaml
input: [3, 28, 28]
layers: [Flatten, Linear: 100]
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
from math import prod

from netspec.compiler.plan import Plan
from netspec.diagnostic import Fix
from netspec.layers.base import shape_text
from netspec.rules import Finding, _flatten

SEVERITY = "error"
RESIZE = "resize: true would do"
_DATA = ("train", "data")


def check(plan: Plan) -> Iterator[Finding]:
    train = plan.spec.train
    if train is None:
        return
    data, at = train.data, _DATA
    name, traits = data.dataset.name, data.dataset.traits
    image, classes = traits.image, traits.classes
    if image and not _fits(image, plan.input, data.resizes):
        shapes = f"{shape_text(image)}, the network reads {shape_text(plan.input)}"
        resizable = len(plan.input) == 3 and plan.input[0] == image[0]
        hint = RESIZE if resizable else f"input: {list(image)} would fit"
        yield Finding(f"{name} has {shapes}", hint, at=(*at, "dataset"))
    if classes and plan.output != (classes,):
        outputs = f"{classes} classes, the network gives {shape_text(plan.output)}"
        message = f"{name} has {outputs}"
        hint = _flatten.hint(plan) or f"end it with Flatten and {classes} outputs"
        yield Finding(message, hint, at=(*at, "dataset"))
    task = plan.task.traits
    targets = len(data.labels)
    if task.names_columns and targets and plan.output != task.output(targets, plan.input):
        message = f"{name} has {task.counted(targets)}, the network gives {shape_text(plan.output)}"
        outputs = f"{targets} output{'s' * (targets != 1)}"
        yield Finding(message, f"end it with Flatten and {outputs}", at=(*at, "label"))
    channels = image[0] if image else plan.input[0]
    if data.mean and len(data.mean) != channels and (traits.numbers or len(plan.input) == 3):
        has = "samples" if traits.numbers else "images"
        message = f"mean is for {len(data.mean)} channels, {has} have {channels}"
        yield Finding(message, "leave mean and std out to have them measured", at=(*at, "mean"))


def fix(plan: Plan, alike: list[Finding]) -> Fix | None:
    from netspec.source import edit, members

    found, source = alike[0], plan.source
    if found.at[-1] == "mean":
        edits = [one for key in ("mean", "std") for one in members.removed(source, (*_DATA, key))]
        return edit.fix(source, "remove mean and std", edits, safe=False)
    if found.help == RESIZE:
        edits = [members.added(source, _DATA, "resize", "true")]
        return edit.fix(source, "write resize: true", edits, safe=False)
    return None


def _fits(image: tuple[int, int, int], x: tuple[int, ...], resize: bool) -> bool:
    flat = x == (prod(image),)
    return x == image or flat or (resize and len(x) == 3 and x[0] == image[0])
