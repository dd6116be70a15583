"""A variable, or an argument of a block, that nothing reads.

Changing it changes nothing, which is not what its reader expects.

Bad:

```yaml
input: [1, 28, 28]
vars: {width: 8}
layers: [{Conv2d: [8, 3]}, ReLU]
```

Good:

```yaml
input: [1, 28, 28]
vars: {width: 8}
layers: [{Conv2d: [$width, 3]}, ReLU]
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.language.uses import variables
from netspec.rules import Finding

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    data, spec = plan.source.data, plan.spec
    used = {name for key in data if key != "blocks" for name in variables(data[key])}
    for block, one in spec.blocks.items():
        read = {*variables(one.layers), *variables(one.args)}
        for name in one.args.keys() - read:
            message = f"block {block} never reads its argument '{name}'"
            yield Finding(message, "remove it", at=("blocks", block, "args", name))
        used |= read - one.args.keys()
    for name in spec.vars.keys() - used:
        yield Finding(f"variable '{name}' is never read", "remove it", at=("vars", name))
