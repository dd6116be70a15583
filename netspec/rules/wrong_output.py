"""The network gives another shape than its audit says.

What reads the output relies on its shape: a loss on the number of classes, a program on the
order of the axes.

Bad:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [10, 3]}, AdaptiveAvgPool2d: 1]
audit: {output: [10]}
```

Good:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [10, 3]}, AdaptiveAvgPool2d: 1, Flatten]
audit: {output: [10]}
```
"""

from collections.abc import Iterator
from math import prod

from netspec.compiler.plan import Plan
from netspec.diagnostic import Fix
from netspec.layers.base import shape_text
from netspec.rules import Finding, _flatten

SEVERITY = "error"
FLATTEN = "Flatten at the end would do"


def check(plan: Plan) -> Iterator[Finding]:
    wanted = plan.spec.audit.output
    if wanted is None or tuple(wanted) == plan.output:
        return
    message = f"the output is {shape_text(plan.output)}, not {shape_text(tuple(wanted))}"
    flat = len(wanted) == 1 and prod(plan.output) == wanted[0]
    last = _flatten.hint(plan)
    if plan.leaves and not last:
        last = f"{plan.leaves[-1].name} ({plan.leaves[-1].kind}) makes it"
    yield Finding(message, FLATTEN if flat else last, at=("audit", "output"))


def fix(plan: Plan, alike: list[Finding]) -> Fix | None:
    from netspec.source import edit, members

    if alike[0].help != FLATTEN:
        return None
    edits = [members.appended(plan.source, ("layers",), "Flatten")]
    return edit.fix(plan.source, "end with Flatten", edits, safe=False)
