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
from typing import Any

from netspec.compiler.plan import Plan
from netspec.diagnostic import Edit, Fix, Path
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


def fix(plan: Plan, alike: list[Finding]) -> Fix | None:
    from netspec.source import edit, members

    source, at = plan.source, alike[0].at
    edits = members.removed(source, at)
    if at[0] == "blocks":
        for use, given in _uses(source.data, str(at[1])):
            edits += _unsaid(plan, use, given, str(at[3]), list(plan.spec.blocks[str(at[1])].args))
    return edit.fix(source, f"remove {at[-1]}", edits)


def _uses(value: Any, block: str, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Where a block gets its arguments, and what it gets."""
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            if key == block and at[-1:] != ("blocks",):
                yield (*at, key), one
            else:
                yield from _uses(one, block, (*at, key))


def _unsaid(plan: Plan, use: Path, given: Any, name: str, order: list[str]) -> list[Edit | None]:
    """The edits by which a use of a block does not give an argument."""
    from netspec.source import edit, members

    if isinstance(given, dict):
        return members.removed(plan.source, (*use, name), sole=False) if name in given else []
    values = given if isinstance(given, list) else [] if given is None else [given]
    if order.index(name) >= len(values):
        return []
    if isinstance(given, list):
        return members.removed(plan.source, (*use, order.index(name)), sole=False)
    return [edit.bared(plan.source, use)]
