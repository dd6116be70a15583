"""More than 30 % of a convolution's taps fall on padding.

Those multiplications are with zero: they cost as much as the others, and near the border, which
on a small map is everywhere, the weights see mostly nothing.

Bad:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 7, 7]}, ReLU, {Conv2d: [8, 5, 1, 2]}, ReLU, Flatten, Linear: 10]
```

Good:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 7, 7]}, ReLU, {Conv2d: [8, 3]}, ReLU, Flatten, Linear: 10]
```
"""

from collections.abc import Iterator
from math import prod

from netspec.compiler.plan import Plan
from netspec.rules import Finding
from netspec.rules._windows import padded, real_taps
from netspec.rules._words import share_text

SEVERITY = "note"
LIMIT = 0.3


def check(plan: Plan) -> Iterator[Finding]:
    for node in plan.leaves:
        if not (windows := padded(node)):
            continue
        axes = [real_taps(one, n) for one, n in zip(windows, node.input.shape[1:], strict=True)]
        # A tap that is never inside has a rule of its own.
        kernels = [window.kernel for window in windows]
        share = 1 - prod(
            taps.inside / kernel / taps.units for taps, kernel in zip(axes, kernels, strict=True)
        )
        if share > LIMIT and [taps.alive for taps in axes] == kernels:
            places = " x ".join(map(str, node.input.shape[1:]))
            message = f"{share_text(share)} of the taps over this {places} map fall on padding"
            hint = "a smaller kernel, less padding, or one pool or stride fewer before it"
            yield Finding(message, hint, node, ("padding",))
