"""Weights of a kernel that only ever meet padding.

On a map smaller than the kernel the outer taps fall outside it for every unit. Their weights
take part in nothing and keep their first random value.

Bad:

```yaml
input: [16, 1, 1]
layers: [{Conv2d: [8, 3, 1, 1]}, ReLU, Flatten, Linear: 10]
```

Good:

```yaml
input: [16, 1, 1]
layers: [{Conv2d: [8, 1]}, ReLU, Flatten, Linear: 10]
```
"""

from collections.abc import Iterator
from math import prod

from netspec.compiler.plan import Plan
from netspec.rules import Finding
from netspec.rules._windows import padded, real_taps

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    for node in plan.leaves:
        if not (windows := padded(node)):
            continue
        sizes = node.input.shape[1:]
        alive = [real_taps(one, n).alive for one, n in zip(windows, sizes, strict=True)]
        taps = prod(window.kernel for window in windows)
        if (dead := taps - prod(alive)) > 0:
            wasted = prod(node.weights["weight"]) * dead // taps
            message, hint = f"{dead} of {taps} taps only ever meet padding", _text(alive)
            yield Finding(message, f"kernel_size {hint} would do", node, ("kernel_size",), wasted)


def _text(sizes: list[int]) -> str:
    return str(sizes[0]) if len(set(sizes)) == 1 else str(sizes)
