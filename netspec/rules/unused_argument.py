"""An argument of a layer that changes nothing.

Dilation of a kernel of one tap, a border mode without padding: what is written has no effect,
and probably was meant to have one.

Bad:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: {out_channels: 8, kernel_size: 3, padding_mode: reflect}}]
```

Good:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: {out_channels: 8, kernel_size: 3, padding: 1, padding_mode: reflect}}]
```
"""

from collections.abc import Iterator
from typing import Any

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.diagnostic import Fix, Path
from netspec.rules import Finding

SEVERITY = "note"


def check(plan: Plan) -> Iterator[Finding]:
    useful: set[tuple[Path, str]] = set()
    idle: dict[tuple[Path, str], tuple[Node, str]] = {}
    for node in plan.leaves:
        written = node.layer.model_fields_set
        if not written.isdisjoint(("dilation", "padding_mode")):
            for name in written & {"dilation", "padding_mode"}:
                why = _idle(node.layer, name)
                if why:
                    idle.setdefault((node.path, name), (node, why))
                else:
                    useful.add((node.path, name))
    for key, (node, why) in idle.items():
        # A block's argument may matter in another use of it.
        if key not in useful:
            yield Finding(f"{key[1]} has no effect with {why}", "remove it", node, (key[1],))


def fix(plan: Plan, alike: list[Finding]) -> Fix | None:
    from netspec.rules import _fixes

    node = _fixes.everywhere(plan, alike)
    return _fixes.without_argument(plan, node, str(alike[0].at[0]), safe=True) if node else None


def _idle(layer: Any, name: str) -> str | None:
    """Why an argument has no effect; None where it has, or where it is the default."""
    if name == "dilation":
        pairs = zip(layer.dilation, layer.kernel_size, strict=True)
        idle = max(layer.dilation) > 1 and all(d == 1 or k == 1 for d, k in pairs)
        return "a kernel of 1" if idle else None
    if layer.padding_mode != "zeros" and (layer.padding == "valid" or not any(layer.padding)):
        return "no padding"
    return None
