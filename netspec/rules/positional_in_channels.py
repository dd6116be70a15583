"""Channels that come in, written first as for torch, and read as those that go out.

In torch a convolution begins with `in_channels`. A spec leaves them out, so what is written second
is then the kernel, and the stride what was meant for it. Flagged where the first of three or more
arguments in order is what comes in, and the second makes no sensible kernel: larger than 7 or than
the map, or even where the stride is odd.

Bad:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [1, 8, 3]}, ReLU, Flatten, Linear: 10]
```

Good:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 3]}, ReLU, Flatten, Linear: 10]
```
"""

from collections.abc import Iterator

from netspec.compiler.habit import in_order
from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.diagnostic import Fix
from netspec.layers.base import Leaf
from netspec.layers.roles import Map
from netspec.rules import Finding, _place
from netspec.rules._layer import argument

SEVERITY = "warning"
LARGEST = 7
_ARGUMENTS = ("stride", "padding", "dilation")


def check(plan: Plan) -> Iterator[Finding]:
    for node in plan.leaves:
        infers = node.layer.infers if isinstance(node.layer, Leaf) else None
        kernel = argument(node, "kernel_size", ())
        if not infers or not kernel or not isinstance(node.role, Map):
            continue
        width = argument(node, node.role.width, None)
        if width != node.input.shape[0] or not _senseless(node, kernel):
            continue
        written = _place.in_order(plan.source, node)
        if written and len(written) > 2:
            size = " x ".join(map(str, kernel if len({*kernel}) > 1 else kernel[:1]))
            message = (
                f"{width} is what comes in: here it is {node.role.width}, and the kernel is {size}"
            )
            hint = f"{infers[0]} is inferred: write {in_order(node.kind, written[1:])}"
            yield Finding(message, hint, node)


def fix(plan: Plan, alike: list[Finding]) -> Fix | None:
    from netspec.rules import _fixes
    from netspec.source import edit, members

    node = _fixes.everywhere(plan, alike)
    if node is None:
        return None
    title = str(alike[0].help).partition(": ")[2]
    edits = members.removed(plan.source, (*node.path, node.kind, 0))
    return edit.fix(plan.source, title, edits, safe=False)


def _senseless(node: Node, kernel: tuple[int, ...]) -> bool:
    """Whether a kernel is unlikely to be meant as one."""
    strides, padding, dilation = (argument(node, name, ()) for name in _ARGUMENTS)
    # Padding that keeps the length is for this kernel and no other.
    keeps = padding == "same" or all(
        s == 1 and 2 * p == d * (k - 1)
        for s, p, d, k in zip(strides, padding, dilation, kernel, strict=False)
    )
    axes = zip(kernel, strides, node.input.shape[1:], strict=True)
    return not keeps and any(
        k > min(LARGEST, n) or (k % 2 == 0 and s % 2 and s > 1) for k, s, n in axes
    )
