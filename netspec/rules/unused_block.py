"""A block that no list of layers uses.

Left over from a change, or misspelt where it was meant to be used.

Bad:

```yaml
input: [1, 28, 28]
blocks: {head: {layers: [Flatten, Linear: 10]}}
layers: [Flatten, Linear: 10]
```

Good:

```yaml
input: [1, 28, 28]
blocks: {head: {layers: [Flatten, Linear: 10]}}
layers: [head]
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.diagnostic import Fix
from netspec.language.uses import keys
from netspec.rules import Finding

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    blocks = plan.spec.blocks
    if blocks:
        used = set(keys(plan.spec.layers))
        for block in blocks.values():
            used |= set(keys(block.layers))
        for name in blocks.keys() - used:
            yield Finding(f"block '{name}' is never used", "remove it", at=("blocks", name))


def fix(plan: Plan, alike: list[Finding]) -> Fix | None:
    from netspec.source import edit, members

    title = f"remove block {alike[0].at[-1]}"
    return edit.fix(plan.source, title, members.removed(plan.source, alike[0].at))
