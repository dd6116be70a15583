"""Dilated convolutions in a row that leave holes in what a unit sees.

Where all dilations share a factor, a unit depends on every second or third pixel only, and its
neighbours on the others: the output falls apart into grids that know nothing of each other.
Yu et al., Dilated Residual Networks, 2017, https://arxiv.org/abs/1705.09914

Bad:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 3, 1, 0, 2]}, ReLU, {Conv2d: [8, 3, 1, 0, 2]}, ReLU]
```

Good:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 3, 1, 0, 1]}, ReLU, {Conv2d: [8, 3, 1, 0, 2]}, ReLU]
```
"""

from collections.abc import Iterator

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.rules import Finding
from netspec.rules._layer import argument
from netspec.rules._words import axis_names

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    dilated = [leaf for leaf in plan.leaves if _dilation(leaf) > 1]
    last = plan.local
    if not dilated or last is None:
        return
    names = axis_names(len(plan.input) - 1)
    for axis, name in zip(last.axes, names, strict=True):
        centre = axis.units.count // 2
        mask = axis.units.mask(centre)
        if holes := mask.bit_length() - mask.bit_count():
            spanned = f"{holes} of the {mask.bit_length()} {name} that it spans"
            message = f"the centre unit of {last.node.name} leaves out {spanned}"
            hint = "dilations without a common factor, such as 1, 2, 3, leave no holes"
            yield Finding(message, hint, dilated[-1], ("dilation",))
            return


def _dilation(node: Node) -> int:
    dilation: tuple[int, ...] = argument(node, "dilation", (1,))
    return max(dilation)
